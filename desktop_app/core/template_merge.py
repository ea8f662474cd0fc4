"""Three-way merging of templates: criterion by criterion, and their order by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from desktop_app.core.merge import Merge, three_way

ORDER = "order"
_START = "criteria."


def criterion_id(key: str) -> str:
    """The criterion that a key of the merge stands for; empty for other keys."""
    return key.removeprefix(_START) if key.startswith(_START) else ""


def merge_templates(
    base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any], keys: Iterable[str]
) -> Merge:
    """Merge two versions of a template that both come from ``base``.

    All are flat values with ``criteria`` as mappings. In the merge each criterion is a field of
    its own, ``criteria.<id>`` (None where it is not there), and ``order`` holds the ids of those
    that all three have. ``keys`` names the plain fields.
    """
    ids = list(dict.fromkeys(id_ for version in (theirs, mine, base) for id_ in _ids(version)))
    common = set(_ids(base)).intersection(_ids(mine), _ids(theirs))
    return three_way(
        _expanded(base, ids, common),
        _expanded(mine, ids, common),
        _expanded(theirs, ids, common),
        [*keys, *(f"{_START}{id_}" for id_ in ids), ORDER],
    )


def merged_values(
    resolved: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]
) -> dict[str, Any]:
    """The values of a template that a resolved merge of ``merge_templates`` says.

    Those that all have stand as ``order`` says; a criterion that one side added stands behind
    the one that it was added behind.
    """
    kept = {criterion_id(key): value for key, value in resolved.items() if criterion_id(key)}
    kept = {id_: criterion for id_, criterion in kept.items() if criterion is not None}
    order = [id_ for id_ in resolved[ORDER] if id_ in kept]
    for version in (mine, theirs):
        before: str | None = None
        for id_ in _ids(version):
            if id_ not in kept:
                continue
            if id_ not in order:
                order.insert(order.index(before) + 1 if before is not None else 0, id_)
            before = id_
    plain = {key: v for key, v in resolved.items() if not criterion_id(key) and key != ORDER}
    return {**plain, "criteria": [kept[id_] for id_ in order]}


def _ids(version: Mapping[str, Any]) -> Sequence[str]:
    return [criterion["id"] for criterion in version.get("criteria") or ()]


def _expanded(version: Mapping[str, Any], ids: Iterable[str], common: set[str]) -> dict[str, Any]:
    criteria = {criterion["id"]: dict(criterion) for criterion in version.get("criteria") or ()}
    return {
        **{key: value for key, value in version.items() if key != "criteria"},
        **{f"{_START}{id_}": criteria.get(id_) for id_ in ids},
        ORDER: tuple(id_ for id_ in criteria if id_ in common),
    }
