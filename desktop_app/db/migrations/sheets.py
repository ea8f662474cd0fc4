"""Sheets: which revisions they are bound to, and which of them hold wrong scores or totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bson import Decimal128

from desktop_app.core.scoring import weighted_total
from desktop_app.core.templates import Criterion
from desktop_app.db.migrations.counting import LISTED, Count, aggregated, counted, id_text, shown
from desktop_app.db.migrations.events import Offender
from desktop_app.db.migrations.server import Document, Documents
from desktop_app.db.migrations.sheet_expressions import SHOWN, Revision, wrong_sheets

_NEAR = 1e-9
_HALF = 0.005
_AT_ONCE = 40
"""Revisions told apart in one pass: each sheet is compared with them one after the other."""
_TOLD = ("expected", "template_id", "template_revision")


def known_revisions(database: Documents) -> tuple[Revision, ...]:
    """Every revision whose criteria are to be found: kept ones, and what templates hold now."""
    kept = {
        (str(one["template_id"]), int(one["revision"])): one.get("criteria")
        for one in database["template_revisions"].find(
            {"template_id": {"$type": "string"}, "revision": {"$type": "number"}},
            {"template_id": 1, "revision": 1, "criteria": 1},
        )
    }
    now = {
        (str(one["_id"]), _whole(one.get("revision"))): one.get("criteria")
        for one in database["templates"].find({}, {"revision": 1, "criteria": 1})
    }
    found = (
        Revision(template_id, number, _criteria(criteria))
        for (template_id, number), criteria in {**now, **kept}.items()
    )
    return tuple(one for one in found if one.criteria)


def _whole(revision: Any) -> int:
    return int(revision) if isinstance(revision, int | float) and revision > 0 else 1


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
    """What is wrong with sheets: scores that cannot be, totals that disagree with the scores,
    revisions that are not there. ``pipeline`` finds those of the first revisions."""

    scores: Count
    totals: Count
    unknown: Count
    pipeline: list[Mapping[str, Any]]


def check_sheets(database: Documents) -> SheetCounts:
    """Look at every sheet, in one pass for some tens of revisions."""
    known = known_revisions(database)
    parts = [known[begin : begin + _AT_ONCE] for begin in range(0, len(known), _AT_ONCE)] or [()]
    scores, totals, unknown = Count(), Count(), Count()
    for part in parts:
        alone = len(parts) == 1
        pipeline = wrong_sheets(part, others_are_unknown=alone)
        (found,) = aggregated(database["evaluations"], pipeline, None)
        odd = _odd_ones_wrong(found["odd"], part)
        scores = _sum(scores, found["scores_all"], found["scores"])
        totals = _sum(totals, found["totals_all"], found["totals"], odd)
        if alone:
            unknown = _sum(unknown, found["unknown_all"], found["unknown"])
    if len(parts) > 1:
        unknown = _unknown(database, known)
    return SheetCounts(scores, totals, unknown, wrong_sheets(parts[0])[:1])


def _unknown(database: Documents, known: Sequence[Revision]) -> Count:
    """Sheets of revisions that are not there, where too many are to be told apart in one pass."""
    keys = {(one.template_id, one.revision) for one in known}
    group = {"template": "$template_id", "revision": {"$ifNull": ["$template_revision", 1]}}
    found = aggregated(database["evaluations"], [{"$group": {"_id": group}}], None)
    used = [(one["_id"].get("template"), one["_id"]["revision"]) for one in found]
    # A sheet without a number is one of the first revision.
    lost = [
        {
            "template_id": template,
            "template_revision": {"$in": [1, None]} if number == 1 else number,
        }
        for template, number in used
        if (template, number) not in keys
    ]
    if not lost:
        return Count()
    return counted(database, "evaluations", [{"$match": {"$or": lost}}, {"$project": SHOWN}])


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
    total: list[Document],
    listed: list[Document],
    more: Sequence[Document] = (),
) -> Count:
    offenders = [
        Offender(
            collection="evaluations",
            id=id_text(sheet["_id"]),
            detail={
                "total_score": shown(sheet.get("total_score")),
                **{key: shown(sheet[key]) for key in _TOLD if key in sheet},
                "scores": {
                    str(one.get("criterion_id")): shown(one.get("score"))
                    for one in (sheet.get("scores") or ())[:20]
                    if isinstance(one, Mapping)
                },
            },
        )
        for sheet in (*listed, *more)
    ]
    count = before.count + (int(total[0]["n"]) if total else 0) + len(more)
    return Count(count=count, offenders=(*before.offenders, *offenders)[:LISTED])
