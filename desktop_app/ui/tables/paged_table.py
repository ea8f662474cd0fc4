"""A table over a server-side list: searching, filtering, sorting and paging happen there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Generic, TypeVar
from weakref import ref

from PySide6.QtCore import QItemSelectionModel, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget
from shiboken6 import isValid

from desktop_app.core.errors import Unreachable
from desktop_app.core.language import N_, _
from desktop_app.core.paging import Page, PageQuery
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tables.columns import Column
from desktop_app.ui.tables.empty_texts import EmptyTexts, describe_failure, describe_nothing
from desktop_app.ui.tables.page_model import PageModel
from desktop_app.ui.tables.table_face import TableFace
from desktop_app.ui.texts import follow_language
from desktop_app.ui.widgets.latest import Latest
from desktop_app.ui.widgets.lookups import Lookup

T = TypeVar("T")

_SHOW_BUSY_AFTER_MS = 300
RETRY_AFTER_MS, RETRY_WITHIN_MS = 2_000, 30_000


class PagedTable(TableFace, Generic[T]):
    """One page of rows, and everything to find and choose among the others.

    ``load`` blocks and runs on the pool. ``activated`` carries the item opened by Enter or a
    double click; ``loaded`` the ``Page`` shown now; ``key`` names what is remembered of the
    columns. The selection survives a reload by id.
    """

    activated = Signal(object)
    selection_changed = Signal()
    loaded = Signal(object)
    query_changed = Signal()

    def __init__(
        self,
        columns: Sequence[Column[T]],
        load: Callable[[PageQuery], Page[T]],
        *,
        key: str,
        tools: TabTools,
        id_of: Callable[[T], str],
        empty: EmptyTexts,
        lookups: Mapping[str, Lookup] | None = None,
        sort: str = "-created_at",
        dense: bool = False,
        search_hint: str = N_("Search"),
        parent: QWidget | None = None,
    ) -> None:
        model: PageModel[T] = PageModel(columns, id_of)
        super().__init__(
            model,
            tools,
            key=key,
            lookups=lookups or {},
            page_size=_page_size(tools, key),
            names=(empty.name, search_hint),
            dense=dense,
            parent=parent,
        )
        self.model = model
        self.columns = model.columns
        self._tools, self._key, self._id_of, self._empty_texts = tools, key, id_of, empty
        self._page: Page[T] | None = None
        self._answered: PageQuery | None = None
        self._failure: Exception | None = None
        self._actions: list[QAction] = []
        self._empty_action: QAction | None = None
        self._query = PageQuery(page_size=_page_size(tools, key), sort=sort)
        self._latest: Latest[PageQuery, Page[T]] = Latest(
            load, tools.runner, answered=self._on_answered, failed=self._on_failed, parent=self
        )
        self._retry = QTimer(self)
        self._retry.setSingleShot(True)
        self._retry.setInterval(RETRY_AFTER_MS)
        self._retry.timeout.connect(self._on_retry_timer_timeout)
        self._connect()
        self.destroyed.connect(tools.settings.subscribe(_follower(self)))
        follow_language(self, self._retranslate)
        self._show_sort()

    # What a screen asks of it

    @property
    def query(self) -> PageQuery:
        """The question whose answer is shown or awaited."""
        return self._query

    @property
    def page(self) -> Page[T] | None:
        """The page shown; None before the first answer."""
        return self._page

    @property
    def busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._latest.busy

    def selected(self) -> tuple[T, ...]:
        """The items selected on this page, from the top."""
        return tuple(self.model.items[row] for row in self.view.selected_rows())

    def current(self) -> T | None:
        """The item that the keyboard's cursor is on."""
        row = self.view.currentIndex().row()
        return self.model.items[row] if 0 <= row < len(self.model.items) else None

    def reload(self) -> None:
        """Ask the same question again."""
        self._ask(self._query)

    def set_filters(
        self, filters: Mapping[str, str], labels: Mapping[str, str] | None = None
    ) -> None:
        """Show only what fits ``filters``; any search is dropped.

        ``labels`` gives, by key, the name of an entry that a filter refers to by its id.
        """
        self.search.show_query("")
        self.filter_bar.show_filters(filters, labels or {})
        self._ask(replace(self._query, filters=dict(filters), q="", page=1))

    def focus_content(self) -> None:
        """Put the keyboard where the person goes on: into the rows, or into the search."""
        shown = self.stack.currentWidget() is self.view
        (self.view if shown else self.search).setFocus(Qt.FocusReason.OtherFocusReason)

    def set_page_size(self, size: int) -> None:
        """Show ``size`` rows to a page, staying where the first row shown is; remembered."""
        first = (self._query.page - 1) * self._query.page_size
        self._tools.state.set(f"table.{self._key}.page_size", size)
        query = replace(self._query, page_size=size, page=first // size + 1)
        if self._page is None:
            self._query = query
        elif query != self._query:
            self._ask(query)

    def name_reference(self, key: str, label: str) -> None:
        """Say what the entry is called that the filter of ``key`` refers to."""
        self.filter_bar.show_filters(self.filter_bar.filters, {key: label})
        self.chips.refresh()

    def clear_search_and_filters(self) -> None:
        """Show everything."""
        self.set_filters({})
        self.search.setFocus()

    def select_id(self, item_id: str) -> bool:
        """Select the row of this id alone and scroll to it; False when it is not on this page."""
        row = self.model.row_of(item_id)
        if row is not None:
            self.view.selectRow(row)
            self.view.scrollTo(self.model.index(row, 0))
        return row is not None

    def add_action(self, action: QAction, *, in_bar: bool = True) -> None:
        """Offer ``action`` on the selection: in the context menu, and in the bar unless not."""
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.view.addAction(action)
        self._actions.append(action)
        if in_bar:
            self.selection_bar.add_action(action)

    def set_empty_action(self, action: QAction) -> None:
        """What to offer where there is nothing yet: usually the main action of the page."""
        self._empty_action = action
        self._show_state()

    def visible_columns(self) -> tuple[Column[T], ...]:
        """The columns shown, left to right."""
        return tuple(self.columns[at] for at in self.layout_of_columns.visible)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F5 reloads, where no shortcut of the window has taken it: two would cancel each other."""
        if event.matches(QKeySequence.StandardKey.Refresh):
            self.reload()
            event.accept()
            return
        super().keyPressEvent(event)

    # Inside

    def _connect(self) -> None:
        self._busy_timer = QTimer(self)
        self._busy_timer.setSingleShot(True)
        self._busy_timer.setInterval(_SHOW_BUSY_AFTER_MS)
        self._busy_timer.timeout.connect(self._on_busy_timer_timeout)
        self.search.searched.connect(self._on_searched)
        self.search.left_downwards.connect(self.view.setFocus)
        self.filter_bar.changed.connect(self._on_filters_changed)
        self.chips.cleared.connect(self.clear_search_and_filters)
        self.reload_button.clicked.connect(self.reload)
        self.view.opened.connect(self._on_opened)
        self.view.page_turned.connect(self.pager.turn)
        self.view.sort_wanted.connect(self.sort_by)
        self.view.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.view.menu_wanted.connect(self._on_context_menu)
        self.view.horizontalHeader().sectionClicked.connect(self._on_section_clicked)
        self.pager.page_wanted.connect(lambda page: self._ask(self._query.at(page)))
        self.pager.size_wanted.connect(self.set_page_size)
        self._copy = self.add_shortcut(QKeySequence.StandardKey.Copy, self._on_copy, of=self.view)
        self._find = self.add_shortcut(QKeySequence.StandardKey.Find, self._on_find, of=self)
        self._again = QAction(self)
        self._again.triggered.connect(self.reload)

    # Asking and answering

    def sort_by(self, at: int, descending: bool) -> None:
        """Sort by a column, if the server can."""
        column = self.columns[at]
        if column.sortable:
            sort = f"-{column.key}" if descending else column.key
            self._ask(replace(self._query, sort=sort, page=1))
        self._show_sort()

    def _ask(self, query: PageQuery) -> None:
        if query != self._query:
            self._query = query
            self.query_changed.emit()
        self._busy_timer.start()
        if self._page is None:
            self.stack.setCurrentWidget(self.skeleton)
        self.chips.refresh()
        self._show_sort()
        self._latest.ask(query)

    def _on_answered(self, query: PageQuery, page: Page[T]) -> None:
        self._stop_busy()
        if not page.items and page.total and page.page > page.pages:
            self._ask(query.at(page.pages))
            return
        same_question = self._answered == query
        self._page, self._failure, self._answered = page, None, query
        self._retry.stop()
        self._retry.setInterval(RETRY_AFTER_MS)
        self.banner.hide()
        self._show_items(page, keep_place=same_question)
        self._show_selection()
        self.pager.show_page(page.page, page.pages, page.total, len(page.items), query.page_size)
        self._show_state()
        self.loaded.emit(page)

    def _on_failed(self, _query: PageQuery, error: Exception) -> None:
        self._stop_busy()
        self._failure = error
        if isinstance(error, Unreachable):
            self._retry.start()
        if self._page is not None:
            self.banner.tell(
                _(
                    "The list could not be loaded: {problem} What you see may be out of date."
                ).format(problem=error),
                tone="danger",
                action=(_("Try again"), self.reload),
            )
        self._show_state()

    def _show_items(self, page: Page[T], *, keep_place: bool) -> None:
        chosen = [self._id_of(item) for item in self.selected()]
        current, row = self.current(), self.view.currentIndex().row()
        current_id = self._id_of(current) if current is not None else ""
        scrolled = self.view.verticalScrollBar().value()
        if not self.model.set_items(page.items):
            return
        selection = self.view.selectionModel()
        rows = QItemSelectionModel.SelectionFlag.Rows
        for item_id in chosen:
            if (at := self.model.row_of(item_id)) is not None:
                selection.select(
                    self.model.index(at, 0), QItemSelectionModel.SelectionFlag.Select | rows
                )
        at = self.model.row_of(current_id)
        if at is None and keep_place and row >= 0:
            at = min(row, len(page.items) - 1)
        if at is not None and at >= 0:
            selection.setCurrentIndex(
                self.model.index(at, 0), QItemSelectionModel.SelectionFlag.NoUpdate
            )
        if keep_place:
            self.view.verticalScrollBar().setValue(scrolled)
        else:
            self.view.scrollToTop()
        self._on_selection_changed()

    def _show_state(self) -> None:
        if self._failure is not None and self._page is None:
            describe_failure(self.empty, self._failure, self.reload)
            self.stack.setCurrentWidget(self.empty)
        elif self._page is None:
            self.stack.setCurrentWidget(self.skeleton)
        elif self._page.items:
            self.stack.setCurrentWidget(self.view)
        else:
            narrowed = bool(self._query.q or self._query.filters)
            clear = self.clear_search_and_filters if narrowed else None
            describe_nothing(self.empty, self._empty_texts, clear, self._empty_action)
            self.stack.setCurrentWidget(self.empty)

    def _stop_busy(self) -> None:
        self._busy_timer.stop()
        self.progress.hide()

    def _show_sort(self) -> None:
        key = self._query.sort.removeprefix("-")
        at = next((n for n, column in enumerate(self.columns) if column.key == key), -1)
        descending = self._query.sort.startswith("-")
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        self.view.horizontalHeader().setSortIndicator(at, order)

    # What the person does

    def _on_retry_timer_timeout(self) -> None:
        """Ask again by itself, less and less often: a server that was away comes back."""
        self._retry.setInterval(min(2 * self._retry.interval(), RETRY_WITHIN_MS))
        if self.isVisible():
            self._latest.ask(self._query)
        else:
            self._retry.start()

    def _on_busy_timer_timeout(self) -> None:
        self.progress.show()

    def _on_searched(self, text: str) -> None:
        self._ask(replace(self._query, q=text, page=1))

    def _on_filters_changed(self, filters: dict[str, str]) -> None:
        self._ask(replace(self._query, filters=filters, page=1))

    def _on_section_clicked(self, at: int) -> None:
        self.sort_by(at, descending=self._query.sort == self.columns[at].key)

    def _on_opened(self, row: int) -> None:
        if row < len(self.model.items):
            self.activated.emit(self.model.items[row])

    def _on_selection_changed(self) -> None:
        self._show_selection()
        self.selection_changed.emit()

    def _show_selection(self) -> None:
        count = len(self.view.selected_rows())
        whole_page = count > 1 and count == len(self.model.items)
        total = self._page.total if whole_page and self._page is not None else 0
        self.selection_bar.show_count(count, of_total=total)

    def _on_copy(self) -> None:
        self.view.copy_selection(self.layout_of_columns.visible)

    def _on_find(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _on_context_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions([action for action in self._actions if action.isVisible()])
        menu.addSeparator()
        menu.addAction(self._copy)
        menu.addAction(self._again)
        menu.popup(at)

    def _retranslate(self) -> None:
        self._copy.setText(_("Copy"))
        self._again.setText(_("Reload") + "\tF5")
        self.model.redraw()
        self._show_state()


def _follower(table: PagedTable[Any]) -> Callable[[str, Any], None]:
    """Follows the settings that a table shows, without keeping it alive."""
    follows = ref(table)

    def follow(key: str, value: Any) -> None:
        found = follows()
        if found is None or not isValid(found):
            return
        if key == "time_zone":
            found.model.redraw()
        elif key == "page_size":
            found.set_page_size(value)

    return follow


def _page_size(tools: TabTools, key: str) -> int:
    kept = tools.state.get(f"table.{key}.page_size")
    return kept if isinstance(kept, int) else int(tools.settings.get("page_size"))
