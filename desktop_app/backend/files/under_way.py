"""What the server's memory holds of uploads under way: their turns, and their hashes so far."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from hashlib import _Hash

_PARTS_AT_ONCE = 32
"""Each takes as much memory as a part has bytes."""
_HASHES_KEPT = 2_000


@dataclass(slots=True)
class UnderWay:
    """Belongs to one event loop. Nothing is lost with it: a hash is made anew from what is kept."""

    room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_PARTS_AT_ONCE))
    _turns: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    _hashes: OrderedDict[str, tuple[int, _Hash]] = field(default_factory=OrderedDict)

    def turn(self, upload_id: str) -> asyncio.Lock:
        """What happens to one upload, happens in turn."""
        return self._turns.setdefault(upload_id, asyncio.Lock())

    def hash_at(self, upload_id: str, offset: int) -> _Hash | None:
        """The hash of the first ``offset`` bytes; None when it has to be made anew."""
        if offset == 0:
            return sha256()
        at, kept = self._hashes.get(upload_id, (0, None))
        return kept.copy() if kept is not None and at == offset else None

    def keep_hash(self, upload_id: str, offset: int, hashed: _Hash) -> None:
        """Remember the hash of the first ``offset`` bytes."""
        self._hashes[upload_id] = (offset, hashed)
        self._hashes.move_to_end(upload_id)
        if len(self._hashes) > _HASHES_KEPT:
            self._hashes.popitem(last=False)

    def forget(self, upload_id: str) -> None:
        """The upload has ended."""
        self._hashes.pop(upload_id, None)
