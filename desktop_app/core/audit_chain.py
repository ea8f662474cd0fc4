"""The audit trail's chain: each entry's SHA-256 covers the one before it.

Who alters, removes or inserts an entry breaks every hash from there on; who cuts the end off is
found out by the head, which is kept apart.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

GENESIS = "0" * 64
"""What the first entry takes for the hash of the entry before it."""

_COVERED = (
    "sequence",
    "at",
    "actor",
    "actor_name",
    "operation",
    "resource",
    "target_id",
    "target_name",
    "changes",
    "request_id",
    "previous_hash",
)


def hash_of(entry: Mapping[str, Any]) -> str:
    """SHA-256 of an entry's canonical JSON (sorted keys, no spaces, UTF-8), without its hash."""
    covered = {key: entry.get(key) for key in _COVERED}
    text = json.dumps(
        covered, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_moment
    )
    return sha256(text.encode("utf-8")).hexdigest()


def chained(
    entries: Iterable[dict[str, Any]], sequence: int, previous_hash: str
) -> list[dict[str, Any]]:
    """``entries`` with their place in the chain, after entry number ``sequence``."""
    linked = []
    for number, entry in enumerate(entries, start=sequence + 1):
        link = {**entry, "_id": number, "sequence": number, "previous_hash": previous_hash}
        link["hash"] = previous_hash = hash_of(link)
        linked.append(link)
    return linked


class Verifier:
    """Walks the trail in order and remembers the first entry that does not fit."""

    def __init__(self) -> None:
        self.entries = 0
        self.broken_at: int | None = None
        self._previous = GENESIS

    def take(self, entries: Iterable[Mapping[str, Any]]) -> None:
        """Look at the next entries."""
        for entry in entries:
            expected = self.entries + 1
            self.entries += 1
            if self.broken_at is not None:
                continue
            fits = (
                entry["_id"] == entry.get("sequence") == expected
                and entry.get("previous_hash") == self._previous
                and entry.get("hash") == _hash_or_none(entry)
            )
            self._previous = entry.get("hash", "")
            if not fits:
                self.broken_at = expected

    def finish(self, head_sequence: int, head_hash: str, newest: int) -> None:
        """Compare with the head: a trail that was cut off or grew past it does not fit.

        ``newest`` is the number of the last entry, looked up before the head: an entry and the
        head that covers it come together, so it cannot be beyond the head.
        """
        fits = (head_sequence, head_hash) == (self.entries, self._previous)
        if self.broken_at is None and (not fits or newest > head_sequence):
            self.broken_at = min(self.entries, head_sequence) + 1


def _hash_or_none(entry: Mapping[str, Any]) -> str | None:
    """The hash; None for an entry that holds what no entry of ours does: somebody altered it."""
    try:
        return hash_of(entry)
    except TypeError:
        return None


def _moment(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds")
    raise TypeError(f"an audit entry cannot hold {type(value).__name__}")
