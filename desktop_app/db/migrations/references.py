"""References between documents: which fields name documents of which collection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from desktop_app.db.migrations.catalogue import PresentCollection
from desktop_app.db.migrations.counting import Count, counted, id_text
from desktop_app.db.migrations.server import Documents

_AT_ONCE = 5_000
_MOST_VALUES = 10_000
"""Values that point nowhere and are looked for in documents; of more, the first ones are."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Field ``field`` of ``collection`` holds the ``_id`` of a document of ``to``, or null.

    ``unwind`` is the list that it lies in.
    """

    collection: str
    field: str
    to: str
    unwind: str = ""

    @property
    def id(self) -> str:
        """The check's id."""
        return f"references:{self.collection}.{self.field}"


REFERENCES: tuple[Reference, ...] = (
    Reference("users", "company_id", "companies"),
    Reference("projects", "company_id", "companies"),
    Reference("projects", "manager_id", "users"),
    Reference("projects", "template_id", "templates"),
    Reference("projects", "candidate_ids", "companies", unwind="candidate_ids"),
    Reference("projects", "panel_ids", "users", unwind="panel_ids"),
    Reference("templates", "company_id", "companies"),
    Reference("templates", "created_by", "users"),
    Reference("evaluations", "project_id", "projects"),
    Reference("evaluations", "company_id", "companies"),
    Reference("evaluations", "evaluator_id", "users"),
    Reference("evaluations", "template_id", "templates"),
    Reference("files", "company_id", "companies"),
    Reference("files", "uploaded_by", "users"),
    Reference("files", "places.company_id", "companies", unwind="places"),
    Reference("files", "places.project_id", "projects", unwind="places"),
    Reference("template_revisions", "template_id", "templates"),
    Reference("conflicts_of_interest", "project_id", "projects"),
    Reference("conflicts_of_interest", "evaluator_id", "users"),
    Reference("conflicts_of_interest", "company_id", "companies"),
)


def values_of(reference: Reference) -> list[Mapping[str, Any]]:
    """The pipeline that gives each value of the field once; null, which is allowed, too.

    To leave null out here would have the server read every document: it would do so first.
    """
    apart: list[Mapping[str, Any]] = [{"$unwind": f"${reference.unwind}"}]
    return [
        *(apart if reference.unwind else [{"$project": {"_id": 0, reference.field: 1}}]),
        {"$group": {"_id": f"${reference.field}"}},
    ]


def index_for(reference: Reference, there: PresentCollection) -> str | None:
    """An index that holds every value of the field, so that documents need not be read."""
    fits = [
        (place, name)
        for name, definition in there.indexes.items()
        if not {"sparse", "partialFilterExpression"} & set(definition)
        for place, (key, kind) in enumerate(definition["key"])
        if key == reference.field and kind in (1, -1)
    ]
    return min(fits)[1] if fits and not reference.unwind else None


def dangling(database: Documents, reference: Reference, hint: str | None) -> Count:
    """Documents whose reference points nowhere.

    Values and ids are compared here, some thousands at a time: for each value to look the server
    up itself (``$lookup``) takes it ten times as long.
    """
    options: dict[str, Any] = {"hint": hint} if hint else {}
    found = database[reference.collection].aggregate(
        values_of(reference), allowDiskUse=True, **options
    )
    lost: list[Any] = []
    for values in _some(found):
        there = database[reference.to].find({"_id": {"$in": values}}, {"_id": 1})
        known = {id_text(entry["_id"]) for entry in there}
        lost += [value for value in values if id_text(value) not in known]
        if len(lost) > _MOST_VALUES:
            break
    if not lost:
        return Count()
    count = counted(
        database,
        reference.collection,
        [
            {"$match": {reference.field: {"$in": lost[:_MOST_VALUES]}}},
            {"$project": {reference.field: 1}},
        ],
    )
    return replace(count, exact=len(lost) <= _MOST_VALUES)


def _some(found: Iterable[Mapping[str, Any]]) -> Iterator[list[Any]]:
    values: list[Any] = []
    for entry in found:
        if entry["_id"] is not None:
            values.append(entry["_id"])
        if len(values) == _AT_ONCE:
            yield values
            values = []
    if values:
        yield values
