"""Events of a run as lines of a terminal."""

from __future__ import annotations

import pytest

from desktop_app.core.language import N_
from desktop_app.core.tasks import Progress, TaskContext
from desktop_app.core.validation.events import (
    CheckDone,
    CheckStarted,
    CleaningUp,
    Event,
    Pulse,
    RunEnded,
    RunStarted,
)
from desktop_app.core.validation.findings import say
from desktop_app.core.validation.report import SignInProven
from desktop_app.core.verdicts import CheckState
from desktop_app.services.validation import words
from desktop_app.services.validation.lines import line_of
from desktop_app.services.validation.telling import Telling
from tests.core.validation.reports import finding, report, result, states
from tests.services.validation.suites import shelf_of

SHELF = shelf_of("a", "b")


def test_each_event_has_its_line() -> None:
    proven = SignInProven(role="admin", login_id="root", ok=True, provided=True)
    started = RunStarted(run_id="x1", checks=("a", "b"), sign_ins=(proven,))
    assert line_of(started, SHELF) == (
        "Run x1 has begun: 2 checks.\nAdministrator (root): signed in"
    )
    assert line_of(CheckStarted(check="a", place=1, total=2), SHELF) == ""
    pulse = Pulse(requests=1200, per_second=80.4, elapsed_s=3, left_s=125.2)
    assert line_of(pulse, SHELF) == "1,200 requests, 80 per second, about 2 min 5 s left"
    assert line_of(CleaningUp(left=3), SHELF) == "Removing test data: 3 left."
    ended = RunEnded(report=states(("a", CheckState.PASS), ("b", CheckState.FAIL)))
    assert line_of(ended, SHELF) == "Done after 12 s: 2 requests; Passed 1 · Failed 1."


def test_a_server_cannot_move_the_cursor_or_fill_the_screen() -> None:
    said = say(N_("The answer was {text}."), text="\x1b[2J\r\n\u202e" + "x" * 5000)
    many = [finding("a", CheckState.FAIL, f"GET /{n}\x1b]0;", seen=(said,)) for n in range(9)]
    text = line_of(CheckDone(result=result("a", *many)), SHELF)
    lines = text.split("\n")
    assert len(lines) == 5
    assert lines[-1].strip() == "and 6 more"
    assert all(line.isprintable() and len(line) <= 300 for line in lines)


def test_a_subject_is_said_once() -> None:
    said = say(N_("{subject} was answered {status}."), subject="GET /x", status=500)
    done = CheckDone(result=result("a", finding("a", CheckState.FAIL, "GET /x", seen=(said,))))
    assert line_of(done, SHELF).split("\n")[1] == "    GET /x was answered 500."


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0451, "45 ms"),
        (0.9999, "1.0 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min 0 s"),
        (125, "2 min 5 s"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert words.duration(seconds) == text


def test_coverage_is_not_rounded_up_to_the_whole() -> None:
    run = report(
        *(result(str(n), state=CheckState.PASS) for n in range(199)),
        result("x", state=CheckState.INCONCLUSIVE),
        result("y", state=CheckState.NOT_APPLICABLE),
    )
    assert words.coverage(run) == "199 of 200 (99 %)"


def test_a_window_hears_how_far_it_is() -> None:
    told: list[Progress] = []
    heard: list[Event] = []
    events = [
        RunStarted(run_id="x", checks=("a", "b"), sign_ins=()),
        CheckStarted(check="a", place=1, total=2),
        CheckDone(result=result("a", state=CheckState.PASS)),
        CheckStarted(check="b", place=2, total=2),
        CleaningUp(left=1),
        RunEnded(report=report()),
    ]
    telling = Telling(TaskContext(told.append), heard.append, SHELF)
    assert telling.follow(events) == report()
    assert heard == events
    assert [(one.done, one.total, one.text) for one in told[1:5]] == [
        (0, 2, "Title of a"),
        (1, 2, "Title of a"),
        (1, 2, "Title of b"),
        (1, 2, "Removing test data"),
    ]
