"""Indexes declared against indexes found: to create, in the way, different, extra, redundant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from desktop_app.db.definitions import wanted_index
from desktop_app.db.migrations.canonical import canonical, differences
from desktop_app.db.migrations.plan_data import IndexAction, IndexPlan
from desktop_app.db.migrations.steps import Standing, standing
from desktop_app.db.schema import Collection

Definition = Mapping[str, Any]
BUILDING = (IndexAction.CREATE, IndexAction.REPLACE)
"""What makes the server build."""

_TELLS_APART = ("collation", "sparse", "partialFilterExpression")
_PROMISES = {"unique", "sparse", "partialFilterExpression", "expireAfterSeconds", "collation"}


def plan_indexes(
    schema: Collection, present: Mapping[str, Definition], recorded: Mapping[str, Definition]
) -> tuple[IndexPlan, ...]:
    """Every declared index of a collection, then those that are there beside them."""
    wanted = {index.name: wanted_index(index) for index in schema.indexes}
    plans = [
        _declared(name, definition, present, recorded, wanted)
        for name, definition in wanted.items()
    ]
    replaced = {name for plan in plans for name in plan.replaces}
    everything = {**present, **wanted}
    plans += [
        IndexPlan(
            name=name,
            action=IndexAction.LEAVE,
            keys=_pairs(definition),
            unique=bool(definition.get("unique")),
            redundant_to=redundant_to(name, everything),
        )
        for name, definition in present.items()
        if name not in wanted and name not in replaced
    ]
    return tuple(plans)


def redundant_to(name: str, indexes: Mapping[str, Definition]) -> str:
    """The index that serves every query that ``name`` serves, "" for none.

    One whose keys begin with all of its keys does, unless it promises something of its own
    (unique, sparse, partial, expiring). Of two alike the one that comes later is redundant.
    """
    own = indexes[name]
    keys = [list(pair) for pair in own["key"]]
    if _PROMISES & set(own) or not keys or any(kind == "text" for _field, kind in keys):
        return ""
    for other, definition in indexes.items():
        longer = [list(pair) for pair in definition["key"]]
        if other == name or (_PROMISES - {"unique"}) & set(definition):
            continue
        if longer[: len(keys)] == keys and (
            len(longer) > len(keys) or _first(other, name, indexes)
        ):
            return other
    return ""


def _first(one: str, other: str, indexes: Iterable[str]) -> bool:
    names = list(indexes)
    return names.index(one) < names.index(other)


def _declared(
    name: str,
    definition: Definition,
    present: Mapping[str, Definition],
    recorded: Mapping[str, Definition],
    wanted: Mapping[str, Definition],
) -> IndexPlan:
    there = present.get(name)
    stands = standing(recorded.get(name), there, definition)
    facts: dict[str, Any] = {
        "name": name,
        "keys": _pairs(definition),
        "unique": bool(definition.get("unique")),
        "standing": stands,
    }
    if stands is Standing.IN_PLACE:
        return IndexPlan(action=IndexAction.NONE, **facts)
    in_the_way = tuple(
        other
        for other, found in present.items()
        if other == name or (other not in wanted and _conflict(found, definition))
    )
    if there is not None:
        facts["differences"] = differences(there, definition)
    return IndexPlan(
        action=IndexAction.REPLACE if in_the_way else IndexAction.CREATE,
        replaces=in_the_way,
        **facts,
    )


def _conflict(found: Definition, wanted: Definition) -> bool:
    """Whether MongoDB refuses the one beside the other: the same keys, or two text indexes."""
    texts = [any(kind == "text" for _key, kind in one["key"]) for one in (found, wanted)]
    same = canonical(found["key"]) == canonical(wanted["key"])
    apart = any(found.get(key) != wanted.get(key) for key in _TELLS_APART)
    return all(texts) or (same and not apart)


def _pairs(definition: Definition) -> tuple[tuple[str, Any], ...]:
    return tuple((str(pair[0]), pair[1]) for pair in definition["key"])
