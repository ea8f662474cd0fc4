"""Conflicts of interest of a project: who declared them, and declaring or withdrawing one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop_app.api.projects import Projects
from desktop_app.core.evaluations import Conflict
from desktop_app.core.fields import Field, Kind
from desktop_app.core.language import N_, NN_, _
from desktop_app.core.permissions import may
from desktop_app.core.projects import Project
from desktop_app.core.users import Role
from desktop_app.ui.assignment.cells import cell_name
from desktop_app.ui.assignment.grid import Grid
from desktop_app.ui.assignment.sheet_work import EVALUATOR, REASON
from desktop_app.ui.changes import Change
from desktop_app.ui.dialogs.confirm import confirm
from desktop_app.ui.dialogs.form_dialog import FormDialog
from desktop_app.ui.dialogs.frame import DialogFrame
from desktop_app.ui.messages import Level
from desktop_app.ui.records.actions import RecordAction, RecordActions
from desktop_app.ui.records.batch_runner import BatchRunner
from desktop_app.ui.records.kind import counted
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tables.columns import Column
from desktop_app.ui.tables.empty_texts import EmptyTexts
from desktop_app.ui.tables.local_page import LocalPages
from desktop_app.ui.tables.paged_table import PagedTable
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.times import local_time
from desktop_app.ui.widgets.lookups import local_lookup
from desktop_app.ui.widgets.plain_text import plain_label

COMPANY = Field(
    key="company_id",
    kind=Kind.REFERENCE,
    label=N_("Company"),
    required=True,
    reference="companies",
)
WITHDRAWALS = NN_("Withdraw {n} conflict", "Withdraw {n} conflicts")


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """A conflict with the names of both sides."""

    conflict: Conflict
    evaluator: str
    company: str

    @property
    def id(self) -> str:
        """What tells it from the others."""
        return f"{self.conflict.evaluator_id}\n{self.conflict.company_id}"

    @property
    def version(self) -> int:
        """Conflicts are not edited."""
        return 1


def conflict_rows(grid: Grid) -> tuple[ConflictRow, ...]:
    """All conflicts declared in a project."""
    people = {panelist.id: panelist.name for panelist in grid.matrix.panel}
    companies = {company.id: company.name for company in grid.matrix.candidates}
    return tuple(
        ConflictRow(
            conflict,
            people.get(conflict.evaluator_id, conflict.evaluator_id),
            companies.get(conflict.company_id, conflict.company_id),
        )
        for conflict in grid.matrix.conflicts
    )


def declare(
    project: Project,
    grid: Grid,
    projects: Projects,
    tools: TabTools,
    parent: QWidget,
    *,
    evaluator_id: str = "",
    company_id: str = "",
) -> FormDialog[Conflict]:
    """Ask for a conflict to declare on an evaluator's behalf, with what is known filled in."""
    people = [(panelist.id, panelist.name) for panelist in grid.matrix.panel]
    companies = [(company.id, company.name) for company in grid.matrix.candidates]

    def send(values: Mapping[str, Any]) -> Conflict:
        return projects.declare(
            project.id, values["company_id"], values["reason"], values["evaluator_id"]
        )

    def done(conflict: Conflict) -> None:
        tools.changes.tell(Change("evaluations"))
        name = cell_name(dict(companies)[conflict.company_id], dict(people)[conflict.evaluator_id])
        tools.messages.post(Level.OK, _("Conflict of interest declared: {name}.").format(name=name))

    dialog = FormDialog(
        _("Declare a conflict of interest"),
        _(
            "The evaluator is not assigned to the company any more. A sheet there is already cannot"
            " be submitted until it is given to someone else."
        ),
        (EVALUATOR, COMPANY, REASON),
        action=_("Declare conflict"),
        send=send,
        done=done,
        tools=tools,
        lookups={"evaluators": local_lookup(people), "companies": local_lookup(companies)},
        parent=parent,
    )
    known = {"evaluator_id": evaluator_id, "company_id": company_id}
    given = {key: value for key, value in known.items() if value}
    if given:
        labels = {
            "evaluator_id": dict(people).get(evaluator_id, ""),
            "company_id": dict(companies).get(company_id, ""),
        }
        dialog.form.set_values(given, labels)
        if len(given) == len(known):
            dialog.form.editor("reason").setFocus()
        else:
            dialog.form.focus_first()
    dialog.open()
    return dialog


class ConflictsDialog(DialogFrame):
    """Lists the conflicts of ``project``; ``show_grid`` after each change."""

    def __init__(
        self,
        project: Project,
        grid: Grid,
        projects: Projects,
        role: Role,
        tools: TabTools,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Conflicts of interest"), parent)
        self._project, self._grid, self._projects, self._tools = project, grid, projects, tools
        self._batch = BatchRunner("evaluations", _name, tools, self)
        columns = _columns(tools)
        self._pages = LocalPages(columns, lambda row: f"{row.evaluator} {row.company}")
        self.table: PagedTable[ConflictRow] = PagedTable(
            columns,
            self._pages.page,
            key="conflicts",
            tools=tools,
            id_of=lambda row: row.id,
            empty=EmptyTexts(
                name=N_("Conflicts of interest"),
                heading=N_("No conflicts declared"),
                text=N_("Evaluators declare them themselves; you can do it on their behalf."),
            ),
            sort="evaluator",
            search_hint=N_("Search by evaluator or company"),
        )
        withdraw: RecordAction[ConflictRow] = RecordAction(
            id="withdraw",
            operation="projects.withdraw",
            label=N_("Withdraw"),
            icon="undo",
            run=self._ask_withdraw,
            shortcut="Delete",
        )
        self.actions_of_rows = RecordActions(
            (withdraw,), self.table.selected, role, tools.guard, self
        )
        for action in self.actions_of_rows.actions.values():
            self.table.add_action(action)
        self.table.selection_changed.connect(self.actions_of_rows.refresh)
        note = plain_label(
            _("Evaluators are never assigned to the company that they belong to."), role="muted"
        )
        note.setWordWrap(True)
        self.content.addWidget(note)
        self.content.addWidget(self.table, 1)
        self.declare_button = self.add_button(_("Declare a conflict…"))
        self.declare_button.setIcon(icon("plus"))
        self.declare_button.setVisible(may("projects.declare", role))
        self.declare_button.clicked.connect(self._declare)
        close = self.add_button(_("Close"), role="primary")
        close.clicked.connect(self.reject)
        self.resize(860, 520)
        self.show_grid(grid)

    def show_grid(self, grid: Grid) -> None:
        """Show the conflicts as they are now."""
        self._grid = grid
        self._pages.rows = conflict_rows(grid)
        self.table.reload()

    def _declare(self) -> None:
        declare(self._project, self._grid, self._projects, self._tools, self)

    def _ask_withdraw(self, rows: tuple[ConflictRow, ...]) -> None:
        title = counted(WITHDRAWALS, len(rows))
        confirm(
            self,
            title=_("{action}?").format(action=title),
            text=_("The evaluators can be assigned to these companies again."),
            lines=[_name(row) for row in rows],
            action=title,
            on_yes=lambda: self._batch.start(title, rows, self._withdraw),
        )

    def _withdraw(self, row: ConflictRow) -> None:
        conflict = row.conflict
        self._projects.withdraw(self._project.id, conflict.company_id, conflict.evaluator_id)


def _name(row: ConflictRow) -> str:
    return cell_name(row.company, row.evaluator)


def _columns(tools: TabTools) -> tuple[Column[ConflictRow], ...]:
    return (
        Column(key="evaluator", title=N_("Evaluator"), value=lambda r: r.evaluator, width=120),
        Column(key="company", title=N_("Company"), value=lambda r: r.company, width=180),
        Column(key="reason", title=N_("Reason"), value=lambda r: r.conflict.reason, width=260),
        Column(
            key="declared_by",
            title=N_("Declared by"),
            value=lambda r: r.conflict.declared_by_name,
            width=110,
        ),
        Column(
            key="declared_at",
            title=N_("When"),
            value=lambda r: r.conflict.declared_at,
            text=lambda r: local_time(r.conflict.declared_at, tools.settings),
            width=130,
            kind=Kind.DATETIME,
        ),
    )
