"""The page that lists a project's sheets: to look for, to open, to confirm, to export."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop_app.api.evaluations import Evaluations
from desktop_app.core.evaluations import Evaluation
from desktop_app.core.language import N_, _
from desktop_app.core.paging import Page, PageQuery
from desktop_app.core.users import Role
from desktop_app.ui.assignment.loading import Loaded
from desktop_app.ui.assignment.sheet_columns import sheet_columns
from desktop_app.ui.assignment.sheet_work import SheetWork
from desktop_app.ui.exports.export_dialog import start_export
from desktop_app.ui.records.actions import RecordActions
from desktop_app.ui.tab import TabAction, TabTools
from desktop_app.ui.tables.empty_texts import EmptyTexts
from desktop_app.ui.tables.paged_table import PagedTable
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.widgets.lookups import local_lookup
from desktop_app.ui.widgets.plain_text import plain_label

_EXPORT = N_("Export sheets")


class SheetsPage(QWidget):
    """Lists the sheets of the project shown, whatever else is filtered."""

    def __init__(
        self,
        evaluations: Evaluations,
        work: SheetWork,
        role: Role,
        tools: TabTools,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._evaluations, self._work, self._tools = evaluations, work, tools
        self._loaded: Loaded | None = None
        self._project_id = ""
        self._stale = False
        self._columns = sheet_columns(tools.settings, self._now)
        self.table: PagedTable[Evaluation] = PagedTable(
            self._columns,
            self._page,
            key="project_sheets",
            tools=tools,
            id_of=lambda sheet: sheet.id,
            empty=EmptyTexts(
                name=N_("Sheets"),
                heading=N_("No sheets yet"),
                text=N_("Assign evaluators to companies on the page before this one."),
            ),
            lookups={"companies": self._companies, "evaluators": self._evaluators},
            search_hint=N_("Search by company or evaluator"),
        )
        self.actions_of_rows = RecordActions(
            work.actions(), self.table.selected, role, tools.guard, self
        )
        for action_id, action in self.actions_of_rows.actions.items():
            self.table.add_action(action, in_bar=self.actions_of_rows.in_bar(action_id))
        self.words = plain_label(role="muted")
        self.export_button = QPushButton()
        self.export_button.setIcon(icon("export"))
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.words, 1)
        head.addWidget(self.export_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.table, 1)
        self.export_button.clicked.connect(self.start_export)
        self.table.activated.connect(work.open)
        self.table.selection_changed.connect(self.actions_of_rows.refresh)
        self.table.loaded.connect(lambda _page: self.actions_of_rows.refresh())
        unsubscribe = tools.guard.on_changed(self.actions_of_rows.refresh)
        self.destroyed.connect(unsubscribe)
        follow_language(self, self._retranslate)

    def show_loaded(self, loaded: Loaded) -> None:
        """Show a project; search, filters and place stay where it is the same one."""
        same = loaded.project.id == self._project_id
        self._loaded, self._project_id = loaded, loaded.project.id
        self._stale = True
        if not same and self.table.page is not None:
            self._stale = False
            self.table.set_filters({})
        elif self.isVisible():
            self._reload()

    def show_filtered(self, project_id: str, filters: Mapping[str, str]) -> None:
        """Show only what fits ``filters`` of a project, also before it is loaded."""
        self._project_id, self._stale = project_id, False
        self.table.set_filters(filters)

    def activated(self) -> None:
        """Load what is missing or old; the keyboard goes to the table."""
        if self._project_id and self._stale:
            self._reload()
        self.table.focus_content()

    def offers(self) -> list[TabAction]:
        """What can be done here now, for the palette."""
        if not self._project_id:
            return []
        export = TabAction(name=_(_EXPORT), english=_EXPORT, icon="export", run=self.start_export)
        return [export, *self.actions_of_rows.offers()]

    def start_export(self) -> None:
        """Ask what to export of what the table shows."""
        page = self.table.page
        name = self._loaded.project.name if self._loaded is not None else "sheets"
        start_export(
            self,
            self.table.columns,
            self._page,
            self.table.query,
            name,
            self._tools,
            selected=self.table.selected(),
            total=page.total if page is not None else None,
            shown=[column.key for column in self.table.visible_columns()],
        )

    def _reload(self) -> None:
        self._stale = False
        self.table.reload()

    def _page(self, query: PageQuery) -> Page[Evaluation]:
        filters = {**query.filters, "project_id": self._project_id}
        return self._evaluations.page(replace(query, filters=filters))

    def _now(self) -> datetime:
        return self._loaded.grid.now if self._loaded is not None else datetime.now(UTC)

    def _companies(self, text: str) -> list[tuple[str, str]]:
        matrix = self._loaded.grid.matrix if self._loaded is not None else None
        entries = [(c.id, c.name) for c in matrix.candidates] if matrix is not None else []
        return local_lookup(entries)(text)

    def _evaluators(self, text: str) -> list[tuple[str, str]]:
        matrix = self._loaded.grid.matrix if self._loaded is not None else None
        entries = [(p.id, p.name) for p in matrix.panel] if matrix is not None else []
        return local_lookup(entries)(text)

    def _retranslate(self) -> None:
        self.words.setText(_("Every sheet of the project. Enter opens one to be read."))
        self.export_button.setText(_("Export"))
