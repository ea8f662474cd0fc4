"""Editors of fields: one per kind, all plain text, all telling when they are edited and left."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.fields import Field, normalised
from desktop_app.core.language import _
from desktop_app.core.problems import Problem
from desktop_app.ui.theme.theme import set_look
from desktop_app.ui.widgets.plain_text import one_line

_PASTE_LIMIT = 100_000


class Editor(QWidget):
    """Edits the value of one field. ``edited`` after each change, ``left`` when focus has gone."""

    edited = Signal()
    left = Signal()

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(8)
        self.control: QWidget = self

    def take(self, control: QWidget) -> None:
        """Make ``control`` what the person types into."""
        self.control = control
        self.row.addWidget(control, 1)
        self.setFocusProxy(control)
        control.installEventFilter(self)

    @abstractmethod
    def value(self) -> Any:
        """The value as it is kept: trimmed, empty as None."""

    @abstractmethod
    def set_value(self, value: Any) -> None:
        """Show ``value`` without telling that it was edited."""

    def problem(self) -> Problem | None:
        """What is wrong beyond the field's own rules."""
        return None

    def set_read_only(self, read_only: bool) -> None:
        """Show the value without letting it change."""
        self.control.setEnabled(not read_only)

    def mark(self, wrong: bool) -> None:
        """Show whether the value has a problem."""
        set_look(self.control, "problem", "true" if wrong else "false")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice that the control was left for another, not for its own popup."""
        if (
            watched is self.control
            and event.type() == QEvent.Type.FocusOut
            and isinstance(event, QFocusEvent)
            and event.reason()
            not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)
        ):
            self.left.emit()
        return super().eventFilter(watched, event)


class LineEditor(Editor):
    """One line of text: pasted line breaks become spaces, control characters go."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.line = QLineEdit()
        self.line.setMaxLength(_PASTE_LIMIT)
        self.line.textChanged.connect(self._on_text_changed)
        self.line.textEdited.connect(self.edited)
        self.take(self.line)

    def value(self) -> Any:
        """The value as it is kept."""
        return normalised(self.field, self.line.text())

    def set_value(self, value: Any) -> None:
        """Show ``value``."""
        self.line.setText("" if value is None else str(value))
        self.line.setCursorPosition(0)

    def set_read_only(self, read_only: bool) -> None:
        """Let the value be read but not changed."""
        self.line.setReadOnly(read_only)
        set_look(self.line, "readOnly", "true" if read_only else "false")

    def _on_text_changed(self, text: str) -> None:
        clean = one_line(text)
        if clean == text:
            return
        before = len(one_line(text[: self.line.cursorPosition()]))
        # Replacing a selection keeps the way back (undo), setText would not.
        self.line.selectAll()
        self.line.insert(clean)
        self.line.setCursorPosition(before)


class NumberEditor(LineEditor):
    """A whole or decimal number as text, so that a wrong one is told in words, not swallowed."""

    def __init__(self, field: Field, parent: QWidget | None = None, *, whole: bool = True) -> None:
        super().__init__(field, parent)
        self._whole = whole
        self.line.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.line.setMaximumWidth(160)
        self.row.addStretch(1)

    def value(self) -> Any:
        """The value as it is kept."""
        text = self.line.text().replace(",", "").strip()
        if not text:
            return None
        try:
            number = int(text) if self._whole else float(text)
        except ValueError:
            return text  # the field's rules call it by its name: not a number
        return number if math.isfinite(number) else text

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and Down count."""
        if watched is self.control and isinstance(event, QKeyEvent) and self._count(event):
            return True
        return super().eventFilter(watched, event)

    def _count(self, event: QKeyEvent) -> bool:
        step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()))
        if event.type() != QEvent.Type.KeyPress or step is None or self.line.isReadOnly():
            return False
        value = self.value()
        if isinstance(value, str):
            return False
        low, high = self.field.minimum, self.field.maximum
        counted = (value or 0) + step
        counted = counted if low is None else max(low, counted)
        counted = counted if high is None else min(high, counted)
        self.line.setText(str(counted))
        self.edited.emit()
        return True


class MultilineEditor(Editor):
    """Several lines of plain text; Tab leaves it."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.text = QPlainTextEdit()
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(96)
        self.text.textChanged.connect(self.edited)
        self.take(self.text)

    def value(self) -> Any:
        """The value as it is kept."""
        return normalised(self.field, self.text.toPlainText())

    def set_value(self, value: Any) -> None:
        """Show ``value``."""
        self.text.blockSignals(True)
        self.text.setPlainText("" if value is None else str(value))
        self.text.blockSignals(False)

    def set_read_only(self, read_only: bool) -> None:
        """Let the value be read but not changed."""
        self.text.setReadOnly(read_only)


class _ChoiceBox(QComboBox):
    """Changes by wheel only when it has the focus: scrolling a form must not change it."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the form unless this has the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class ChoiceEditor(Editor):
    """One of a few values; a field that is not required may have none."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.box = _ChoiceBox()
        if not field.required:
            self.box.addItem("–", None)
        for choice in field.choices:
            self.box.addItem(_(choice.label), choice.value)
        self.box.activated.connect(self.edited)
        self.take(self.box)

    def set_read_only(self, read_only: bool) -> None:
        """Let the value be read but not changed."""
        super().set_read_only(read_only)
        set_look(self.box, "readOnly", "true" if read_only else "false")

    def value(self) -> Any:
        """The value as it is kept."""
        return self.box.currentData()

    def set_value(self, value: Any) -> None:
        """Show ``value``."""
        at = self.box.findData(None if value is None else str(value))
        if at < 0 and value is not None:  # a value of a newer server: shown, and kept
            self.box.addItem(str(value), str(value))
            at = self.box.count() - 1
        self.box.setCurrentIndex(at)


class FlagEditor(Editor):
    """Yes or no."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.check = QCheckBox(_("Yes"))
        self.check.clicked.connect(self.edited)
        self.take(self.check)

    def value(self) -> Any:
        """The value as it is kept."""
        return self.check.isChecked()

    def set_value(self, value: Any) -> None:
        """Show ``value``."""
        self.check.setChecked(bool(value))


def column_of(*widgets: QWidget) -> QVBoxLayout:
    """``widgets`` below one another, close together."""
    column = QVBoxLayout()
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(4)
    for widget in widgets:
        column.addWidget(widget)
    return column
