"""The time left goes by the server's clock, and warns at 24 h, 1 h and 10 min, once each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.core.evaluations import Evaluation, EvaluationStatus
from desktop_app.core.projects import ProjectStatus
from desktop_app.services.scoring.server_clock import ServerClock
from desktop_app.ui.messages import Level
from desktop_app.ui.scoring.deadlines import (
    DeadlineWatch,
    Due,
    due_projects,
    time_left,
    until_next,
    warning_text,
)
from desktop_app.ui.scoring.receipt_dialog import ReceiptDialog
from desktop_app.ui.scoring.submit_dialog import SubmitDialog
from desktop_app.ui.tab import TabTools
from tests.backend.hall import OTHER, OWN, Hall
from tests.ui.records.stage import dialog
from tests.ui.scoring.stage import SitDown, fill_in, stand_up

NOW = datetime(2026, 11, 25, 3, 30, tzinfo=UTC)
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)


def evaluation(**changes: object) -> Evaluation:
    """A sheet that is to be handed in within two days."""
    values: dict[str, object] = {
        "id": "s",
        "project_id": "p",
        "project_name": "사업",
        "project_status": ProjectStatus.ACTIVE,
        "deadline": NOW + 48 * HOUR,
        "template_id": "t",
        "template_revision": 1,
        "company_id": "c",
        "evaluator_id": "u",
        "status": EvaluationStatus.IN_PROGRESS,
    }
    return Evaluation(**{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (72 * HOUR, "3 days left"),
        (48 * HOUR - SECOND, "47 h 59 min left"),
        (HOUR, "1 h 0 min left"),
        (HOUR - SECOND, "59 min 59 s left"),
        (5 * SECOND, "0 min 05 s left"),
        (timedelta(0), "The deadline has passed"),
    ],
)
def test_the_time_left_in_words(left: timedelta, words: str) -> None:
    assert time_left(NOW + left, NOW) == words


@pytest.mark.parametrize("left", [72 * HOUR, 48 * HOUR, 90 * MINUTE, HOUR, 61 * SECOND, SECOND])
def test_the_words_hold_just_until_the_next(left: timedelta) -> None:
    deadline = NOW + left
    wait = until_next(deadline, NOW)
    assert wait is not None
    assert wait > timedelta(0)
    before = deadline - NOW - wait
    moment = timedelta(milliseconds=1)
    assert time_left(deadline, deadline - before + moment) != time_left(deadline, NOW + moment)


def test_only_active_projects_with_something_to_hand_in_are_due() -> None:
    dues = due_projects(
        [
            evaluation(),
            evaluation(id="s2"),
            evaluation(id="s3", project_id="q", status=EvaluationStatus.SUBMITTED),
            evaluation(id="s4", project_id="r", project_status=ProjectStatus.CLOSED),
            evaluation(id="s5", project_id="t", deadline=None),
        ]
    )
    assert [(due.project_id, due.unfinished) for due in dues] == [("p", 2)]


class Hands:
    """A clock whose ticks a test moves."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.clock = ServerClock(lambda: self.passed)
        self.clock.note(NOW)

    def move(self, by: timedelta) -> None:
        """Let time pass."""
        self.passed += by.total_seconds()


def test_each_warning_comes_once_and_the_last_at_the_deadline(qtbot: QtBot) -> None:
    hands = Hands()
    watch = DeadlineWatch(hands.clock)
    warned: list[tuple[int, str]] = []

    def on_warned(due: Due) -> None:
        now = hands.clock.now()
        warned.append((due.level(now), warning_text(due, now)))

    watch.warned.connect(on_warned)
    watch.watch([evaluation()])
    assert warned == []
    for left in (24 * HOUR, 23 * HOUR, HOUR, 59 * MINUTE, 10 * MINUTE, SECOND, timedelta(0)):
        hands.move(NOW + 48 * HOUR - left - hands.clock.now())
        watch.look()
    assert [level for level, _text in warned] == [1, 2, 3, 4]
    assert "24 hours" in warned[0][1]
    assert "passed" in warned[3][1]
    watch.look()
    assert len(warned) == 4


def test_a_computer_that_is_wrong_by_a_day_does_not_matter() -> None:
    hands = Hands()
    far = datetime(2031, 1, 1, tzinfo=UTC)
    hands.clock.note(far)
    hands.move(MINUTE)
    assert hands.clock.now() == far + MINUTE


def test_banner_and_bell_warn_by_the_servers_clock(
    hall: Hall,
    sit_down: SitDown,
    server_clock: Callable[[timedelta], None],
    tools: TabTools,
) -> None:
    id_ = hall.sheet()
    hall.change_project(deadline=datetime.now(UTC) + 3 * HOUR)
    server_clock(timedelta(hours=2, minutes=5))  # an hour later than this computer believes
    desk = sit_down()
    desk.settled()
    desk.qtbot.waitUntil(lambda: desk.tab.banner.isVisible(), timeout=15_000)
    assert "less than an hour" in desk.tab.banner.text
    assert tools.messages.history[0].level is Level.WARNING
    desk.open(id_)
    left = desk.tab.page.head.deadline.accessibleName()
    assert left.startswith(("54 min", "55 min"))


def test_banner_counts_what_is_unfinished_after_a_submission(
    hall: Hall, sit_down: SitDown, tools: TabTools
) -> None:
    first, _second = hall.sheet(company="alpha"), hall.sheet(company="beta")
    hall.change_project(deadline=datetime.now(UTC) + HOUR)
    desk = sit_down()
    desk.settled()
    desk.qtbot.waitUntil(lambda: "2 sheets are not" in desk.tab.banner.text, timeout=15_000)
    warned = len(tools.messages.history)
    desk.open(first)
    fill_in(desk)
    desk.tab.page.submit.click()
    dialog(desk.qtbot, SubmitDialog).submit_button.click()
    dialog(desk.qtbot, ReceiptDialog).close_button.click()
    desk.qtbot.waitUntil(lambda: "1 sheet is not" in desk.tab.banner.text)
    assert len(tools.messages.history) == warned


def test_the_banner_warns_of_the_soonest_deadline(hall: Hall, sit_down: SitDown) -> None:
    hall.sheet(project=OTHER)
    hall.sheet(project=OWN)
    hall.change_project(OTHER, deadline=datetime.now(UTC) + HOUR / 2)
    hall.change_project(OWN, deadline=datetime.now(UTC) + HOUR / 4)
    desk = sit_down()
    desk.settled()
    desk.qtbot.waitUntil(lambda: desk.tab.banner.isVisible(), timeout=15_000)
    assert OWN in desk.tab.banner.text


def test_the_warning_comes_though_every_sheet_is_on_this_computer(
    hall: Hall, sit_down: SitDown
) -> None:
    hall.sheet()
    hall.change_project(deadline=datetime.now(UTC) + HOUR)
    first = sit_down()
    first.settled()
    stand_up(first)
    later = sit_down()
    later.qtbot.waitUntil(lambda: later.tab.banner.isVisible(), timeout=15_000)
    assert "less than an hour" in later.tab.banner.text


def test_the_list_has_the_keyboard_as_soon_as_it_is_there(hall: Hall, sit_down: SitDown) -> None:
    hall.sheet()
    desk = sit_down()
    desk.tab.activateWindow()
    desk.qtbot.waitUntil(lambda: desk.tab.list.view.hasFocus(), timeout=15_000)
