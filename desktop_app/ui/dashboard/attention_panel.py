"""What waits for a person: one line each, that opens the tab where it is dealt with."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from desktop_app.core.analytics import Attention
from desktop_app.core.language import _
from desktop_app.ui.dashboard.attention_words import KINDS, advice_for, attention_in_words
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.widgets.plain_text import plain_label

OpenTab = Callable[[str, dict[str, str]], None]


class AttentionPanel(QWidget):
    """Buttons, one per item; a line that nothing waits when there is none."""

    def __init__(self, open_tab: OpenTab, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._open_tab = open_tab
        self._items: tuple[Attention, ...] | None = None
        self._buttons: list[QPushButton] = []
        self._nothing = plain_label(role="muted")
        self._nothing.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._nothing)
        layout.addStretch(1)
        self._buttons_layout = layout
        follow_language(self, self._refresh)

    def show_items(self, items: Sequence[Attention]) -> None:
        """Show ``items`` in their order; those that count nothing are left out."""
        self._items = tuple(item for item in items if item.count > 0)
        self._refresh()

    @property
    def buttons(self) -> tuple[QPushButton, ...]:
        """The buttons shown, in order."""
        return tuple(self._buttons)

    def _refresh(self) -> None:
        items = self._items or ()
        while len(self._buttons) > len(items):
            button = self._buttons.pop()
            self._buttons_layout.removeWidget(button)
            button.deleteLater()
        while len(self._buttons) < len(items):
            self._add_button()
        for button, item in zip(self._buttons, items, strict=True):
            button.setText(attention_in_words(item))
            button.setToolTip(advice_for(item))
            button.setAccessibleDescription(advice_for(item))
        known = self._items is not None
        self._nothing.setText(_("Nothing waits for you.") if known else "")
        self._nothing.setVisible(not items)

    def _add_button(self) -> None:
        place = len(self._buttons)
        button = QPushButton()
        button.setProperty("role", "quiet")
        button.setProperty("flush", "true")
        button.setIcon(icon("warning", "warning"))
        button.clicked.connect(lambda: self._open(place))
        self._buttons.append(button)
        self._buttons_layout.insertWidget(place + 1, button, 0, Qt.AlignmentFlag.AlignLeft)

    def _open(self, place: int) -> None:
        item = (self._items or ())[place]
        kind = KINDS.get(item.code)
        if kind is not None:
            self._open_tab(kind.tab, dict(kind.filters))
