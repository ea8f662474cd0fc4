"""Accepting a finding for a while: why, who answers for it, and until when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from PySide6.QtCore import QDate
from PySide6.QtWidgets import QDateEdit, QLabel, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from desktop_app.core.language import _
from desktop_app.core.validation.baseline import (
    LONGEST_DAYS,
    Accepted,
    check_accepted,
    said_of,
)
from desktop_app.ui.dialogs.frame import DialogFrame
from desktop_app.ui.theme.theme import set_look
from desktop_app.ui.theme.tokens import SPACE_1
from desktop_app.ui.validation.finding_rows import FindingRow
from desktop_app.ui.widgets.plain_text import one_line, plain_label

_USUAL_DAYS = 90


class AcceptDialog(DialogFrame):
    """``accepted_as`` gets the entry of the baseline, once it is in order."""

    def __init__(
        self,
        row: FindingRow,
        owner: str,
        *,
        accepted_as: Callable[[Accepted], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Accept as known"), parent, narrowest=520)
        self._row, self._accepted_as = row, accepted_as
        self._problems: dict[str, QLabel] = {}
        what = " · ".join(part for part in (row.title(), row.where()) if part)
        label = plain_label(one_line(what), role="strong")
        label.setWordWrap(True)
        self.content.addWidget(label)
        text = plain_label(
            _(
                "It is still found and shown, but no longer counts against a run: until the day"
                " you say, or until it gets worse."
            )
        )
        text.setWordWrap(True)
        self.content.addWidget(text)
        self.reason = QPlainTextEdit()
        self.reason.setTabChangesFocus(True)
        self.reason.setFixedHeight(72)
        self.owner = QLineEdit(owner)
        self.owner.setMaxLength(100)
        self.expires = QDateEdit()
        self.expires.setCalendarPopup(True)
        self.expires.setDisplayFormat("yyyy-MM-dd")
        self.expires.setMaximumWidth(160)
        today = date.today()
        self.expires.setDateRange(_qdate(today), _qdate(today + timedelta(days=LONGEST_DAYS)))
        self.expires.setDate(_qdate(today + timedelta(days=_USUAL_DAYS)))
        self._field(_("Reason"), self.reason, "reason", "")
        self._field(_("Who answers for it"), self.owner, "owner", "")
        hint = _("At most a year: then somebody looks again.")
        self._field(_("Known until"), self.expires, "expires", hint)
        self.content.addStretch(1)
        self.cancel_button = self.add_button(_("Cancel"))
        self.cancel_button.clicked.connect(self.reject)
        self.action_button = self.add_button(_("Accept as known"), role="primary")
        self.action_button.clicked.connect(self.order)
        self.reason.setFocus()

    def entry(self) -> Accepted:
        """What was typed; it may have problems."""
        chosen = self.expires.date()
        return Accepted(
            key=self._row.finding.key,
            reason=self.reason.toPlainText().strip(),
            owner=self.owner.text().strip(),
            expires=date(chosen.year(), chosen.month(), chosen.day()),
            accepted=date.today(),
            state=self._row.state,
            said=said_of(self._row.finding),
        )

    def order(self) -> None:
        """Check, hand it over and close."""
        entry = self.entry()
        problems = {one.field: one.text() for one in check_accepted(entry, date.today())}
        for field, label in self._problems.items():
            label.setText(problems.get(field, ""))
            label.setVisible(field in problems)
            set_look(getattr(self, field), "problem", field in problems)
        if problems:
            getattr(self, next(iter(problems))).setFocus()
            return
        self.accept()
        self._accepted_as(entry)

    def _field(self, text: str, field: QWidget, key: str, hint: str) -> None:
        label = plain_label(text)
        label.setBuddy(field)
        field.setAccessibleName(text)
        column = QVBoxLayout()
        column.setSpacing(SPACE_1)
        column.addWidget(label)
        column.addWidget(field)
        if hint:
            column.addWidget(plain_label(hint, role="caption"))
        problem = plain_label(role="problem")
        problem.setWordWrap(True)
        problem.hide()
        self._problems[key] = problem
        column.addWidget(problem)
        self.content.addLayout(column)


def _qdate(day: date) -> QDate:
    return QDate(day.year, day.month, day.day)
