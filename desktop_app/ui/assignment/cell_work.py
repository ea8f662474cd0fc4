"""What can be done with cells of the matrix: assigning, conflicts, and all of their sheets."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop_app.api.projects import Projects
from desktop_app.core.errors import Rejected
from desktop_app.core.evaluations import Evaluation, Pair
from desktop_app.core.language import N_, _, ngettext
from desktop_app.core.problems import TEXTS
from desktop_app.core.projects import OPEN
from desktop_app.core.tasks import TaskContext
from desktop_app.ui.assignment.bulk_words import refused_name
from desktop_app.ui.assignment.cells import Cell, CellState
from desktop_app.ui.assignment.conflicts_dialog import declare
from desktop_app.ui.assignment.grid import Grid, Place
from desktop_app.ui.assignment.loading import Loaded
from desktop_app.ui.assignment.sheet_work import SheetWork, lifted
from desktop_app.ui.changes import Change
from desktop_app.ui.dialogs.outcome_dialog import OutcomeDialog
from desktop_app.ui.messages import Level
from desktop_app.ui.records.actions import RecordAction
from desktop_app.ui.tab import TabTools


class CellWork(QObject):
    """Works on the project that ``loaded`` gives; ``assigned`` carries its id and new sheets."""

    assigned = Signal(str, object)

    def __init__(
        self,
        projects: Projects,
        sheets: SheetWork,
        loaded: Callable[[], Loaded | None],
        tools: TabTools,
        owner: QWidget,
    ) -> None:
        super().__init__(owner)
        self._projects, self._sheets, self._now = projects, sheets, loaded
        self._tools, self._owner = tools, owner
        self._pending: set[Place] = set()

    def actions(self) -> tuple[RecordAction[Cell], ...]:
        """All there are, in order; which of them show depends on role and cells."""
        of_sheets: tuple[RecordAction[Cell], ...] = lifted(self._sheets.actions(), _sheet_of)
        return (
            RecordAction(
                id="assign",
                operation="projects.assign",
                label=N_("Assign"),
                icon="assign",
                run=self.assign,
                applies=assignable,
                refusal=self._why_not_assigned,
            ),
            *of_sheets,
            RecordAction(
                id="declare",
                operation="projects.declare",
                label=N_("Declare conflict…"),
                icon="ban",
                run=lambda cells: self.declare(cells[0]),
                many=False,
                applies=lambda cell: cell.conflict is None and not cell.own,
                refusal=self._unless_open,
                in_bar=False,
            ),
            RecordAction(
                id="withdraw",
                operation="projects.withdraw",
                label=N_("Withdraw conflict"),
                icon="undo",
                run=lambda cells: self.withdraw(cells[0]),
                many=False,
                applies=lambda cell: cell.conflict is not None,
                refusal=self._unless_open,
                in_bar=False,
            ),
        )

    @property
    def open(self) -> bool:
        """Whether the project is one in which sheets are assigned and taken back."""
        return self._loaded().project.status in OPEN

    def assign(self, cells: Sequence[Cell]) -> None:
        """Give a sheet to each of ``cells``; what is under way already is not sent again."""
        loaded = self._loaded()
        project, grid = loaded.project, loaded.grid
        places = {(cell.company.id, cell.evaluator.id) for cell in cells} - self._pending
        pairs = [Pair(company, evaluator) for company, evaluator in sorted(places)]
        if not pairs:
            return
        projects, key = self._projects, uuid.uuid4().hex

        def work(_context: TaskContext) -> tuple[Evaluation, ...]:
            return projects.assign(project.id, pairs, idempotency_key=key)

        def done(sheets: tuple[Evaluation, ...]) -> None:
            self._pending -= places
            self.assigned.emit(project.id, sheets)
            self._tools.changes.tell(Change("evaluations", frozenset(s.id for s in sheets)))

        def failed(error: Exception) -> None:
            self._pending -= places
            if isinstance(error, Rejected) and error.problems:
                self._tell_refused(error, pairs, grid)
                self._tools.changes.tell(Change("evaluations"))
            else:
                self._tools.messages.post_error(error, doing=title)

        title = ngettext("Assign {n} sheet", "Assign {n} sheets", len(pairs)).format(n=len(pairs))
        self._pending |= places
        self._tools.runner.start(
            work, owner=self._owner, done=done, failed=failed, title=title, keep=True
        )

    def declare(self, cell: Cell) -> None:
        """Declare a conflict of interest on the evaluator's behalf."""
        loaded = self._loaded()
        declare(
            loaded.project,
            loaded.grid,
            self._projects,
            self._tools,
            self._owner,
            evaluator_id=cell.evaluator.id,
            company_id=cell.company.id,
        )

    def withdraw(self, cell: Cell) -> None:
        """Take a declared conflict back."""
        project, projects = self._loaded().project, self._projects

        def work(_context: TaskContext) -> None:
            projects.withdraw(project.id, cell.company.id, cell.evaluator.id)

        def done(_nothing: None) -> None:
            self._tools.changes.tell(Change("evaluations"))
            text = _("Conflict of interest withdrawn: {name}.").format(name=cell.name)
            self._tools.messages.post(Level.OK, text)

        title = _("Withdraw conflict: {name}").format(name=cell.name)
        self._tools.runner.start(work, owner=self._owner, done=done, title=title, keep=True)

    def _loaded(self) -> Loaded:
        loaded = self._now()
        assert loaded is not None
        return loaded

    def _why_not_assigned(self, cell: Cell) -> str:
        if cell.state is CellState.BARRED:
            return TEXTS["conflict_of_interest"]
        if cell.state is not CellState.NONE:
            return ""
        if not cell.evaluator.is_active:
            return TEXTS["not_an_evaluator"]
        return self._unless_open(cell)

    def _unless_open(self, _cell: Cell) -> str:
        return "" if self.open else TEXTS["project_not_active"]

    def _tell_refused(self, error: Rejected, pairs: Sequence[Pair], grid: Grid) -> None:
        rows = [(refused_name(p.field, pairs, grid), p.text()) for p in error.problems]
        OutcomeDialog(
            _("Nothing was assigned"),
            _("All or none are assigned. These are refused:"),
            rows,
            instead=None,
            parent=self._owner.window(),
        ).open()


def assignable(cell: Cell) -> bool:
    """Whether a sheet can be given."""
    return cell.state is CellState.NONE and cell.evaluator.is_active


def _sheet_of(cell: Cell) -> Evaluation | None:
    return cell.sheet
