"""Every keyboard shortcut on one page (F1)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.language import N_, _
from desktop_app.ui.theme.theme import set_role
from desktop_app.ui.theme.tokens import SPACE_2, SPACE_4, SPACE_6
from desktop_app.ui.widgets.plain_text import plain_label

Shortcut = tuple[str, str]

EVERYWHERE: tuple[Shortcut, ...] = (
    ("Ctrl+1…9", N_("Go to a tab")),
    ("Ctrl+K", N_("Commands: find anything")),
    ("F5", N_("Load what is shown anew")),
    ("Ctrl+B", N_("Fold the list of tabs")),
    ("Ctrl+,", N_("Settings")),
    ("Ctrl+Shift+M", N_("Messages")),
    ("F1", N_("This page")),
    ("Ctrl+Q", N_("Close the console")),
)
IN_TABLES: tuple[Shortcut, ...] = (
    ("Ctrl+F", N_("Search")),
    ("Enter", N_("Open the selected row")),
    ("Ctrl+N", N_("Create")),
    ("Del", N_("Delete the selected rows")),
    ("Ctrl+A", N_("Select the whole page")),
    ("Ctrl+C", N_("Copy the selected rows")),
    ("Alt+Left", N_("Previous page")),
    ("Alt+Right", N_("Next page")),
)
IN_FORMS: tuple[Shortcut, ...] = (
    ("Tab", N_("Next field")),
    ("Ctrl+Enter", N_("Save")),
    ("Esc", N_("Close without saving; asks first when something was typed")),
)
IN_CRITERIA: tuple[Shortcut, ...] = (
    ("Enter", N_("The same field of the next criterion; a new one after the last")),
    ("Alt+Up", N_("Move up")),
    ("Alt+Down", N_("Move down")),
    ("Alt+Ins", N_("Add a criterion below")),
    ("Ctrl+D", N_("Duplicate")),
    ("Alt+Del", N_("Remove")),
    ("Ctrl+V", N_("Paste rows of a spreadsheet")),
    ("Ctrl+Z", N_("Undo, change by change")),
)
IN_VALIDATION: tuple[Shortcut, ...] = (
    ("Ctrl+Enter", N_("Next step; begin the run")),
    ("Alt+1…6", N_("Go to a step")),
    ("Space", N_("Choose a check or a group of them")),
    ("Enter", N_("Requests and answers of a finding")),
)
IN_MATRIX: tuple[Shortcut, ...] = (
    ("Space", N_("Assign the selected cells, or take away what is not begun")),
    ("Shift+←↑↓→", N_("Select several cells")),
    ("Shift+Space", N_("Select the whole company")),
    ("Ctrl+Space", N_("Select the whole evaluator")),
    ("F2", N_("Open the sheet")),
    ("Ctrl+C", N_("Copy the selected cells")),
)

SECTIONS: tuple[tuple[str, tuple[Shortcut, ...]], ...] = (
    (N_("Everywhere"), EVERYWHERE),
    (N_("In tables"), IN_TABLES),
    (N_("In forms"), IN_FORMS),
    (N_("In the criteria of a template"), IN_CRITERIA),
    (N_("In the assignment matrix"), IN_MATRIX),
    (N_("In validation"), IN_VALIDATION),
)


class ShortcutsDialog(QDialog):
    """Lists ``sections``; deletes itself when closed."""

    def __init__(
        self, parent: QWidget, sections: Sequence[tuple[str, tuple[Shortcut, ...]]] = SECTIONS
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Keyboard"))
        content = QWidget()
        content.setObjectName("scrolled")
        grid = QGridLayout(content)
        grid.setContentsMargins(0, 0, SPACE_2, 0)
        grid.setHorizontalSpacing(SPACE_6)
        grid.setVerticalSpacing(SPACE_2)
        grid.setColumnStretch(1, 1)
        for title, shortcuts in sections:
            row = grid.rowCount()
            head = plain_label(_(title), role="section")
            head.setContentsMargins(0, SPACE_4 if row > 1 else 0, 0, 0)
            grid.addWidget(head, row, 0, 1, 2)
            for number, (keys, what) in enumerate(shortcuts, start=row + 1):
                grid.addWidget(plain_label(_shown(keys), role="strong"), number, 0)
                grid.addWidget(plain_label(_(what)), number, 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(content)
        close = QPushButton(_("Close"))
        set_role(close, "primary")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_6, SPACE_6, SPACE_6, SPACE_4)
        column.setSpacing(SPACE_4)
        column.addWidget(area)
        column.addLayout(buttons)
        self.resize(560, 680)
        close.setFocus(Qt.FocusReason.OtherFocusReason)


def _shown(keys: str) -> str:
    if "…" in keys:
        return keys
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText) or keys
