"""Conflicts of interest that an evaluator declares: with which company of a project, and why."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop_app.core.evaluations import REASON, Candidates
from desktop_app.core.fields import check_value, normalised
from desktop_app.core.language import _
from desktop_app.ui.dialogs.frame import DialogFrame
from desktop_app.ui.scoring.comment_field import CommentText
from desktop_app.ui.widgets.plain_text import one_line, plain_label


class InterestDialog(DialogFrame):
    """``declare_asked`` carries a company's id and the reason, ``withdraw_asked`` the id.

    It stays open: ``show_candidates`` shows what the server says then.
    """

    declare_asked = Signal(str, str)
    withdraw_asked = Signal(str)

    def __init__(self, project: str, company_id: str = "", parent: QWidget | None = None) -> None:
        """``company_id`` is chosen to begin with."""
        super().__init__(_("Conflicts of interest"), parent, narrowest=520)
        self._first = company_id
        words = plain_label(
            _(
                "“{project}”: declare a company that you must not judge, such as an employer, a"
                " relative's, or a competitor. Its sheet goes to someone else."
            ).format(project=project)
        )
        words.setWordWrap(True)
        self.content.addWidget(words)
        self._declared = QVBoxLayout()
        self._declared.setSpacing(4)
        self.content.addLayout(self._declared)
        self.companies = QComboBox()
        self.companies.setMaxVisibleItems(16)
        self.reason = CommentText()
        self._labels = [plain_label(_("Company"), role="caption")]
        self._labels.append(plain_label(_("Reason"), role="caption"))
        for label, editor in zip(self._labels, (self.companies, self.reason), strict=True):
            label.setBuddy(editor)
            editor.setAccessibleName(label.text())
            field = QVBoxLayout()
            field.setSpacing(4)
            field.addWidget(label)
            field.addWidget(editor)
            self.content.addLayout(field)
        self.problem = plain_label(role="problem")
        self.problem.setWordWrap(True)
        self.problem.hide()
        self.content.addWidget(self.problem)
        self.close_button = self.add_button(_("Close"))
        self.close_button.clicked.connect(self.reject)
        self.declare_button = self.add_button(_("Declare the conflict"), role="primary")
        self.declare_button.clicked.connect(self._on_declare_clicked)
        self.withdraw_buttons: dict[str, QPushButton] = {}
        self.set_busy(True)

    def show_candidates(self, candidates: Candidates) -> None:
        """Show which companies there are, and what is declared."""
        names = {one.id: one.name for one in candidates.candidates}
        declared = {conflict.company_id: conflict for conflict in candidates.conflicts}
        while (item := self._declared.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self.withdraw_buttons.clear()
        for id_, conflict in declared.items():
            self._declared.addWidget(self._row(id_, names.get(id_, id_), conflict.reason))
        self.companies.clear()
        for id_, name in sorted(names.items(), key=lambda pair: pair[1]):
            if id_ not in declared:
                self.companies.addItem(one_line(name), id_)
        self.companies.setCurrentIndex(max(0, self.companies.findData(self._first)))
        self.reason.clear()
        self.set_busy(False)
        self.declare_button.setEnabled(self.companies.count() > 0)
        (self.reason if self.companies.count() else self.close_button).setFocus()

    def show_problem(self, text: str) -> None:
        """Say why it did not work."""
        self.set_busy(False)
        self.problem.setText(text)
        self.problem.setVisible(bool(text))

    def set_busy(self, busy: bool) -> None:
        """While the server is asked nothing else can be."""
        for widget in (self.companies, self.reason, self.declare_button):
            widget.setEnabled(not busy)
        for button in self.withdraw_buttons.values():
            button.setEnabled(not busy)
        if busy:
            self.problem.hide()

    def _row(self, id_: str, name: str, reason: str) -> QWidget:
        place = QFrame()
        row = QHBoxLayout(place)
        row.setContentsMargins(0, 0, 0, 0)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(plain_label(one_line(name), role="strong"))
        shown = plain_label(reason, role="muted")
        shown.setWordWrap(True)
        words.addWidget(shown)
        row.addLayout(words, 1)
        button = QPushButton(_("Withdraw"))
        button.clicked.connect(lambda: self._ask_withdraw(id_))
        row.addWidget(button)
        self.withdraw_buttons[id_] = button
        return place

    def _ask_withdraw(self, id_: str) -> None:
        self.set_busy(True)
        self.withdraw_asked.emit(id_)

    def _on_declare_clicked(self) -> None:
        self.reason.composition.finish()
        reason = normalised(REASON, self.reason.toPlainText())
        problem = check_value(REASON, reason)
        if problem is not None:
            self.show_problem(problem.text())
            self.reason.setFocus()
            return
        self.set_busy(True)
        self.declare_asked.emit(str(self.companies.currentData()), str(reason))
