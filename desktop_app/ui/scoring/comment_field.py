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

    def set_read_only(self, read_only: bool) -> None:
        """Let the comment be read but not changed."""
        self.setReadOnly(read_only)
        set_look(self, "readOnly", "true" if read_only else "false")

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
    """A button that unfolds the comment; what holds text is unfolded from the beginning.

    The editor is made when it is wanted first (``made``): most criteria get no comment, and of all
    in a row an editor takes the longest to make. ``next_asked`` is the editor's.
    """

    edited = Signal(str)
    next_asked = Signal()
    made = Signal(QWidget)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._last = ""
        self._read_only = False
        self._name = ""
        self._editor: CommentText | None = None
        self.button = QPushButton(self)
        self.button.setProperty("role", "link")
        self.button.setProperty("flush", "true")
        # Tab goes from score to score; the keyboard's way to the comment is Ctrl+Enter.
        self.button.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.button.clicked.connect(self._on_button_clicked)
        self._note = plain_label(role="problem")
        self._note.setWordWrap(True)
        self._note.hide()
        fold = QHBoxLayout()
        fold.setContentsMargins(0, 0, 0, 0)
        fold.addWidget(self.button)
        fold.addStretch(1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._column.addLayout(fold)
        self._column.addWidget(self._note)
        follow_language(self, self._retranslate)

    @property
    def text(self) -> CommentText:
        """The editor, folded or not."""
        if self._editor is None:
            self._editor = self._make_editor()
            self.made.emit(self._editor)
        return self._editor

    @property
    def plain(self) -> str:
        """What stands in the comment."""
        return self._editor.toPlainText() if self._editor is not None else ""

    @property
    def unfolded(self) -> bool:
        """Whether the comment can be seen."""
        return self._editor is not None and not self._editor.isHidden()

    @property
    def composing(self) -> bool:
        """Whether an input method holds an unfinished syllable in it."""
        return self._editor is not None and self._editor.composition.active

    def finish_composition(self) -> None:
        """Have a syllable that is being composed join the text."""
        if self._editor is not None:
            self._editor.composition.finish()

    def set_name(self, name: str) -> None:
        """What the editor is called for those who do not see it."""
        self._name = name
        if self._editor is not None:
            self._editor.setAccessibleName(name)

    def show_text(self, text: str) -> None:
        """Show ``text`` without telling that it was edited."""
        if text != self.plain:
            self._last = text
            self.text.setPlainText(text)
        self.unfold(bool(text) or (self.unfolded and self.text.hasFocus()))

    def unfold(self, unfolded: bool) -> None:
        """Show the comment, or fold it away."""
        if unfolded or self._editor is not None:
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
        if self._editor is not None:
            self._editor.set_read_only(read_only)
        self._retranslate()

    def _make_editor(self) -> CommentText:
        editor = CommentText(self)
        editor.hide()
        editor.set_read_only(self._read_only)
        editor.setAccessibleName(self._name)
        editor.textChanged.connect(self._on_text_changed)
        editor.next_asked.connect(self.next_asked)
        self._column.insertWidget(1, editor)
        return editor

    def _on_button_clicked(self) -> None:
        if self.unfolded:
            self.unfold(False)
        else:
            self.write()

    def _on_text_changed(self) -> None:
        text = self.plain
        if text != self._last:  # what an input method composes is no text yet
            self._last = text
            self.edited.emit(text)

    def _retranslate(self) -> None:
        empty = self._editor is None or self._editor.document().isEmpty()
        if self.unfolded:
            text = _("Fold the comment")
        else:
            text = _("Add a comment") if empty else _("Show the comment")
        self.button.setText(text)
        self.button.setToolTip(_("Ctrl+Enter in the score"))
        self.button.setVisible(not (self._read_only and empty))
