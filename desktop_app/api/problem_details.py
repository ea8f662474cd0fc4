"""RFC 9457 problem details, and every other failing status, as the core's errors."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec

from desktop_app.api.answer import Answer
from desktop_app.core.errors import (
    Conflict,
    ConsoleError,
    Forbidden,
    InUse,
    NotFound,
    Rejected,
    ServerFault,
    SessionExpired,
    SignInRefused,
    TooManyRequests,
)
from desktop_app.core.language import N_
from desktop_app.core.problems import Problem

_DEFAULT_WAIT_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemDetails:
    """The members of a problem document that contract v1 knows."""

    type: str = ""
    title: str = ""
    detail: str = ""
    request_id: str | None = None
    problems: tuple[Problem, ...] = ()
    current: dict[str, Any] | None = None
    usage: dict[str, int] = field(default_factory=dict)
    retry_after_s: float | None = None

    @property
    def kind(self) -> str:
        """The last part of the type: "stale-version"."""
        return self.type.rstrip("/").rsplit("/", 1)[-1]

    @property
    def words(self) -> str:
        """What the server says happened."""
        return self.detail or self.title


_DECODER = msgspec.json.Decoder(ProblemDetails)


def error_of(answer: Answer) -> ConsoleError:
    """The error that a failing answer means.

    An answer outside the contract, an HTML page of a proxy say, is a ``ServerFault`` that says
    what came.
    """
    problem = _details(answer)
    if problem is None:
        return _without_details(answer)
    if answer.status in _BY_STATUS:
        return _BY_STATUS[answer.status](answer, problem)
    return ServerFault(
        what=N_("The server failed (status {status}): {detail}"),
        status=answer.status,
        detail=problem.words,
        request_id=problem.request_id or answer.request_id,
    )


def _details(answer: Answer) -> ProblemDetails | None:
    if not answer.is_json:
        return None
    with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError):
        return _DECODER.decode(answer.body)
    return None


def _without_details(answer: Answer) -> ConsoleError:
    if answer.status == 429:
        return TooManyRequests(_wait_of(answer, None))
    if 300 <= answer.status < 400:
        return ServerFault(
            what=N_("The server sends requests elsewhere: {location} (status {status})."),
            advice=N_("If you trust that address, put it into the connection's settings."),
            status=answer.status,
            location=answer.headers.get("location", "?"),
            request_id=answer.request_id,
        )
    if answer.status == 401 and not answer.body:
        return SessionExpired()
    return answer.fault(answer.seen())


def _unauthorised(answer: Answer, problem: ProblemDetails) -> ConsoleError:
    if problem.kind == "sign-in-refused":
        return SignInRefused()
    if problem.kind == "account-locked":
        return SignInRefused(
            what=N_("This account is locked after too many wrong passwords."),
            advice=N_("Try again in {minutes} minutes, or ask an administrator to unlock it."),
            minutes=max(1, round(_wait_of(answer, problem) / 60)),
        )
    return SessionExpired()


def _forbidden(_answer: Answer, problem: ProblemDetails) -> ConsoleError:
    if problem.kind == "must-change-password":
        return Forbidden(
            what=N_("A new password has to be chosen first."),
            advice=N_("Sign in again and choose one."),
        )
    if problem.kind == "own-not-submitted":
        return Forbidden(
            what=N_("Others' scores are shown once your own sheet is submitted."), advice=""
        )
    return Forbidden()


def _conflict(answer: Answer, problem: ProblemDetails) -> ConsoleError:
    if problem.kind == "in-use":
        return InUse(problem.usage)
    if problem.current is not None:
        return Conflict(problem.current)
    return _rejected(answer, problem)


def _rejected(_answer: Answer, problem: ProblemDetails) -> ConsoleError:
    if problem.problems:
        return Rejected(problem.problems)
    return Rejected(
        (),
        what=N_("The server refused the content: {detail}"),
        advice="",
        detail=problem.words,
    )


def _too_many(answer: Answer, problem: ProblemDetails) -> ConsoleError:
    return TooManyRequests(_wait_of(answer, problem))


_BY_STATUS: dict[int, Callable[[Answer, ProblemDetails], ConsoleError]] = {
    400: _rejected,
    401: _unauthorised,
    403: _forbidden,
    404: lambda _answer, _problem: NotFound(),
    409: _conflict,
    413: _rejected,
    415: _rejected,
    422: _rejected,
    428: _rejected,
    429: _too_many,
}


def _wait_of(answer: Answer, problem: ProblemDetails | None) -> float:
    """Seconds to wait: ``Retry-After`` as seconds or a date (RFC 9110 §10.2.3)."""
    if problem is not None and problem.retry_after_s is not None:
        return max(0.0, problem.retry_after_s)
    header = answer.headers.get("retry-after", "").strip()
    if header.isdigit():
        return float(header)
    with contextlib.suppress(ValueError):
        return max(0.0, (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds())
    return _DEFAULT_WAIT_S
