"""The evaluations of one project: who evaluates whom, the sheets, the results."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from desktop_app.api.client import ApiClient
from desktop_app.core.errors import ConsoleError, NotFound, Unreachable
from desktop_app.core.evaluations import Evaluation
from desktop_app.core.language import N_, _
from desktop_app.core.users import Role
from desktop_app.ui.assignment.assignment_page import AssignmentPage
from desktop_app.ui.assignment.grid import Grid
from desktop_app.ui.assignment.loading import Loaded, loader
from desktop_app.ui.assignment.participants_dialog import ParticipantsDialog
from desktop_app.ui.assignment.project_picker import ProjectPicker
from desktop_app.ui.assignment.sheet_work import SheetWork
from desktop_app.ui.assignment.sheets_page import SheetsPage
from desktop_app.ui.changes import Change
from desktop_app.ui.dialogs.form_dialog import FormDialog
from desktop_app.ui.results.results_page import ResultsPage
from desktop_app.ui.tab import Tab, TabAction, TabTools
from desktop_app.ui.tables.paged_table import RETRY_AFTER_MS, RETRY_WITHIN_MS
from desktop_app.ui.texts import follow_language
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.empty_state import EmptyState
from desktop_app.ui.widgets.latest import Latest
from desktop_app.ui.widgets.lookups import Lookup, local_lookup
from desktop_app.ui.widgets.page_header import PageHeader
from desktop_app.ui.widgets.skeleton import Skeleton

_PROJECT = "evaluations.project"
_RELOAD_AFTER_MS = 250
_TICK_MS = 60_000
_WATCHED = frozenset({"evaluations", "projects", "users", "companies"})
_FRESH = timedelta(seconds=30)


class EvaluationsTab(Tab):
    """One project at a time, remembered; loaded anew after changes, without losing the place."""

    key = "evaluations"

    def __init__(
        self, *, api: ApiClient, role: Role, tools: TabTools, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._api, self._tools = api, tools
        self._project_id = ""
        self._loaded: Loaded | None = None
        self._loaded_at = datetime.min.replace(tzinfo=UTC)
        self._stale = False
        self.header = PageHeader(
            N_("Evaluations"), N_("Who evaluates whom in a project, how far it is, and results.")
        )
        self.picker = ProjectPicker(api.projects, tools)
        self.banner = Banner(tools.theme)
        self.work = SheetWork(api.evaluations, api.projects, self._panel_of, tools, self)
        self.assignment = AssignmentPage(api, self.work, role, tools)
        self.sheets = SheetsPage(api.evaluations, self.work, role, tools)
        self.results = ResultsPage(projects=api.projects, tools=tools)
        self.results.setContentsMargins(0, 12, 0, 0)
        self.pages = QTabWidget()
        self.skeleton, self.empty = Skeleton(tools.theme), EmptyState(tools.theme)
        self.stack = QStackedWidget()
        self._latest: Latest[str, Loaded] = Latest(
            loader(api.projects),
            tools.runner,
            answered=self._on_loaded,
            failed=self._on_failed,
            parent=self,
        )
        self._reload = QTimer(self)
        self._reload.setSingleShot(True)
        self._reload.setInterval(_RELOAD_AFTER_MS)
        self._retry = QTimer(self)
        self._retry.setSingleShot(True)
        self._retry.setInterval(RETRY_AFTER_MS)
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._build()
        self._connect()
        follow_language(self, self._retranslate)
        kept = tools.state.get(_PROJECT)
        if isinstance(kept, str) and kept:
            self._project_id = kept
            self._stale = True

    # What the main window asks

    @property
    def busy(self) -> bool:
        """Whether an answer is awaited, or about to be asked for."""
        return self._latest.busy or self._reload.isActive()

    @property
    def loaded(self) -> Loaded | None:
        """The project shown."""
        return self._loaded

    def activated(self) -> None:
        """Load what is missing or old; the keyboard goes to the content."""
        old = self._loaded is not None and datetime.now(UTC) - self._loaded_at > _FRESH
        missing = self._loaded is None and not self._latest.busy
        if self._project_id and (self._stale or old or missing):
            self.refresh()
        if self._loaded is not None:
            self._focus_page()
        elif not self._project_id:
            self.picker.editor.setFocus()

    def refresh(self) -> None:
        """Load the project anew."""
        self._stale = False
        self._reload.stop()
        if not self._project_id:
            self._show_state()
            return
        self._latest.ask(self._project_id)
        if self.results.isVisible():
            self.results.refresh()
        self._show_state()

    @property
    def unsaved(self) -> bool:
        """Whether something chosen or typed in a dialog would be lost."""
        return any(dialog.unsaved for dialog in self._open_dialogs())

    def leave(self, proceed: Callable[[], None]) -> None:
        """Ask about the dialog that is open, if anything was chosen or typed in it."""
        dialogs = [dialog for dialog in self._open_dialogs() if dialog.unsaved]
        if dialogs:
            dialogs[-1].leave(proceed)
        else:
            proceed()

    def offers(self) -> list[TabAction]:
        """What the page in front can do."""
        page = self.pages.currentWidget()
        if isinstance(page, AssignmentPage | SheetsPage | ResultsPage):
            return page.offers()
        return []

    def show_filtered(self, filters: dict[str, str]) -> None:
        """Show the project in ``filters``; what else they hold narrows the list of its sheets."""
        others = {key: value for key, value in filters.items() if key != "project_id"}
        project_id = filters.get("project_id") or self._project_id
        if project_id:
            self.open_project(project_id)
        if others and project_id:
            self.sheets.show_filtered(project_id, others)
            self.pages.setCurrentWidget(self.sheets)

    def open_project(self, project_id: str) -> None:
        """Look at another project from now on."""
        if project_id != self._project_id:
            self._project_id, self._loaded = project_id, None
            self._tools.state.set(_PROJECT, project_id)
        self.refresh()

    # Inside

    def _build(self) -> None:
        for button in self.assignment.tools.head_buttons:
            self.header.add_action(button)
        self.pages.addTab(self.assignment, "")
        self.pages.addTab(self.sheets, "")
        self.pages.addTab(self.results, "")
        for content in (self.empty, self.skeleton, self.pages):
            self.stack.addWidget(content)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(self.header)
        column.addWidget(self.picker)
        column.addWidget(self.banner)
        column.addWidget(self.stack, 1)

    def _connect(self) -> None:
        self.picker.chosen.connect(self._on_project_chosen)
        self.assignment.grid_changed.connect(self._on_grid_changed)
        self.pages.currentChanged.connect(self._on_page_changed)
        self._reload.timeout.connect(self.refresh)
        self._retry.timeout.connect(self._on_retry)
        self._tick.timeout.connect(self._on_tick)
        self._tick.start()
        self._tools.changes.changed.connect(self._on_changed)

    def _panel_of(self, sheet: Evaluation) -> Lookup:
        """Who may take a sheet over: the panel without those who have one, or a conflict."""
        if self._loaded is None or self._loaded.project.id != sheet.project_id:
            return local_lookup(())
        grid = self._loaded.grid
        fitting = [
            (person.id, person.name)
            for person in grid.matrix.panel
            if person.is_active
            and person.company_id != sheet.company_id
            and grid.sheet(sheet.company_id, person.id) is None
            and grid.conflict(sheet.company_id, person.id) is None
        ]
        return local_lookup(fitting)

    def _on_project_chosen(self, project_id: str) -> None:
        self.open_project(project_id)

    def _on_loaded(self, project_id: str, loaded: Loaded) -> None:
        if project_id != self._project_id or self._reload.isActive():
            return  # something changed meanwhile: the next answer knows of it
        self._loaded_at = datetime.now(UTC)
        self._retry.stop()
        self._retry.setInterval(RETRY_AFTER_MS)
        self.banner.hide()
        self._show(loaded)

    def _on_failed(self, project_id: str, error: Exception) -> None:
        if project_id != self._project_id:
            return
        if isinstance(error, Unreachable):
            self._retry.start()
        if isinstance(error, NotFound):
            self._project_id, self._loaded = "", None
            self._tools.state.set(_PROJECT, None)
            self.picker.clear()
        elif self._loaded is not None:
            self.banner.tell(
                _(
                    "The project could not be loaded: {problem} What you see may be out of date."
                ).format(problem=error),
                tone="danger",
                action=(_("Try again"), self.refresh),
            )
        else:
            known = isinstance(error, ConsoleError)
            self.empty.tell(
                error.text() if isinstance(error, ConsoleError) else str(error),
                error.advice_text() if isinstance(error, ConsoleError) and known else "",
                icon_name="error",
                tone="danger",
                action=(_("Try again"), self.refresh),
            )
            self.stack.setCurrentWidget(self.empty)
            return
        self._show_state()

    def _on_grid_changed(self, grid: Grid) -> None:
        """What was just done shows at once; the server's answer follows."""
        if self._loaded is not None:
            self._loaded = Loaded(self._loaded.project, grid)
            self.assignment.show_loaded(self._loaded)

    def _on_tick(self) -> None:
        """Time passes: sheets become late without anybody's doing."""
        if self._loaded is None or not self.isVisible():
            return
        grid = self._loaded.grid
        passed = datetime.now(UTC) - self._loaded_at
        later = Grid(grid.matrix, grid.matrix.server_time + passed)
        self._loaded = replace(self._loaded, grid=later)
        self.assignment.show_loaded(self._loaded)
        self.picker.show_project(self._loaded.project, later.now)

    def _on_retry(self) -> None:
        """Ask again by itself, less and less often: a server that was away comes back."""
        self._retry.setInterval(min(2 * self._retry.interval(), RETRY_WITHIN_MS))
        if self.isVisible() and self._project_id:
            self._latest.ask(self._project_id)
        else:
            self._stale = True

    def _on_changed(self, change: Change) -> None:
        if change.resource not in _WATCHED or not self._project_id:
            return
        if self.isVisible():
            self._reload.start()
        else:
            self._stale = True

    def _open_dialogs(self) -> list[ParticipantsDialog | FormDialog[Any]]:
        opened: list[ParticipantsDialog | FormDialog[Any]] = [
            *self.findChildren(ParticipantsDialog),
            *self.findChildren(FormDialog),
        ]
        return [dialog for dialog in opened if dialog.isVisible()]

    def _show_head(self) -> None:
        """The main actions are those of the page in front."""
        front = self.pages.currentWidget() is self.assignment
        self.assignment.tools.show_head(front and self._loaded is not None)

    def _on_page_changed(self, _at: int) -> None:
        self._show_head()
        if self.isVisible() and self._loaded is not None:
            self._focus_page()

    def _focus_page(self) -> None:
        page = self.pages.currentWidget()
        if page is self.assignment:
            self.assignment.focus_content()
        elif page is self.sheets:
            self.sheets.activated()

    def _show(self, loaded: Loaded) -> None:
        first = self._loaded is None
        self._loaded = loaded
        self.picker.show_project(loaded.project, loaded.grid.now)
        self.assignment.show_loaded(loaded)
        self.sheets.show_loaded(loaded)
        self.results.show_project(loaded.project.id)
        self._show_state()
        if first and self.isVisible() and self.picker.editor.problem() is None:
            self._focus_page()

    def _show_state(self) -> None:
        self._show_head()
        if self._loaded is not None:
            self.stack.setCurrentWidget(self.pages)
        elif self._project_id:
            self.stack.setCurrentWidget(self.skeleton)
        else:
            self.empty.tell(
                _("Choose a project"),
                _("Type a part of its name above, or choose it from the list."),
                icon_name="project",
                action=(_("Show all projects"), self.picker.show_list),
            )
            self.stack.setCurrentWidget(self.empty)

    def _retranslate(self) -> None:
        self.pages.setTabText(0, _("Assignment"))
        self.pages.setTabText(1, _("Sheets"))
        self.pages.setTabText(2, _("Results"))
        if self._loaded is None:
            self._show_state()
