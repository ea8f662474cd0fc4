"""The steps of the wizard, always in sight: where one is, how each stands, and a way there."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from desktop_app.core.language import _
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon

Look = tuple[str, str]
_WAYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class StepBar(QWidget):
    """``titles`` are message ids; ``chosen`` carries the step that was clicked, from 0.

    Left and Right move between the steps.
    """

    chosen = Signal(int)

    def __init__(self, titles: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._titles = tuple(titles)
        self._looks: list[Look | None] = [None for _title in titles]
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self.buttons: list[QPushButton] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for place in range(len(self._titles)):
            button = QPushButton()
            button.setCheckable(True)
            button.setProperty("role", "step")
            button.clicked.connect(lambda _on, place=place: self.chosen.emit(place))
            self._group.addButton(button, place)
            self.buttons.append(button)
            row.addWidget(button)
        row.addStretch(1)
        self.buttons[0].setChecked(True)
        follow_language(self, self._word)

    @property
    def step(self) -> int:
        """The step that is on."""
        return self._group.checkedId()

    def show_step(self, step: int) -> None:
        """Mark a step as the one that is on."""
        self.buttons[step].setChecked(True)

    def show_look(self, step: int, look: Look | None) -> None:
        """How a step stands, as icon and colour; None for nothing to say yet."""
        self._looks[step] = look
        self.buttons[step].setIcon(icon(*look) if look is not None else QIcon())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move to the step beside, where the keyboard is on one."""
        way = _WAYS.get(Qt.Key(event.key()))
        focused = self.focusWidget()
        if way is None or not isinstance(focused, QPushButton) or focused not in self.buttons:
            super().keyPressEvent(event)
            return
        place = (self.buttons.index(focused) + way) % len(self.buttons)
        self.buttons[place].setFocus()
        self.buttons[place].click()

    def _word(self) -> None:
        for place, (button, title) in enumerate(zip(self.buttons, self._titles, strict=True)):
            button.setText(f"{place + 1}. {_(title)}")
            self.show_look(place, self._looks[place])
            button.setAccessibleName(
                _("Step {n} of {total}: {title}").format(
                    n=place + 1, total=len(self._titles), title=_(title)
                )
            )
