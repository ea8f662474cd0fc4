"""What keeps a run from its beginning, or a dry run from its end: a sentence, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_app.core.language import N_
from desktop_app.core.load.counts import Failure
from desktop_app.core.validation.findings import Said, say


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """What went wrong, and what to do about it."""

    said: Said
    advice: Said

    def text(self) -> str:
        """Both, in the language in use."""
        return f"{self.said.text()} {self.advice.text()}"


Words = tuple[str, str]
"""What went wrong, and what to do: message ids."""

_DRY_RUN = N_("A dry run shows what was sent and what came.")
_CUT: Words = (
    N_("The connection broke before “{step}” was answered: {reason}"),
    N_("Look at the server's log; a proxy or a firewall on the way may have cut it."),
)
_UNUSABLE: Words = (
    N_("The answer to “{step}” cannot be used: {reason}"),
    N_("Check that the address is that of the API."),
)
_NOT_SENT: Words = (
    N_("“{step}” could not be sent: {reason}"),
    N_("Look at the scenario: a step before it has to bring what is missing."),
)
_BY_KIND: dict[Failure, Words] = {
    Failure.TIMEOUT: (
        N_("“{step}” was not answered within {seconds} s."),
        N_("Look whether the server is overloaded, or hangs."),
    ),
    Failure.RESET: _CUT,
    Failure.CUT: _CUT,
    Failure.TLS: _CUT,
    Failure.MALFORMED: _UNUSABLE,
    Failure.TOO_LARGE: _UNUSABLE,
    Failure.CONTENT: (
        N_("The answer to “{step}” is not what the scenario expects: {reason}"),
        _DRY_RUN,
    ),
}
_SIGN_IN_REFUSED: Words = (
    N_("The server refused the sign-in of “{login}” (status {status})."),
    N_("Check name and password; an account that was tried too often is locked for a while."),
)
_NOT_ALLOWED: Words = (
    N_("The server refused “{step}” (status {status}): not signed in, or not allowed to."),
    N_("Sign in with a role that may do all that the scenario does."),
)
_TOO_MANY: Words = (
    N_("The server takes no more requests like “{step}” for now (status {status})."),
    N_("Wait a minute, or have fewer users: many servers limit sign-ins by the minute."),
)
_SERVER_FAILED: Words = (
    N_("The server failed at “{step}” (status {status})."),
    N_("Look at the server's log."),
)
_NOT_EXPECTED: Words = (
    N_("“{step}” was answered with status {status}, which the scenario does not expect."),
    _DRY_RUN,
)


def request_obstacle(
    kind: Failure,
    *,
    step: str,
    status: int = 0,
    seconds: float = 0.0,
    login: str = "",
    reason: Said | None = None,
) -> Obstacle:
    """Why a request did not come out as it should.

    ``status`` is the answer's (0: none came), ``step`` the request's name, ``login`` whom it signs
    in, if anybody; ``seconds`` how long its answer was waited for; ``reason`` a sentence with more,
    where there is one.
    """
    said, advice = _words(kind, status, login)
    filled = say(
        said,
        step=step,
        status=status,
        login=login,
        seconds=f"{seconds:g}",
        reason=reason or say(""),
    )
    return Obstacle(said=filled, advice=say(advice))


def _words(kind: Failure, status: int, login: str) -> Words:
    if kind is Failure.CONTENT and not status:
        return _NOT_SENT
    if kind is not Failure.STATUS:
        return _BY_KIND.get(kind, _CUT)
    if status in (401, 403):
        return _SIGN_IN_REFUSED if login else _NOT_ALLOWED
    if status == 429:
        return _TOO_MANY
    return _SERVER_FAILED if status >= 500 else _NOT_EXPECTED
