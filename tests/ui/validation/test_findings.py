"""What is done about a finding: run it again, accept it, compare it, hand it on."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

from PySide6.QtCore import Qt
from PySide6.QtPdf import QPdfDocument
from pytestqt.qtbot import QtBot

from desktop_app.core.validation.gate import Outcome
from desktop_app.core.verdicts import CheckState
from desktop_app.ui.tab import TabTools
from desktop_app.ui.validation.accept_dialog import AcceptDialog
from desktop_app.ui.validation.screen import COMPARE, FINDINGS, TARGET, ValidationScreen
from tests.ui.records.stage import dialog, gone
from tests.ui.validation.conftest import OpenScreen
from tests.ui.validation.stage import (
    MANY,
    SHOPS,
    WORLD,
    listed,
    press,
    row,
    run,
    settle,
)

B, C = (f"{MANY}[{door}]" for door in SHOPS[1:])
DOORS = frozenset({MANY})


def outcome(screen: ValidationScreen) -> Outcome:
    """What the run that is open came to."""
    assert screen.findings.opened is not None
    return screen.findings.opened.judgement.outcome


def test_a_mended_check_is_run_again_in_place(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen
) -> None:
    screen = open_on()
    WORLD.open_doors = {SHOPS[1], SHOPS[2]}
    run(qtbot, screen, tools, DOORS)
    page = screen.findings
    assert listed(screen) == [B, C]
    WORLD.open_doors = set()

    press(qtbot, page.detail.only_button)
    assert not page.detail.only_button.isEnabled()
    settle(qtbot, tools)
    assert page.detail.row is not None
    assert page.detail.row.finding.key == B
    assert page.detail.row.state is CheckState.PASS
    assert "was “Failed”, now it is “Passed”" in page.detail.note.text
    assert row(screen, C).state is CheckState.FAIL, "it was not asked for"
    assert outcome(screen) is Outcome.NOT_PASSED

    page.choose(C)
    press(qtbot, page.detail.again_button)
    settle(qtbot, tools)
    assert row(screen, C).state is CheckState.PASS
    assert outcome(screen) is Outcome.PASSED
    assert screen.step == FINDINGS
    # Runs of a part do not pass for whole ones.
    assert [head.replay for head in screen.target.runs.model.items] == [False]


def test_running_again_without_an_answer_leaves_the_finding(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen
) -> None:
    screen = open_on()
    WORLD.open_doors = {SHOPS[1]}
    run(qtbot, screen, tools, DOORS)
    screen.desk._address = lambda: "http://127.0.0.1:1"
    press(qtbot, screen.findings.detail.again_button)
    settle(qtbot, tools)
    assert "The finding is as it was" in screen.findings.detail.note.text
    assert row(screen, B).state is CheckState.FAIL


def test_a_finding_is_accepted_for_a_while_and_taken_back(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen
) -> None:
    screen = open_on()
    WORLD.open_doors = {SHOPS[1]}
    run(qtbot, screen, tools, DOORS)
    page = screen.findings
    press(qtbot, page.detail.known_button)
    asking = dialog(qtbot, AcceptDialog)
    assert asking.owner.text() == "김운영"
    press(qtbot, asking.action_button)
    assert asking._problems["reason"].text() == "This is needed."
    qtbot.keyClicks(asking.reason, "The shop is closed for good")
    press(qtbot, asking.action_button)
    gone(qtbot)
    settle(qtbot, tools)
    assert outcome(screen) is Outcome.PASSED
    assert page.detail.verdict.accessibleName() == "Failed (known)"
    assert "The shop is closed for good" in page.detail.note.text
    assert "Known findings: 1." in page.sentence.text()

    # The next run knows it too.
    run(qtbot, screen, tools, DOORS)
    assert outcome(screen) is Outcome.PASSED
    page.choose(B)
    press(qtbot, page.detail.known_button)
    settle(qtbot, tools)
    assert outcome(screen) is Outcome.NOT_PASSED
    assert page.detail.verdict.accessibleName() == "Failed"


def test_two_runs_are_compared_and_lead_to_the_finding(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen
) -> None:
    screen = open_on()
    WORLD.open_doors = {SHOPS[0], SHOPS[1]}
    run(qtbot, screen, tools, DOORS | {"own.teapot"})
    assert not screen.comparison._content.isVisibleTo(screen.comparison)
    WORLD.open_doors = {SHOPS[1], SHOPS[2]}
    run(qtbot, screen, tools, DOORS)
    press(qtbot, screen.next_button)
    assert screen.step == COMPARE
    page = screen.comparison
    changes = [(one.change, one.pair.key) for one in page.table.model.items]
    assert changes == [
        ("new", C),
        ("fixed", f"{MANY}[{SHOPS[0]}]"),
        ("still", B),
        ("not_observed", "own.teapot[GET /health]"),
    ]
    press(qtbot, page.changes["still"])
    assert [one.pair.key for one in page.table.model.items] == [B]
    qtbot.keyClick(page.table.view, Qt.Key.Key_Return)
    assert screen.step == FINDINGS
    assert screen.findings.detail.row is not None
    assert screen.findings.detail.row.finding.key == B

    # Any two of the list; the earlier one may also be looked at by itself.
    screen.show_step(TARGET)
    screen.target.runs.view.selectAll()
    press(qtbot, screen.target.compare_button)
    settle(qtbot, tools)
    assert screen.step == COMPARE
    later = page.now.currentData()
    page.now.setCurrentIndex(page.now.findData(page.before.currentData()))
    page.before.setCurrentIndex(page.before.findData(later))
    page.before.activated.emit(page.before.currentIndex())
    settle(qtbot, tools)
    assert [one.change for one in page.table.model.items][:1] == ["still"]


def test_a_run_is_handed_on_in_every_form(
    qtbot: QtBot, tools: TabTools, open_on: OpenScreen, tmp_path: Path
) -> None:
    screen = open_on()
    assert not screen.export_button.isEnabled()
    WORLD.open_doors = {SHOPS[1]}
    run(qtbot, screen, tools, DOORS)
    assert screen.export_button.isEnabled()
    for suffix in ("html", "pdf", "json", "xml", "md"):
        screen.exporting.write(tmp_path / f"결과.{suffix}")
        settle(qtbot, tools)
    written = json.loads((tmp_path / "결과.json").read_text(encoding="utf-8"))
    assert written["verdict"]["outcome"] == "not_passed"
    assert "The door is open." in (tmp_path / "결과.html").read_text(encoding="utf-8")
    assert "The door is open." in (tmp_path / "결과.md").read_text(encoding="utf-8")
    root = ElementTree.parse(tmp_path / "결과.xml").getroot()
    assert root.iter("failure")
    document = QPdfDocument()
    assert document.load(str(tmp_path / "결과.pdf")) is QPdfDocument.Error.None_
    assert document.pageCount() > 0
    document.close()
