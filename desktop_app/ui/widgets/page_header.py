"""The head of a page: one title, one line of what it is for, its actions at the right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QVBoxLayout, QWidget

from desktop_app.core.language import _
from desktop_app.ui.texts import follow_language
from desktop_app.ui.widgets.plain_text import plain_label


class PageHeader(QWidget):
    """Shows ``title`` and ``purpose`` (message ids); the main action comes last, at the right."""

    def __init__(self, title: str, purpose: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title_id, self._purpose_id = title, purpose
        self._title = plain_label(role="title")
        self._purpose = plain_label(role="muted")
        self._purpose.setWordWrap(True)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self._title)
        words.addWidget(self._purpose)
        self._actions = QHBoxLayout()
        self._actions.setSpacing(8)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addLayout(words, 1)
        row.addLayout(self._actions)
        row.setAlignment(self._actions, Qt.AlignmentFlag.AlignVCenter)
        follow_language(self, self._retranslate)

    def add_action(self, button: QAbstractButton) -> None:
        """Put ``button`` at the right end; add the main one last."""
        self._actions.addWidget(button)

    def _retranslate(self) -> None:
        self._title.setText(_(self._title_id))
        self._purpose.setText(_(self._purpose_id))
        self.setAccessibleName(_(self._title_id))
