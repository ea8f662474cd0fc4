"""Search as you type, safe with Korean and other input methods."""

from __future__ import annotations

import unicodedata

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop_app.ui.widgets.plain_text import add_clear_button

DEBOUNCE_MS = 250


def commit_composition() -> None:
    """Make the input method hand over what is being composed, before the text is used."""
    if (method := QGuiApplication.inputMethod()) is not None:
        method.commit()


class SearchField(QLineEdit):
    """Emits ``searched`` with the trimmed text 250 ms after the last change.

    Only committed text counts: a syllable still being composed is not part of ``text()``, and no
    search starts from it. Enter commits it and searches at once, Esc clears, Down leaves for the
    results (``left_downwards``).
    """

    searched = Signal(str)
    left_downwards = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        add_clear_button(self)
        self._composing = False
        self._last = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DEBOUNCE_MS)
        self._timer.timeout.connect(self._on_timer_timeout)
        self.textChanged.connect(self._on_text_changed)

    @property
    def query(self) -> str:
        """What is searched for: the committed text, trimmed, in Unicode NFC."""
        return unicodedata.normalize("NFC", self.text()).strip()

    @property
    def composing(self) -> bool:
        """Whether the input method holds an unfinished syllable."""
        return self._composing

    def show_query(self, text: str) -> None:
        """Show ``text`` as what is already searched for: nothing is emitted."""
        self._last = text
        self.setText(text)
        self._timer.stop()

    def search_now(self) -> None:
        """Commit the composition and search without waiting."""
        commit_composition()
        self._timer.stop()
        self._emit()

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Track whether a syllable is being composed."""
        self._composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter searches at once, Esc clears, Down goes to the results."""
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.search_now()
        elif key == Qt.Key.Key_Escape and self.text():
            self.clear()
            self.search_now()
        elif key == Qt.Key.Key_Down:
            self.search_now()
            self.left_downwards.emit()
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Keep Esc for clearing while there is something to clear."""
        escape = (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
        )
        if escape and self.text():
            event.accept()
            return True
        return super().event(event)

    def _on_text_changed(self) -> None:
        self._timer.start()

    def _on_timer_timeout(self) -> None:
        self._emit()

    def _emit(self) -> None:
        if self.query != self._last:
            self._last = self.query
            self.searched.emit(self._last)
