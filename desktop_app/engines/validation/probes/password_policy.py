"""Which passwords are taken: long ones of any letters, and none that is guessed first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from desktop_app.core.language import N_
from desktop_app.core.users import Role
from desktop_app.core.validation.findings import Finding, say
from desktop_app.engines.validation.asking import LOGIN
from desktop_app.engines.validation.bed import Actor
from desktop_app.engines.validation.bed_data import user_body
from desktop_app.engines.validation.client import Answer
from desktop_app.engines.validation.context import CheckContext
from desktop_app.engines.validation.probes.sessions import hide_tokens
from desktop_app.engines.validation.registry import probe
from desktop_app.engines.validation.shared import once
from desktop_app.engines.validation.who import inner, taken, unmeasured

_PASSWORD = "/api/auth/password"  # noqa: S105
_COMMON = (
    "password",
    "password1",
    "password123",
    "12345678",
    "123456789",
    "1234567890",
    "qwertyuiop",
    "qwerty123",
    "1q2w3e4r",
    "11111111",
    "iloveyou",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "superman",
    "trustno1",
    "Password1",
)
"""Of the first of any list of leaked passwords; eight characters and more."""

SHORT = "Zq7!x"
_REFUSES = frozenset({400, 422})


def _create(work: CheckContext, password: str) -> Answer:
    """A new user with this password, made by the administrator."""
    login_id = work.bed.unique()
    body = user_body(login_id, work.bed.value("company_id"), password=password)
    return work.try_send("POST", "/api/users", by=work.bed.actor(Role.ADMIN), json_body=body)


def _own(work: CheckContext) -> Actor:
    """Somebody who changes their own password, again and again."""
    return once(work.bed, "password changer", lambda: work.bed.new_user(Role.EVALUATOR))


def _change(work: CheckContext, user: Actor, current: str, new: str) -> Answer:
    """The user's own password changed; the actor goes on with the new one."""
    if new not in _COMMON:
        work.bed.hide(new)
    body = {"current_password": current, "new_password": new}
    answer = work.try_send("POST", _PASSWORD, by=user, json_body=body)
    hide_tokens(work, answer)
    if taken(answer):
        user.password = new
        token = inner(answer.json).get("access_token")
        if isinstance(token, str) and token:
            user.token = token
        else:
            work.bed.sign_in(user)
    return answer


def _judged(work: CheckContext, tried: Sequence[tuple[str, Answer]], control: Answer) -> Finding:
    """A verdict on passwords that must be refused, where a good one (``control``) is taken."""
    accepted = [name for name, answer in tried if taken(answer)]
    if accepted:
        work.show(*(answer for _name, answer in tried if taken(answer)))
        return work.failed(say(N_("Taken: {what}."), what=", ".join(accepted)))
    if not taken(control):
        return work.inconclusive(
            say(N_("A good password is not taken either: {status}."), status=control.status)
        )
    if any(unmeasured(answer) or answer.status not in _REFUSES for _name, answer in tried):
        told = ", ".join(f"{name} {answer.status}" for name, answer in tried)
        return work.inconclusive(say(N_("Answered: {told}."), told=told))
    return work.passed(say(N_("Refused: {count}, while a good one is taken."), count=len(tried)))


@probe("lockout.short_password")
def short_password(work: CheckContext) -> Iterator[Finding]:
    """Fewer than eight characters: not for a new user, nor by the user's own change."""
    user = _own(work)
    tried = [
        ("POST /api/users", _create(work, SHORT)),
        (f"POST {_PASSWORD}", _change(work, user, user.password, SHORT)),
    ]
    yield _judged(work, tried, _create(work, work.bed.secret()))


@probe("lockout.common_password")
def common_password(work: CheckContext) -> Iterator[Finding]:
    """What everybody guesses first."""
    user = _own(work)
    tried = [(password, _create(work, password)) for password in _COMMON]
    tried.append(("password123 (own change)", _change(work, user, user.password, "password123")))
    yield _judged(work, tried, _create(work, work.bed.secret()))


@probe("lockout.long_password")
def long_password(work: CheckContext) -> Iterator[Finding]:
    """64 characters of any letters are taken, and every one of them counts."""
    user = _own(work)
    long = f"{work.bed.secret()} 길고 긴 비밀번호도 받아야 합니다 {work.bed.secret()}"
    long = f"{long}{'-zz' * 30}"[:100]
    changed = _change(work, user, user.password, long)
    if changed.status in _REFUSES:
        yield work.failed(
            say(N_("A password of {length} characters is refused."), length=len(long))
        )
        return
    if not taken(changed):
        yield work.inconclusive(
            say(N_("Changing the password was answered {status}."), status=changed.status)
        )
        return
    cut = {"login_id": user.login_id, "password": long[:-1]}
    whole = {"login_id": user.login_id, "password": long}
    short = work.try_send("POST", LOGIN, json_body=cut)
    control = work.try_send("POST", LOGIN, json_body=whole)
    hide_tokens(work, short)
    hide_tokens(work, control)
    if taken(short):
        yield work.failed(say(N_("It signs in without its last character: the rest is cut off.")))
    elif unmeasured(short) or unmeasured(control):
        yield work.inconclusive(say(N_("Not every request was answered.")))
    elif not taken(control):
        yield work.failed(
            say(N_("It is taken and then does not sign in: {status}."), status=control.status)
        )
    else:
        yield work.passed(
            say(
                N_("A password of {length} characters is taken, and each counts."), length=len(long)
            )
        )


@probe("lockout.current_password")
def current_password(work: CheckContext) -> Iterator[Finding]:
    """A new password needs the one that was."""
    user = _own(work)
    wrong = _change(work, user, work.bed.secret(), work.bed.secret())
    without = work.try_send(
        "POST", _PASSWORD, by=user, json_body={"new_password": work.bed.secret()}
    )
    refused = [("wrong current password", wrong), ("no current password", without)]
    accepted = [name for name, answer in refused if taken(answer)]
    if accepted:
        yield work.failed(say(N_("Accepted: {what}."), what=", ".join(accepted)))
        return
    control = _change(work, user, user.password, work.bed.secret())
    if not taken(control) or any(unmeasured(answer) for _name, answer in refused):
        yield work.inconclusive(
            say(N_("Changing the password was answered {status}."), status=control.status)
        )
    else:
        yield work.passed(say(N_("It is refused without the right current password.")))
