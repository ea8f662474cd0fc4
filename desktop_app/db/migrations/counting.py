"""How many documents something is wrong with, and which: counted on the server, a few listed."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo.collection import Collection as MongoCollection
from pymongo.errors import ExecutionTimeout

from desktop_app.db.collections import Index
from desktop_app.db.migrations.events import Offender
from desktop_app.db.migrations.server import Document, Documents

LISTED = 100
"""How many offending documents are listed; all are counted."""

_COUNTED_AND_LISTED: Mapping[str, Any] = {
    "$facet": {
        "all": [{"$count": "n"}],
        "first": [{"$sort": {"_id": 1}}, {"$limit": LISTED}],
    }
}
_IDS_PER_VALUE = 10
_PER_PART = 300_000
"""Documents that are grouped at once; the server may use 100 MB for it."""
_SAMPLED = 500
_LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many, and up to ``LISTED`` of them. ``exact`` is false for what was not counted to the
    end: there are at least so many."""

    count: int = 0
    offenders: tuple[Offender, ...] = ()
    exact: bool = True


def id_text(id_: Any) -> str:
    """An ``_id`` as text for people and reports."""
    return id_ if isinstance(id_, str) else str(id_)


def shown(value: Any) -> Any:
    """A value found in a document, short and as JSON can hold it."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def violations(
    database: Documents,
    name: str,
    schema: Mapping[str, Any],
    *,
    before: Sequence[Mapping[str, Any]] = (),
    run_at: datetime | None = None,
    limit_ms: int | None = None,
) -> Count:
    """Documents that violate a ``$jsonSchema``, after ``before`` (stages) has changed them."""
    collection = database[name]
    against: list[Mapping[str, Any]] = [*before, {"$match": {"$nor": [{"$jsonSchema": schema}]}}]
    variables = {"run_at": run_at} if run_at else None
    both = [
        *against,
        {"$project": {"_id": 1}},
        _COUNTED_AND_LISTED,
    ]
    (found,) = aggregated(collection, both, limit_ms, let=variables)
    if not found["all"]:
        return Count()
    ids = [entry["_id"] for entry in found["first"]]
    wrong = _what_is_wrong(collection, ids, schema, before, variables)
    offenders = tuple(
        Offender(collection=name, id=id_text(id_), detail=wrong[id_text(id_)]) for id_ in ids
    )
    return Count(count=int(found["all"][0]["n"]), offenders=offenders)


def _what_is_wrong(
    collection: MongoCollection[Document],
    ids: list[Any],
    schema: Mapping[str, Any],
    before: Sequence[Mapping[str, Any]],
    variables: Mapping[str, Any] | None,
) -> dict[str, dict[str, Any]]:
    """Per document, what violates: each required or described field is tried by itself."""
    wrong: dict[str, dict[str, Any]] = {id_text(id_): {} for id_ in ids}
    required = set(schema.get("required", ()))
    for field, described in schema.get("properties", {}).items():
        alone: dict[str, Any] = {"properties": {field: described}}
        if field in required:
            alone["required"] = [field]
        pipeline = [
            {"$match": {"_id": {"$in": ids}}},
            *before,
            {"$match": {"$nor": [{"$jsonSchema": alone}]}},
            {"$project": {"value": f"${field}", "there": {"$type": f"${field}"}}},
        ]
        for found in aggregated(collection, pipeline, None, let=variables):
            missing = found["there"] == "missing"
            wrong[id_text(found["_id"])][field] = "missing" if missing else shown(found["value"])
    return wrong


def duplicates(database: Documents, name: str, index: Index, limit_ms: int | None = None) -> Count:
    """Values that a unique index would refuse: ``count`` of them, with the documents that hold
    them. A missing field counts as null, as the index has it.

    A large collection is gone over part by part, so that the groups of one part fit in the
    server's memory: grouping on its disk takes ten times as long, and hardly lets itself be
    stopped. Raises ``ExecutionTimeout`` where nothing was found until the time was up.
    """
    fields = [field for field, _direction in index.keys]
    end = None if limit_ms is None else time.monotonic() + limit_ms / 1000
    count, groups, exact = 0, list[Document](), True
    for part in _parts(database[name], fields[0], limit_ms):
        left_ms = None if end is None else int((end - time.monotonic()) * 1000)
        try:
            if left_ms is not None and left_ms <= 0:
                raise ExecutionTimeout("the time is up", 50)
            (found,) = aggregated(database[name], _groups(fields, part), left_ms)
        except ExecutionTimeout:
            if not count:
                raise
            exact = False
            break
        count += int(found["all"][0]["n"]) if found["all"] else 0
        groups += found["first"]
    offenders: list[Offender] = []
    for group in groups[:LISTED]:
        offenders += _holders(database, name, dict(zip(fields, group["values"], strict=True)))
        if len(offenders) >= LISTED:
            break
    return Count(count=count, offenders=tuple(offenders[:LISTED]), exact=exact)


def _groups(fields: Sequence[str], part: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    values = [{"$ifNull": [f"${field}", None]} for field in fields]
    return [
        {"$match": part},
        {"$group": {"_id": values[0] if len(values) == 1 else values, "n": {"$sum": 1}}},
        {"$match": {"n": {"$gt": 1}}},
        {"$project": {"values": ["$_id"] if len(values) == 1 else "$_id"}},
        _COUNTED_AND_LISTED,
    ]


def _parts(
    collection: MongoCollection[Document], field: str, limit_ms: int | None
) -> list[Mapping[str, Any]]:
    """Conditions that divide a collection by the values of a field, about equally."""
    parts = collection.estimated_document_count() // _PER_PART + 1
    if parts == 1:
        return [{}]
    value = {"$ifNull": [f"${field}", None]}
    sample: list[Mapping[str, Any]] = [
        {"$sample": {"size": parts * _SAMPLED}},
        {"$project": {"_id": 0, "value": value}},
        {"$sort": {"value": 1}},
    ]
    found = [entry["value"] for entry in aggregated(collection, sample, limit_ms)]
    bounds = list(dict.fromkeys(found[n * len(found) // parts] for n in range(1, parts)))
    # $expr compares values of different types, too: none is left out.
    below = [{"$lt": [value, {"$literal": bound}]} for bound in bounds]
    from_ = [{"$gte": [value, {"$literal": bound}]} for bound in bounds]
    return [
        {"$expr": {"$and": [*from_[n - 1 : n][: n > 0], *below[n : n + 1]]}}
        for n in range(len(bounds) + 1)
    ]


def _holders(database: Documents, name: str, where: Mapping[str, Any]) -> list[Offender]:
    """The documents that hold one value which occurs more than once."""
    found = database[name].find(dict(where), {"_id": 1}).sort("_id", 1).limit(_IDS_PER_VALUE)
    same = [entry["_id"] for entry in found]
    detail = {field: shown(value) for field, value in where.items()}
    return [
        Offender(
            collection=name,
            id=id_text(id_),
            detail={**detail, "also": [id_text(other) for other in same if other != id_]},
        )
        for id_ in same
    ]


def counted(
    database: Documents,
    name: str,
    pipeline: Sequence[Mapping[str, Any]],
    *,
    limit_ms: int | None = None,
    **options: Any,
) -> Count:
    """What ``pipeline`` ends with (``_id`` and whatever says what is wrong), counted and listed."""
    both = [
        *pipeline,
        _COUNTED_AND_LISTED,
    ]
    (found,) = aggregated(database[name], both, limit_ms, **options)
    offenders = tuple(
        Offender(
            collection=name,
            id=id_text(entry["_id"]),
            detail={key: _plain(value) for key, value in entry.items() if key != "_id"},
        )
        for entry in found["first"]
    )
    return Count(count=int(found["all"][0]["n"]) if found["all"] else 0, offenders=offenders)


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value[:_IDS_PER_VALUE]]
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return shown(value)


def aggregated(
    collection: MongoCollection[Document],
    pipeline: Sequence[Mapping[str, Any]],
    limit_ms: int | None,
    *,
    let: Mapping[str, Any] | None = None,
    **options: Any,
) -> list[Document]:
    """The answer to a pipeline; raises ``ExecutionTimeout`` after ``limit_ms``."""
    if limit_ms is not None:
        options["maxTimeMS"] = max(1, limit_ms)
    return list(collection.aggregate(list(pipeline), allowDiskUse=True, let=let, **options))
