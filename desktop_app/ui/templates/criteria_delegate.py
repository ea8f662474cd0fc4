"""Cells of the criteria table: drawn directly, and typed into while the cursor is on them."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QObject,
    QPersistentModelIndex,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from desktop_app.core.criteria_draft import value_of
from desktop_app.core.language import _
from desktop_app.ui.templates.criteria_model import COLUMNS, HANDLE, CriteriaModel, Index
from desktop_app.ui.templates.pasting import is_table
from desktop_app.ui.theme.theme import Theme, set_look
from desktop_app.ui.widgets.search_field import commit_composition

PADDING = 8
_DOT, _GAP = 2, 4
_NONE = Qt.KeyboardModifier.NoModifier
_SHIFT, _ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier
_CONTROL = Qt.KeyboardModifier.ControlModifier

_KEYS: dict[tuple[Qt.KeyboardModifier, Qt.Key], str] = {
    (_NONE, Qt.Key.Key_Tab): "next",
    (_SHIFT, Qt.Key.Key_Backtab): "previous",
    (_NONE, Qt.Key.Key_Backtab): "previous",
    (_SHIFT, Qt.Key.Key_Tab): "previous",
    (_NONE, Qt.Key.Key_Return): "enter",
    (_NONE, Qt.Key.Key_Enter): "enter",
    (_SHIFT, Qt.Key.Key_Return): "up",
    (_SHIFT, Qt.Key.Key_Enter): "up",
    (_NONE, Qt.Key.Key_Down): "down",
    (_NONE, Qt.Key.Key_Up): "up",
    (_ALT, Qt.Key.Key_Down): "move_down",
    (_ALT, Qt.Key.Key_Up): "move_up",
    (_ALT, Qt.Key.Key_Insert): "add",
    (_ALT, Qt.Key.Key_Delete): "remove",
    (_CONTROL, Qt.Key.Key_D): "duplicate",
}


def command_of(event: QKeyEvent) -> str:
    """What a key means in the criteria table; empty for what is typed into a cell."""
    if event.matches(QKeySequence.StandardKey.Undo):
        return "undo"
    if event.matches(QKeySequence.StandardKey.Redo):
        return "redo"
    if event.matches(QKeySequence.StandardKey.Paste):
        return "paste" if is_table(QGuiApplication.clipboard().text()) else ""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return _KEYS.get((modifiers, Qt.Key(event.key())), "")


class CriteriaDelegate(QStyledItemDelegate):
    """``commanded`` carries what a key in a cell's editor asks for (``command_of``).

    What is typed goes into the model at once, finished syllables only: nothing waits for the cell
    to be left.
    """

    commanded = Signal(str)

    def __init__(self, model: CriteriaModel, theme: Theme, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._model, self._theme, self._view = model, theme, view

    # Drawing

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one cell."""
        rect, theme = QRect(option.rect), self._theme
        current = index.row() == self._view.currentIndex().row()
        ground = "selection" if current else "surface"
        if self._model.problem_at(index):
            ground = "danger_soft"
        painter.fillRect(rect, theme.color(ground))
        line = QRect(rect.left(), rect.bottom(), rect.width(), 1)
        painter.fillRect(line, theme.color("border"))
        column = COLUMNS[index.column()]
        if column.in_place:  # a line beside what can be typed into
            painter.fillRect(rect.right(), rect.top(), 1, rect.height(), theme.color("border"))
        if index.column() == HANDLE:
            self._draw_handle(painter, rect, index)
            return
        room = rect.adjusted(PADDING, 0, -PADDING, 0)
        text = index.data(Qt.ItemDataRole.DisplayRole)
        shown = option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        tone = "danger" if self._model.problem_at(index) else "text" if column.in_place else "muted"
        painter.setPen(theme.color(tone))
        side = Qt.AlignmentFlag.AlignRight if column.number else Qt.AlignmentFlag.AlignLeft
        painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, shown)

    def _draw_handle(self, painter: QPainter, rect: QRect, index: Index) -> None:
        if not self._model.read_only:
            left, middle = rect.left() + PADDING, rect.center().y()
            for across in range(2):
                for down in (-1, 0, 1):
                    x = left + across * (_DOT + _GAP - 1)
                    y = middle + down * (_DOT + _GAP - 1)
                    painter.fillRect(x, y, _DOT, _DOT, self._theme.color("border_strong"))
        painter.setPen(self._theme.color("muted"))
        room = rect.adjusted(0, 0, -PADDING, 0)
        at = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(room, at, index.data(Qt.ItemDataRole.DisplayRole))

    # Typing

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget:
        """A line that fills the cell."""
        column = COLUMNS[index.column()]
        line = QLineEdit(parent)
        line.setProperty("role", "cell")
        line.setAccessibleName(f"{_(column.title)} {index.row() + 1}")
        if column.number:
            line.setAlignment(Qt.AlignmentFlag.AlignRight)
        cell = QPersistentModelIndex(index)
        line.textChanged.connect(lambda text: self._model.setData(cell, text))
        return line

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, _index: Index
    ) -> None:
        """Fill the cell."""
        editor.setGeometry(QRect(option.rect))

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Put in what the cell holds, unless the line says it already in other words ("30.")."""
        if not isinstance(editor, QLineEdit):
            return
        problem = self._model.problem_at(index)
        set_look(editor, "problem", "true" if problem else "false")
        editor.setToolTip("")
        editor.setAccessibleDescription(problem)
        text = index.data(Qt.ItemDataRole.EditRole)
        key = COLUMNS[index.column()].key
        if editor.text() == text or (
            editor.text() and value_of(key, editor.text()) == value_of(key, text)
        ):
            return
        editor.setText(text)

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Take over what the input method still holds."""
        if isinstance(editor, QLineEdit):
            commit_composition()
            model.setData(index, editor.text())

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        """Keys that go on to another cell or change the rows; Esc is for the dialog."""
        kind = event.type()
        if kind in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride) and isinstance(
            event, QKeyEvent
        ):
            command = command_of(event)
            if kind == QEvent.Type.ShortcutOverride and command:
                event.accept()
                return True
            if command:
                commit_composition()
                self.commanded.emit(command)
                return True
            if event.key() == Qt.Key.Key_Escape:
                return False
        return super().eventFilter(editor, event)
