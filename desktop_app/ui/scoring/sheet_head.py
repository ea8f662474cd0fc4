"""The head of one company's sheet: which it is, how long there is, where one's changes are."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from desktop_app.core.evaluations import Evaluation
from desktop_app.core.language import _
from desktop_app.ui.scoring.deadlines import due_projects, time_left, token_of, until_next
from desktop_app.ui.scoring.states import Said
from desktop_app.ui.tab import TabTools
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.times import local_time
from desktop_app.ui.widgets.plain_text import one_line, plain_label, plain_tooltip
from desktop_app.ui.widgets.status_chip import StatusChip


class SheetHead(QWidget):
    """``step_asked`` carries −1 or 1: the company before or after this one."""

    back_asked = Signal()
    step_asked = Signal(int)

    def __init__(self, tools: TabTools, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tools = tools
        self._place = (0, 0)
        self._evaluation: Evaluation | None = None
        self.back = QPushButton()
        self.back.setProperty("role", "link")
        self.back.setProperty("flush", "true")
        self.back.setIcon(icon("arrow-left"))
        self.back.clicked.connect(self.back_asked)
        self.title = plain_label(role="title")
        self.title.setWordWrap(True)
        self.project = plain_label(role="muted")
        self.project.setWordWrap(True)
        self.counter = plain_label(role="muted")
        self.before, self.after = QToolButton(), QToolButton()
        self.before.setIcon(icon("chevron-left"))
        self.after.setIcon(icon("chevron-right"))
        self.before.clicked.connect(lambda: self.step_asked.emit(-1))
        self.after.clicked.connect(lambda: self.step_asked.emit(1))
        self.deadline = StatusChip(tools.theme)
        self.state = StatusChip(tools.theme)
        self._build()
        follow_language(self, self._retranslate)

    def show_sheet(self, evaluation: Evaluation, place: int, count: int) -> None:
        """Show which sheet it is: number ``place`` (from 1) of ``count`` in its project."""
        self._evaluation, self._place = evaluation, (place, count)
        self.title.setText(one_line(evaluation.company_name or evaluation.company_id))
        self.project.setText(one_line(evaluation.project_name or ""))
        self.before.setEnabled(place > 1)
        self.after.setEnabled(place < count)
        self._retranslate()

    def show_said(self, said: Said) -> None:
        """Show where what was typed is."""
        self.state.show_state(said.text, said.icon, said.token)
        self.state.setToolTip(plain_tooltip(said.detail))
        for widget in (self.state, self):  # at once: half a word would be worse than none
            if (layout := widget.layout()) is not None:
                layout.activate()

    def show_time(self, now: datetime) -> timedelta | None:
        """Show the time left; how long these words hold, None where they do not change.

        Without a deadline, or with nothing to hand in any more, there is none to show.
        """
        sheets = [self._evaluation] if self._evaluation is not None else []
        due = next(iter(due_projects(sheets)), None)
        self.deadline.setVisible(due is not None)
        if due is None:
            return None
        left = time_left(due.deadline, now)
        self.deadline.show_state(left, "clock", token_of(due.level(now)))
        at = local_time(due.deadline, self._tools.settings)
        self.deadline.setToolTip(_("Deadline {at}, by the server's clock").format(at=at))
        return until_next(due.deadline, now)

    def _build(self) -> None:
        steps = QHBoxLayout()
        steps.setSpacing(4)
        steps.addWidget(self.before)
        steps.addWidget(self.counter)
        steps.addWidget(self.after)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.back)
        top.addStretch(1)
        top.addLayout(steps)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self.title)
        words.addWidget(self.project)
        marks = QVBoxLayout()
        marks.setSpacing(4)
        end = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        marks.addWidget(self.state, 0, end)
        marks.addWidget(self.deadline, 0, end)
        heading = QHBoxLayout()
        heading.setSpacing(16)
        heading.addLayout(words, 1)
        heading.addLayout(marks)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(top)
        column.addLayout(heading)

    def _retranslate(self) -> None:
        self.back.setText(_("All sheets"))
        self.back.setToolTip(_("Back to the list (Esc)"))
        for button, text in (
            (self.before, _("Company before (Alt+Left)")),
            (self.after, _("Next company (Alt+Right)")),
        ):
            button.setToolTip(text)
            button.setAccessibleName(text)
        place, count = self._place
        self.counter.setText(_("{place} of {count}").format(place=place, count=count))
