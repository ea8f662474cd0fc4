"""A line above content that says what is wrong with it, and what to do."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QToolButton, QWidget

from desktop_app.core.language import _
from desktop_app.ui.theme.icons import icon, pixmap
from desktop_app.ui.theme.theme import Theme, set_look
from desktop_app.ui.widgets.plain_text import plain_label

LINE_HEIGHT = 32
"""Of the buttons, with which the icon and a first line of text are level."""

_ICONS = {"danger": "error", "warning": "warning", "info": "info", "ok": "ok"}


class Banner(QFrame):
    """Hidden until ``tell``; its text is plain and wraps; ``close`` button unless told not to."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone = "info"
        self.setProperty("role", "banner")
        self._mark = plain_label()
        self._text = plain_label()
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.button = QPushButton()
        self._run: Callable[[], object] = self.hide
        self.button.clicked.connect(self._on_button_clicked)
        self._close = QToolButton()
        self._close.setAutoRaise(True)
        self._close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(8)
        self._mark.setFixedHeight(LINE_HEIGHT)
        self._text.setMinimumHeight(LINE_HEIGHT)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._text, 1)
        row.addWidget(self.button)
        row.addWidget(self._close)
        theme.changed.connect(self._recolour)
        self.hide()

    def tell(
        self,
        text: str,
        *,
        tone: str = "info",
        action: tuple[str, Callable[[], object]] | None = None,
        closable: bool = True,
    ) -> None:
        """Show ``text`` (translated) in the colour of ``tone``, with an action if any."""
        self._tone = tone
        self._text.setText(text)
        self.button.setVisible(action is not None)
        if action is not None:
            self.button.setText(action[0])
            self._run = action[1]
        self._close.setVisible(closable)
        self._close.setToolTip(_("Close this notice"))
        self._close.setAccessibleName(_("Close this notice"))
        self.setAccessibleName(text)
        self._recolour()
        self.show()

    @property
    def text(self) -> str:
        """What is told."""
        return self._text.text()

    def _on_button_clicked(self) -> None:
        self._run()

    def _recolour(self) -> None:
        mark = pixmap(_ICONS[self._tone], self._tone, 20, self.devicePixelRatioF())
        self._mark.setPixmap(mark)
        self._close.setIcon(icon("close"))
        set_look(self, "level", self._tone)
