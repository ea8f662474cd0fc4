"""Events of a run as lines of a log: for the terminal and the window's live view."""

from __future__ import annotations

from desktop_app.core.language import _
from desktop_app.core.validation.events import (
    CheckDone,
    CheckStarted,
    CleaningUp,
    Event,
    Pulse,
    RunEnded,
    RunStarted,
)
from desktop_app.core.validation.findings import CheckResult
from desktop_app.core.validation.report import SignInProven
from desktop_app.core.verdicts import CheckState
from desktop_app.services.validation import words
from desktop_app.services.validation.shelf import Shelf

_WRONG = frozenset({CheckState.FAIL, CheckState.WARN, CheckState.INCONCLUSIVE})
_SUBJECTS = 3
_STATE_WIDTH = 14
_LONGEST = 300


def line_of(event: Event, shelf: Shelf) -> str:
    """The line of an event; "" for one that a log leaves out. A secret is never in it."""
    match event:
        case RunStarted():
            said = _("Run {run} has begun: {checks}.").format(
                run=event.run_id, checks=words.checks(len(event.checks))
            )
            return "\n".join([said, *map(sign_in_line, event.sign_ins)])
        case CheckDone():
            return _done(event.result, shelf)
        case Pulse():
            return pulse_line(event)
        case CleaningUp():
            return _("Removing test data: {n} left.").format(n=event.left)
        case RunEnded():
            report = event.report
            return _("{stop} after {time}: {requests}; {states}.").format(
                stop=_(words.STOPS[report.stop]),
                time=words.duration(report.seconds),
                requests=words.requests(report.requests),
                states=words.states_text(report) or words.checks(0),
            )
        case CheckStarted():
            return ""
        case _:
            return ""


def pulse_line(event: Pulse) -> str:
    """How far a run is, in figures; or that it waits."""
    if waits := words.waiting(event.waiting_s):
        return f"{waits}."
    said = _("{requests}, {rate} per second").format(
        requests=words.requests(event.requests), rate=f"{event.per_second:.0f}"
    )
    if event.left_s is None:
        return said
    left = _("about {time} left").format(time=words.time_left(event.left_s))
    return f"{said}, {left}"


def sign_in_line(proven: SignInProven) -> str:
    """How one sign-in went."""
    how = _("signed in") if proven.ok else _("not signed in")
    why = f": {proven.said.text()}" if proven.said is not None else ""
    return f"{words.role(proven.role)} ({_one_line(proven.login_id)}): {how}{_one_line(why)}"


def _done(result: CheckResult, shelf: Shelf) -> str:
    title = words.check_title(shelf, result.check)
    line = f"{_padded(_(words.STATES[result.state]))} {result.check}  {title}"
    if result.reason is not None:
        return _one_line(f"{line}: {result.reason.text()}")
    spent = f"{words.requests(result.requests)}, {words.duration(result.seconds)}"
    wrong = [one for one in result.findings if one.state in _WRONG]
    lines = [_one_line(f"{line} ({spent})")]
    lines += [_one_line(f"    {words.seen_of(one)}") for one in wrong[:_SUBJECTS]]
    if len(wrong) > _SUBJECTS:
        lines.append("    " + _("and {n} more").format(n=len(wrong) - _SUBJECTS))
    return "\n".join(lines)


def _padded(state: str) -> str:
    """A state as wide as the widest one; a Korean letter takes the room of two."""
    wide = sum(1 if ord(letter) < 0x1100 else 2 for letter in state)
    return state + " " * max(0, _STATE_WIDTH - wide)


def _one_line(text: str) -> str:
    """Texts of servers on one line of a terminal: nothing in them moves its cursor."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"
