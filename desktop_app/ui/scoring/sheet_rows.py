"""The criteria of a sheet, as many as there are: their rows are made in slices."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QWidget

from desktop_app.core.sheet_fields import comment_key, score_key
from desktop_app.core.templates import Criterion
from desktop_app.ui.scoring.criterion_row import CriterionRow

FIRST = 8
"""Rows that are there at once: about what a window shows."""

TOGETHER = 4
"""Rows that appear together: each time, all that is in sight is laid out and painted."""

SLICE_SECONDS = 0.004
"""A slice ends with the row that is ready after this time; events are handled in between."""

_LOST_FOR_A_WHILE = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)


class SheetRows(QWidget):
    """Rows of ``criteria``; the first come with ``begin``, the others while the window is alive.

    A field whose row is not there yet is already text to ask for, to set and to refuse. When such
    a field is to get the keyboard, keys wait for it here. ``field_made`` carries each field as it
    comes; ``edited`` and ``next_asked`` are those of the rows. ``after`` is the field that follows.

    Rows are stacked here rather than by a box layout: that one, and those around it, would first
    squeeze all rows into the height there was, each time that some come.
    """

    edited = Signal(str, str)
    next_asked = Signal(str)
    field_made = Signal(QWidget)

    def __init__(
        self, criteria: Sequence[Criterion], after: QWidget, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._after = after
        self._criteria = criteria
        self._rows: list[CriterionRow] = []
        self._places = {
            key: n for n, c in enumerate(criteria) for key in (score_key(c), comment_key(c))
        }
        self._texts: dict[str, str] = {}
        self._refusals: dict[str, str] = {}
        self._read_only = False
        self._wanted = ""
        self._waiting: list[QKeyEvent] = []
        self._lines: list[QFrame] = []
        self._shown = 0
        self._next = QTimer(self)
        self._next.setInterval(0)
        self._next.timeout.connect(self._make_slice)

    @property
    def all(self) -> list[CriterionRow]:
        """Every row; those that are not there yet are made now."""
        while not self.whole:
            self._make_row()
        return self._rows

    @property
    def composing(self) -> bool:
        """Whether an input method holds an unfinished syllable in a field."""
        return any(row.composing for row in self._rows)

    @property
    def whole(self) -> bool:
        """Whether all rows are there."""
        return len(self._rows) == len(self._criteria)

    @property
    def current(self) -> int:
        """The place of the row whose score has the keyboard, or gets it; -1: none."""
        if self._wanted:
            return self._places[self._wanted]
        return next((n for n, row in enumerate(self._rows) if row.score.hasFocus()), -1)

    def begin(self) -> None:
        """Make what can be seen now, and the rest from the event loop."""
        for _row in self._criteria[:FIRST]:
            self._make_row()
        if not self.whole:
            self._next.start()

    def __contains__(self, key: str) -> bool:
        return key in self._places

    def place(self, key: str) -> int:
        """The place of the criterion that a field belongs to."""
        return self._places[key]

    def text(self, key: str) -> str:
        """What stands in a field."""
        row = self._row(key)
        return row.text(key) if row is not None else self._texts.get(key, "")

    def show_text(self, key: str, text: str) -> None:
        """Show ``text`` in a field without telling that it was edited, and forget its refusal."""
        row = self._row(key)
        if row is not None:
            row.show_text(key, text)
        else:
            self._texts[key] = text
            self._refusals.pop(key, None)

    def show_refusal(self, key: str, text: str) -> None:
        """Say at a field why it is refused."""
        row = self._row(key)
        if row is not None:
            row.show_refusal(key, text)
        else:
            self._refusals[key] = text

    def set_read_only(self, read_only: bool) -> None:
        """Let everything be read but not changed."""
        self._read_only = read_only
        for row in self._rows:
            row.set_read_only(read_only)

    def focus(self, key: str) -> None:
        """Put the keyboard into a field, as soon as it is there."""
        place = self._places[key]
        if place < self._shown:
            self._forget_keys()
            self._rows[place].focus(key)
        else:
            self._wanted = key
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def finish_composition(self) -> None:
        """Have a syllable that is being composed join its text."""
        for row in self._rows:
            row.finish_composition()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep a key for the field that it is meant for."""
        if self._wanted:
            self._waiting.append(event.clone())
            event.accept()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Who goes elsewhere does not want to be brought back."""
        if event.reason() not in _LOST_FOR_A_WHILE:
            self._forget_keys()
        super().focusOutEvent(event)

    def event(self, event: QEvent) -> bool:
        """A row that needs another height moves those below it."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._stack()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Words wrap elsewhere in another width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._stack()

    def showEvent(self, event: QShowEvent) -> None:
        """Nothing asks for another height while it is hidden."""
        super().showEvent(event)
        self._stack()

    def _row(self, key: str) -> CriterionRow | None:
        place = self._places[key]
        return self._rows[place] if place < len(self._rows) else None

    def _forget_keys(self) -> None:
        self._wanted = ""
        self._waiting = []

    def _make_slice(self) -> None:
        end = time.perf_counter() + SLICE_SECONDS
        while not self.whole:
            self._make_row()
            if time.perf_counter() >= end:
                return
        self._next.stop()

    def _make_row(self) -> None:
        place = len(self._rows)
        row = CriterionRow(place + 1, self._criteria[place], self)
        row.hide()
        row.edited.connect(self.edited)
        row.next_asked.connect(self.next_asked)
        row.field_made.connect(self.field_made)
        self.field_made.emit(row.score)
        for key in (row.score_key, row.comment_key):
            row.show_text(key, self._texts.pop(key, ""))
            if refusal := self._refusals.pop(key, ""):
                row.show_refusal(key, refusal)
        if self._read_only:
            row.set_read_only(True)
        if self._rows:
            # Made late, a field would come at the very end of the window.
            QWidget.setTabOrder(self._rows[-1].last_field, row.score)
            self._lines.append(line(self))
        self._rows.append(row)
        if self.isVisible():
            row.ensurePolished()  # within this slice, rather than with all that appear together
        if self.whole or len(self._rows) % TOGETHER == 0:
            self._show_rows()

    def _show_rows(self) -> None:
        for widget in (*self._lines[max(0, self._shown - 1) :], *self._rows[self._shown :]):
            widget.show()
        self._shown = len(self._rows)
        QWidget.setTabOrder(self._rows[-1].last_field, self._after)
        self._stack()
        if self._wanted and self._places[self._wanted] < self._shown:
            self._hand_over()

    def _stack(self) -> None:
        """Put the rows under each other, each as high as it needs to be at this width."""
        width, top = self.width(), 0
        for place, row in enumerate(self._rows[: self._shown]):
            if place:
                self._lines[place - 1].setGeometry(0, top, width, 1)
                top += 1
            height = max(row.heightForWidth(width), row.minimumSizeHint().height())
            row.setGeometry(0, top, width, height)
            top += height
        self.setFixedHeight(top)
        widths = (row.minimumSizeHint().width() for row in self._rows[: self._shown])
        self.setMinimumWidth(max(widths, default=0))

    def _hand_over(self) -> None:
        key, events = self._wanted, self._waiting
        self._forget_keys()
        self._rows[self._places[key]].focus(key)
        for event in events:
            field = self.focusWidget()  # a key may have gone on to the next one
            if field is not None:
                QCoreApplication.sendEvent(field, event)


def line(parent: QWidget | None = None) -> QFrame:
    """A line between two rows."""
    frame = QFrame(parent)
    frame.setProperty("role", "line")
    return frame
