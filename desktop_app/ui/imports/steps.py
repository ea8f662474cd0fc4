"""The visible list of steps: which are done, which one is on, which come."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from desktop_app.core.language import _
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import pixmap
from desktop_app.ui.theme.theme import Theme, set_role
from desktop_app.ui.widgets.plain_text import plain_label

_ICON_PX = 16


class StepList(QWidget):
    """``titles`` are message ids; ``show_step`` says which one is on."""

    def __init__(self, theme: Theme, titles: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._titles = tuple(titles)
        self._current = 0
        self._marks: list[QLabel] = []
        self._labels: list[QLabel] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for place in range(len(self._titles)):
            if place:
                row.addSpacing(16)
            mark, label = plain_label(), plain_label()
            mark.setFixedSize(_ICON_PX, _ICON_PX)
            self._marks.append(mark)
            self._labels.append(label)
            row.addWidget(mark)
            row.addWidget(label)
        row.addStretch(1)
        theme.changed.connect(self._refresh)
        follow_language(self, self._refresh)

    def show_step(self, current: int) -> None:
        """Mark ``current`` as on, those before it as done."""
        self._current = current
        self._refresh()

    def _refresh(self) -> None:
        ratio = self.devicePixelRatioF()
        for place, (mark, label) in enumerate(zip(self._marks, self._labels, strict=True)):
            done, on = place < self._current, place == self._current
            name, token = ("ok", "ok") if done else ("chevron-right", "accent")
            mark.setPixmap(pixmap(name, token, _ICON_PX, ratio))
            mark.setVisible(done or on)
            label.setText(f"{place + 1}. {_(self._titles[place])}")
            set_role(label, "strong" if on else "muted")
        self.setAccessibleName(
            _("Step {n} of {total}: {title}").format(
                n=self._current + 1,
                total=len(self._titles),
                title=_(self._titles[self._current]),
            )
        )
