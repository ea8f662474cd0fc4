"""Slowness, failures, lost sessions and a cold cache, each of a kind that only a load shows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from desktop_app.backend.cache import Cache
from tests.defects.backdoor import Backdoor
from tests.defects.catalogue.slowness import broken, dropped, each, late
from tests.defects.exchange import Answered, Asked, Fault, Sound
from tests.defects.matching import on
from tests.defects.registry import Defect, register

_HEALTH, _USERS = on("GET", "/health"), on("GET", "/api/users")
_NOISE = {
    "performance.max*": "what is late by itself comes too late on a busy machine",
    "performance.p95*": "what is late by itself comes too late on a busy machine",
    "performance.mean*": "what is late by itself comes too late on a busy machine",
}


def _in_turn(_backdoor: Backdoor) -> Fault:
    """One lock for a whole list."""
    lock = asyncio.Lock()

    async def fault(asked: Asked, sound: Sound) -> Answered:
        if not _USERS(asked):
            return await sound(asked)
        async with lock:
            await asyncio.sleep(0.03)
            return await sound(asked)

    return fault


def _newest_alone(_backdoor: Backdoor) -> Fault:
    """A second sign-in ends the session of the first."""
    newest: dict[str, str] = {}
    ended: set[str] = set()

    async def fault(asked: Asked, sound: Sound) -> Answered:
        if asked.token in ended:
            return await sound(asked.with_token("ended"))
        answered = await sound(asked)
        found = answered.json if on("POST", "/api/auth/login")(asked) else None
        if isinstance(found, dict) and (token := found.get("access_token")):
            who = found["user"]["login_id"]
            ended.add(newest.get(who, ""))
            ended.discard("")
            newest[who] = token
        return answered

    return fault


def _caches(backdoor: Backdoor) -> tuple[Cache[Any], ...]:
    platform = backdoor.platform
    return (*platform.sessions.caches, platform.totals, platform.pages, platform.figures)


@contextmanager
def _forgetful(backdoor: Backdoor) -> Iterator[None]:
    """Caches that keep nothing."""
    before = [(cache, cache._lifetime_s) for cache in _caches(backdoor)]
    for cache, _lifetime in before:
        cache._lifetime_s = 0
        cache.clear()
    try:
        yield
    finally:
        for cache, lifetime in before:
            cache._lifetime_s = lifetime


def _far_away(seconds: float) -> Callable[[Backdoor], AbstractContextManager[object]]:
    """Caches that say they take so long, as one on another machine would."""

    @contextmanager
    def patch(backdoor: Backdoor) -> Iterator[None]:
        sessions = backdoor.platform.sessions.caches[0]
        sound = sessions.get

        def get(key: Any) -> Any:
            found = sound(key)
            sessions.hit_s += 0 if found is None else seconds
            return found

        vars(sessions)["get"] = get
        try:
            yield
        finally:
            del vars(sessions)["get"]

    return patch


register(
    Defect(
        name="performance.slow_endpoint",
        does="one list takes 300 ms, always",
        fails=frozenset({"performance.mean[GET /api/users]"}),
        also=_NOISE,
        fault=each(1, _USERS, late(0.3)),
    ),
    Defect(
        name="performance.slow_under_load",
        does="quick alone, and each in its turn when several ask at once",
        fails=frozenset({"performance.mean[GET /api/users]"}),
        also=_NOISE,
        fault=_in_turn,
    ),
    Defect(
        name="performance.slow_tenth",
        does="one answer in ten is late",
        fails=frozenset({"performance.p95[GET /api/users]"}),
        also=_NOISE,
        fault=each(10, _USERS, late(0.45)),
    ),
    Defect(
        name="performance.slow_p99",
        does="two answers in a hundred take more than half a second",
        fails=frozenset({"performance.p99", "performance.max[GET /health]"}),
        also=_NOISE,
        fault=each(50, _HEALTH, late(0.9)),
    ),
    Defect(
        name="performance.one_long",
        does="one answer in seventy takes more than half a second",
        fails=frozenset({"performance.max[GET /api/users]", "performance.max"}),
        also=_NOISE,
        fault=each(70, _USERS, late(0.9)),
    ),
    Defect(
        name="performance.error_in_50",
        does="one answer in 50 is a 500",
        fails=frozenset({"performance.errors", "performance.concurrent[GET /api/users]"}),
        fault=each(50, _USERS, broken),
    ),
    Defect(
        name="performance.dropped_in_100",
        does="one connection in a hundred is cut",
        fails=frozenset({"performance.errors", "performance.concurrent[GET /health]"}),
        fault=each(100, _HEALTH, dropped),
    ),
    Defect(
        name="performance.one_session_each",
        does="a second sign-in ends the session of the first",
        fails=frozenset({"performance.sessions"}),
        fault=_newest_alone,
    ),
    Defect(
        name="performance.cold_cache",
        does="the caches keep nothing",
        fails=frozenset({"performance.cache_hits"}),
        patch=_forgetful,
    ),
    Defect(
        name="performance.far_cache",
        does="the cache takes 20 ms",
        fails=frozenset({"performance.cache_time"}),
        patch=_far_away(0.02),
    ),
)
