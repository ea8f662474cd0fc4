"""A request or an answer as it went over the wire: monospaced, names of headers set apart."""

from __future__ import annotations

import re

from PySide6.QtGui import QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from desktop_app.ui.theme.theme import Theme, monospace_font

_HEADER = re.compile(r"^[^\s:]+:")
_KEY = re.compile(r'^\s*("(?:[^"\\]|\\.)*")(?=:)')
_START, _HEAD, _BODY = 1, 2, 3


class MessageView(QPlainTextEdit):
    """Read-only; its text is data and never markup."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setProperty("role", "log")
        self.setFont(monospace_font())
        self._marks = _Marks(self.document(), theme)
        theme.changed.connect(self._marks.rehighlight)

    def show_message(self, text: str, name: str) -> None:
        """Show ``text``, from its beginning; ``name`` is what a screen reader calls it."""
        self.setAccessibleName(name)
        if text != self.toPlainText():
            self.setPlainText(text)


class _Marks(QSyntaxHighlighter):
    """The first line strong, names of headers and keys of JSON in a colour of their own."""

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self._theme = theme

    def highlightBlock(self, text: str) -> None:
        """Qt asks for one line."""
        before = self.previousBlockState()
        form = QTextCharFormat()
        if before < _START:
            form.setFontWeight(QFont.Weight.DemiBold)
            self.setFormat(0, len(text), form)
            self.setCurrentBlockState(_START)
            return
        if before in (_START, _HEAD) and text:
            form.setForeground(self._theme.color("muted"))
            if found := _HEADER.match(text):
                self.setFormat(0, found.end(), form)
            self.setCurrentBlockState(_HEAD)
            return
        self.setCurrentBlockState(_BODY)
        if found := _KEY.match(text):
            form.setForeground(self._theme.color("accent"))
            self.setFormat(found.start(1), found.end(1) - found.start(1), form)
