"""The command palette (Ctrl+K): everything the window can do, found by typing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.language import _
from desktop_app.ui.shell.commands import Command, find
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.theme.tokens import ROW_HEIGHT, SPACE_1, SPACE_2
from desktop_app.ui.widgets.plain_text import plain_label

WIDTH = 560
ROWS = 9

_MOVES = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)


class CommandPalette(QDialog):
    """Lists ``commands``; Enter or a click runs one after the palette has closed.

    Deletes itself when closed.
    """

    def __init__(self, commands: Sequence[Command], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.FramelessWindowHint | Qt.WindowType.Dialog)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("palette")
        self.setWindowTitle(_("Commands"))
        self._commands = commands
        self._found: list[Command] = []
        self.search = QLineEdit()
        self.search.setPlaceholderText(_("Go to, do, set… type a few letters"))
        self.search.setAccessibleName(_("Find a command"))
        self.search.textChanged.connect(self._show_found)
        self.search.installEventFilter(self)
        self.list = QListWidget()
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setAccessibleName(_("Commands found"))
        self.list.itemClicked.connect(lambda _item: self._run_current())
        self._nothing = plain_label(_("Nothing fits. Try fewer letters."), role="muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_2, SPACE_2, SPACE_2, SPACE_2)
        column.setSpacing(SPACE_2)
        for part in (self.search, self.list, self._nothing):
            column.addWidget(part)
        column.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        for part in (self.search, self.list, self._nothing):
            part.setFixedWidth(WIDTH - 2 * SPACE_2)
        self._show_found()

    def open(self) -> None:
        """Show it near the top of its window."""
        parent = self.parentWidget()
        if parent is not None:
            top = parent.mapToGlobal(QPoint((parent.width() - WIDTH) // 2, 64))
            self.move(top)
        super().open()
        self.search.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys move in the list while the focus stays in the search field."""
        if watched is self.search and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyPress and event.key() in _MOVES:
                self.list.keyPressEvent(event)
                return True
            if event.type() == QEvent.Type.KeyPress and event.key() in (
                Qt.Key.Key_Return,
                Qt.Key.Key_Enter,
            ):
                self._run_current()
                return True
        return super().eventFilter(watched, event)

    def _show_found(self) -> None:
        self._found = find(self._commands, self.search.text())
        self.list.clear()
        for command in self._found:
            place = f"{command.group}: " if command.group else ""
            keys = f"    {command.keys}" if command.keys else ""
            self.list.addItem(
                QListWidgetItem(icon(command.icon, "muted"), f"{place}{command.name}{keys}")
            )
        # As high as what was found: the palette hides no more of the page than it needs.
        frame = 2 * self.list.frameWidth() + SPACE_1 // 2
        row = max(self.list.sizeHintForRow(0), ROW_HEIGHT - SPACE_1)
        self.list.setFixedHeight(min(len(self._found), ROWS) * row + frame)
        self.list.setVisible(bool(self._found))
        self._nothing.setVisible(not self._found)
        self.list.setCurrentRow(0)

    def _run_current(self) -> None:
        row = self.list.currentRow()
        if not 0 <= row < len(self._found):
            return
        run: Callable[[], object] = self._found[row].run
        self.accept()
        run()
