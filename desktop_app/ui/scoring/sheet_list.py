"""The list of one's sheets, by project; Enter or a double click opens one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStackedLayout, QTreeView, QWidget

from desktop_app.core.language import _
from desktop_app.ui.scoring.deadlines import until_next
from desktop_app.ui.scoring.sheet_model import Column, ProjectLine, SheetLine, SheetModel
from desktop_app.ui.tab import TabTools
from desktop_app.ui.texts import follow_language
from desktop_app.ui.widgets.empty_state import EmptyState
from desktop_app.ui.widgets.skeleton import Skeleton

_WIDTHS = {
    Column.STATUS: 130,
    Column.SCORED: 84,
    Column.TOTAL: 76,
    Column.STATE: 190,
    Column.NOTICE: 220,
}
_NARROWEST = {Column.STATUS: 104, Column.STATE: 130, Column.NOTICE: 130}
"""What columns may shrink to, so that companies can be told apart in a narrow window."""
NAME_WIDTH = 200


class SheetList(QWidget):
    """``open_asked`` carries a sheet's id; ``current_changed`` that another row is current."""

    open_asked = Signal(str)
    current_changed = Signal()
    retry_asked = Signal()

    def __init__(
        self, tools: TabTools, now: Callable[[], datetime], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._now = now
        self.model = SheetModel(tools.theme, tools.settings, now, self)
        self.view = _Tree()
        self.view.setModel(self.model)
        self.view.entered_on.connect(self._open)
        self.view.doubleClicked.connect(self._open)
        self.view.selectionModel().currentRowChanged.connect(
            lambda _current, _previous: self.current_changed.emit()
        )
        self._skeleton = Skeleton(tools.theme)
        self.empty = EmptyState(tools.theme)
        self._pages = QStackedLayout(self)
        self._pages.setContentsMargins(0, 0, 0, 0)
        for page in (self._skeleton, self.empty, self.view):
            self._pages.addWidget(page)
        header = self.view.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(Column.NAME, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(64)
        self._tick = QTimer(self)
        self._tick.setSingleShot(True)
        self._tick.timeout.connect(self._on_tick)
        follow_language(self, self._retranslate)

    @property
    def current_line(self) -> ProjectLine | SheetLine | None:
        """The project or sheet that the keyboard is on."""
        return self.model.line(self.view.currentIndex())

    @property
    def current_project(self) -> ProjectLine | None:
        """The project of the row that the keyboard is on, else the first."""
        index = self.view.currentIndex()
        line = self.model.line(index)
        if isinstance(line, SheetLine):
            line = self.model.line(index.parent())
        if isinstance(line, ProjectLine):
            return line
        return next(iter(self.model.projects), None)

    def show_projects(self, projects: tuple[ProjectLine, ...]) -> None:
        """Show them; the current row stays."""
        before = self.current_line
        if self.model.show_projects(projects):
            self.view.expandAll()
            if before is not None:
                is_project = isinstance(before, ProjectLine)
                id_ = before.id if is_project else before.evaluation.id  # type: ignore[union-attr]
                self.select(id_)
        if projects:
            self._pages.setCurrentWidget(self.view)
            if self.hasFocus():
                self.view.setFocus()
        self._wait_for_tick()

    def show_empty(self) -> None:
        """Say that there is nothing to score."""
        self.empty.tell(
            _("Nothing to evaluate"),
            _("Once sheets are assigned to you, they are here."),
            icon_name="inbox",
            action=(_("Load anew"), self.retry_asked.emit),
        )
        self._pages.setCurrentWidget(self.empty)

    def show_failure(self, text: str) -> None:
        """Say why there is no list, and nothing of an earlier one on this computer."""
        self.empty.tell(
            _("Your sheets could not be read"),
            text,
            icon_name="error",
            tone="danger",
            action=(_("Try again"), self.retry_asked.emit),
        )
        self._pages.setCurrentWidget(self.empty)

    def focus(self) -> None:
        """Take the keyboard; while there is no list yet, keep it until there is one."""
        (self.view if self._pages.currentWidget() is self.view else self).setFocus()

    def select(self, id_: str) -> None:
        """Put the keyboard on a sheet or project."""
        index = self.model.index_of(id_)
        if index.isValid():
            self.view.setCurrentIndex(index)
            self.view.scrollTo(index)

    def showEvent(self, event: QShowEvent) -> None:
        """Visible: the time left goes on."""
        super().showEvent(event)
        self._on_tick()

    def hideEvent(self, event: QHideEvent) -> None:
        """Hidden: nothing ticks."""
        super().hideEvent(event)
        self._tick.stop()

    def _on_tick(self) -> None:
        self.model.tick()
        self._wait_for_tick()

    def _wait_for_tick(self) -> None:
        """Sleep until the words of the soonest change."""
        now = self._now()
        deadlines = [project.deadline for project in self.model.projects if project.deadline]
        waits = [wait for at in deadlines if (wait := until_next(at, now)) is not None]
        if waits and self.isVisible():
            self._tick.start(int(min(waits).total_seconds() * 1000) + 20)

    def _open(self, index: QModelIndex) -> None:
        line = self.model.line(index)
        if isinstance(line, SheetLine):
            self.open_asked.emit(line.evaluation.id)

    def _retranslate(self) -> None:
        self.view.setAccessibleName(_("Your sheets, by project"))
        self.model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(Column) - 1)
        self.model.touch()


class _Tree(QTreeView):
    """Rows are chosen whole; Enter opens the current one."""

    entered_on = Signal(QModelIndex)

    def __init__(self) -> None:
        super().__init__()
        self.setUniformRowHeights(True)
        self.setRootIsDecorated(True)
        self.setIndentation(16)
        self.setAllColumnsShowFocus(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setExpandsOnDoubleClick(True)
        self.setMouseTracking(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What is short of the names' width, the other columns give."""
        super().resizeEvent(event)
        short = NAME_WIDTH + sum(_WIDTHS.values()) - self.viewport().width()
        spare = sum(_WIDTHS[column] - least for column, least in _NARROWEST.items())
        share = min(1.0, max(0, short) / spare)
        for column, width in _WIDTHS.items():
            give = share * (width - _NARROWEST.get(column, width))
            self.header().resizeSection(column, round(width - give))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens what it is on."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.entered_on.emit(self.currentIndex())
            event.accept()
            return
        super().keyPressEvent(event)
