"""The page of the matrix: who evaluates whom, how far each is, and all that is done about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from desktop_app.api.client import ApiClient
from desktop_app.core.evaluations import Evaluation
from desktop_app.core.language import _
from desktop_app.core.projects import OPEN
from desktop_app.core.users import Role
from desktop_app.ui.assignment.bulk_dialog import BulkDialog
from desktop_app.ui.assignment.cell_words import cell_words
from desktop_app.ui.assignment.cell_work import CellWork, assignable
from desktop_app.ui.assignment.cells import Cell
from desktop_app.ui.assignment.conflicts_dialog import ConflictsDialog
from desktop_app.ui.assignment.grid import Grid, unbegun
from desktop_app.ui.assignment.loading import Loaded
from desktop_app.ui.assignment.matrix_model import MatrixModel
from desktop_app.ui.assignment.matrix_tools import MatrixTools
from desktop_app.ui.assignment.matrix_view import MOST_SELECTED, MatrixView
from desktop_app.ui.assignment.participants_dialog import ParticipantsDialog
from desktop_app.ui.assignment.progress_dialog import ProgressDialog
from desktop_app.ui.assignment.sheet_work import SheetWork
from desktop_app.ui.assignment.sources import company_source, evaluator_source
from desktop_app.ui.messages import Level
from desktop_app.ui.records.actions import RecordActions, lock_reason
from desktop_app.ui.tab import TabAction, TabTools
from desktop_app.ui.tables.selection_bar import SelectionBar
from desktop_app.ui.texts import follow_language
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.empty_state import EmptyState


class AssignmentPage(QWidget):
    """Shows one project's matrix. ``grid_changed`` carries a grid that is ahead of the server's
    next answer: what was just assigned or taken away shows at once.
    """

    grid_changed = Signal(object)

    def __init__(
        self,
        api: ApiClient,
        work: SheetWork,
        role: Role,
        tools: TabTools,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._api, self._work, self._role, self._tools = api, work, role, tools
        self._loaded: Loaded | None = None
        self._chosen: tuple[Cell, ...] | None = None
        self.cells = CellWork(api.projects, work, lambda: self._loaded, tools, self)
        self.model = MatrixModel(tools.settings, self)
        self.view = MatrixView(self.model, tools.theme)
        self.tools = MatrixTools(role, tools)
        self.banner = Banner(tools.theme)
        self.empty = EmptyState(tools.theme)
        self.bar = SelectionBar(self)
        self.actions_of_cells = RecordActions(
            self.cells.actions(), self.selected, role, tools.guard, self
        )
        self._build()
        self._connect()
        follow_language(self, self._retranslate)

    # What the tab asks

    @property
    def loaded(self) -> Loaded | None:
        """What is shown."""
        return self._loaded

    def show_loaded(self, loaded: Loaded) -> None:
        """Show a project; place and selection stay where it is the same one."""
        same = self._loaded is not None and self._loaded.project.id == loaded.project.id
        place = self.view.place() if same else None
        self._loaded, self._chosen = loaded, None
        if self.model.show_grid(loaded.grid):
            if place is not None:
                self.view.restore(place)
            else:
                self.view.scrollToTop()
        if not same:
            self.view.clearSelection()
        for dialog in self._dialogs():
            dialog.show_grid(loaded.grid)
        self._show_state()

    def selected(self) -> tuple[Cell, ...]:
        """The cells selected; none where they are too many to be dealt with at once."""
        if self._chosen is None:
            self._chosen = self.view.selected() if self._loaded is not None else ()
        return self._chosen

    def focus_content(self) -> None:
        """Put the keyboard where the person goes on."""
        shown = self.pages.currentWidget() is self.view
        (self.view if shown else self.empty.button).setFocus(Qt.FocusReason.OtherFocusReason)

    def offers(self) -> list[TabAction]:
        """What can be done here now, for the palette."""
        if self._loaded is None:
            return []
        return self.tools.offers() + self.actions_of_cells.offers()

    # What the person does

    def choose_participants(self) -> None:
        """Open the choice of companies and evaluators."""
        if self._loaded is None:
            return
        sources = company_source(self._api.companies), evaluator_source(self._api.users)
        ParticipantsDialog(
            self._loaded.project,
            self._loaded.grid,
            self._api.projects,
            sources,
            self._tools,
            self,
        ).open()

    def assign_many(self) -> None:
        """Open the planning of many assignments; the companies selected can be planned alone."""
        if self._loaded is None:
            return
        chosen = {cell.company.id for cell in self.selected()} if self._rows_selected() else set()
        BulkDialog(
            self._loaded.project,
            self._loaded.grid,
            frozenset(chosen),
            self._api.projects,
            self._tools,
            self,
        ).open()

    def show_conflicts(self) -> None:
        """Open the list of conflicts of interest."""
        if self._loaded is not None:
            ConflictsDialog(
                self._loaded.project,
                self._loaded.grid,
                self._api.projects,
                self._role,
                self._tools,
                self,
            ).open()

    def show_progress(self) -> None:
        """Open the list of evaluators with how far each is."""
        if self._loaded is not None:
            ProgressDialog(
                self._loaded.project,
                self._loaded.grid,
                self._work,
                self._role,
                self._tools,
                self,
            ).open()

    def toggle(self) -> None:
        """Assign what can be assigned of the selection, or else take away what is not begun."""
        cells = self.selected() or self._current()
        assign, take_away = (
            self.actions_of_cells.actions.get(name) for name in ("assign", "take_away")
        )
        free = tuple(cell for cell in cells if assignable(cell))
        given = tuple(cell.sheet for cell in cells if cell.sheet and unbegun(cell.sheet))
        lock = lock_reason(self._tools.guard)
        if (free or given) and lock:
            self._tools.messages.post(Level.WARNING, lock)
        elif free and assign is not None and self.cells.open:
            self.cells.assign(free)
        elif given and take_away is not None and self.cells.open:
            if len(given) == 1:
                self._work.take_away(given)
            else:
                self._work.ask_take_away(given)
        elif cells and self._loaded is not None:
            words = cell_words(cells[0], self._tools.settings, self._loaded.grid.now)
            name, _newline, why = words.partition("\n")
            self._tools.messages.post(Level.INFO, name, why)

    # Inside

    def _build(self) -> None:
        self.pages = QStackedWidget()
        self.pages.addWidget(self.view)
        self.pages.addWidget(self.empty)
        for action_id, action in self.actions_of_cells.actions.items():
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self.view.addAction(action)
            if self.actions_of_cells.in_bar(action_id):
                self.bar.add_action(action)
        self._find = QAction(self)
        self._find.setShortcuts(QKeySequence.StandardKey.Find)
        self._find.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.addAction(self._find)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.tools)
        column.addWidget(self.banner)
        column.addWidget(self.pages, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.bar)
        foot.addStretch(1)
        column.addLayout(foot)

    def _connect(self) -> None:
        tools = self.tools
        tools.narrowed.connect(self._on_narrowed)
        tools.search.left_downwards.connect(self.view.setFocus)
        tools.participants_asked.connect(self.choose_participants)
        tools.bulk_asked.connect(self.assign_many)
        tools.conflicts_asked.connect(self.show_conflicts)
        tools.progress_asked.connect(self.show_progress)
        self._find.triggered.connect(tools.search.setFocus)
        self.view.toggled.connect(self.toggle)
        self.view.opened.connect(self._on_opened)
        self.view.menu_wanted.connect(self._on_context_menu)
        self.view.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.bar.used.connect(self.view.setFocus)
        self.cells.assigned.connect(self._on_assigned)
        self._work.taken_away.connect(self._on_taken_away)
        unsubscribe = self._tools.guard.on_changed(self._on_guard_changed)
        self.destroyed.connect(unsubscribe)

    def _current(self) -> tuple[Cell, ...]:
        index = self.view.currentIndex()
        return (self.model.cell(index.row(), index.column()),) if index.isValid() else ()

    def _rows_selected(self) -> bool:
        """Whether whole rows are selected: then these companies are meant, not single cells."""
        model = self.view.selectionModel()
        return any(part.width() == len(self.model.columns) for part in model.selection().toList())

    def _on_opened(self) -> None:
        sheets = [cell.sheet for cell in self._current() if cell.sheet is not None]
        if sheets:
            self._work.open(sheets[0])

    def _on_narrowed(self, search: str, incomplete: bool) -> None:
        place = self.view.place()
        if self.model.narrow(search, incomplete=incomplete):
            self.view.restore(place)
        self._on_selection_changed()
        self._show_state()

    def _on_selection_changed(self) -> None:
        self._chosen = None
        count = self.view.selected_count()
        self.bar.show_count(count)
        if count > MOST_SELECTED:
            text = _("{n} cells are selected: at most {most} can be dealt with at once.")
            self.banner.tell(text.format(n=f"{count:,}", most=f"{MOST_SELECTED:,}"))
        elif not self._warn():
            self.banner.hide()
        self.actions_of_cells.refresh()

    def _on_context_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.actions_of_cells.refresh()
        shown = [a for a in self.actions_of_cells.actions.values() if a.isVisible()]
        menu.addActions(shown)
        menu.popup(at)

    def _on_assigned(self, project_id: str, sheets: tuple[Evaluation, ...]) -> None:
        self._show_ahead(project_id, lambda now: now.with_sheets(sheets))

    def _on_taken_away(self, ids: set[str]) -> None:
        if self._loaded is not None:
            self._show_ahead(self._loaded.project.id, lambda now: now.without_sheets(ids))

    def _on_guard_changed(self) -> None:
        self.actions_of_cells.refresh()

    def _show_ahead(self, project_id: str, change: Callable[[Grid], Grid]) -> None:
        if self._loaded is not None and self._loaded.project.id == project_id:
            self.grid_changed.emit(change(self._loaded.grid))

    def _dialogs(self) -> list[BulkDialog | ConflictsDialog | ProgressDialog]:
        opened: list[BulkDialog | ConflictsDialog | ProgressDialog] = [
            *self.findChildren(BulkDialog),
            *self.findChildren(ConflictsDialog),
            *self.findChildren(ProgressDialog),
        ]
        return [dialog for dialog in opened if dialog.isVisible()]

    def _warn(self) -> bool:
        """Say what keeps anything from being assigned; whether there is something."""
        if self._loaded is None:
            return False
        project = self._loaded.project
        if project.status not in OPEN:
            text = _("This project is over: it is read, and nothing is assigned any more.")
            self.banner.tell(text, closable=False)
        elif project.template_id is None:
            text = _("The project has no template yet: nothing can be assigned.")
            self.banner.tell(text, tone="warning", closable=False)
        return project.status not in OPEN or project.template_id is None

    def _show_state(self) -> None:
        loaded = self._loaded
        if loaded is None:
            return
        self.tools.show_sums(loaded.grid.sums)
        self.tools.allow(loaded.project.status in OPEN)
        self._on_selection_changed()
        matrix = loaded.grid.matrix
        if matrix.candidates and matrix.panel and self.model.rows:
            self.pages.setCurrentWidget(self.view)
            return
        if matrix.candidates and matrix.panel:
            self.empty.tell(
                _("Nothing found"),
                _("No company fits the search. Check the spelling, or take it away."),
                icon_name="search",
                action=(_("Clear search and filters"), self.tools.clear),
            )
        else:
            self.empty.tell(
                _("No participants yet"),
                _("Choose the companies that are evaluated and the evaluators of the panel."),
                icon_name="inbox",
                action=(_("Choose participants"), self.choose_participants),
            )
        self.pages.setCurrentWidget(self.empty)

    def _retranslate(self) -> None:
        self.model.redraw()
        self._show_state()
