"""The figures of a run while it goes, to be read from across the room."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop_app.core.language import N_, _
from desktop_app.core.load.second import Second
from desktop_app.services.loadtest import words
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.theme import set_look
from desktop_app.ui.widgets.plain_text import plain_label

_TITLES = {
    "asked": N_("Asked"),
    "done": N_("Done"),
    "p50": "p50",
    "p95": "p95",
    "p99": "p99",
    "users": N_("Users"),
    "errors": N_("Errors"),
}


class FigureTiles(QWidget):
    """Shows the newest second."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._titles: dict[str, QLabel] = {}
        self.figures: dict[str, QLabel] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(24)
        for key in _TITLES:
            title, figure = plain_label(role="caption"), plain_label(role="headline")
            column = QVBoxLayout()
            column.setSpacing(0)
            column.addWidget(title)
            column.addWidget(figure)
            row.addLayout(column, 1)
            self._titles[key], self.figures[key] = title, figure
        follow_language(self, self._word)
        self.clear()

    def clear(self) -> None:
        """Nothing was measured yet."""
        for figure in self.figures.values():
            figure.setText("–")
        set_look(self.figures["errors"], "tone", "")

    def show_second(self, second: Second, failed: int, ended: int) -> None:
        """The newest second; ``failed`` of ``ended`` requests so far."""
        response = second.response
        values = {
            "asked": words.per_second(second.asked),
            "done": words.per_second(second.counts.completed),
            "p50": words.ms(response.p50 if response else None),
            "p95": words.ms(response.p95 if response else None),
            "p99": words.ms(response.p99 if response else None),
            "users": f"{second.users:,}",
            "errors": words.share(failed / ended if ended else None),
        }
        for key, text in values.items():
            self.figures[key].setText(text)
            self.figures[key].setAccessibleName(f"{_(_TITLES[key])}: {text}")
        set_look(self.figures["errors"], "tone", "danger" if failed else "")

    def _word(self) -> None:
        for key, title in self._titles.items():
            title.setText(_(_TITLES[key]))
