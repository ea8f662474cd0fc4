"""Enter in a dialog presses the button with the focus, elsewhere the one that is safe to press."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.ui.dialogs.confirm import ConfirmDialog, confirm


@pytest.fixture
def owner(qtbot: QtBot) -> QWidget:
    """The window that asks."""
    owner = QWidget()
    qtbot.addWidget(owner)
    owner.show()
    return owner


def ask(qtbot: QtBot, owner: QWidget, done: list[str], *, danger: bool) -> ConfirmDialog:
    asked = confirm(
        owner,
        title="Delete?",
        text="It is gone then.",
        action="Delete",
        danger=danger,
        on_yes=lambda: done.append("yes"),
    )
    asked.rejected.connect(lambda: done.append("no"))
    qtbot.waitUntil(asked.isActiveWindow)
    return asked


def press_focused(qtbot: QtBot) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    qtbot.keyClick(focus, Qt.Key.Key_Return)


@pytest.mark.parametrize(("danger", "answer"), [(True, "no"), (False, "yes")])
def test_enter_alone_does_what_is_safe(
    qtbot: QtBot, owner: QWidget, danger: bool, answer: str
) -> None:
    done: list[str] = []
    ask(qtbot, owner, done, danger=danger)
    press_focused(qtbot)
    assert done == [answer]


@pytest.mark.parametrize(("danger", "answer"), [(True, "yes"), (False, "no")])
def test_enter_presses_the_button_reached_by_tab(
    qtbot: QtBot, owner: QWidget, danger: bool, answer: str
) -> None:
    done: list[str] = []
    asked = ask(qtbot, owner, done, danger=danger)
    qtbot.keyClick(asked, Qt.Key.Key_Tab)
    press_focused(qtbot)
    assert done == [answer]
