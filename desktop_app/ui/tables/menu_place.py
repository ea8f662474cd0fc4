"""Where the menu of a table opens."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QAbstractItemView


def menu_place(view: QAbstractItemView, event: QContextMenuEvent) -> QPoint:
    """The place on the screen: the mouse's, or the current cell's when a key calls the menu.

    Qt tells a key's place beside the cell by the size of the headings.
    """
    if event.reason() == QContextMenuEvent.Reason.Mouse:
        return event.globalPos()
    cell = view.visualRect(view.currentIndex()).intersected(view.viewport().rect())
    return view.viewport().mapToGlobal(cell.center())
