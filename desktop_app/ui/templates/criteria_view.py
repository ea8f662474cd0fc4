"""The table of criteria: always ready to type, rows dragged by their handles."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from desktop_app.core.language import _
from desktop_app.ui.templates.criteria_delegate import PADDING, CriteriaDelegate, command_of
from desktop_app.ui.templates.criteria_model import COLUMN_OF, COLUMNS, HANDLE, CriteriaModel, Index
from desktop_app.ui.theme import tokens
from desktop_app.ui.theme.theme import Theme

_EDIT_ALWAYS = QAbstractItemView.EditTrigger.AllEditTriggers
_SCROLL_MS, _EDGE = 40, 24


class CriteriaView(QTableView):
    """A cell under the cursor has its editor open: an input method always meets a line of text.

    ``commanded`` carries what a key asks for; ``moved`` the places that a row was dragged from and
    to; ``cell_chosen`` the place and the key of the cell that the cursor came to.
    """

    commanded = Signal(str)
    moved = Signal(int, int)
    cell_chosen = Signal(int, str)
    text_wanted = Signal(str)

    def __init__(self, model: CriteriaModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows, self._theme = model, theme
        self._pressed: QPoint | None = None
        self._dragged = -1
        self._gap = -1
        self._held = QPoint()
        self.setModel(model)
        delegate = CriteriaDelegate(model, theme, self)
        delegate.commanded.connect(self.commanded)
        self.setItemDelegate(delegate)
        self.setEditTriggers(_EDIT_ALWAYS)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        rows = self.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(tokens.ROW_HEIGHT)
        rows.hide()
        self._size_columns()
        self._scroll = QTimer(self)
        self._scroll.setInterval(_SCROLL_MS)
        self._scroll.timeout.connect(self._on_scroll_timeout)
        self.clicked.connect(self._on_clicked)
        theme.changed.connect(self.viewport().update)

    @property
    def dragging(self) -> bool:
        """Whether a row is being dragged."""
        return self._dragged >= 0

    def go(self, at: int, key: str) -> None:
        """Put the cursor into a cell and let it be typed into."""
        index = self._rows.index(at, COLUMN_OF[key])
        self.scrollTo(index)
        if index != self.currentIndex():
            self.setCurrentIndex(index)
            return
        editor = cast(QWidget | None, self.indexWidget(index))  # any editor, in spite of its name
        if editor is not None:
            editor.setFocus(Qt.FocusReason.OtherFocusReason)
        elif not self._rows.read_only:
            self.edit(index)

    def rest_on(self, at: int) -> None:
        """Let the cursor be on a row without typing into it."""
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setCurrentIndex(self._rows.index(at, COLUMN_OF["name"]))
        self.setEditTriggers(_EDIT_ALWAYS)

    def currentChanged(self, current: Index, previous: Index) -> None:  # noqa: N802 - Qt's name
        """Tell where the cursor has come to; the whole row is drawn anew."""
        super().currentChanged(current, previous)
        self.viewport().update()
        key = COLUMNS[current.column()].key if current.isValid() else ""
        self.cell_chosen.emit(current.row(), key)

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The same keys as in the cells, where no cell is being typed into; Esc ends a drag."""
        if event.key() == Qt.Key.Key_Escape and self.dragging:
            self._end_drag()
            event.accept()
            return
        command = command_of(event)
        if command:
            self.commanded.emit(command)
            event.accept()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Arriving by keyboard goes on where the cursor was, else into the first cell."""
        super().focusInEvent(event)
        if event.reason() not in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            return
        if not self._rows.rows:
            return
        at = max(0, self.currentIndex().row())
        key = COLUMNS[max(1, self.currentIndex().column())].key
        self.go(at, key if COLUMNS[COLUMN_OF[key]].in_place else "name")

    # Dragging

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press on a handle may become a drag."""
        place = event.position().toPoint()
        index = self.indexAt(place)
        on_handle = index.isValid() and index.column() == HANDLE
        if on_handle and event.button() == Qt.MouseButton.LeftButton and not self._rows.read_only:
            self._pressed = place
            self.go(index.row(), "name")
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show where the row would go; handles say that they can be dragged."""
        place = event.position().toPoint()
        if self._pressed is None:
            index = self.indexAt(place)
            handle = index.isValid() and index.column() == HANDLE and not self._rows.read_only
            shape = Qt.CursorShape.OpenHandCursor if handle else Qt.CursorShape.ArrowCursor
            self.viewport().setCursor(shape)
            super().mouseMoveEvent(event)
            return
        far = QGuiApplication.styleHints().startDragDistance()
        if not self.dragging and (place - self._pressed).manhattanLength() >= far:
            self._dragged = self.rowAt(self._pressed.y())
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        if self.dragging:
            self._held = place
            self._show_gap(place)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Drop the row."""
        if self._pressed is None:
            super().mouseReleaseEvent(event)
            return
        at, gap = self._dragged, self._gap
        self._end_drag()
        if at >= 0 and gap >= 0:
            to = gap - 1 if gap > at else gap
            if to != at:
                self.moved.emit(at, to)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line between the rows where a dragged one would go; say what an empty one is."""
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        if self._gap >= 0:
            y = self._gap_y()
            painter.fillRect(0, y - 1, self.viewport().width(), 3, self._theme.color("accent"))
        elif not self._rows.rows:
            painter.setPen(self._theme.color("muted"))
            room = self.viewport().rect().adjusted(PADDING, PADDING, -PADDING, -PADDING)
            wrapped = Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
            text = _("No criterion yet: add one, or paste rows from a spreadsheet.")
            painter.drawText(room, int(wrapped), text)
        painter.end()

    def _show_gap(self, place: QPoint) -> None:
        row = self.rowAt(place.y())
        if row < 0:
            self._gap = self._rows.rowCount() if place.y() > 0 else 0
        else:
            middle = self.rowViewportPosition(row) + self.rowHeight(row) // 2
            self._gap = row + (place.y() > middle)
        near = min(place.y(), self.viewport().height() - place.y()) < _EDGE
        if near and not self._scroll.isActive():
            self._scroll.start()
        self.viewport().update()

    def _gap_y(self) -> int:
        if self._gap < self._rows.rowCount():
            return self.rowViewportPosition(self._gap)
        last = self._rows.rowCount() - 1
        return self.rowViewportPosition(last) + self.rowHeight(last)

    def _on_scroll_timeout(self) -> None:
        """Scroll while a dragged row is held near an edge."""
        y = self._held.y()
        up, down = y < _EDGE, y > self.viewport().height() - _EDGE
        if not self.dragging or not (up or down):
            self._scroll.stop()
            return
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + (-8 if up else 8))
        self._show_gap(self._held)  # other rows are under the pointer now

    def _end_drag(self) -> None:
        self._pressed, self._dragged, self._gap = None, -1, -1
        self._scroll.stop()
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor)
        self.viewport().update()

    # Inside

    def _on_clicked(self, index: QModelIndex) -> None:
        column = COLUMNS[index.column()]
        if column.in_place:
            self.go(index.row(), column.key)  # also where the cursor was already
        elif column.key:
            self.text_wanted.emit(column.key)

    def _size_columns(self) -> None:
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setMinimumSectionSize(40)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        for at, column in enumerate(COLUMNS):
            header.resizeSection(at, column.width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Divide the width among the columns of texts, most of it to the names."""
        super().resizeEvent(event)
        left = self.viewport().width() - sum(column.width for column in COLUMNS)
        shares = sum(column.share for column in COLUMNS)
        for at, column in enumerate(COLUMNS):
            if column.share:
                part = left * column.share // shares
                left, shares = left - part, shares - column.share
                self.horizontalHeader().resizeSection(at, part)
