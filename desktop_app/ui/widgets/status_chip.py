"""A state as icon, word and colour together."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop_app.ui.theme.icons import pixmap
from desktop_app.ui.theme.theme import Theme
from desktop_app.ui.widgets.plain_text import plain_label

ICON_SIZE = 16


class StatusChip(QWidget):
    """Shows one state; ``show_state`` changes it. The colour follows the theme."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon_name, self._token = "", "text"
        self._mark = plain_label()
        self._mark.setFixedSize(ICON_SIZE, ICON_SIZE)
        self._word = plain_label()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._word, 1)
        theme.changed.connect(self._recolour)

    def show_state(self, text: str, icon_name: str, token: str) -> None:
        """Show ``text`` beside an icon, both in the colour of ``token``."""
        self._icon_name, self._token = icon_name, token
        self._word.setText(text)
        self.setAccessibleName(text)
        self._recolour()

    def show_word(self, shown: bool) -> None:
        """Whether the word stands beside the icon; without it, it is the tool tip's to say."""
        self._word.setVisible(shown)

    def _recolour(self) -> None:
        if not self._icon_name:
            return
        self._mark.setPixmap(
            pixmap(self._icon_name, self._token, ICON_SIZE, self.devicePixelRatioF())
        )
        palette = self._word.palette()
        palette.setColor(QPalette.ColorRole.WindowText, self._theme.color(self._token))
        self._word.setPalette(palette)
