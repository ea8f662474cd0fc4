"""Leaving the console while a load run goes on: asked about, stopped, kept."""

from __future__ import annotations

from collections.abc import Callable

import psutil
import pytest
from PySide6.QtWidgets import QPlainTextEdit

from desktop_app.config.folders import user_folders
from desktop_app.core.load.events import RunStarted
from desktop_app.core.load.models import constant, open_model
from desktop_app.core.load.result import StopReason
from desktop_app.services.loadtest.runs import LoadRuns
from desktop_app.ui.dialogs.confirm import ConfirmDialog
from desktop_app.ui.loadtest.screen import LoadScreen
from desktop_app.ui.tabs.load import LoadTab
from tests.ui.shell.conftest import Person

LONG = open_model(constant(40, 600), 4)
Leave = Callable[[Person], object]

WAYS: tuple[Leave, ...] = (
    lambda person: person.console.parts.window.close(),
    lambda person: person.working.page.sign_out_asked.emit(),
)


def begin(person: Person) -> tuple[LoadScreen, RunStarted]:
    """Sign in, begin a run of ten minutes, and wait for its first second."""
    page = person.sign_in().page
    page.open_tab("load")
    tab = page.tabs["load"]
    assert isinstance(tab, LoadTab)
    person.wait(lambda: tab.shown is not None)
    person.wait(lambda: person.console.parts.runner.idle)
    assert tab.shown is not None
    screen = tab.shown
    picker = screen.plan.scenario.picker
    picker.activated.emit(picker.findText("health"))
    person.wait(lambda: person.console.parts.runner.idle)
    screen.plan.load.show_model(LONG)
    screen.plan.show_scenario()
    told: list[object] = []
    screen.acts.work.told.connect(told.extend)
    person.click(screen.start_button)
    person.wait(lambda: screen.live.board.timeline.length > 0)
    return screen, next(event for event in told if isinstance(event, RunStarted))


@pytest.mark.parametrize("leave", WAYS, ids=["closing", "signing out"])
def test_leaving_asks_about_a_run_stops_it_and_keeps_it(person: Person, leave: Leave) -> None:
    screen, started = begin(person)
    console = person.console
    leave(person)
    question = person.dialog(ConfirmDialog)
    (listed,) = question.findChildren(QPlainTextEdit)
    assert listed.toPlainText() == "Load run: health"
    seconds = screen.live.board.timeline.length
    person.click(question.cancel_button)
    person.wait(lambda: screen.live.board.timeline.length > seconds)
    assert console.working is not None

    leave(person)
    person.click(person.dialog(ConfirmDialog).action_button)
    person.wait(lambda: console.working is None or not console.parts.window.isVisible())
    person.wait(lambda: console.parts.runner.idle)
    assert not [pid for pid in started.generators if psutil.pid_exists(pid)]
    (head,) = LoadRuns(user_folders().data / "load" / "runs").heads()
    assert (head.run_id, head.stop) == (started.run_id, StopReason.STOPPED_AT_ONCE)
    assert head.seconds > 0
