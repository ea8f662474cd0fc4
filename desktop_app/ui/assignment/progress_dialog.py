"""How far each evaluator is, and reminding those who have not submitted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QPushButton, QWidget

from desktop_app.core.evaluations import FINISHED, Evaluation, EvaluationStatus, Panelist
from desktop_app.core.fields import Kind
from desktop_app.core.language import N_, _, ngettext
from desktop_app.core.projects import Project
from desktop_app.core.users import Role
from desktop_app.ui.assignment.cells import CellState, sheet_state
from desktop_app.ui.assignment.grid import Grid
from desktop_app.ui.assignment.sheet_work import SheetWork
from desktop_app.ui.dialogs.frame import DialogFrame
from desktop_app.ui.exports.export_dialog import start_export
from desktop_app.ui.messages import Level
from desktop_app.ui.records.actions import RecordAction, RecordActions
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tables.columns import Align, Column
from desktop_app.ui.tables.empty_texts import EmptyTexts
from desktop_app.ui.tables.local_page import LocalPages
from desktop_app.ui.tables.paged_table import PagedTable
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.times import NO_MOMENT, local_time, relative_time, time_left
from desktop_app.ui.widgets.plain_text import plain_label


@dataclass(frozen=True, slots=True)
class PersonProgress:
    """An evaluator with what is done and what is open."""

    person: Panelist
    done: int
    all: int
    late: int
    open: tuple[Evaluation, ...]
    last_activity: datetime | None
    reminded_at: datetime | None

    @property
    def id(self) -> str:
        """The evaluator's id."""
        return self.person.id


def progress_of(grid: Grid, *, waiting_only: bool = False) -> tuple[PersonProgress, ...]:
    """Every evaluator of the panel; ``waiting_only``: those with sheets that are not handed in."""
    sheets: dict[str, list[Evaluation]] = defaultdict(list)
    for sheet in grid.matrix.sheets:
        sheets[sheet.evaluator_id].append(sheet)
    everyone = [_progress(p, sheets[p.id], grid.now) for p in grid.matrix.panel]
    return tuple(person for person in everyone if person.open or not waiting_only)


def _progress(person: Panelist, sheets: Sequence[Evaluation], now: datetime) -> PersonProgress:
    waiting = tuple(sheet for sheet in sheets if sheet.status not in FINISHED)
    touched = [
        sheet.submitted_at or sheet.updated_at
        for sheet in sheets
        if sheet.status is not EvaluationStatus.ASSIGNED
    ]
    return PersonProgress(
        person=person,
        done=len(sheets) - len(waiting),
        all=len(sheets),
        late=sum(sheet_state(sheet, now) is CellState.LATE for sheet in waiting),
        open=waiting,
        last_activity=max((moment for moment in touched if moment), default=None),
        reminded_at=max((s.reminded_at for s in waiting if s.reminded_at), default=None),
    )


class ProgressDialog(DialogFrame):
    """A line per evaluator; ``show_grid`` after each change."""

    def __init__(
        self,
        project: Project,
        grid: Grid,
        work: SheetWork,
        role: Role,
        tools: TabTools,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Progress and reminders"), parent)
        self._project, self._grid, self._work, self._tools = project, grid, work, tools
        columns = _columns(tools, lambda: self._grid.now)
        self._pages = LocalPages(columns, lambda p: f"{p.person.name} {p.person.email}")
        self.table: PagedTable[PersonProgress] = PagedTable(
            columns,
            self._pages.page,
            key="panel_progress",
            tools=tools,
            id_of=lambda person: person.id,
            empty=EmptyTexts(
                name=N_("Evaluators"),
                heading=N_("Nobody is waited for"),
                text=N_("Every sheet that is assigned has been submitted."),
            ),
            sort="-open",
            search_hint=N_("Search by name or e-mail"),
        )
        self.waiting_only = QCheckBox(_("Only who has not submitted everything"))
        self.waiting_only.setChecked(True)
        self.waiting_only.toggled.connect(lambda _on: self.show_grid(self._grid))
        self.actions_of_rows = RecordActions(
            self._row_actions(), self.table.selected, role, tools.guard, self
        )
        for action in self.actions_of_rows.actions.values():
            self.table.add_action(action)
        self.table.selection_changed.connect(self.actions_of_rows.refresh)
        self.summary = plain_label()
        self.summary.setWordWrap(True)
        self.content.addWidget(self.summary)
        self.content.addWidget(self.waiting_only, 0, Qt.AlignmentFlag.AlignLeft)
        self.content.addWidget(self.table, 1)
        self.copy_button = self._button(_("Copy all e-mail addresses"), "mail", self._copy_all)
        self.export_button = self._button(_("Export"), "export", self._export)
        close = self.add_button(_("Close"), role="primary")
        close.clicked.connect(self.reject)
        self.resize(1000, 560)
        self.show_grid(grid)

    def show_grid(self, grid: Grid) -> None:
        """Show everyone as they are now."""
        self._grid = grid
        self._pages.rows = progress_of(grid, waiting_only=self.waiting_only.isChecked())
        self.summary.setText(self._summary())
        self.copy_button.setEnabled(bool(self._pages.rows))
        self.table.reload()

    def copy_addresses(self, people: Sequence[PersonProgress]) -> None:
        """Put the addresses of these people on the clipboard, as a mail program takes them."""
        addresses = [person.person.email for person in people]
        QGuiApplication.clipboard().setText("; ".join(addresses))
        text = ngettext(
            "{n} e-mail address copied.", "{n} e-mail addresses copied.", len(addresses)
        )
        self._tools.messages.post(Level.OK, text.format(n=len(addresses)))

    def _row_actions(self) -> tuple[RecordAction[PersonProgress], ...]:
        return (
            RecordAction(
                id="remind",
                operation="projects.remind",
                label=N_("Mark as reminded"),
                icon="bell",
                run=lambda people: self._work.remind(tuple(s for p in people for s in p.open)),
                applies=lambda person: bool(person.open),
            ),
            RecordAction(
                id="copy",
                operation="projects.matrix",
                label=N_("Copy e-mail addresses"),
                icon="mail",
                run=self.copy_addresses,
                write=False,
            ),
        )

    def _button(self, text: str, image: str, run: Callable[[], object]) -> QPushButton:
        button = self.add_button(text, first=True)
        button.setIcon(icon(image))
        button.clicked.connect(run)
        return button

    def _copy_all(self) -> None:
        self.copy_addresses(self._pages.rows)

    def _export(self) -> None:
        start_export(
            self,
            self.table.columns,
            self._pages.page,
            self.table.query,
            f"progress-{self._project.name}",
            self._tools,
            selected=self.table.selected(),
            total=len(self._pages.rows),
            shown=[column.key for column in self.table.visible_columns()],
        )

    def _summary(self) -> str:
        sums, deadline = self._grid.sums, self._project.deadline
        parts = [_("{done} of {all} sheets submitted").format(done=sums.done, all=sums.all)]
        if sums.late:
            parts.append(ngettext("{n} late", "{n} late", sums.late).format(n=sums.late))
        if deadline is not None:
            moment = local_time(deadline, self._tools.settings)
            left = time_left(deadline, self._grid.now)
            parts.append(_("deadline {moment} ({left})").format(moment=moment, left=left))
        return " · ".join(parts)


def _columns(tools: TabTools, now: Callable[[], datetime]) -> tuple[Column[PersonProgress], ...]:
    return (
        Column(key="name", title=N_("Evaluator"), value=lambda p: p.person.name, width=120),
        Column(
            key="done",
            title=N_("Submitted"),
            value=lambda p: p.done,
            text=lambda p: f"{p.done} / {p.all}",
            share=lambda p: p.done / p.all if p.all else None,
            width=160,
            kind=Kind.INTEGER,
        ),
        Column(
            key="open",
            title=N_("Open"),
            value=lambda p: len(p.open),
            align=Align.END,
            width=104,
            kind=Kind.INTEGER,
        ),
        Column(
            key="late",
            title=N_("Late"),
            value=lambda p: p.late,
            align=Align.END,
            width=70,
            kind=Kind.INTEGER,
        ),
        Column(
            key="last_activity",
            title=N_("Last activity"),
            value=lambda p: p.last_activity,
            text=lambda p: relative_time(p.last_activity, now()),
            width=120,
            kind=Kind.DATETIME,
        ),
        Column(
            key="reminded_at",
            title=N_("Reminded"),
            value=lambda p: p.reminded_at,
            text=lambda p: (
                local_time(p.reminded_at, tools.settings) if p.reminded_at else NO_MOMENT
            ),
            width=130,
            kind=Kind.DATETIME,
        ),
        Column(key="email", title=N_("E-mail"), value=lambda p: p.person.email, width=200),
    )
