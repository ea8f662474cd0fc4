"""A bounded cache in the server's memory, which counts how often it helped."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

V = TypeVar("V")


class Cache(Generic[V]):
    """The latest ``capacity`` values, each for at most ``lifetime_s`` seconds.

    Belongs to one event loop. What is forgotten while it is being loaded is not kept. A lifetime
    of 0 keeps nothing.
    """

    def __init__(self, name: str, capacity: int, lifetime_s: float) -> None:
        self.name = name
        self.hits = 0
        self.misses = 0
        self.hit_s = 0.0
        """How long all hits together took."""
        self._capacity = capacity
        self._lifetime_s = lifetime_s
        self._kept: OrderedDict[Hashable, tuple[float, V]] = OrderedDict()
        self._generation = 0
        self._flights: dict[tuple[Hashable, int], asyncio.Future[V | None]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Hashable) -> V | None:
        """The value kept for ``key``; None when there is none (any more)."""
        began = time.perf_counter()
        found = self._kept.get(key)
        if found is None or found[0] < time.monotonic():
            self.misses += 1
            return None
        self.hits += 1
        self._kept.move_to_end(key)
        self.hit_s += time.perf_counter() - began
        return found[1]

    @property
    def generation(self) -> int:
        """Grows whenever something is forgotten."""
        return self._generation

    def put(self, key: Hashable, value: V, *, generation: int | None = None) -> None:
        """Keep ``value``, dropping the one not used for longest when full.

        ``generation`` is that of the moment when ``value`` was begun to be looked up: it is not
        kept when something was forgotten since, for it may be older than that.
        """
        if self._lifetime_s <= 0 or generation not in (None, self._generation):
            return
        self._kept[key] = (time.monotonic() + self._lifetime_s, value)
        self._kept.move_to_end(key)
        if len(self._kept) > self._capacity:
            self._kept.popitem(last=False)

    async def fetch(self, key: Hashable, load: Callable[[], Awaitable[V | None]]) -> V | None:
        """The value kept for ``key``, else what ``load`` gives; None is not kept."""
        found = self.get(key)
        if found is not None:
            return found
        flight = (key, self._generation)
        under_way = self._flights.get(flight)
        if under_way is not None:
            return await asyncio.shield(under_way)
        return await self._load(key, flight, load)

    async def _load(
        self, key: Hashable, flight: tuple[Hashable, int], load: Callable[[], Awaitable[V | None]]
    ) -> V | None:
        """Load once for everyone who asks meanwhile."""
        future: asyncio.Future[V | None] = asyncio.get_running_loop().create_future()
        self._flights[flight] = future
        try:
            value = await load()
        except asyncio.CancelledError:
            future.cancel()
            raise
        except Exception as error:
            future.set_exception(error)
            future.exception()  # taken note of, also where nobody else waits
            raise
        finally:
            del self._flights[flight]
        future.set_result(value)
        if value is not None:
            self.put(key, value, generation=flight[1])
        return value

    def forget(self, key: Hashable) -> None:
        """Drop the value of ``key``; a load under way will not bring the old one back."""
        self._generation += 1
        self._kept.pop(key, None)

    def clear(self) -> None:
        """Drop everything."""
        self._generation += 1
        self._kept.clear()
