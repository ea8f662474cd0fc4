"""A business number that takes its dashes as it is typed, with the caret where it belongs."""

from __future__ import annotations

import unicodedata
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop_app.core.business_number import digits_of, formatted
from desktop_app.core.fields import Field, normalised
from desktop_app.ui.forms.editors import Editor
from desktop_app.ui.theme.theme import set_look


def reformatted(text: str, caret: int) -> tuple[str, int]:
    """``text`` as 000-00-00000 and the caret after the same number of digits as before.

    Full-width digits, as Korean and Japanese input methods write them, count as digits.
    """
    digits = digits_of(unicodedata.normalize("NFKC", text))
    before = len(digits_of(unicodedata.normalize("NFKC", text[:caret])))
    shown = formatted(digits)
    seen = 0
    for place, character in enumerate(shown):
        if seen == before:
            return shown, place
        seen += character != "-"
    return shown, len(shown)


class _NumberLine(QLineEdit):
    """Deleting at a dash deletes the digit beyond it."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step over a dash before deleting."""
        at, text = self.cursorPosition(), self.text()
        if not self.hasSelectedText():
            if event.key() == Qt.Key.Key_Backspace and text[at - 1 : at] == "-":
                self.setCursorPosition(at - 1)
            elif event.key() == Qt.Key.Key_Delete and text[at : at + 1] == "-":
                self.setCursorPosition(at + 1)
        super().keyPressEvent(event)


class BusinessNumberEditor(Editor):
    """Ten digits; anything else that is typed or pasted with them is left out."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.line = _NumberLine()
        self.line.setPlaceholderText("000-00-00000")
        self.line.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        self.line.setMaximumWidth(200)
        self.line.textEdited.connect(self._on_text_edited)
        self.take(self.line)
        self.row.addStretch(1)

    def value(self) -> Any:
        """The value as it is kept."""
        return normalised(self.field, self.line.text())

    def set_value(self, value: Any) -> None:
        """Show ``value``."""
        self.line.setText("" if value is None else str(value))

    def set_read_only(self, read_only: bool) -> None:
        """Let the value be read but not changed."""
        self.line.setReadOnly(read_only)
        set_look(self.line, "readOnly", "true" if read_only else "false")

    def _on_text_edited(self, text: str) -> None:
        shown, caret = reformatted(text, self.line.cursorPosition())
        if shown != text:
            self.line.setText(shown)
        self.line.setCursorPosition(caret)
        self.edited.emit()
