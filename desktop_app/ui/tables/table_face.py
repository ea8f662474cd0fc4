"""The parts of a table on screen: tools above, the grid or what stands for it, the foot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QProgressBar,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.language import _
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tables.column_layout import ColumnLayout
from desktop_app.ui.tables.filter_bar import FilterBar, FilterChips
from desktop_app.ui.tables.page_model import PageModel
from desktop_app.ui.tables.pager import Pager
from desktop_app.ui.tables.selection_bar import SelectionBar
from desktop_app.ui.tables.table_view import TableView
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.empty_state import EmptyState
from desktop_app.ui.widgets.lookups import Lookup
from desktop_app.ui.widgets.search_field import SearchField
from desktop_app.ui.widgets.skeleton import Skeleton

_PROGRESS_HEIGHT = 6


class TableFace(QWidget):
    """Builds and lays out; what the parts do together is the paged table's.

    ``names`` are message ids: what the entries are called, and the hint in the search field.
    """

    def __init__(
        self,
        model: PageModel[Any],
        tools: TabTools,
        *,
        key: str,
        lookups: Mapping[str, Lookup],
        page_size: int,
        names: tuple[str, str],
        dense: bool,
        parent: QWidget | None,
    ) -> None:
        super().__init__(parent)
        model.setParent(self)
        self._names = names
        self.search = SearchField(self)
        self.search.setMinimumWidth(200)  # the filters beside it keep their words at 1024
        self.filter_bar = FilterBar(model.columns, lookups, tools, self)
        self.chips = FilterChips(self.filter_bar, self)
        self.columns_button, self.reload_button = QToolButton(), QToolButton()
        self.columns_menu = QMenu(self.columns_button)
        self.columns_button.setMenu(self.columns_menu)
        self.columns_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        for button, name in ((self.columns_button, "columns"), (self.reload_button, "refresh")):
            button.setIcon(icon(name))
            button.setAutoRaise(True)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.banner = Banner(tools.theme, self)
        self.view = TableView(model, tools.theme, dense=dense)
        self.layout_of_columns = ColumnLayout(
            self.view.horizontalHeader(), model.columns, tools.state, key
        )
        self.skeleton, self.empty = Skeleton(tools.theme), EmptyState(tools.theme)
        self.stack = QStackedWidget()
        for content in (self.skeleton, self.view, self.empty):
            self.stack.addWidget(content)
        self.progress = self._build_progress()
        self.selection_bar = SelectionBar(self)
        self.pager = Pager(tools.theme, page_size, self)
        self._lay_out()
        self.columns_menu.aboutToShow.connect(self._on_columns_menu_shown)
        self.view.horizontalHeader().customContextMenuRequested.connect(self._on_header_menu)
        follow_language(self, self._reword)

    def add_shortcut(
        self, keys: QKeySequence.StandardKey, run: Callable[[], object], *, of: QWidget
    ) -> QAction:
        """An action of the keyboard alone, within ``of``."""
        action = QAction(self)
        action.setShortcuts(keys)
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(run)
        of.addAction(action)
        return action

    def _build_progress(self) -> QProgressBar:
        progress = QProgressBar(self)
        progress.setRange(0, 0)
        progress.setTextVisible(False)
        progress.setFixedHeight(_PROGRESS_HEIGHT)
        policy = progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        progress.setSizePolicy(policy)
        progress.hide()
        return progress

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(8)
        tools.addWidget(self.search, 2)
        tools.addWidget(self.filter_bar)
        tools.addStretch(1)
        tools.addWidget(self.columns_button)
        tools.addWidget(self.reload_button)
        foot = QHBoxLayout()
        foot.setContentsMargins(0, 8, 0, 0)
        foot.setSpacing(16)
        self.selection_bar.used.connect(self.view.setFocus)
        foot.addWidget(self.selection_bar)
        foot.addStretch(1)
        foot.addWidget(self.pager)
        above = QVBoxLayout()
        above.setSpacing(8)
        above.addLayout(tools)
        above.addWidget(self.chips)
        above.addWidget(self.banner)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(above)
        column.addWidget(self.progress)
        column.addWidget(self.stack, 1)
        column.addLayout(foot)

    def _on_columns_menu_shown(self) -> None:
        self.columns_menu.clear()
        self.layout_of_columns.fill_menu(self.columns_menu)

    def _on_header_menu(self, at: QPoint) -> None:
        self.columns_menu.popup(self.view.horizontalHeader().mapToGlobal(at))

    def _reword(self) -> None:
        name, hint = self._names
        self.view.setAccessibleName(_(name))
        self.search.setPlaceholderText(_(hint))
        self.search.setAccessibleName(_(hint))
        self.columns_button.setToolTip(_("Choose columns"))
        self.columns_button.setAccessibleName(_("Choose columns"))
        self.reload_button.setToolTip(_("Reload (F5)"))
        self.reload_button.setAccessibleName(_("Reload"))
