"""References between documents: which fields name documents of which collection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bson import ObjectId

from desktop_app.db.migrations.catalogue import PresentCollection
from desktop_app.db.migrations.counting import Count, counted
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


@dataclass(frozen=True, slots=True)
class Way:
    """How to read every value of a reference once: the pipeline, and the index that it needs."""

    pipeline: list[Mapping[str, Any]]
    hint: str | None = None

    @property
    def options(self) -> dict[str, Any]:
        """The options of the aggregation."""
        return {"hint": self.hint} if self.hint else {}


def way_of(reference: Reference, there: PresentCollection) -> Way:
    """The quickest way there is.

    An index that begins with the field is skipped through from value to value: MongoDB sees that
    where there is nothing but the group. One that holds it further on is read instead of the
    documents. Null is among the values: to leave it out here would make either impossible.
    """
    group: list[Mapping[str, Any]] = [{"$group": {"_id": f"${reference.field}"}}]
    if reference.unwind:
        return Way([{"$unwind": f"${reference.unwind}"}, *group])
    fits = [
        (place, name)
        for name, definition in there.indexes.items()
        if not {"sparse", "partialFilterExpression"} & set(definition)
        for place, (key, kind) in enumerate(definition["key"])
        if key == reference.field and kind in (1, -1)
    ]
    place, name = min(fits, default=(0, None))
    if place == 0:
        return Way(group)
    return Way([{"$project": {"_id": 0, reference.field: 1}}, *group], name)


def dangling(database: Documents, reference: Reference, way: Way) -> Count:
    """Documents whose reference points nowhere.

    Values and ids are compared here, some thousands at a time: for each value to look the server
    up itself (``$lookup``) takes it ten times as long.
    """
    found = database[reference.collection].aggregate(way.pipeline, allowDiskUse=True, **way.options)
    lost: list[Any] = []
    for values in _some(found):
        there = database[reference.to].find({"_id": {"$in": values}}, {"_id": 1})
        known = {_comparable(entry["_id"]) for entry in there}
        lost += [value for value in values if _comparable(value) not in known]
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


def _comparable(value: Any) -> Any:
    """A value that sets can hold: "5" and 5 stay apart."""
    return value if isinstance(value, str | int | float | ObjectId) else repr(value)


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
