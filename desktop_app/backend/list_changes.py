"""What differs between two lists of entries with ids, as the audit trail tells it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from desktop_app.core.documents import same

Entry = Mapping[str, Any]


def list_changes(key: str, before: Sequence[Entry], after: Sequence[Entry]) -> dict[str, list[Any]]:
    """Dotted key to [before, after]: ``criteria.quality.weight``, one entry for what differs.

    An entry that came or went is told whole, a new order of those that stayed as ids.
    """
    old = {entry["id"]: entry for entry in before}
    new = {entry["id"]: entry for entry in after}
    told: dict[str, list[Any]] = {}
    for id_ in [*old, *(id_ for id_ in new if id_ not in old)]:
        was, now = old.get(id_), new.get(id_)
        if was is None or now is None:
            told[f"{key}.{id_}"] = [was and dict(was), now and dict(now)]
            continue
        told |= {
            f"{key}.{id_}.{name}": [was.get(name), now.get(name)]
            for name in now
            if not same(was.get(name), now.get(name))
        }
    stayed = [[id_ for id_ in ids if id_ in old and id_ in new] for ids in (old, new)]
    if stayed[0] != stayed[1]:
        told[f"{key}.order"] = stayed
    return told
