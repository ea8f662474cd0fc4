"""Guessing that nobody hinders, and sign-ins that give away who exists."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from desktop_app.backend.rate_limits import RateLimiter
from tests.defects.backdoor import Backdoor
from tests.defects.exchange import Answered, Asked, Fault, Sound
from tests.defects.matching import on
from tests.defects.patching import replaced

_LOGIN = on("POST", "/api/auth/login")


def forgetful(backdoor: Backdoor) -> Fault:
    """Wrong passwords are not counted: nothing is ever locked."""
    store = backdoor.platform.store
    forgotten = {"$set": {"login_attempts": 0, "locked_until": None}}

    async def fault(asked: Asked, sound: Sound) -> Answered:
        if not _LOGIN(asked):
            return await sound(asked)
        await asked.body()
        answered = await sound(asked)
        await store.users.update_many({"login_attempts": {"$gt": 0}}, forgotten)
        await store.sign_in_attempts.delete_many({})
        backdoor.platform.sessions.users.clear()
        return answered

    return fault


def _unlimited(_self: object, *_who: str) -> None:
    """Counts nothing, refuses nothing."""


def limitless(*kinds: str) -> Callable[[Backdoor], AbstractContextManager[object]]:
    """Without these limits of rate: ``request``, ``sign_in``, ``sign_in_failed``."""

    @contextmanager
    def patch(backdoor: Backdoor) -> Iterator[None]:
        limiter: RateLimiter = backdoor.platform.limiter
        ways = [replaced(limiter, kind, lambda *_who: None) for kind in kinds]
        for way in ways:
            way.__enter__()
        try:
            yield
        finally:
            for way in reversed(ways):
                way.__exit__(None, None, None)

    return patch


def believing_forwarded(_backdoor: Backdoor) -> Fault:
    """Whoever says X-Forwarded-For is taken for somebody else each time."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        if said := asked.header("x-forwarded-for"):
            asked = asked.changed()
            asked.scope["client"] = (said.partition(",")[0].strip(), 0)
        return await sound(asked)

    return fault


async def _knows(backdoor: Backdoor, asked: Asked) -> bool:
    content = await asked.json()
    login_id = content.get("login_id") if isinstance(content, dict) else None
    if not isinstance(login_id, str):
        return True
    return await backdoor.platform.store.users.find_one({"login_id": login_id}) is not None


def telling_names(backdoor: Backdoor) -> Fault:
    """A sign-in says in words when nobody has that name."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        if not _LOGIN(asked) or await _knows(backdoor, asked):
            return await sound(asked)
        answered = await sound(asked)
        content = answered.json
        if answered.status != 401 or not isinstance(content, dict):
            return answered
        return answered.with_json({**content, "detail": "There is no such user."})

    return fault


def quick_for_strangers(backdoor: Backdoor) -> Fault:
    """A password is only hashed where somebody has that name: the others are refused at once."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        if _LOGIN(asked) and await _knows(backdoor, asked):
            await asyncio.sleep(0.12)
        return await sound(asked)

    return fault
