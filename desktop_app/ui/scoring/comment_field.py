"""The field of a comment, folded away until it is wanted."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from desktop_app.core.language import _
from desktop_app.ui.scoring.composition import Composition
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.theme import set_look
from desktop_app.ui.widgets.plain_text import plain_label

HEIGHT = 72


class CommentText(QPlainTextEdit):
    """Plain text of several lines; Tab leaves it, Ctrl+Enter too (``next_asked``)."""

    next_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.composition = Composition(self)
        self.setTabChangesFocus(True)
        self.setFixedHeight(HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter begins a line, Ctrl+Enter is done with the comment."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.composition.finish()
            self.next_asked.emit()
            event.accept()
            return
        super().keyPressEvent(event)


class FoldedComment(QWidget):
    """A button that unfolds the comment; what holds text is unfolded from the beginning."""

    edited = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._last = ""
        self._read_only = False
        self.button = QPushButton(self)
        self.button.setProperty("role", "link")
        self.button.setProperty("flush", "true")
        # Tab goes from score to score; the keyboard's way to the comment is Ctrl+Enter.
        self.button.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.button.clicked.connect(self._on_button_clicked)
        self.text = CommentText(self)
        self.text.textChanged.connect(self._on_text_changed)
        self._note = plain_label(role="problem")
        self._note.setWordWrap(True)
        self._note.hide()
        fold = QHBoxLayout()
        fold.setContentsMargins(0, 0, 0, 0)
        fold.addWidget(self.button)
        fold.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(fold)
        column.addWidget(self.text)
        column.addWidget(self._note)
        self.text.hide()
        follow_language(self, self._retranslate)

    @property
    def unfolded(self) -> bool:
        """Whether the comment can be seen."""
        return not self.text.isHidden()

    def show_text(self, text: str) -> None:
        """Show ``text`` without telling that it was edited."""
        if text != self.text.toPlainText():
            self._last = text
            self.text.setPlainText(text)
        self.unfold(bool(text) or (self.unfolded and self.text.hasFocus()))

    def unfold(self, unfolded: bool) -> None:
        """Show the comment, or fold it away."""
        self.text.setVisible(unfolded)
        self._note.setVisible(unfolded and bool(self._note.text()))
        self._retranslate()

    def write(self) -> None:
        """Unfold, ready to type."""
        self.unfold(True)
        self.text.setFocus()

    def show_problem(self, text: str) -> None:
        """Say what is wrong with the comment; empty: nothing is."""
        if text == self._note.text():
            return
        self._note.setText(text)
        set_look(self.text, "problem", "true" if text else "false")
        self.text.setAccessibleDescription(text)
        if text:
            self.unfold(True)
        else:
            self._note.hide()

    def set_read_only(self, read_only: bool) -> None:
        """Let the comment be read but not changed; an empty one is not offered then."""
        self._read_only = read_only
        self.text.setReadOnly(read_only)
        self._retranslate()

    def _on_button_clicked(self) -> None:
        if self.unfolded:
            self.unfold(False)
        else:
            self.write()

    def _on_text_changed(self) -> None:
        text = self.text.toPlainText()
        if text != self._last:  # what an input method composes is no text yet
            self._last = text
            self.edited.emit(text)

    def _retranslate(self) -> None:
        empty = self.text.document().isEmpty()
        if self.unfolded:
            text = _("Fold the comment")
        else:
            text = _("Add a comment") if empty else _("Show the comment")
        self.button.setText(text)
        self.button.setToolTip(_("Ctrl+Enter in the score"))
        self.button.setVisible(not (self._read_only and empty))
