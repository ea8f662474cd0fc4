"""The field that a score is typed into: text, so that an unfinished number is nobody's loss."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop_app.core.sheet_fields import read_score, written
from desktop_app.core.templates import Criterion, exact
from desktop_app.ui.scoring.composition import Composition
from desktop_app.ui.theme.theme import set_look

WIDTH = 88
_LONGEST = 64

_KEYS = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}


class ScoreField(QLineEdit):
    """Up and Down count by the criterion's step; Enter is done with it (``next_asked``).

    The wheel counts only while the field has the focus: scrolling a sheet changes no score.
    ``comment_asked``: Ctrl+Enter wants to say something about this score.
    """

    next_asked = Signal()
    comment_asked = Signal()

    def __init__(self, criterion: Criterion, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.criterion = criterion
        self.composition = Composition(self)
        self._rest = 0
        self.setFixedWidth(WIDTH)
        self.setMaxLength(_LONGEST)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setInputMethodHints(Qt.InputMethodHint.ImhPreferNumbers)

    def count(self, steps: int) -> None:
        """Go ``steps`` up or down, within the scale; from nothing, begin at its near end."""
        reading = read_score(self.criterion, self.text())
        if self.isReadOnly() or isinstance(reading.value, str):
            return
        if reading.value is None and reading.problem is not None:
            return  # counting would wipe out what is being typed
        highest, step = exact(self.criterion.max_score), exact(self.criterion.step)
        if reading.value is None:
            value = exact(0) if steps > 0 else highest
        else:
            value = min(highest, max(exact(0), exact(reading.value) + steps * step))
        self.setText(written(float(value)))

    def set_read_only(self, read_only: bool) -> None:
        """Let the score be read but not changed."""
        self.setReadOnly(read_only)
        set_look(self, "readOnly", "true" if read_only else "false")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter, Ctrl+Enter, Up and Down have a meaning of their own."""
        key = Qt.Key(event.key())
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.composition.finish()
            (self.comment_asked if control else self.next_asked).emit()
        elif key in _KEYS and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.composition.finish()
            self.count(_KEYS[key])
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Count with the focus; scroll the sheet without it."""
        if not self.hasFocus() or self.isReadOnly():
            event.ignore()
            return
        self._rest += event.angleDelta().y()
        steps, self._rest = int(self._rest / 120), self._rest - int(self._rest / 120) * 120
        if steps:
            self.count(steps)
        event.accept()
