"""Line ends and lengths that make one message two (ASVS 5.0.0 V4.2.1; RFC 9112 §2.2, §5.1, §6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from desktop_app.core.language import N_
from desktop_app.core.validation.findings import Finding, say
from desktop_app.engines.validation.client import Answer, NoAnswer
from desktop_app.engines.validation.context import Blocked, CheckContext
from desktop_app.engines.validation.probes.controls import (
    UNKNOWN_PATH,
    known_person,
    not_refused,
    undecided,
    unknown_path,
)
from desktop_app.engines.validation.raw import TooLate, host_header, send_raw
from desktop_app.engines.validation.registry import probe

MARK = "X-Evalcheck"
_SPLIT = f"%0d%0a{MARK}:%20yes"
_QUIET_S = 0.25
_PATIENCE = 5


@probe("injection.header")
def header(work: CheckContext) -> Iterator[Finding]:
    """Line ends in what a client sends make no header of an answer."""
    admin = known_person(work)
    work.forget()
    answers = [
        work.try_send("GET", f"/api/users/zz{_SPLIT}", by=admin),
        work.try_send("GET", f"/api/users?q=zz{_SPLIT}", by=admin),
        work.try_send("GET", f"{UNKNOWN_PATH}{_SPLIT}", by=admin),
        work.try_send("GET", "/health", headers={"X-Request-ID": f"zzevalcheck{_SPLIT}"}),
    ]
    for end in (b"\r", b"\n", b"\x00"):
        lines = b"X-Request-ID: zzevalcheck" + end + MARK.encode() + b": yes"
        answers += _sent(work, _message(work, "GET", "/health", lines))
    for answer in answers:
        # A lone line feed is allowed to end a line: what it began must only not come back.
        if answer.header(MARK):
            yield work.failed(say(N_("A line end that was sent began a header of the answer.")))
            return
        if (said := not_refused(answer)) is not None:
            yield work.failed(said)
            return
    if (said := undecided(answers[:4])) is not None:
        yield work.inconclusive(said)
        return
    yield work.passed(
        say(N_("{count} ways to send a line end began no header."), count=len(answers))
    )


@dataclass(frozen=True, slots=True)
class _Ambiguous:
    """Lengths that two servers may read differently; ``must_refuse`` by the standard."""

    headers: bytes
    body: bytes
    must_refuse: bool


@probe("injection.framing")
def framing(work: CheckContext) -> Iterator[Finding]:
    """A message whose end can be read in two ways is refused, or ends the connection."""
    unknown_path(work)
    control = _sent(work, _message(work, "GET", "/health", b"Content-Length: 2") + b"{}")
    if not control or control[0].status != 200:
        raise Blocked(say(N_("A plain request on a connection of its own was not answered.")))
    hidden = _message(work, "GET", UNKNOWN_PATH, b"Accept: application/json")
    length = str(len(hidden)).encode()
    both = b"Content-Length: " + str(len(hidden) + 5).encode() + b"\r\nTransfer-Encoding: chunked"
    cases = (
        _Ambiguous(both, b"0\r\n\r\n" + hidden, False),
        _Ambiguous(b"Content-Length: 0\r\nContent-Length: " + length, hidden, True),
        _Ambiguous(b"Content-Length : " + length, hidden, True),
        _Ambiguous(b"Content-Length: +" + length, hidden, True),
    )
    # A second answer may come as late as the first one took, and more where the server is busy.
    quiet_s = max(_QUIET_S, _PATIENCE * control[0].total_ms / 1000)
    late: TooLate | None = None
    for case in cases:
        message = _message(work, "GET", "/health", case.headers) + case.body
        try:
            answers = _sent(work, message, quiet_s=quiet_s)
        except TooLate as none:
            late = none
            continue
        if len(answers) > 1:
            yield work.failed(
                say(
                    N_("One message with two lengths was answered as two: {headers}."),
                    headers=case.headers.decode("latin-1").replace("\r\n", "; "),
                )
            )
            return
        if case.must_refuse and answers and answers[0].status < 400:
            yield work.failed(
                say(
                    N_("A message with a broken length was answered {status}: {headers}."),
                    status=answers[0].status,
                    headers=case.headers.decode("latin-1").replace("\r\n", "; "),
                )
            )
            return
    if late is not None:
        yield work.inconclusive(say(N_("No answer came: {reason}."), reason=late.reason))
        return
    yield work.passed(
        say(
            N_("{count} messages with ambiguous lengths were answered at most once."),
            count=len(cases),
        )
    )


def _sent(work: CheckContext, payload: bytes, quiet_s: float | None = None) -> list[Answer]:
    """The answers; none where the server closed the connection, which is a refusal.

    Raises ``TooLate`` where it did neither.
    """
    try:
        answers = send_raw(work.client, payload, quiet_s=quiet_s)
    except TooLate as late:
        work.keep(late.answer)
        raise
    except NoAnswer as none:
        work.keep(none.answer)
        return []
    for answer in answers:
        work.keep(answer)
    return answers


def _message(work: CheckContext, method: str, path: str, headers: bytes) -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nHost: {host_header(work.client)}\r\n"
    return head.encode("latin-1") + headers + b"\r\n\r\n"
