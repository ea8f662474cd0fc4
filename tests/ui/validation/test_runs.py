"""Runs in trouble: stopped, limited, refused, of servers that are not there or go away."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from desktop_app.config.profiles import Environment
from desktop_app.core.validation.gate import Outcome
from desktop_app.core.validation.report import Stop, ValidationReport
from desktop_app.core.validation.suites import Risk
from desktop_app.core.verdicts import CheckState
from desktop_app.engines.validation import retrying
from desktop_app.engines.validation.bed import MARK
from desktop_app.services.validation.platform_secrets import Known
from desktop_app.ui.dialogs.unlock_dialog import UnlockDialog
from desktop_app.ui.exchanges.exchange_dialog import ExchangeDialog
from desktop_app.ui.tab import TabTools
from desktop_app.ui.validation.left_dialog import LeftDialog
from desktop_app.ui.validation.run_columns import result_chip
from desktop_app.ui.validation.screen import FINDINGS, RUN, SIGN_IN, TARGET, ValidationScreen
from tests.fixtures.server import RunningServer
from tests.ui.records.stage import dialog, gone
from tests.ui.validation.conftest import OpenScreen
from tests.ui.validation.stage import (
    LONG,
    LONG_MS,
    OWN,
    WORLD,
    choose,
    press,
    run,
    settle,
    sign_in,
)


def report_of(screen: ValidationScreen) -> ValidationReport:
    """The report of the run that is open."""
    assert screen.findings.opened is not None
    return screen.findings.opened.report


def begin_long(qtbot: QtBot, screen: ValidationScreen, checks: frozenset[str]) -> None:
    """Begin a run, and wait until its long check is at it."""
    sign_in(qtbot, screen)
    press(qtbot, choose(qtbot, screen, checks | {LONG}))
    qtbot.waitUntil(WORLD.asked.is_set, timeout=LONG_MS)


def test_stopping_keeps_what_was_found_and_cleans_up(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen, api_server: RunningServer
) -> None:
    screen = open_on()
    begin_long(qtbot, screen, OWN)
    begun = tools.runner.running
    screen.begin()  # nothing begins beside it
    assert tools.runner.running == begun
    assert [task.title for task in begun] == ["Validating 시험 서버"]
    qtbot.waitUntil(lambda: "requests" in screen.run.figures.text())
    qtbot.waitUntil(lambda: screen.run.counts[CheckState.PASS].accessibleName() == "Passed 3")
    press(qtbot, screen.run.stop_button)
    assert screen.run.stop_button.text() == "Stopping…"
    assert not screen.run.stop_button.isEnabled()
    qtbot.mouseClick(screen.run.stop_button, Qt.MouseButton.LeftButton)
    settle(qtbot, tools)
    report = report_of(screen)
    assert report.stop is Stop.CANCELLED
    assert report.count(CheckState.NOT_RUN) == 1
    assert report.measured == 4
    assert not report.left_behind
    assert not [n for n in api_server.documents["companies"].distinct("name") if MARK in n]
    assert screen.step == FINDINGS
    assert screen.findings.verdict.accessibleName() == "Stopped before its end"
    assert "stopped" in screen.findings.notice.text


def test_a_run_goes_on_while_other_pages_are_looked_at(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen
) -> None:
    screen = open_on()
    begin_long(qtbot, screen, frozenset())
    screen.show_step(TARGET)
    screen.hide()
    WORLD.enough.set()
    settle(qtbot, tools)
    assert report_of(screen).stop is Stop.DONE
    assert screen.step == TARGET, "nobody is pulled away from what they read"
    assert any("Validation of" in message.text for message in tools.messages.history)


def test_a_run_whose_window_is_gone_still_cleans_up(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen, api_server: RunningServer
) -> None:
    screen = open_on()
    begin_long(qtbot, screen, frozenset())
    companies = api_server.documents["companies"]
    assert [name for name in companies.distinct("name") if MARK in name]
    delete(screen)
    del screen
    gc.collect()  # the test's own hold on it
    assert tools.runner.grace_ms >= 10_000, "closing waits for it"
    tools.runner.stop_all()
    settle(qtbot, tools)
    assert not [name for name in companies.distinct("name") if MARK in name]


def test_stopping_from_the_list_of_running_work_is_shown(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen
) -> None:
    screen = open_on()
    begin_long(qtbot, screen, frozenset())
    tools.runner.running[0].cancel()
    settle(qtbot, tools)
    assert report_of(screen).stop is Stop.CANCELLED


def test_a_spent_limit_ends_the_run_with_what_it_found(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen
) -> None:
    screen = open_on()
    sign_in(qtbot, screen)
    screen.suites.consent.requests.setValue(12)
    run(qtbot, screen, tools, OWN | {LONG})
    report = report_of(screen)
    assert report.stop is Stop.SPENT
    assert report.requests <= 12 + 10, "cleaning up is let through"
    assert "limit" in screen.findings.notice.text
    assert screen.findings.verdict.accessibleName() == "Not passed"


def test_a_closed_port_measures_nothing_and_scores_nothing(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen
) -> None:
    screen = open_on(url="http://127.0.0.1:1")
    assert screen.target.state.accessibleName() == "It does not answer"
    assert "would measure nothing" in screen.target.problem.text
    press(qtbot, screen.target.evidence_button)
    dialog(qtbot, ExchangeDialog).reject()
    gone(qtbot)
    run(qtbot, screen, tools, OWN)
    assert screen.findings.opened is not None
    assert screen.findings.opened.judgement.outcome is Outcome.NOT_MEASURED
    assert {one.state for one in screen.findings.rows} == {CheckState.NOT_RUN}
    assert "nothing is scored" in screen.findings.notice.text
    press(qtbot, screen.findings.notice.button)
    shown = dialog(qtbot, ExchangeDialog)
    assert "refused" in shown.exchanges.response.toPlainText().lower()
    shown.reject()


def test_a_server_that_goes_away_leaves_no_false_pass(
    qtbot: QtBot,
    tools: TabTools,
    open_on: OpenScreen,
    api_server: RunningServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retrying, "AWAY_S", 0.2)
    screen = open_on()
    begin_long(qtbot, screen, OWN)
    api_server.stop()
    settle(qtbot, tools)
    report = report_of(screen)
    states = {result.check: result.state for result in report.results}
    assert states[LONG] is CheckState.INCONCLUSIVE
    # What it had made is still there, and is named.
    assert report.left_behind
    press(qtbot, screen.findings.left.button)
    shown = dialog(qtbot, LeftDialog)
    assert MARK in shown.table.model.items[0].name
    shown.reject()


def test_production_is_refused_until_unlocked_and_signed_off(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen
) -> None:
    screen = open_on(environment=Environment.PRODUCTION)
    assert screen.target.environment.text() == "Production"
    sign_in(qtbot, screen)
    begin = choose(qtbot, screen, OWN, Risk.READS)
    assert begin.isEnabled(), "reading needs no sign-off"
    consent = screen.suites.consent
    consent.levels[Risk.WRITES].click()
    assert not begin.isEnabled()
    consent.typed.setText("시험 서버")
    assert not begin.isEnabled(), "it is locked still"
    press(qtbot, consent.banner.button)
    unlocking = dialog(qtbot, UnlockDialog)
    unlocking.typed.setText("시험 서버")
    press(qtbot, unlocking.unlock_button)
    gone(qtbot)
    qtbot.waitUntil(begin.isEnabled)
    consent.typed.setText("시험")
    assert not begin.isEnabled()
    consent.typed.setText("시험 서버")
    press(qtbot, begin)
    settle(qtbot, tools)
    assert report_of(screen).stop is Stop.DONE
    assert report_of(screen).measured == 4


def test_what_reading_does_not_allow_is_not_run(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen
) -> None:
    screen = open_on()
    sign_in(qtbot, screen)
    run(qtbot, screen, tools, OWN, Risk.READS)
    states = {result.check: result.state for result in report_of(screen).results}
    assert states["own.writes"] is CheckState.NOT_RUN
    screen.findings.filter.only(CheckState.NOT_RUN)
    screen.findings.choose("own.writes")
    press(qtbot, screen.findings.detail.again_button)
    assert "Allow it first" in screen.findings.detail.note.text
    press(qtbot, screen.findings.detail.note.button)
    assert screen.step < RUN


def test_a_run_that_cannot_be_kept_says_so(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen, tmp_path: Path
) -> None:
    screen = open_on()
    (tmp_path / "검증" / "runs").write_text("in the way", encoding="utf-8")
    run(qtbot, screen, tools, frozenset({"own.health"}))
    assert report_of(screen).count(CheckState.PASS) == 1
    assert any(
        "runs" in message.text or "written" in message.text for message in tools.messages.history
    )


def test_a_signing_key_that_is_typed_is_used_and_kept(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen, api_server: RunningServer
) -> None:
    screen = open_on()
    sign_in(qtbot, screen)
    line = screen.sign_ins.secrets.lines[Known.SIGNING_KEY]
    assert line.state.accessibleName() == "Not given"
    qtbot.keyClicks(line.field.edit, api_server.config.secret_key)
    assert line.state.accessibleName() == "Goes with the next run"
    run(qtbot, screen, tools, frozenset({"jwt.type"}), Risk.ATTACKS)
    assert [one.state for one in report_of(screen).results] == [CheckState.PASS]

    screen.show_step(SIGN_IN)
    line.field.clear()
    settle(qtbot, tools)
    run(qtbot, screen, tools, frozenset({"jwt.type"}), Risk.ATTACKS)
    assert [one.state for one in report_of(screen).results] == [CheckState.PASS]

    screen.show_step(SIGN_IN)
    assert line.state.accessibleName() == "Kept until the console closes"
    press(qtbot, line.forget)
    settle(qtbot, tools)
    assert line.state.accessibleName() == "Not given"


def test_the_list_says_of_a_run_what_its_findings_say(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen
) -> None:
    screen = open_on()
    sign_in(qtbot, screen)
    run(qtbot, screen, tools, frozenset({"jwt.type"}), Risk.ATTACKS)  # it needs a key
    assert [one.state for one in report_of(screen).results] == [CheckState.INCONCLUSIVE]

    (head,) = screen.target.runs.model.items
    assert result_chip(head).text == screen.findings.verdict.accessibleName()
