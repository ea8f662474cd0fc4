"""What a screen shows where it has nothing to show: why, and what to do next."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop_app.ui.theme.icons import pixmap
from desktop_app.ui.theme.theme import Theme
from desktop_app.ui.widgets.plain_text import plain_label

_ICON_SIZE = 32


class EmptyState(QWidget):
    """An icon, a heading, a sentence and at most one button, at the top left of its place."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon_name, self._tone = "info", "muted"
        self._mark = plain_label()
        self._heading = plain_label(role="section")
        self._heading.setWordWrap(True)
        self._text = plain_label(role="muted")
        self._text.setWordWrap(True)
        self._button = QPushButton()
        self._button.clicked.connect(self._on_button_clicked)
        self._run: Callable[[], object] = self.update
        words = QVBoxLayout()
        words.setSpacing(8)
        words.addWidget(self._heading)
        words.addWidget(self._text)
        words.addSpacing(8)
        words.addWidget(self._button, 0, Qt.AlignmentFlag.AlignLeft)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 24, 24, 24)
        row.setSpacing(16)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        theme.changed.connect(self._recolour)

    def tell(
        self,
        heading: str,
        text: str,
        *,
        icon_name: str = "info",
        tone: str = "muted",
        action: tuple[str, Callable[[], object]] | None = None,
    ) -> None:
        """Show these translated texts; ``action`` is what the person most likely wants next."""
        self._icon_name, self._tone = icon_name, tone
        self._heading.setText(heading)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self._button.setVisible(action is not None)
        if action is not None:
            self._button.setText(action[0])
            self._run = action[1]
        self.setAccessibleName(heading)
        self._recolour()

    @property
    def heading(self) -> str:
        """The heading shown."""
        return self._heading.text()

    @property
    def button(self) -> QPushButton:
        """The button of the action, if there is one."""
        return self._button

    def _on_button_clicked(self) -> None:
        self._run()

    def _recolour(self) -> None:
        mark = pixmap(self._icon_name, self._tone, _ICON_SIZE, self.devicePixelRatioF())
        self._mark.setPixmap(mark)
