"""Shown while everything that the console started is being stopped."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from desktop_app.core.language import _
from desktop_app.ui.theme.tokens import SPACE_2, SPACE_6
from desktop_app.ui.widgets.plain_text import plain_label


class ClosingPage(QWidget):
    """Says what is being waited for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self._title = plain_label(role="title")
        self._what = plain_label(role="muted")
        self._what.setWordWrap(True)
        bar = QProgressBar()
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_6 * 2, SPACE_6 * 2, SPACE_6 * 2, SPACE_6 * 2)
        column.setSpacing(SPACE_2)
        for part in (self._title, self._what, bar):
            column.addWidget(part)
        column.addStretch(1)
        column.setAlignment(Qt.AlignmentFlag.AlignTop)

    def tell(self, what: str) -> None:
        """Say what is being stopped (translated)."""
        self._title.setText(_("Closing"))
        self._what.setText(what)
        self._what.setAccessibleName(what)
