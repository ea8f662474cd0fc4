"""What the signs of the matrix mean: icons with their words, where there is room for words."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop_app.core.language import _
from desktop_app.ui.assignment.cells import LOOKS, CellState
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.theme import Theme
from desktop_app.ui.widgets.status_chip import ICON_SIZE, StatusChip

_STATES = (
    CellState.ASSIGNED,
    CellState.IN_PROGRESS,
    CellState.SUBMITTED,
    CellState.CONFIRMED,
    CellState.LATE,
    CellState.BARRED,
)
_SPACING = 12


class Legend(QWidget):
    """One chip per state; what a state means is its tool tip."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chips = {state: StatusChip(theme) for state in _STATES}
        self._full = 0
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_SPACING)
        row.addStretch(1)
        for chip in self._chips.values():
            row.addWidget(chip)
        follow_language(self, self._retranslate)

    def sizeHint(self) -> QSize:
        """The room for all words."""
        return QSize(self._full, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """The room for the icons alone."""
        count = len(self._chips)
        return QSize(count * ICON_SIZE + (count - 1) * _SPACING, super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Words where they have room."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        for chip in self._chips.values():
            chip.show_word(self.width() >= self._full)

    def _retranslate(self) -> None:
        for state, chip in self._chips.items():
            look = LOOKS[state]
            chip.show_word(True)
            chip.show_state(_(look.word), look.icon, look.token)
            chip.setToolTip(f"{_(look.word)}: {_(look.meaning)}")
        widths = [chip.sizeHint().width() for chip in self._chips.values()]
        self._full = sum(widths) + _SPACING * (len(widths) - 1)
        self.updateGeometry()
        self._fit()
