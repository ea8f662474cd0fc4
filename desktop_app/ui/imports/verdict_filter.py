"""Counts per verdict as buttons that filter the rows."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from desktop_app.core.language import _
from desktop_app.ui.imports.words import ORDER, STATES, WRITTEN_STATES, State
from desktop_app.ui.theme.icons import icon


class VerdictFilter(QWidget):
    """ "All" and one button per verdict that occurs; ``chosen`` carries the state, None for all."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._buttons: dict[State | None, QPushButton] = {}
        self._counts: dict[State, int] = {}
        self._written = False
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for state in (None, *ORDER):
            button = self._build_button(state)
            self._buttons[state] = button
            row.addWidget(button)
        row.addStretch(1)
        self._buttons[None].setChecked(True)

    def button(self, state: State | None) -> QPushButton:
        """The button of one state, or of all."""
        return self._buttons[state]

    @property
    def state(self) -> State | None:
        """The state chosen; None for all."""
        return next((s for s, button in self._buttons.items() if button.isChecked()), None)

    def show_counts(self, counts: Mapping[State, int], *, written: bool) -> None:
        """Put in fresh counts; the button chosen stays, even when its rows are all corrected."""
        self._counts, self._written = dict(counts), written
        self.reword()

    def settle(self) -> None:
        """Fall back to all when the state chosen no longer occurs."""
        chosen = self.state
        if chosen is not None and not self._counts.get(chosen):
            self._buttons[None].setChecked(True)
            self.reword()

    def choose(self, state: State | None) -> None:
        """Press the button of ``state``."""
        if self.state != state and not self._buttons[state].isHidden():
            self._buttons[state].setChecked(True)
            self.chosen.emit(state)

    def reword(self) -> None:
        """Say everything anew."""
        words = WRITTEN_STATES if self._written else STATES
        total = sum(self._counts.values())
        self._buttons[None].setText(_("All {n}").format(n=f"{total:,}"))
        for state in ORDER:
            count = self._counts.get(state, 0)
            word, icon_name, token = words[state]
            button = self._buttons[state]
            button.setIcon(icon(icon_name, token))
            button.setText(_("{verdict} {n}").format(verdict=_(word), n=f"{count:,}"))
            button.setVisible(count > 0 or button.isChecked())

    def _build_button(self, state: State | None) -> QPushButton:
        button = QPushButton()
        button.setCheckable(True)
        button.clicked.connect(lambda: self.chosen.emit(state))
        self._group.addButton(button)
        return button
