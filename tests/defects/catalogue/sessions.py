"""Sessions that live on after they were to end, and refresh tokens that work twice."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from desktop_app.backend.problem_details import ApiProblem
from desktop_app.backend.sessions import Caller
from desktop_app.backend.store import Document
from desktop_app.core.users import Role
from tests.defects.backdoor import Backdoor
from tests.defects.exchange import Answered, Asked, Fault, Sound
from tests.defects.matching import on
from tests.defects.patching import replaced
from tests.defects.registry import breaks


@dataclass(frozen=True, slots=True)
class Ended:
    """A session that has ended: who held it then, and what is left of it."""

    then: Caller
    user: Document
    is_kept: bool
    """Whether the database still has the session: nobody signed out."""


def living_on(
    lives: Callable[[Ended], bool], *, role_of_then: bool = False
) -> Callable[[Backdoor], AbstractContextManager[object]]:
    """Whoever once showed a token is let in with it for ever, where ``lives`` says so."""

    def patch(backdoor: Backdoor) -> AbstractContextManager[object]:
        sessions, store = backdoor.platform.sessions, backdoor.platform.store
        sound = sessions.caller
        known: dict[str, Caller] = {}

        async def caller(token: str) -> Caller:
            try:
                known[token] = await sound(token)
            except ApiProblem as problem:
                user = await backdoor.user_of(token)
                if problem.kind != "session-ended" or token not in known or user is None:
                    raise
                then = known[token]
                kept = await store.sessions.find_one({"_id": then.session_id})
                if not lives(Ended(then, user, kept is not None)):
                    raise
                role = then.role if role_of_then else Role(user["role"])
                return replace(then, role=role, user=user)
            return known[token]

        return replaced(sessions, "caller", caller)

    return patch


def _after_sign_out(ended: Ended) -> bool:
    return not ended.is_kept


def _after_deactivation(ended: Ended) -> bool:
    return not bool(ended.user["is_active"])


def _after_a_new_password(ended: Ended) -> bool:
    return ended.is_kept and bool(ended.user["is_active"]) and ended.then.role == ended.user["role"]


def _after_a_new_role(ended: Ended) -> bool:
    return str(ended.user["role"]) != ended.then.role


def _outliving(backdoor: Backdoor) -> AbstractContextManager[object]:
    """A token is good as long as its time has not come, whether or not its user is there."""
    sessions = backdoor.platform.sessions
    sound = sessions.caller
    known: dict[str, Caller] = {}

    async def caller(token: str) -> Caller:
        try:
            known[token] = await sound(token)
        except ApiProblem:
            if token not in known or await backdoor.user_of(token) is not None:
                raise
        return known[token]

    return replaced(sessions, "caller", caller)


def _refreshed_again(backdoor: Backdoor) -> Fault:
    """A refresh token that was used is taken again, and never changes."""
    refresh = on("POST", "/api/auth/refresh")
    newest: dict[str, str] = {}

    async def fault(asked: Asked, sound: Sound) -> Answered:
        content = await asked.json() if refresh(asked) else None
        given = content.get("refresh_token") if isinstance(content, dict) else None
        if not isinstance(given, str):
            return await sound(asked)
        answered = await sound(asked.with_json({"refresh_token": newest.get(given, given)}))
        found = answered.json
        if answered.status == 200:
            newest[given] = found["refresh_token"]
        return answered

    return fault


def _reuse_forgiven(backdoor: Backdoor) -> Fault:
    """A used refresh token is refused, and the session of whoever stole it goes on."""
    refresh = on("POST", "/api/auth/refresh")
    used: set[str] = set()

    async def fault(asked: Asked, sound: Sound) -> Answered:
        content = await asked.json() if refresh(asked) else None
        given = content.get("refresh_token") if isinstance(content, dict) else None
        if not isinstance(given, str):
            return await sound(asked)
        if given in used:
            return await sound(asked.with_json({"refresh_token": "no.such-token"}))
        answered = await sound(asked)
        if answered.status == 200:
            used.add(given)
        return answered

    return fault


def _same_session(backdoor: Backdoor) -> Fault:
    """Who brings a good token along to the sign-in gets it back."""
    login = on("POST", "/api/auth/login")

    async def fault(asked: Asked, sound: Sound) -> Answered:
        answered = await sound(asked)
        content = answered.json
        if login(asked) and answered.status == 200 and asked.token:
            return answered.with_json({**content, "access_token": asked.token})
        return answered

    return fault


def _one_time_forever(backdoor: Backdoor) -> AbstractContextManager[object]:
    """A one-time password need not be changed."""
    sessions = backdoor.platform.sessions
    sound = sessions.caller

    async def caller(token: str) -> Caller:
        found = await sound(token)
        return replace(found, user={**found.user, "must_change_password": False})

    return replaced(sessions, "caller", caller)


breaks(
    "session.sign_out",
    "tokens live on after signing out",
    "session.sign_out",
    "auth_005",
    patch=living_on(_after_sign_out),
    also={"session.reuse": "a session that ended lives on"},
)
breaks(
    "session.deactivated",
    "tokens live on after their user was deactivated",
    patch=living_on(_after_deactivation),
)
breaks("session.deleted", "tokens live on after their user was deleted", patch=_outliving)
breaks(
    "session.password_changed",
    "other sessions live on after a new password",
    "session.password_changed",
    "session.reset",
    patch=living_on(_after_a_new_password),
)
breaks(
    "session.role_changed",
    "a role lives on in the tokens that were given out with it",
    patch=living_on(_after_a_new_role, role_of_then=True),
)
breaks(
    "session.rotation",
    "a refresh token may be used again and again",
    "session.rotation",
    "session.reuse",
    fault=_refreshed_again,
)
breaks(
    "session.reuse",
    "the session goes on when a used refresh token comes again",
    fault=_reuse_forgiven,
)
breaks(
    "session.fixation",
    "who brings a token along to the sign-in gets it back",
    fault=_same_session,
)
breaks("session.must_change", "a one-time password may be kept", patch=_one_time_forever)
