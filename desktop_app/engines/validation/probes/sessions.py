"""Sessions: what ends them ends them at once, and nothing brings them back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from desktop_app.core.language import N_
from desktop_app.core.users import Role
from desktop_app.core.validation.findings import Finding, Said, say
from desktop_app.core.verdicts import CheckState
from desktop_app.engines.validation.asking import LOGIN
from desktop_app.engines.validation.bed import Actor
from desktop_app.engines.validation.client import Answer
from desktop_app.engines.validation.context import Blocked, CheckContext, DoesNotApply
from desktop_app.engines.validation.made import if_match, version_of
from desktop_app.engines.validation.registry import probe
from desktop_app.engines.validation.who import (
    REFUSED,
    again,
    ask_me,
    bearer,
    inner,
    is_me,
    taken,
    unmeasured,
)

_REFRESH = "/api/auth/refresh"
_PASSWORD = "/api/auth/password"  # noqa: S105
_GUARDED = "/api/users"
"""What a manager may read, and an evaluator may not."""


def _throwaway(work: CheckContext, role: Role = Role.MANAGER) -> Actor:
    """Somebody to be changed by one check, who is known by their token."""
    actor = work.bed.new_user(role)
    before = ask_me(work, actor.token)
    if not is_me(before, actor):
        raise Blocked(
            say(
                N_("GET /api/auth/me does not tell {who} by a fresh token: it answered {status}."),
                who=actor.name,
                status=before.status,
            )
        )
    return actor


def as_admin(work: CheckContext, method: str, path: str, user: Actor, body: Any = None) -> Answer:
    """A change of a user by the administrator, at the version that the user has; ``Blocked``."""
    admin = work.bed.actor(Role.ADMIN)
    current = work.bed.ask("GET", f"/api/users/{user.user_id}", None, {})
    answer = work.try_send(
        method, path, by=admin, json_body=body, headers=if_match(version_of(current))
    )
    if not taken(answer):
        raise Blocked(
            say(
                N_("{path} was answered {status}: it could not be tried."),
                path=f"{method} {path.replace(user.user_id, '{id}')}",
                status=answer.status,
            )
        )
    return answer


def _ended(work: CheckContext, user: Actor, *, refresh: bool = True) -> Finding:
    """The verdict on a session that must have ended: its token and its refresh token."""
    alive: list[str] = []
    answer = ask_me(work, user.token)
    if taken(answer):
        alive.append("access token")
    unclear = answer.status not in REFUSED and not taken(answer)
    if refresh and user.refresh_token:
        renewed = work.try_send("POST", _REFRESH, json_body={"refresh_token": user.refresh_token})
        if taken(renewed):
            hide_tokens(work, renewed)
            alive.append("refresh token")
        unclear = unclear or unmeasured(renewed)
    return _verdict(work, alive, unclear)


def _shut_out(work: CheckContext, user: Actor, otherwise: Said) -> Finding:
    """As ``_ended``; and the password that was must not sign in again (``otherwise`` says it)."""
    finding = _ended(work, user)
    if finding.state is not CheckState.PASS:
        return finding
    answer = _sign_in(work, user, user.password)
    if taken(answer):
        return work.failed(otherwise)
    if unmeasured(answer):
        return work.inconclusive(
            say(N_("The next request is answered {status}."), status=answer.status)
        )
    return finding


def _verdict(work: CheckContext, alive: list[str], unclear: bool) -> Finding:
    if alive:
        return work.failed(say(N_("Still accepted afterwards: {what}."), what=", ".join(alive)))
    admin = work.bed.actor(Role.ADMIN)
    if unclear or not is_me(ask_me(work, admin.token), admin):
        return work.inconclusive(
            say(N_("Afterwards the server answers in a way that tells nothing of this session."))
        )
    return work.passed(say(N_("Before it the token was accepted, afterwards it is refused.")))


def hide_tokens(work: CheckContext, answer: Answer) -> None:
    """Keep the tokens and passwords of an answer out of all evidence."""
    found = answer.json
    if isinstance(found, dict):
        for key in ("access_token", "refresh_token", "password", "initial_password"):
            if isinstance(value := found.get(key), str):
                work.bed.hide(value)


@probe("session.sign_out")
def sign_out(work: CheckContext) -> Iterator[Finding]:
    """Signing out ends the session on the server, not only in the client."""
    user = _throwaway(work)
    answer = work.try_send("POST", "/api/auth/logout", headers=bearer(user.token))
    if not taken(answer):
        raise Blocked(say(N_("Signing out was answered {status}."), status=answer.status))
    yield _ended(work, user)


@probe("session.deactivated")
def deactivated(work: CheckContext) -> Iterator[Finding]:
    """Who is deactivated is out at once, and does not come in again."""
    user = _throwaway(work)
    as_admin(work, "POST", f"/api/users/{user.user_id}/deactivate", user)
    yield _shut_out(work, user, say(N_("A deactivated user can sign in.")))


@probe("session.deleted")
def deleted(work: CheckContext) -> Iterator[Finding]:
    """The token of somebody who is deleted is refused."""
    user = _throwaway(work)
    as_admin(work, "DELETE", f"/api/users/{user.user_id}", user)
    work.bed.forget("users", user.user_id)
    yield _ended(work, user)


@probe("session.password_changed")
def password_changed(work: CheckContext) -> Iterator[Finding]:
    """A new password ends the other sessions."""
    user = _throwaway(work)
    other = again(work, user)
    if not is_me(ask_me(work, other.token), other):
        raise Blocked(say(N_("The second session does not work before it.")))
    new = work.bed.secret()
    changed = work.try_send(
        "POST",
        _PASSWORD,
        headers=bearer(user.token),
        json_body={"current_password": user.password, "new_password": new},
    )
    if not taken(changed):
        raise Blocked(
            say(N_("Changing the password was answered {status}."), status=changed.status)
        )
    hide_tokens(work, changed)
    yield _ended(work, other)


@probe("session.reset")
def reset(work: CheckContext) -> Iterator[Finding]:
    """An administrator's reset signs the user out everywhere, and ends the old password."""
    user = _throwaway(work)
    answer = as_admin(work, "POST", f"/api/users/{user.user_id}/reset-password", user)
    hide_tokens(work, answer)
    yield _shut_out(work, user, say(N_("The old password still signs in.")))


@probe("session.role_changed")
def role_changed(work: CheckContext) -> Iterator[Finding]:
    """A role taken away is gone with the next request."""
    user = _throwaway(work, Role.MANAGER)
    before = work.try_send("GET", _GUARDED, headers=bearer(user.token))
    if before.status != 200:
        raise Blocked(
            say(N_("Before it, GET /api/users was answered {status}."), status=before.status)
        )
    role = {"role": Role.EVALUATOR.value}
    as_admin(work, "PATCH", f"/api/users/{user.user_id}", user, role)
    after = work.try_send("GET", _GUARDED, headers=bearer(user.token))
    admin = work.bed.actor(Role.ADMIN)
    if taken(after):
        yield work.failed(
            say(N_("A manager made evaluator still reads GET /api/users by the old token."))
        )
    elif after.status in REFUSED and is_me(ask_me(work, admin.token), admin):
        yield work.passed(say(N_("The next request is answered {status}."), status=after.status))
    else:
        yield work.inconclusive(
            say(N_("The next request is answered {status}."), status=after.status)
        )


@probe("session.rotation")
def rotation(work: CheckContext) -> Iterator[Finding]:
    """A refresh token works once."""
    user = _renewable(work)
    first = _renewed(work, user.refresh_token)
    if first["refresh_token"] == user.refresh_token:
        yield work.failed(say(N_("Renewing gives the same refresh token again.")))
        return
    second = work.try_send("POST", _REFRESH, json_body={"refresh_token": user.refresh_token})
    hide_tokens(work, second)
    if taken(second):
        yield work.failed(say(N_("A refresh token that was used is accepted again.")))
    elif unmeasured(second):
        yield work.inconclusive(
            say(N_("The next request is answered {status}."), status=second.status)
        )
    else:
        yield work.passed(
            say(N_("It works once; the second time it is answered {status}."), status=second.status)
        )


@probe("session.reuse")
def reuse(work: CheckContext) -> Iterator[Finding]:
    """A used refresh token that comes again was stolen: the whole session ends (RFC 9700)."""
    user = _renewable(work)
    first = _renewed(work, user.refresh_token)
    before = ask_me(work, first["access_token"])
    if not is_me(before, user):
        raise Blocked(say(N_("The renewed token is not accepted: {status}."), status=before.status))
    second = work.try_send("POST", _REFRESH, json_body={"refresh_token": user.refresh_token})
    hide_tokens(work, second)
    if taken(second):
        yield work.failed(say(N_("A refresh token that was used is accepted again.")))
        return
    third = work.try_send("POST", _REFRESH, json_body={"refresh_token": first["refresh_token"]})
    hide_tokens(work, third)
    after = ask_me(work, first["access_token"])
    alive = [
        name
        for name, answer in (("refresh token", third), ("access token", after))
        if taken(answer)
    ]
    if "refresh token" in alive:
        yield work.failed(say(N_("Still accepted afterwards: {what}."), what=", ".join(alive)))
    elif alive:
        yield work.warned(say(N_("Still accepted afterwards: {what}."), what=", ".join(alive)))
    elif unmeasured(third) or unmeasured(after):
        yield work.inconclusive(
            say(N_("Afterwards the server answers in a way that tells nothing of this session."))
        )
    else:
        yield work.passed(say(N_("The session ends when a used refresh token comes again.")))


def _renewable(work: CheckContext) -> Actor:
    user = _throwaway(work)
    if not user.refresh_token:
        raise DoesNotApply(say(N_("Signing in gives no refresh token.")))
    return user


def _renewed(work: CheckContext, refresh_token: str) -> dict[str, str]:
    answer = work.try_send("POST", _REFRESH, json_body={"refresh_token": refresh_token})
    hide_tokens(work, answer)
    found = inner(answer.json)
    names = ("access_token", "refresh_token")
    tokens = {name: str(found.get(name) or "") for name in names}
    if not taken(answer) or not all(tokens.values()):
        raise Blocked(say(N_("Renewing was answered {status}."), status=answer.status))
    return tokens


@probe("session.fixation")
def fixation(work: CheckContext) -> Iterator[Finding]:
    """Signing in makes tokens anew, whatever is brought along."""
    user = _throwaway(work)
    cookies = [value.partition(";")[0] for value in _cookies(user)]
    headers = bearer(user.token) | ({"Cookie": "; ".join(cookies)} if cookies else {})
    body = {"login_id": user.login_id, "password": user.password}
    second = work.try_send("POST", LOGIN, headers=headers, json_body=body)
    hide_tokens(work, second)
    found = inner(second.json)
    if second.status != 200 or not found.get("access_token"):
        raise Blocked(
            say(
                N_("{who} could not sign in a second time: {status}."),
                who=user.name,
                status=second.status,
            )
        )
    kept = [
        name
        for name, before in (
            ("access_token", user.token),
            ("refresh_token", user.refresh_token),
        )
        if before and found.get(name) == before
    ]
    set_anew = [value.partition(";")[0] for value in second.all_headers("set-cookie")]
    kept += [one.partition("=")[0] for one in cookies if one in set_anew or not set_anew]
    if kept:
        yield work.failed(say(N_("The same as before signing in: {what}."), what=", ".join(kept)))
    else:
        yield work.passed(say(N_("Signing in again gave tokens that are new.")))


def _cookies(user: Actor) -> tuple[str, ...]:
    return user.signed_in.all_headers("set-cookie") if user.signed_in is not None else ()


@probe("session.must_change")
def must_change(work: CheckContext) -> Iterator[Finding]:
    """A one-time password lets one do nothing but choose another."""
    user = _throwaway(work, Role.MANAGER)
    before = work.try_send("GET", _GUARDED, headers=bearer(user.token))
    if before.status != 200:
        raise Blocked(
            say(N_("Before it, GET /api/users was answered {status}."), status=before.status)
        )
    answer = as_admin(work, "POST", f"/api/users/{user.user_id}/reset-password", user)
    hide_tokens(work, answer)
    one_time = inner(answer.json).get("password")
    if not isinstance(one_time, str) or not one_time:
        raise Blocked(say(N_("Resetting a password gives no one-time password to try.")))
    user.password = one_time
    user.token = ""
    work.keep(work.bed.sign_in(user))
    if not user.token:
        raise Blocked(say(N_("The one-time password does not sign in.")))
    first = work.try_send("GET", _GUARDED, headers=bearer(user.token))
    if taken(first):
        yield work.failed(
            say(
                N_("With the one-time password GET /api/users is answered {status}."),
                status=first.status,
            )
        )
        return
    new = work.bed.secret()
    changed = work.try_send(
        "POST",
        _PASSWORD,
        headers=bearer(user.token),
        json_body={"current_password": one_time, "new_password": new},
    )
    hide_tokens(work, changed)
    token = str(inner(changed.json).get("access_token") or "")
    after = work.try_send("GET", _GUARDED, headers=bearer(token))
    if first.status in REFUSED and taken(changed) and taken(after):
        yield work.passed(
            say(
                N_("It is answered {status} until the password is changed, and {after} then."),
                status=first.status,
                after=after.status,
            )
        )
    else:
        yield work.inconclusive(_unclear(first, changed, after))


def _unclear(first: Answer, changed: Answer, after: Answer) -> Said:
    return say(
        N_("Answered {first} at first; changing the password {changed}; afterwards {after}."),
        first=first.status,
        changed=changed.status,
        after=after.status,
    )


def _sign_in(work: CheckContext, user: Actor, password: str) -> Answer:
    body = {"login_id": user.login_id, "password": password}
    answer = work.try_send("POST", LOGIN, json_body=body)
    hide_tokens(work, answer)
    return answer
