"""An evaluator's tab on the real server: listing, scoring, sending, coming back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.core.evaluations import EvaluationStatus
from desktop_app.core.tasks import TaskContext
from desktop_app.services.upload_ledger import Order, UploadLedger
from desktop_app.services.uploading import Uploading
from desktop_app.ui.scoring.sheet_model import Column
from tests.backend.hall import OTHER, OWN, Hall
from tests.ui.records.stage import SignIn
from tests.ui.scoring.stage import Desk, SitDown, stand_up

ACCURACY = "scores.accuracy"


def keys(text: str) -> None:
    """Type into whatever has the keyboard."""
    widget = QApplication.focusWidget()
    assert widget is not None
    QTest.keyClicks(widget, text)


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key in whatever has the keyboard."""
    widget = QApplication.focusWidget()
    assert widget is not None
    QTest.keyClick(widget, key, modifier)


def shown(desk: Desk) -> list[list[str]]:
    """The list's rows, cell by cell; sheets are indented."""
    model = desk.tab.list.model
    rows = []
    for row in range(model.rowCount()):
        top = model.index(row, 0)
        rows.append([str(model.index(row, c).data()) for c in range(3)])
        rows += [
            ["  " + str(model.index(place, c, top).data()) for c in range(3)]
            for place in range(model.rowCount(top))
        ]
    return rows


def test_sheets_are_listed_by_project_with_their_progress(hall: Hall, sit_down: SitDown) -> None:
    hall.sheet(company="beta")
    hall.sheet(company="alpha")
    hall.finished("evaluator1", "alpha", OTHER)
    hall.sheet("eva2")
    desk = sit_down()
    desk.settled()
    assert shown(desk) == [
        ["project-own 사업", "0 of 2 submitted", ""],
        ["  베타", "  Not begun", "  0 / 4"],
        ["  알파", "  Not begun", "  0 / 4"],
        ["project-other 사업", "1 of 1 submitted", ""],
        ["  알파", "  Submitted", "  4 / 4"],
    ]


def test_nobody_assigned_is_told_so(hall: Hall, sit_down: SitDown) -> None:
    desk = sit_down()
    assert desk.tab.list.empty.heading == "Nothing to evaluate"


def test_what_is_typed_reaches_journal_and_server(hall: Hall, sit_down: SitDown) -> None:
    id_ = hall.sheet()
    desk = sit_down()
    desk.settled()
    desk.open(id_)
    keys("80")
    desk.qtbot.waitUntil(lambda: desk.state == "Saved on this computer", timeout=5_000)
    desk.qtbot.waitUntil(lambda: desk.state == "Saved on the server", timeout=15_000)
    assert hall.kept(id_)["scores"] == [{"criterion_id": "accuracy", "score": 80, "comment": None}]
    assert hall.kept(id_)["status"] == EvaluationStatus.IN_PROGRESS


def test_keys_come_in_while_the_server_answers(hall: Hall, sit_down: SitDown) -> None:
    id_ = hall.sheet()
    desk = sit_down()
    desk.settled()
    form = desk.open(id_)
    for score in ("8", "80", "80.", "8", "85"):
        form.rows[0].score.setText(score)
        desk.courier.flush()
    desk.sent(id_)
    assert form.rows[0].score.text() == "85"
    assert hall.kept(id_)["scores"][0]["score"] == 85


def test_without_the_server_work_goes_on_and_is_sent_later(hall: Hall, sit_down: SitDown) -> None:
    id_ = hall.sheet()
    desk = sit_down()
    desk.settled()
    desk.open(id_)
    hall.server.stop()
    keys("80")
    desk.qtbot.waitUntil(lambda: desk.state == "Offline: 1 change waits", timeout=20_000)
    assert not desk.tab.unsaved  # it is safe on this computer
    hall.server.start()
    desk.qtbot.waitUntil(lambda: desk.state == "Saved on the server", timeout=30_000)
    assert hall.kept(id_)["scores"][0]["score"] == 80


def test_a_restart_without_the_server_shows_the_sheets_and_what_was_typed(
    hall: Hall, sit_down: SitDown
) -> None:
    id_ = hall.sheet()
    first = sit_down()
    first.settled()
    first.open(id_)
    keys("8")
    first.form.rows[1].score.setText("7x")
    stand_up(first)
    desk = sit_down()
    hall.server.stop()
    desk.open(id_)
    assert desk.form.rows[0].score.text() == "8"
    assert desk.form.rows[1].score.text() == "7x"
    assert desk.form.rows[1].note.text() == "Write a number, as in 7 or 7.5."
    hall.server.start()


def test_another_person_sees_nothing_of_it(hall: Hall, sit_down: SitDown) -> None:
    id_ = hall.sheet()
    first = sit_down()
    first.settled()
    first.open(id_)
    first.form.rows[0].score.setText("7x")
    stand_up(first)
    second = sit_down("eva2")
    second.settled()
    assert second.session.desk is not None
    assert [record.id for record in second.session.desk] == []


def test_next_and_previous_company_and_back_by_keys(hall: Hall, sit_down: SitDown) -> None:
    ids = [hall.sheet(company="beta"), hall.sheet(company="alpha")]
    desk = sit_down()
    desk.settled()
    desk.open(ids[0])
    page = desk.tab.page
    assert page.head.counter.text() == "1 of 2"
    press(Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert page.id == ids[1]
    press(Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert page.id == ids[0]
    press(Qt.Key.Key_Escape)
    assert desk.tab.list.view.hasFocus()


def test_a_change_on_another_computer_appears_in_the_open_sheet(
    hall: Hall, sit_down: SitDown
) -> None:
    id_ = hall.sheet()
    one, other = sit_down(), sit_down(computer="two")
    one.settled()
    other.settled()
    one.open(id_)
    other.open(id_)
    one.form.rows[1].score.setText("50")
    one.sent(id_)
    other.form.rows[0].score.setText("8.")
    other.sent(id_)
    assert other.form.rows[1].score.text() == "50"
    assert other.form.rows[0].score.text() == "8."  # as it was typed


def test_enter_on_a_sheet_opens_it(hall: Hall, sit_down: SitDown, qtbot: QtBot) -> None:
    id_ = hall.sheet()
    desk = sit_down()
    desk.settled()
    desk.tab.list.select(id_)
    QTest.keyClick(desk.tab.list.view, Qt.Key.Key_Return)
    assert desk.tab.page.id == id_


def test_the_companys_files_are_beside_its_sheet(
    hall: Hall, sit_down: SitDown, sign_in: SignIn, tmp_path: Path
) -> None:
    id_, other = hall.sheet(), hall.sheet(company="beta")
    admin = sign_in()
    for name, company in (("제안서.txt", "alpha"), ("공고.txt", None)):
        path = tmp_path / name
        path.write_text(f"{name} 내용", encoding="utf-8")
        order = Order(path=path, project_id=OWN, company_id=company)
        ledger = UploadLedger(tmp_path, server=admin.api.base_url, user_id=admin.user.id)
        Uploading(admin.api.files, ledger).send(order, TaskContext())
    desk = sit_down()
    desk.settled()
    desk.open(id_)
    button = desk.tab.page.files
    desk.qtbot.waitUntil(lambda: button.text() == "Files (2)", timeout=15_000)
    button.click()
    assert desk.tab.page.file_list.isVisible()
    desk.open(other)
    desk.qtbot.waitUntil(lambda: button.text() == "Files (1)", timeout=15_000)


def test_what_staff_does_meanwhile_appears_by_itself(hall: Hall, sit_down: SitDown) -> None:
    id_ = hall.sheet()
    desk = sit_down()
    desk.settled()
    desk.open(id_)
    later = datetime.now(UTC) + timedelta(days=30)
    hall.change_project(deadline=later)
    hall.server.platform.pages.clear()
    desk.tab._again.setInterval(10)
    desk.qtbot.waitUntil(
        lambda: desk.tab.page.head.deadline.accessibleName() in ("29 days left", "30 days left"),
        timeout=15_000,
    )


def test_companies_can_be_told_apart_in_a_narrow_window(hall: Hall, sit_down: SitDown) -> None:
    hall.sheet()
    desk = sit_down()
    header = desk.tab.list.view.header()
    usual = header.sectionSize(Column.NOTICE)
    desk.tab.resize(800, 600)
    desk.qtbot.waitUntil(lambda: header.sectionSize(Column.NOTICE) < usual)
    assert header.sectionSize(Column.NAME) >= 180
    desk.tab.resize(1400, 600)
    desk.qtbot.waitUntil(lambda: header.sectionSize(Column.NOTICE) == usual)


def test_a_sheet_that_arrives_late_gets_the_keyboard(hall: Hall, sit_down: SitDown) -> None:
    id_ = hall.finished("evaluator1")  # such sheets are read when they are opened
    desk = sit_down()
    assert desk.session.desk is not None
    assert desk.session.desk.get(id_) is None
    desk.tab.activateWindow()
    desk.tab.open_sheet(id_)
    desk.qtbot.waitUntil(lambda: desk.tab.page.form is not None, timeout=15_000)
    desk.qtbot.waitUntil(lambda: desk.form.rows[0].score.hasFocus())
