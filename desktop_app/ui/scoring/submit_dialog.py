"""Before a sheet is handed in: what is missing, or what will be handed in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from desktop_app.core.language import _, ngettext
from desktop_app.ui.dialogs.frame import DialogFrame
from desktop_app.ui.widgets.plain_text import one_line, plain_label

_MOST_SHOWN_HEIGHT = 240


class MissingDialog(DialogFrame):
    """Names what keeps a sheet from being handed in; a click goes there (``go_asked``: key)."""

    go_asked = Signal(str)

    def __init__(self, items: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        """``items`` are keys of fields and what is wrong there."""
        n = len(items)
        super().__init__(
            ngettext(
                "{n} field is not ready to be submitted",
                "{n} fields are not ready to be submitted",
                n,
            ).format(n=n),
            parent,
            narrowest=440,
        )
        place = QWidget()
        place.setObjectName("scrolled")
        column = QVBoxLayout(place)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(0)
        self.links: list[QPushButton] = []
        for key, text in items:
            link = QPushButton(one_line(text).replace("&", "&&"))
            link.setProperty("role", "link")
            link.setProperty("flush", "true")
            link.clicked.connect(partial(self._on_link_clicked, key))
            column.addWidget(link)
            self.links.append(link)
        column.addStretch(1)
        self.content.addWidget(_scrolled(place, 34 * n + 8), 1)
        self.back = self.add_button(_("Go to the first"), role="primary")
        self.back.clicked.connect(partial(self._on_link_clicked, items[0][0]))
        self.back.setFocus()

    def _on_link_clicked(self, key: str) -> None:
        self.accept()
        self.go_asked.emit(key)


class SubmitDialog(DialogFrame):
    """The summary of a sheet; accepted: hand it in."""

    def __init__(
        self,
        company: str,
        facts: Sequence[tuple[str, str]],
        *,
        scores: Sequence[tuple[str, str]],
        hindrance: str,
        parent: QWidget | None = None,
    ) -> None:
        """``facts`` are labels and values, ``scores`` criteria and what was given for them.

        ``hindrance`` says why it cannot be done now, if so.
        """
        title = _("Submit the sheet of “{company}”?").format(company=one_line(company))
        super().__init__(title, parent, narrowest=440)
        text = plain_label(
            _("Afterwards it can be read but not changed; an administrator can reopen it.")
        )
        text.setWordWrap(True)
        self.content.addWidget(text)
        for label, value in facts:
            self.content.addLayout(fact_row(label, value))
        self.content.addWidget(plain_label(_("Scores"), role="caption"))
        self.content.addWidget(_scrolled(_score_rows(scores), 26 * len(scores) + 8), 1)
        if hindrance:
            problem = plain_label(hindrance, role="danger")
            problem.setWordWrap(True)
            self.content.addWidget(problem)
        self.back = self.add_button(_("Back to the sheet"))
        self.back.clicked.connect(self.reject)
        self.submit_button = self.add_button(_("Submit the sheet"), role="primary")
        self.submit_button.setEnabled(not hindrance)
        self.submit_button.clicked.connect(self.accept)
        (self.back if hindrance else self.submit_button).setFocus()


def _score_rows(scores: Sequence[tuple[str, str]]) -> QWidget:
    place = QWidget()
    place.setObjectName("scrolled")
    grid = QGridLayout(place)
    grid.setContentsMargins(0, 0, 12, 0)
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(0, 1)
    for row, (criterion, score) in enumerate(scores):
        name = plain_label(one_line(criterion))
        name.setWordWrap(True)
        grid.addWidget(name, row, 0)
        grid.addWidget(plain_label(score, role="strong"), row, 1, Qt.AlignmentFlag.AlignRight)
    grid.setRowStretch(len(scores), 1)
    return place


def _scrolled(place: QWidget, height: int) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setWidget(place)
    area.setMinimumHeight(min(_MOST_SHOWN_HEIGHT, height))
    return area


def fact_row(label: str, value: str) -> QVBoxLayout:
    """A value under its label, to be read and copied."""
    row = QVBoxLayout()
    row.setSpacing(0)
    row.addWidget(plain_label(label, role="caption"))
    shown = plain_label(value, role="strong")
    shown.setWordWrap(True)
    shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    row.addWidget(shown)
    return row
