"""Handing a sheet in: by clicks and keys, in time and late, with and without the server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from desktop_app.ui.scoring.peers_dialog import PeersDialog
from desktop_app.ui.scoring.receipt_dialog import ReceiptDialog, computed_receipt
from desktop_app.ui.scoring.submit_dialog import MissingDialog, SubmitDialog
from desktop_app.ui.tab import TabTools
from tests.backend.hall import Hall
from tests.ui.records.stage import dialog, gone
from tests.ui.scoring.stage import Desk, SitDown, fill_in, stand_up


def opened(hall: Hall, sit_down: SitDown) -> tuple[Desk, str]:
    """An evaluator with an empty sheet open."""
    id_ = hall.sheet()
    desk = sit_down()
    desk.settled()
    desk.open(id_)
    return desk, id_


def confirmed(desk: Desk) -> None:
    """Ask to submit, and confirm the summary."""
    desk.tab.page.submit.click()
    dialog(desk.qtbot, SubmitDialog).submit_button.click()


def test_what_is_missing_is_named_and_a_click_goes_there(hall: Hall, sit_down: SitDown) -> None:
    desk, _id = opened(hall, sit_down)
    fill_in(desk)
    desk.form.rows[1].score.setText("")
    desk.form.rows[2].score.setText("7x")
    desk.tab.page.submit.click()
    missing = dialog(desk.qtbot, MissingDialog)
    assert [link.text() for link in missing.links] == [
        "성능: This criterion has no score yet.",
        "견고성: Write a number, as in 7 or 7.5.",
    ]
    missing.links[1].click()
    gone(desk.qtbot)
    desk.tab.activateWindow()
    desk.qtbot.waitUntil(desk.form.rows[2].score.hasFocus)
    assert desk.form.rows[1].note.text() == "This criterion has no score yet."


def test_a_sheet_is_submitted_with_a_receipt_and_is_read_only_then(
    hall: Hall, sit_down: SitDown
) -> None:
    desk, id_ = opened(hall, sit_down)
    fill_in(desk)
    desk.form.general.setPlainText("좋음")
    desk.tab.activateWindow()
    desk.form.rows[0].score.setFocus()
    widget = QApplication.focusWidget()
    assert widget is not None
    modifiers = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(widget, Qt.Key.Key_Return, modifiers)
    dialog(desk.qtbot, SubmitDialog).submit_button.click()
    receipt = dialog(desk.qtbot, ReceiptDialog)
    assert receipt.proven
    assert receipt.receipt.text() == hall.kept(id_)["receipt"]
    assert receipt.receipt.text() == computed_receipt(desk.record(id_).sheet)
    receipt.copy_button.click()
    assert hall.kept(id_)["receipt"] in QGuiApplication.clipboard().text()
    receipt.close_button.click()
    gone(desk.qtbot)
    assert desk.form.read_only
    assert desk.tab.page.receipt.isVisible()
    assert not desk.tab.page.submit.isVisible()
    assert desk.state == "Saved on the server"


def test_a_receipt_can_be_saved(
    hall: Hall, sit_down: SitDown, tmp_path: Path, tools: TabTools
) -> None:
    desk, id_ = opened(hall, sit_down)
    fill_in(desk)
    confirmed(desk)
    receipt = dialog(desk.qtbot, ReceiptDialog)
    path = tmp_path / "접수증.txt"
    receipt.save_to(path)
    assert hall.kept(id_)["receipt"] in path.read_text(encoding="utf-8-sig")
    receipt.save_to(tmp_path / "no folder" / "a.txt")
    assert "could not be written" in tools.messages.history[0].text
    receipt.close_button.click()


def test_a_changed_sheet_does_not_prove_its_receipt(
    hall: Hall, sit_down: SitDown, tools: TabTools
) -> None:
    id_ = hall.finished("evaluator1")
    desk = sit_down()
    desk.settled()
    desk.open(id_)
    shown = ReceiptDialog(desk.record(id_).sheet, tools, desk.tab)
    assert not shown.proven
    shown.close()


def test_a_late_submission_is_refused_with_the_draft_kept(
    hall: Hall, sit_down: SitDown, server_clock: Callable[[timedelta], None]
) -> None:
    desk, id_ = opened(hall, sit_down)
    server_clock(timedelta(days=8))
    fill_in(desk)
    confirmed(desk)
    desk.qtbot.waitUntil(
        lambda: desk.tab.page.banner.isVisible() and "deadline" in desk.tab.page.banner.text,
        timeout=15_000,
    )
    assert len(hall.kept(id_)["scores"]) == 4
    assert hall.kept(id_)["status"] == "in_progress"
    assert not desk.form.read_only
    desk.sent(id_)


def test_the_summary_shows_every_score_as_it_goes(hall: Hall, sit_down: SitDown) -> None:
    desk, _id = opened(hall, sit_down)
    fill_in(desk)
    desk.form.rows[1].score.setText("8")
    desk.tab.page.submit.click()
    summary = dialog(desk.qtbot, SubmitDialog)
    texts = [label.text() for label in summary.findChildren(QLabel)]
    assert texts[texts.index("성능") + 1] == "8 / 100"
    summary.back.click()
    gone(desk.qtbot)


def test_without_the_server_nothing_is_submitted_and_it_says_so(
    hall: Hall, sit_down: SitDown
) -> None:
    desk, id_ = opened(hall, sit_down)
    fill_in(desk)
    desk.sent(id_)
    hall.server.stop()
    desk.tab.refresh()
    desk.qtbot.waitUntil(lambda: desk.courier.offline, timeout=20_000)
    desk.tab.page.submit.click()
    summary = dialog(desk.qtbot, SubmitDialog)
    assert not summary.submit_button.isEnabled()
    summary.back.click()
    gone(desk.qtbot)
    hall.server.start()


def test_a_submission_cut_off_is_tried_again_and_counts_once(hall: Hall, sit_down: SitDown) -> None:
    desk, id_ = opened(hall, sit_down)
    fill_in(desk)
    desk.sent(id_)
    desk.settled()
    hall.server.stop()
    confirmed(desk)
    desk.qtbot.waitUntil(lambda: desk.tab.page.banner.isVisible(), timeout=20_000)
    assert not desk.form.read_only
    hall.server.start()
    desk.tab.page.banner.button.click()
    dialog(desk.qtbot, ReceiptDialog).close_button.click()
    assert len(hall.trail("evaluations.submit")) == 1


def test_a_submission_whose_answer_was_lost_is_known_after_a_restart(
    hall: Hall, sit_down: SitDown
) -> None:
    desk, id_ = opened(hall, sit_down)
    fill_in(desk)
    desk.sent(id_)
    desk.settled()
    hall.server.stop()
    confirmed(desk)
    desk.qtbot.waitUntil(lambda: desk.tab.page.banner.isVisible(), timeout=20_000)
    stand_up(desk)
    hall.server.start()
    later = sit_down()
    later.settled()
    later.open(id_)
    assert "did not reach the server" in later.tab.page.banner.text
    later.tab.page.banner.button.click()
    dialog(later.qtbot, ReceiptDialog).close_button.click()


def test_a_conflict_of_interest_declared_meanwhile_hinders_submission(
    hall: Hall, sit_down: SitDown
) -> None:
    desk, _id = opened(hall, sit_down)
    fill_in(desk)
    desk.settled()
    hall.server.documents["conflicts_of_interest"].insert_one(
        {
            "_id": "c",
            "project_id": "project-own",
            "evaluator_id": "user-evaluator1",
            "company_id": "alpha",
            "reason": "r",
            "declared_by": "x",
            "declared_by_name": "X",
            "declared_at": datetime.now(UTC),
        }
    )
    confirmed(desk)
    desk.qtbot.waitUntil(
        lambda: "conflict of interest" in desk.tab.page.banner.text, timeout=15_000
    )
    assert not desk.form.read_only


def test_others_scores_can_be_seen_once_ones_own_are_in(hall: Hall, sit_down: SitDown) -> None:
    hall.finished("eva2")
    hall.finished("eva3")
    desk, _id = opened(hall, sit_down)
    assert not desk.tab.page.peers.isVisible()
    fill_in(desk)
    confirmed(desk)
    dialog(desk.qtbot, ReceiptDialog).close_button.click()
    gone(desk.qtbot)
    desk.tab.page.peers.click()
    peers = dialog(desk.qtbot, PeersDialog)
    assert peers.table.columnCount() == 4
    last = peers.table.rowCount() - 1
    cells = [peers.table.item(last, column) for column in range(4)]
    assert [cell.text() for cell in cells if cell] == ["Total", "80.00", "83.00", "83.00"]
    peers.done(0)
