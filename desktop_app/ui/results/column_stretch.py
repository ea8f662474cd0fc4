"""The one column of a table that takes what room there is, instead of the last."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QHeaderView

from desktop_app.ui.results.figure_table import FigureTable

_NARROWEST = 60


def stretch_column(table: FigureTable[Any], key: str) -> None:
    """Give what is left of the width to the column ``key``."""
    header = table.view.horizontalHeader()
    at = next(at for at, column in enumerate(table.model.columns) if column.key == key)
    header.setMinimumSectionSize(_NARROWEST)
    header.setStretchLastSection(False)
    header.setSectionResizeMode(at, QHeaderView.ResizeMode.Stretch)
