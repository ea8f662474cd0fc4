"""Who a token speaks for, as the target itself says it: the control of every attack on tokens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from desktop_app.core.language import N_
from desktop_app.core.users import Role
from desktop_app.core.validation.findings import Finding, Said, say
from desktop_app.engines.validation.asking import ME
from desktop_app.engines.validation.bed import Actor
from desktop_app.engines.validation.client import Answer
from desktop_app.engines.validation.context import Blocked, CheckContext
from desktop_app.engines.validation.jose import header_of
from desktop_app.engines.validation.shared import once

REFUSED = frozenset({401, 403})
HIDDEN = frozenset({403, 404})
"""How what is beyond reach is answered."""


def unmeasured(answer: Answer) -> bool:
    """Whether an answer tells nothing of who is let in: none, throttled, or a failure."""
    return answer.status in (0, 429) or answer.status >= 500


def taken(answer: Answer) -> bool:
    """Whether the request was done."""
    return 200 <= answer.status < 300


def unfound(answer: Answer) -> bool:
    """Whether what is within reach was not reached: no control."""
    return answer.status in HIDDEN or answer.status in REFUSED or unmeasured(answer)


def ids_in(answer: Answer, kind: str) -> set[str]:
    """The ids of what a list's answer holds, under the name of the resource."""
    found = answer.json
    items = found.get(kind) if isinstance(found, dict) else found
    if answer.status != 200 or not isinstance(items, list):
        return set()
    return {str(i.get("id") or i.get("_id")) for i in items if isinstance(i, dict)}


def bearer(token: str) -> dict[str, str]:
    """The header that carries a token."""
    return {"Authorization": f"Bearer {token}"}


def inner(found: Any, *keys: str) -> Mapping[str, Any]:
    """What a wrapped answer holds: under the first of ``keys`` that is there, else itself."""
    if not isinstance(found, dict):
        return {}
    for key in keys:
        if isinstance(found.get(key), dict):
            inside: Mapping[str, Any] = found[key]
            return inside
    return found


def ask_me(work: CheckContext, token: str) -> Answer:
    """Ask who a token is; no answer is an answer too."""
    return work.try_send("GET", ME, headers=bearer(token))


def is_me(answer: Answer, actor: Actor) -> bool:
    """Whether an answer of ``ask_me`` names the actor, with their role."""
    user = inner(answer.json, "user")
    named = user.get("login_id") == actor.login_id and user.get("role") == actor.role.value
    return answer.status == 200 and named


def prove(work: CheckContext, actor: Actor) -> Actor:
    """The actor, of whom the target says that it knows them; raises ``Blocked``.

    A server that answers everybody alike, or nobody, is no place to judge who is let in.
    """
    answer = ask_me(work, actor.token)
    if not is_me(answer, actor):
        raise Blocked(
            say(
                N_("GET /api/auth/me does not tell {who} by a fresh token: it answered {status}."),
                who=actor.name,
                status=answer.status,
            )
        )
    work.forget()
    return actor


def prove_all(work: CheckContext, roles: Iterable[Role]) -> dict[Role, Actor]:
    """``prove`` for somebody of each role."""
    return {role: prove(work, work.bed.actor(role)) for role in roles}


def again(work: CheckContext, actor: Actor) -> Actor:
    """The same person in a second session; raises ``Blocked``."""
    other = replace(actor, token="", refresh_token="")
    answer = work.bed.sign_in(other)
    if not other.token:
        raise Blocked(
            say(
                N_("{who} could not sign in a second time: {status}."),
                who=actor.name,
                status=answer.status,
            )
        )
    return other


def attacked(work: CheckContext) -> Actor:
    """The administrator in a session beside the run's own; raises ``Blocked``.

    A server may well end a session whose token is abused: the run goes on in its own.
    """
    admin = work.bed.actor(Role.ADMIN)
    session = once(work.bed, "attacked session", lambda: again(work, admin))
    work.bed.fresh(session)
    if not is_me(ask_me(work, session.token), session):
        work.bed.sign_in(session)
    return prove(work, session)


def try_tokens(work: CheckContext, actor: Actor, attempts: Iterable[tuple[str, str]]) -> Finding:
    """One finding of what happens to tokens that must be refused, each with what it is.

    The actor's sound token must work before and after them.
    """
    control = ask_me(work, actor.token)
    if not is_me(control, actor):
        return work.inconclusive(_no_control(control))
    accepted: list[tuple[str, Answer]] = []
    broken: list[tuple[str, Answer]] = []
    silent: list[tuple[str, Answer]] = []
    first: Answer | None = None
    headers: dict[str, str] = {}
    count = 0
    for name, token in attempts:
        headers[name] = header_of(token)
        answer = ask_me(work, token)
        count += 1
        first = first or answer
        if taken(answer):
            accepted.append((name, answer))
        elif answer.status >= 500:
            broken.append((name, answer))
        elif unmeasured(answer):
            silent.append((name, answer))
    closing = ask_me(work, actor.token)
    shown = [answer for _name, answer in (accepted or broken or silent)[:4]]
    work.show(control, *(shown or ([first] if first else [])))
    if accepted:
        # The tokens themselves are not shown: they open the platform.
        return work.failed(
            say(N_("Accepted: {what}."), what=_names(accepted)),
            tried=count,
            accepted=len(accepted),
            header=headers[accepted[0][0]],
        )
    if not is_me(closing, actor):
        work.keep(closing)
        return work.inconclusive(
            say(N_("Afterwards the sound token does not work either: who knows why they failed."))
        )
    if silent:
        return work.inconclusive(
            say(N_("Not answered, or answered 429: {what}."), what=_names(silent)), tried=count
        )
    if broken:
        return work.warned(
            say(N_("The server fails (5xx) at: {what}."), what=_names(broken)), tried=count
        )
    return work.passed(
        say(N_("All {count} are refused; the sound token works before and after."), count=count),
        tried=count,
    )


def _names(found: list[tuple[str, Answer]]) -> str:
    return ", ".join(name for name, _answer in found)


def _no_control(answer: Answer) -> Said:
    return say(
        N_("The sound token is not accepted itself (GET /api/auth/me answered {status})."),
        status=answer.status,
    )
