"""Texts from servers and files are data: they are shown as plain text, never as markup."""

from __future__ import annotations

import html
import unicodedata

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QToolButton, QWidget

_DROPPED = frozenset({"\ufeff", "\u200b", "\u2060"})


def plain_label(text: str = "", *, role: str = "", parent: QWidget | None = None) -> QLabel:
    """A label that never takes its text for markup; ``role`` is a style of the theme."""
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(text)
    if role:
        label.setProperty("role", role)
    return label


def plain_tooltip(text: str) -> str:
    """``text`` for ``setToolTip``, which would otherwise guess whether it is markup.

    Long texts wrap; line breaks stay.
    """
    return f"<p style='white-space:pre-wrap'>{html.escape(text)}</p>" if text else ""


def one_line(text: str) -> str:
    """``text`` as a single line can hold it.

    Line breaks and tabs become spaces; other control characters, lone surrogates and invisible
    marks that ride along with copied text go.
    """
    kept = []
    for character in text.replace("\r\n", "\n"):
        if character in "\n\r\t\x0b\x0c\x85\u2028\u2029":
            kept.append(" ")
        elif character not in _DROPPED and unicodedata.category(character) not in ("Cc", "Cs"):
            kept.append(character)
    return "".join(kept)


def add_clear_button(line: QLineEdit) -> None:
    """A button in ``line`` that empties it, in the middle of its height."""
    line.setClearButtonEnabled(True)
    for button in line.findChildren(QToolButton):
        # The theme's sizes of tool buttons would push the small one out of the line.
        button.setStyleSheet("min-width: 0; min-height: 0; border: 0; padding: 0;")
