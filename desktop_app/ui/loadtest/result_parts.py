"""What the page of a run is put together from: its tables, and how they are laid out."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from desktop_app.core.load.result import Example, Gate, StepResult
from desktop_app.ui.loadtest.result_columns import Row, Times
from desktop_app.ui.results.column_stretch import stretch_column
from desktop_app.ui.results.figure_table import FigureTable
from desktop_app.ui.tab import TabTools


def figure_table(declared: Any, id_of: Any, tools: TabTools, wide: str) -> FigureTable[Any]:
    """A table of ``declared`` columns; the column ``wide`` takes what room is left."""
    table: FigureTable[Any] = FigureTable(declared, id_of, tools.theme)
    stretch_column(table, wide)
    return table


def below(*widgets: QWidget) -> QWidget:
    """Below each other; what room there is goes to the last."""
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 12, 0, 0)
    column.setSpacing(12)
    for widget in widgets:
        column.addWidget(widget, 1 if widget is widgets[-1] else 0)
    return page


def scrolled(page: QWidget) -> QScrollArea:
    """In a low window it is scrolled through rather than cut."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    page.setObjectName("scrolled")
    area.setWidget(page)
    return area


def column_at(table: FigureTable[Any], key: str) -> int:
    """Where the column of that key stands."""
    return [column.key for column in table.model.columns].index(key)


def gate_id(one: Gate) -> str:
    """By what a threshold is found again."""
    return str(one.threshold)


def name_id(one: Row | Times) -> str:
    """By what a figure is found again."""
    return one.name


def step_id(one: StepResult) -> str:
    """By what a step is found again."""
    return f"{one.flow}/{one.name}"


def example_id(one: Example) -> str:
    """By what an example is found again."""
    return f"{one.at_s}/{one.step}/{one.kind}"
