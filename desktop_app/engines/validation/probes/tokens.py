"""Tokens: none, bad ones, and ones in the wrong place, on every operation that needs one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from desktop_app.core.language import N_
from desktop_app.core.permissions import Operation
from desktop_app.core.users import Role
from desktop_app.core.validation.findings import Finding, say
from desktop_app.engines.validation.asking import ME
from desktop_app.engines.validation.bed import Actor
from desktop_app.engines.validation.client import Answer
from desktop_app.engines.validation.context import Blocked, CheckContext
from desktop_app.engines.validation.harmless import SIGNS_OUT, path_of, protected, subject_of
from desktop_app.engines.validation.registry import probe
from desktop_app.engines.validation.who import (
    REFUSED,
    again,
    ask_me,
    attacked,
    bearer,
    is_me,
    taken,
    try_tokens,
    unmeasured,
)

_CONTENT_JUDGED = frozenset({400, 409, 412, 413, 415, 422, 428})
"""Answers of somebody who read the request before asking who it is from."""
_NOT_OFFERED = frozenset({404, 405, 501})


@probe("token.missing")
def missing(work: CheckContext) -> Iterator[Finding]:
    """Every protected operation without a token: 401."""
    yield from _everywhere(work, lambda _token: {})


@probe("token.bad")
def bad(work: CheckContext) -> Iterator[Finding]:
    """Every protected operation with a token whose end is altered: 401."""
    yield from _everywhere(work, lambda token: bearer(altered(token)))


def altered(token: str) -> str:
    """The token with some characters near its end changed, so that no byte of them stays."""
    end = token[-12:-4].translate(_OTHER_LETTERS)
    return f"{token[:-12]}{end}{token[-4:]}"


_OTHER_LETTERS = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
    "BCDEFGHIJKLMNOPQRSTUVWXYZAbcdefghijklmnopqrstuvwxyza1234567890_-",
)


Headers = Callable[[str], Mapping[str, str]]
"""The headers of somebody without a good token, made of a sound one."""


def _everywhere(work: CheckContext, headers: Headers) -> Iterator[Finding]:
    admin = attacked(work)
    for operation in protected(work.contract):
        if work.wants(subject_of(operation)):
            yield _one(work, operation, admin, headers)


def _one(work: CheckContext, operation: Operation, admin: Actor, headers: Headers) -> Finding:
    subject, path = subject_of(operation), path_of(operation)
    try:
        # What signs out must not end the session of the whole run, also where it lets in anybody.
        sound = again(work, admin) if operation.id == SIGNS_OUT else admin
    except Blocked as blocked:
        return work.inconclusive(blocked.said, subject=subject)
    answer = work.try_send(operation.method, path, headers=headers(sound.token))
    if taken(answer):
        return work.failed(
            say(N_("It is done: answered {status}."), status=answer.status), subject=subject
        )
    control = work.try_send(operation.method, path, by=sound)
    if control.status in REFUSED or unmeasured(control):
        return work.inconclusive(
            say(
                N_("With a sound token it is answered {status}: that tells nothing."),
                status=control.status,
            ),
            subject=subject,
        )
    if control.status in _NOT_OFFERED and "{id}" not in operation.path:
        return work.not_applicable(
            say(
                N_("It is not offered here: with a sound token it is answered {status}."),
                status=control.status,
            ),
            subject=subject,
        )
    if answer.status == control.status == 404 and not _documented(work, operation):
        return work.inconclusive(
            say(
                N_(
                    "It is answered {status} whoever asks, and is not documented: it may not exist."
                ),
                status=answer.status,
            ),
            subject=subject,
        )
    return _judged(work, subject, answer, control)


def _documented(work: CheckContext, operation: Operation) -> bool:
    return work.contract.described_operation(operation.method, operation.path) is not None


def _judged(work: CheckContext, subject: str, answer: Answer, control: Answer) -> Finding:
    both = {"status": answer.status, "sound": control.status}
    seen = say(N_("It is answered {status}, with a sound token {sound}."), **both)
    if unmeasured(answer):
        return work.inconclusive(seen, subject=subject)
    if answer.status == 401:
        return work.passed(seen, subject=subject)
    alike = answer.status == control.status and answer.status != 403
    if alike or answer.status in _CONTENT_JUDGED:
        return work.failed(seen, subject=subject)
    return work.warned(seen, say(N_("401 is due.")), subject=subject)


@probe("token.malformed")
def malformed(work: CheckContext) -> Iterator[Finding]:
    """Headers that carry no token, or something like one."""
    admin = attacked(work)
    token = admin.token
    headers = {
        "an empty header": "",
        "Bearer without a token": "Bearer",
        "Bearer null": "Bearer null",
        "Bearer undefined": "Bearer undefined",
        "the token without Bearer": token,
        "Basic": f"Basic {token}",
        "Token": f"Token {token}",
        "two tokens": f"Bearer {token} {token}",
        "a token and more": f"Bearer {token}x",
        "a token of 16,000 characters": f"Bearer {'x' * 16_000}",
        "letters beyond ASCII": "Bearer 토큰.토큰.토큰",
    }
    accepted: list[tuple[str, Answer]] = []
    broken: list[tuple[str, Answer]] = []
    silent: list[str] = []
    first: Answer | None = None
    for name, value in headers.items():
        answer = work.try_send("GET", ME, headers={"Authorization": value})
        first = first or answer
        if taken(answer):
            accepted.append((name, answer))
        elif answer.status >= 500:
            broken.append((name, answer))
        elif unmeasured(answer):
            silent.append(name)
    closing = ask_me(work, token)
    shown = [answer for _name, answer in (accepted or broken)[:5]]
    work.show(*(shown or ([first] if first else [])), closing)
    if accepted:
        names = ", ".join(name for name, _answer in accepted)
        yield work.failed(say(N_("Accepted: {what}."), what=names))
    elif not is_me(closing, admin):
        yield work.inconclusive(
            say(N_("Afterwards the sound token does not work either: who knows why they failed."))
        )
    elif silent:
        yield work.inconclusive(
            say(N_("Not answered, or answered 429: {what}."), what=", ".join(silent))
        )
    elif broken:
        names = ", ".join(name for name, _answer in broken)
        yield work.warned(say(N_("The server fails (5xx) at: {what}."), what=names))
    else:
        yield work.passed(
            say(
                N_("All {count} are refused; the sound token works before and after."),
                count=len(headers),
            )
        )


@probe("token.query")
def in_query(work: CheckContext) -> Iterator[Finding]:
    """A sound token in the address does not sign anybody in."""
    admin = attacked(work)
    control = ask_me(work, admin.token)
    if not is_me(control, admin):
        yield work.inconclusive(
            say(
                N_("The sound token is not accepted itself (GET /api/auth/me answered {status})."),
                status=control.status,
            )
        )
        return
    answers = {
        name: work.try_send("GET", ME, query={name: admin.token})
        for name in ("access_token", "token", "jwt", "authorization", "bearer")
    }
    accepted = [name for name, answer in answers.items() if taken(answer)]
    if accepted:
        work.show(control, *(answers[name] for name in accepted))
        yield work.failed(say(N_("Accepted: {what}."), what=", ".join(f"?{n}=" for n in accepted)))
    elif any(unmeasured(answer) for answer in answers.values()):
        yield work.inconclusive(say(N_("Not every request was answered.")))
    else:
        yield work.passed(
            say(N_("A token in the address is not looked at ({names})."), names=", ".join(answers))
        )


@probe("token.challenge")
def challenge(work: CheckContext) -> Iterator[Finding]:
    """A 401 says how to sign in (RFC 9110 §11.6.1)."""
    answer = work.send("GET", ME)
    control = ask_me(work, work.bed.actor(Role.ADMIN).token)
    value = answer.header("www-authenticate")
    if answer.status != 401 or control.status != 200:
        yield work.inconclusive(
            say(
                N_("It is answered {status}, with a sound token {sound}."),
                status=answer.status,
                sound=control.status,
            )
        )
    elif "bearer" in value.lower():
        yield work.passed(say(N_("WWW-Authenticate is {value}."), value=value[:200]))
    else:
        yield work.failed(
            say(
                N_("The 401 carries no WWW-Authenticate with Bearer (“{value}”)."),
                value=value[:200],
            )
        )


@probe("token.purpose")
def purpose(work: CheckContext) -> Iterator[Finding]:
    """A refresh token opens nothing, and an access token renews nothing."""
    admin = attacked(work)
    if not admin.refresh_token:
        yield work.not_applicable(say(N_("Signing in gives no refresh token.")))
        return
    as_access = try_tokens(work, admin, [("refresh token", admin.refresh_token)])
    renewed = work.try_send("POST", "/api/auth/refresh", json_body={"refresh_token": admin.token})
    if taken(renewed):
        yield work.failed(
            say(N_("Accepted: {what}."), what="access token (POST /api/auth/refresh)")
        )
        return
    if unmeasured(renewed):
        yield work.inconclusive(say(N_("Renewing was answered {status}."), status=renewed.status))
        return
    work.forget()
    yield as_access
