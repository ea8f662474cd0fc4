"""Sheets: which revisions they are bound to, and which of them hold wrong scores or totals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bson import Decimal128

from desktop_app.core.scoring import weighted_total
from desktop_app.core.templates import Criterion
from desktop_app.db.migrations.counting import LISTED, Count, aggregated, id_text, shown
from desktop_app.db.migrations.events import Offender
from desktop_app.db.migrations.server import Document, Documents
from desktop_app.db.migrations.sheet_expressions import Revision, wrong_sheets

_NEAR = 1e-9
_HALF = 0.005
_AT_ONCE = 40
"""Revisions told apart in one pass: each sheet is compared with them one after the other."""


def revisions_in_use(database: Documents) -> tuple[Revision, ...]:
    """Every revision that a sheet names, with its criteria where they are to be found."""
    pipeline: list[Mapping[str, Any]] = [
        {
            "$group": {
                "_id": {"template": "$template_id", "revision": "$template_revision"},
                "sheets": {"$sum": 1},
            }
        },
        {
            "$lookup": {
                "from": "template_revisions",
                "let": {
                    "key": {
                        "$concat": [
                            {"$toString": "$_id.template"},
                            ":",
                            {"$toString": {"$ifNull": ["$_id.revision", 1]}},
                        ]
                    }
                },
                "pipeline": [
                    {"$match": {"$expr": {"$eq": ["$_id", "$$key"]}}},
                    {"$project": {"criteria": 1}},
                ],
                "as": "kept",
            }
        },
        {
            "$lookup": {
                "from": "templates",
                "localField": "_id.template",
                "foreignField": "_id",
                "pipeline": [{"$project": {"criteria": 1, "revision": 1}}],
                "as": "template",
            }
        },
    ]
    return tuple(_revision(found) for found in aggregated(database["evaluations"], pipeline, None))


def _revision(found: Document) -> Revision:
    template, number = found["_id"].get("template"), found["_id"].get("revision") or 1
    now = [one["criteria"] for one in found["template"] if (one.get("revision") or 1) == number]
    criteria = next((kept["criteria"] for kept in found["kept"] if kept.get("criteria")), None)
    return Revision(
        str(template),
        int(number),
        _criteria(criteria or (now[0] if now else ())),
        int(found["sheets"]),
    )


def _criteria(found: Any) -> tuple[Criterion, ...]:
    """The criteria of a template; none where they make no sense (its validator tells of it)."""
    try:
        criteria = tuple(
            Criterion(
                id=str(one["id"]),
                name=str(one.get("name", "")),
                weight=_number(one["weight"]),
                max_score=_number(one["max_score"]),
            )
            for one in found
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return ()
    return criteria if all(one.max_score > 0 for one in criteria) else ()


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal128):
        raise TypeError(value)
    return float(value.to_decimal()) if isinstance(value, Decimal128) else value


@dataclass(frozen=True, slots=True)
class SheetCounts:
    """What is wrong with sheets: scores that cannot be, totals that disagree with the scores."""

    scores: Count
    totals: Count


def check_sheets(database: Documents, revisions: Iterable[Revision]) -> SheetCounts:
    """Look at every sheet whose revision is known."""
    known = [revision for revision in revisions if revision.is_there]
    scores, totals = Count(), Count()
    for begin in range(0, len(known), _AT_ONCE):
        some = known[begin : begin + _AT_ONCE]
        (found,) = aggregated(database["evaluations"], wrong_sheets(some), None)
        odd = _odd_ones_wrong(found["odd"], some)
        scores = _sum(scores, found["scores_all"], found["scores"])
        totals = _sum(totals, found["totals_all"], found["totals"], odd)
    return SheetCounts(scores, totals)


def _odd_ones_wrong(found: list[Document], revisions: Sequence[Revision]) -> list[Document]:
    """Of the sheets that were left to us, those whose total is wrong."""
    criteria = {(one.template_id, one.revision): one.criteria for one in revisions}
    wrong = []
    for sheet in found:
        key = (str(sheet["template_id"]), int(sheet.get("template_revision") or 1))
        scores = {
            one["criterion_id"]: None if one.get("score") is None else _number(one["score"])
            for one in sheet["scores"]
        }
        expected = float(weighted_total(criteria[key], scores))
        if expected != _number(sheet["total_score"]):
            wrong.append({**sheet, "expected": expected})
    return wrong


def _sum(
    before: Count,
    counted: list[Document],
    listed: list[Document],
    more: Sequence[Document] = (),
) -> Count:
    offenders = [
        Offender(
            collection="evaluations",
            id=id_text(sheet["_id"]),
            detail={
                "total_score": shown(sheet.get("total_score")),
                **({"expected": sheet["expected"]} if "expected" in sheet else {}),
                "scores": {
                    str(one.get("criterion_id")): shown(one.get("score"))
                    for one in (sheet.get("scores") or ())[:20]
                    if isinstance(one, Mapping)
                },
            },
        )
        for sheet in (*listed, *more)
    ]
    count = before.count + (int(counted[0]["n"]) if counted else 0) + len(more)
    return Count(count=count, offenders=(*before.offenders, *offenders)[:LISTED])
