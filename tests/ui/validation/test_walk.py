"""The whole wizard, as operations go through it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_app.backend.config import RateLimits, ServerConfig
from desktop_app.config.catalogues import use_language
from desktop_app.core.users import Role
from desktop_app.core.validation.gate import Outcome
from desktop_app.core.validation.suites import Risk
from desktop_app.core.verdicts import CheckState
from desktop_app.engines.validation.bed import MARK
from desktop_app.ui.exchanges.exchange_dialog import ExchangeDialog
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tabs.validation import ValidationTab
from desktop_app.ui.texts import retranslate_all
from desktop_app.ui.validation.screen import FINDINGS, RUN, SIGN_IN, SUITES, TARGET
from tests.fixtures.blocking import MOST_MS, LongestBlock
from tests.fixtures.server import RunningServer
from tests.ui.records.stage import dialog
from tests.ui.validation.conftest import OpenScreen
from tests.ui.validation.stage import (
    MANY,
    OPERATOR,
    OWN,
    SHOPS,
    WORLD,
    choose,
    listed,
    make_desk,
    press,
    row,
    run,
    settle,
    sign_in,
)

CTRL = Qt.KeyboardModifier.ControlModifier


def test_the_whole_walk_by_keyboard(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen, api_server: RunningServer
) -> None:
    screen = open_on()
    assert screen.target.state.accessibleName() == "It answers"
    assert screen.target.facts["contract"][1].text() == "v1"
    assert screen.target.nothing.isVisible()
    qtbot.waitUntil(screen.next_button.hasFocus)
    qtbot.keyClick(screen.next_button, Qt.Key.Key_Return)
    assert screen.step == SIGN_IN

    admin = screen.sign_ins.people[Role.ADMIN]
    assert admin.login.text() == "admin"
    qtbot.waitUntil(admin.password.edit.hasFocus)
    qtbot.keyClicks(admin.password.edit, "admin123!")
    qtbot.keyClick(admin.password.edit, Qt.Key.Key_Return)
    settle(qtbot, tools)
    assert admin.state.accessibleName() == "Signed in"
    press(qtbot, admin.evidence)
    shown = dialog(qtbot, ExchangeDialog)
    assert "200 OK" in shown.exchanges.response.toPlainText()
    assert "admin123!" not in shown.exchanges.request.toPlainText()
    shown.reject()
    qtbot.keyClick(screen.next_button, Qt.Key.Key_Return, CTRL)
    assert screen.step == SUITES

    screen.suites.choose(OWN)
    screen.suites.consent.levels[Risk.READS].setFocus()
    qtbot.keyClick(screen.suites.consent.levels[Risk.READS], Qt.Key.Key_Down)
    assert screen.suites.consent.risks == {Risk.READS, Risk.WRITES}
    assert "4 checks" in screen.suites.summary.text()
    qtbot.keyClick(screen.suites.tree, Qt.Key.Key_Return, CTRL)
    assert screen.step == RUN
    assert not screen.next_button.isEnabled()
    settle(qtbot, tools)

    # What failed is in front, with its proof.
    assert screen.step == FINDINGS
    opened = screen.findings.opened
    assert opened is not None
    assert opened.judgement.outcome is Outcome.NOT_PASSED
    assert "Measured: 4 of 4 (100 %)" in screen.findings.sentence.text()
    assert listed(screen) == ["own.teapot[GET /health]"]
    detail = screen.findings.detail
    assert detail.row is not None
    assert detail.parts["why"][1].text() == "It never is."
    qtbot.keyClick(screen.findings.tree, Qt.Key.Key_Return)
    assert detail.tabs.currentWidget() is detail.exchanges
    assert '"status"' in detail.exchanges.response.toPlainText()
    press(qtbot, detail.exchanges.curl_button)
    assert QGuiApplication.clipboard().text().startswith("curl -i -X GET")
    assert not [n for n in api_server.documents["companies"].distinct("name") if MARK in n]

    # It is kept, and can be opened again.
    screen.activateWindow()
    qtbot.waitUntil(screen.isActiveWindow)
    qtbot.keyClick(screen.findings.tree, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    assert screen.step == TARGET
    (head,) = screen.target.runs.model.items
    assert head.states[CheckState.FAIL] == 1
    names = screen.target.runs.model
    (suites,) = (one for one in names.columns if one.key == "suites")
    assert suites.value(head) == "Our own"
    press(qtbot, screen.target.open_button)
    settle(qtbot, tools)
    assert screen.step == FINDINGS


def test_a_wrong_password_is_told_with_its_exchange(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen
) -> None:
    screen = open_on()
    sign_in(qtbot, screen, "wrong")
    press(qtbot, screen.sign_ins.prove_button)
    assert not screen.sign_ins.prove_button.isEnabled()
    screen.sign_ins.prove_asked.emit()  # a second click
    settle(qtbot, tools)
    admin = screen.sign_ins.people[Role.ADMIN]
    assert "Wrong name or password" in admin.state.accessibleName()
    assert not screen.sign_ins.all_proven
    qtbot.keyClicks(admin.password.edit, "!")
    assert admin.state.accessibleName() == "Not proven yet"


def test_a_double_click_on_next_is_one_step(qtbot: QtBot, open_on: OpenScreen) -> None:
    screen = open_on()
    QTest.mouseClick(screen.next_button, Qt.MouseButton.LeftButton)
    QTest.mouseDClick(screen.next_button, Qt.MouseButton.LeftButton)
    assert screen.step == SIGN_IN


def test_pages_keep_what_was_entered(qtbot: QtBot, tools: TabTools, open_on: OpenScreen) -> None:
    screen = open_on()
    sign_in(qtbot, screen)
    choose(qtbot, screen, frozenset({MANY}), Risk.ATTACKS)
    screen.suites.consent.requests.setValue(7)
    for step in (TARGET, SIGN_IN, SUITES):
        screen.steps.buttons[step].click()
    screen.refresh()
    settle(qtbot, tools)
    assert [one.password for one in screen.sign_ins.credentials()] == ["admin123!"]
    assert screen.suites.checks == {MANY}
    assert screen.suites.consent.level is Risk.ATTACKS
    assert screen.order().limits.requests == 7


def test_suites_are_chosen_down_to_single_checks_and_searched(
    qtbot: QtBot, open_on: OpenScreen
) -> None:
    screen = open_on()
    page = screen.suites
    choose(qtbot, screen, frozenset())
    assert not screen.next_button.isEnabled()
    assert page.summary.text() == "Nothing is chosen."
    suite = page.model.index_of("suite:own")
    page.tree.setCurrentIndex(suite)
    qtbot.keyClick(page.tree, Qt.Key.Key_Space)
    assert page.checks == OWN
    page.tree.expand(suite)
    one = page.model.index_of("own.teapot")
    page.tree.expandAll()
    page.tree.setCurrentIndex(one)
    qtbot.keyClick(page.tree, Qt.Key.Key_Space)
    assert page.checks == OWN - {"own.teapot"}
    partly = Qt.CheckState.PartiallyChecked
    assert suite.data(Qt.ItemDataRole.CheckStateRole) == partly
    qtbot.keyClicks(page.search, "teapot")
    qtbot.keyClick(page.search, Qt.Key.Key_Return)
    assert not page.tree.isRowHidden(one.row(), one.parent())
    other = page.model.index_of("own.health")
    assert page.tree.isRowHidden(other.row(), other.parent())
    screen.suites.consent.levels[Risk.READS].click()
    assert "1 chosen check does more" in page.left_out.text()
    assert screen.next_button.text() == "Run 2 checks"


def test_a_broken_suite_of_ones_own_is_told(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen, tmp_path: Path
) -> None:
    screen = open_on()
    screen.show_step(SUITES)
    (tmp_path / "검증" / "suites" / "torn.toml").write_text("schema = ", encoding="utf-8")
    screen.suites.reload_action.trigger()
    settle(qtbot, tools)
    assert "torn.toml" in screen.suites.broken.text
    assert screen.suites.model.item("own.health") is not None


def test_findings_are_filtered_grouped_and_searched(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen
) -> None:
    screen = open_on()
    WORLD.open_doors = {SHOPS[1]}
    run(qtbot, screen, tools, frozenset({MANY, "own.health", "own.teapot"}))
    filters = screen.findings.filter
    assert listed(screen) == [f"{MANY}[{SHOPS[1]}]", "own.teapot[GET /health]"]
    press(qtbot, filters.states[CheckState.PASS])
    assert len(listed(screen)) == 5
    filters.grouping.setCurrentIndex(filters.grouping.findData("endpoint"))
    tree = screen.findings.model
    groups = [tree.index(at, 2).data() for at in range(tree.rowCount())]
    assert groups == ["GET /api/b (1)", "GET /health (2)", "GET /api/a (1)", "GET /api/c (1)"]
    qtbot.keyClicks(filters.search, "door open")
    qtbot.keyClick(filters.search, Qt.Key.Key_Return)
    assert len(listed(screen)) == 3
    qtbot.keyClicks(filters.search, " nowhere")
    qtbot.keyClick(filters.search, Qt.Key.Key_Return)
    assert screen.findings.none_listed.isVisible()
    press(qtbot, screen.findings.none_listed.button)
    assert len(listed(screen)) == 5


def test_columns_sort_the_findings(qtbot: QtBot, tools: TabTools, open_on: OpenScreen) -> None:
    screen = open_on()
    run(qtbot, screen, tools, frozenset({MANY}))
    screen.findings._on_section_clicked(3)
    assert listed(screen) == [f"{MANY}[{door}]" for door in SHOPS]
    screen.findings._on_section_clicked(3)
    assert listed(screen) == [f"{MANY}[{door}]" for door in reversed(SHOPS)]
    assert row(screen, f"{MANY}[{SHOPS[0]}]").state is CheckState.PASS


def test_everything_is_said_in_korean_at_once(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen
) -> None:
    screen = open_on()
    WORLD.open_doors = {SHOPS[1]}
    run(qtbot, screen, tools, frozenset({MANY}))
    use_language("ko")
    retranslate_all()
    assert screen.steps.buttons[FINDINGS].text() == "5. 발견 사항"
    assert screen.findings.detail.title.text() == "밤에 열린 문이 없다"
    assert screen.findings.verdict.accessibleName() == "통과하지 못함"
    assert screen.suites.model.index_of("suite:shop").data() == "상점 (2)"


def test_the_tab_loads_its_screen_in_the_background(
    qtbot: QtBot, tools: TabTools, api_server: RunningServer, tmp_path: Path
) -> None:
    tab = ValidationTab(
        desk=lambda: make_desk(tmp_path, api_server.url), user=OPERATOR, tools=tools
    )
    qtbot.addWidget(tab)
    tab.show()
    tab.activated()
    tab.activated()
    assert not tab.offers()
    qtbot.waitUntil(lambda: tab.shown is not None)
    settle(qtbot, tools)
    assert "Validation: Findings" in {offer.english for offer in tab.offers()}


@pytest.mark.parametrize("doors", [400])
def test_hundreds_of_findings_arrive_in_one_list(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen, doors: int
) -> None:
    screen = open_on()
    WORLD.doors = tuple(f"GET /api/door/{number}" for number in range(doors))
    WORLD.open_doors = set(WORLD.doors)
    block = LongestBlock()
    press(qtbot, choose(qtbot, screen, frozenset({MANY})))
    with block.noting():
        settle(qtbot, tools)
        screen.findings.filter.grouping.setCurrentIndex(1)
        qtbot.waitUntil(lambda: block.beats > 0)
    press(qtbot, screen.findings.more)
    assert len(listed(screen)) == doors
    assert block.ms < MOST_MS


class TestALimitOfSignIns:
    """What an earlier run's guesses have used up, on a server that has this computer's one address.

    (By a number, the next run would come from another one.)
    """

    @pytest.fixture
    def server_config(self, server_config: ServerConfig) -> ServerConfig:
        limits = RateLimits(failed_sign_in_per_client="2/2 seconds")
        return replace(server_config, rate_limits=limits)

    def test_proving_sign_ins_tells_what_it_waits_for(
        self, qtbot: QtBot, tools: TabTools, open_on: OpenScreen, api_server: RunningServer
    ) -> None:
        screen = open_on(url=api_server.url.replace("127.0.0.1", "localhost"))
        sign_in(qtbot, screen)
        for _ in range(2):
            api_server.platform.limiter.sign_in_failed("127.0.0.1")

        press(qtbot, screen.sign_ins.prove_button)

        waits = screen.sign_ins.waits
        qtbot.waitUntil(lambda: "waiting for" in waits.text())
        settle(qtbot, tools)
        assert screen.sign_ins.all_proven
        assert waits.text() == ""

    def test_a_run_that_waits_says_so_with_the_seconds_left(
        self, qtbot: QtBot, tools: TabTools, open_on: OpenScreen, api_server: RunningServer
    ) -> None:
        screen = open_on(url=api_server.url.replace("127.0.0.1", "localhost"))
        sign_in(qtbot, screen)
        begin = choose(qtbot, screen, OWN)
        for _ in range(2):
            api_server.platform.limiter.sign_in_failed("127.0.0.1")

        press(qtbot, begin)

        said = "The server limits sign-ins after many wrong ones: waiting for "
        qtbot.waitUntil(lambda: screen.run.now.text().startswith(said))
        settle(qtbot, tools)
        assert screen.step == FINDINGS
        assert screen.findings.opened is not None
        assert [one.ok for one in screen.findings.opened.report.sign_ins] == [True]
