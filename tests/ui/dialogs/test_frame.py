"""The size of dialogs: as much as their texts need, and no jump after they are on screen."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop_app.ui.dialogs.frame import DialogFrame
from desktop_app.ui.dialogs.outcome_dialog import OutcomeDialog
from desktop_app.ui.widgets.plain_text import plain_label


def settle() -> None:
    """Have all layouts done."""
    for _round in range(3):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        QCoreApplication.processEvents()


def test_a_dialog_has_its_size_before_it_is_placed(qtbot: QtBot) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    owner.show()
    dialog = OutcomeDialog("Not done", "Nothing:", [("테스트 회사", "In use")], parent=owner)
    dialog.open()
    opened = dialog.geometry()
    settle()
    assert dialog.geometry() == opened


def test_room_for_a_text_is_given_back_with_it(qtbot: QtBot) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    owner.show()
    dialog = DialogFrame("Edit", owner)
    problem = plain_label("At most 100 characters.")
    problem.hide()
    for line in range(8):
        dialog.content.addWidget(plain_label(str(line)))
    dialog.content.addWidget(problem)
    dialog.open()
    settle()
    before = dialog.height()
    problem.show()
    settle()
    assert dialog.height() > before
    problem.hide()
    settle()
    assert dialog.height() == before

    dialog.resize(dialog.width(), before + 200)  # by hand
    problem.show()
    settle()
    problem.hide()
    settle()
    assert dialog.height() == before + 200
