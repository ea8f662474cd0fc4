"""Which server is put under load: what is at stake there, its name and its address."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from desktop_app.core.language import _
from desktop_app.services.validation import words
from desktop_app.ui.tab import TabTools
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.theme import set_look
from desktop_app.ui.widgets.elided_label import ElidedLabel
from desktop_app.ui.widgets.plain_text import one_line, plain_label
from desktop_app.ui.widgets.status_chip import StatusChip


class TargetLine(QFrame):
    """One line; ``show_missing`` where there is no server yet."""

    def __init__(self, tools: TabTools, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = self._url = self._problem = ""
        self._environment = "local"
        self.setProperty("role", "surface")
        self.environment = plain_label()
        self.name = plain_label(role="strong")
        self.address = ElidedLabel(role="muted")
        self.problem = StatusChip(tools.theme)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(12)
        row.addWidget(self.environment)
        row.addWidget(self.name)
        row.addWidget(self.address, 1)
        row.addWidget(self.problem)
        follow_language(self, self._word)

    def show_target(self, name: str, url: str, environment: str) -> None:
        """The connection."""
        self._name, self._url, self._environment, self._problem = name, url, environment, ""
        self._word()

    def show_missing(self, name: str, problem: str) -> None:
        """There is no server yet; ``problem`` is translated."""
        self._name, self._url, self._problem = name, "", problem
        self._word()

    def _word(self) -> None:
        set_look(self.environment, "environment", self._environment)
        self.environment.setText(_(words.ENVIRONMENTS.get(self._environment, "")))
        self.name.setText(one_line(self._name))
        self.address.show_text(self._url)
        self.problem.setVisible(bool(self._problem))
        if self._problem:
            self.problem.show_state(self._problem, "unlink", "danger")
