"""Guessing that nobody hinders, and sign-ins that give away who exists."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from tests.defects.backdoor import Backdoor
from tests.defects.exchange import Answered, Asked, Fault, Sound
from tests.defects.matching import answering, anything, on, plain_error
from tests.defects.patching import replaced
from tests.defects.registry import breaks

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


def limitless(*kinds: str) -> Callable[[Backdoor], AbstractContextManager[object]]:
    """Without these limits of rate: ``request``, ``sign_in``, ``sign_in_failed``."""

    @contextmanager
    def patch(backdoor: Backdoor) -> Iterator[None]:
        with ExitStack() as stack:
            for kind in kinds:
                stack.enter_context(replaced(backdoor.platform.limiter, kind, lambda *_who: None))
            yield

    return patch


def _one_for_all(backdoor: Backdoor) -> AbstractContextManager[object]:
    """Guesses are counted for all clients together."""
    limiter = backdoor.platform.limiter

    @contextmanager
    def patch() -> Iterator[None]:
        sign_in, failed = limiter.sign_in, limiter.sign_in_failed
        with (
            replaced(limiter, "sign_in", lambda _client, login_id: sign_in("all", login_id)),
            replaced(limiter, "sign_in_failed", lambda _client: failed("all")),
        ):
            yield

    return patch()


def _everything_refused(_backdoor: Backdoor) -> Fault:
    """Once somebody guessed too often, every request from that address is refused."""
    refused: list[Answered] = []

    async def fault(asked: Asked, sound: Sound) -> Answered:
        answered = await sound(asked)
        if answered.status == 429:
            refused.append(answered)
        return refused[0] if refused and not _LOGIN(asked) else answered

    return fault


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
    if not isinstance(login_id, str) or not login_id.isprintable():
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


def _is_429(answered: Answered) -> bool:
    return answered.status == 429


def _without_time(answered: Answered) -> Answered:
    return answered.without_header("retry-after")


breaks(
    "rate.none",
    "guessing is not limited",
    "rate.sign_in[limit]",
    patch=limitless("sign_in", "sign_in_failed"),
)
breaks(
    "rate.retry_after",
    "a 429 does not say when to come back",
    "rate.sign_in[Retry-After]",
    fault=answering(anything, _without_time, where=_is_429),
)
breaks(
    "rate.plain",
    "a 429 is no problem details",
    "rate.sign_in[problem details]",
    fault=answering(anything, plain_error, where=_is_429),
)
breaks(
    "rate.forwarded",
    "whoever claims another address goes on guessing",
    "rate.sign_in[forwarded addresses]",
    fault=believing_forwarded,
)
breaks(
    "rate.one_for_all",
    "one guesser locks out all",
    "rate.sign_in[other users]",
    patch=_one_for_all,
)
breaks(
    "rate.everything",
    "who is signed in is refused because somebody guesses",
    "rate.sign_in[other users]",
    fault=_everything_refused,
)
