"""One sheet to be read by staff: what was asked, what was answered, where it stands."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from desktop_app.api.evaluations import Evaluations
from desktop_app.core.errors import ConsoleError
from desktop_app.core.evaluations import Draft, Evaluation, Sheet
from desktop_app.core.language import _
from desktop_app.core.tasks import TaskContext
from desktop_app.ui.assignment.cell_words import history_lines
from desktop_app.ui.assignment.cells import sheet_chip, sheet_name
from desktop_app.ui.dialogs.frame import DialogFrame
from desktop_app.ui.scoring.sheet_form import SheetForm
from desktop_app.ui.tab import TabTools
from desktop_app.ui.widgets.empty_state import EmptyState
from desktop_app.ui.widgets.plain_text import plain_label
from desktop_app.ui.widgets.skeleton import Skeleton
from desktop_app.ui.widgets.status_chip import StatusChip


class SheetDialog(DialogFrame):
    """Loads the sheet of ``evaluation`` and shows it read-only."""

    def __init__(
        self,
        evaluation: Evaluation,
        evaluations: Evaluations,
        tools: TabTools,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(sheet_name(evaluation), parent)
        self._evaluation, self._evaluations, self._tools = evaluation, evaluations, tools
        self.form: SheetForm | None = None
        self.chip = StatusChip(tools.theme)
        self.facts = plain_label(role="muted")
        self.facts.setWordWrap(True)
        self.facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.pages = QStackedWidget()
        self.skeleton, self.empty = Skeleton(tools.theme), EmptyState(tools.theme)
        self.pages.addWidget(self.skeleton)
        self.pages.addWidget(self.empty)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(self.chip)
        head.addWidget(self.facts, 1)
        self.content.addLayout(head)
        self.content.addWidget(self.pages, 1)
        self.close_button = self.add_button(_("Close"))
        self.close_button.clicked.connect(self.reject)
        self.close_button.setDefault(True)
        room = self.screen().availableSize()
        self.resize(min(1000, room.width() - 40), min(720, room.height() - 80))
        self._load()

    def _load(self) -> None:
        evaluations, id_ = self._evaluations, self._evaluation.id

        def work(_context: TaskContext) -> Sheet:
            return evaluations.sheet(id_)

        self.pages.setCurrentWidget(self.skeleton)
        self._tools.runner.start(work, owner=self, done=self._show, failed=self._on_failed)

    def _show(self, sheet: Sheet) -> None:
        evaluation = sheet.evaluation
        chip = sheet_chip(evaluation, sheet.server_time)
        self.chip.show_state(chip.text, chip.icon, chip.token)
        lines = history_lines(evaluation, self._tools.settings, sheet.server_time)
        if sheet.receipt:
            lines.append(_("Receipt {receipt}").format(receipt=sheet.receipt))
        self.facts.setText(" · ".join(lines))
        draft = Draft(scores=sheet.scores, comment=sheet.comment)
        self.form = SheetForm(sheet.criteria, draft, read_only=True)
        self.pages.addWidget(self.form)
        self.pages.setCurrentWidget(self.form)

    def _on_failed(self, error: Exception) -> None:
        advice = error.advice_text() if isinstance(error, ConsoleError) else ""
        text = error.text() if isinstance(error, ConsoleError) else str(error)
        self.empty.tell(
            text, advice, icon_name="error", tone="danger", action=(_("Try again"), self._load)
        )
        self.pages.setCurrentWidget(self.empty)
