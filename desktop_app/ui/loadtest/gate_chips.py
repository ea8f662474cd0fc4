"""Thresholds while a run goes: each with how it stands, as icon, word and colour."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from desktop_app.core.load.events import ThresholdChanged
from desktop_app.core.load.thresholds import GateState, Threshold
from desktop_app.services.loadtest import words
from desktop_app.ui.loadtest.chips import GATE_LOOKS, gate_chip
from desktop_app.ui.theme.theme import Theme
from desktop_app.ui.widgets.plain_text import plain_tooltip
from desktop_app.ui.widgets.status_chip import StatusChip

_WIDTH = 240
"""Of the longest that people write."""


class GateChips(QWidget):
    """A chip for each threshold; they wrap over lines where there is no room."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.chips: dict[str, StatusChip] = {}
        self._across = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(4)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def begin(self, thresholds: Sequence[Threshold]) -> None:
        """A run that is held to these begins."""
        for chip in self.chips.values():
            self._grid.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self.chips = {}
        for threshold in thresholds:
            chip = StatusChip(self._theme)
            self.chips[str(threshold)] = chip
            self._show(threshold, GateState.NO_DATA, None)
        self._arrange()
        self.setVisible(bool(thresholds))

    def follow(self, event: ThresholdChanged) -> None:
        """A threshold stands otherwise now."""
        if str(event.threshold) in self.chips:
            self._show(event.threshold, event.state, event.value)

    def resizeEvent(self, event: object) -> None:
        """As many beside each other as fit."""
        if max(1, self.width() // _WIDTH) != self._across:
            self._arrange()
        super().resizeEvent(event)  # type: ignore[arg-type]

    def _arrange(self) -> None:
        self._across = max(1, self.width() // _WIDTH)
        for chip in self.chips.values():
            self._grid.removeWidget(chip)
        for place, chip in enumerate(self.chips.values()):
            self._grid.addWidget(chip, *divmod(place, self._across))
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, 1 if column < self._across else 0)

    def _show(self, threshold: Threshold, state: GateState, value: float | None) -> None:
        chip = self.chips[str(threshold)]
        look = gate_chip(state)
        chip.show_state(str(threshold), *GATE_LOOKS[state])
        told = f"{look.text} ({words.metric_value(threshold.metric, value)})"
        chip.setToolTip(plain_tooltip(told))
        chip.setAccessibleName(f"{threshold}: {told}")
