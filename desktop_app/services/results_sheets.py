"""A workbook of results being written: cells by row, texts that are never formulas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktop_app.core.tasks import TaskContext
from desktop_app.services.pace import Pace
from desktop_app.services.table_file import FORMULA_STARTS, abandon_workbook, close_workbook
from desktop_app.services.whole_file import whole_file

_LONGEST = 32_767


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula and the value that it comes to: shown until a program calculates it anew."""

    text: str
    value: float | str | None


class Sheet:
    """One worksheet, written from top to bottom."""

    def __init__(self, book: Any, name: str, formats: dict[str, Any], pace: Pace) -> None:
        self.name = name
        self._sheet = book.add_worksheet(name)
        self._formats, self._pace = formats, pace
        self.row = 0

    @property
    def raw(self) -> Any:
        """xlsxwriter's worksheet, for its looks."""
        return self._sheet

    def add(self, cells: Sequence[Any], form: str = "") -> int:
        """Write one row and return its number, counted from 0; None leaves a cell empty."""
        row = self.row
        for column, cell in enumerate(cells):
            self._write(row, column, cell, form)
        self.row += 1
        self._pace.step()
        return row

    def _write(self, row: int, column: int, cell: Any, form: str) -> None:
        sheet, formats = self._sheet, self._formats
        if cell is None:
            return
        if isinstance(cell, Formula):
            value = "" if cell.value is None else cell.value
            look = "whole" if isinstance(value, int) else "figure"
            sheet.write_formula(row, column, cell.text, formats[form or look], value)
        elif isinstance(cell, int):
            sheet.write_number(row, column, cell, formats[form or "whole"])
        elif isinstance(cell, float):
            sheet.write_number(row, column, cell, formats[form or "figure"])
        else:
            text = str(cell)[:_LONGEST]
            quoted = "quoted" if text.startswith(FORMULA_STARTS) else form or "text"
            sheet.write_string(row, column, text, formats[quoted])


class Workbook:
    """The workbook: its sheets in the order of ``sheet``, its names for who reads it back."""

    def __init__(self, path: Path, context: TaskContext) -> None:
        import xlsxwriter  # type: ignore[import-untyped]

        self.book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
        self._pace = Pace(context)
        looks: dict[str, dict[str, Any]] = {
            "text": {},
            "heading": {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1},
            "title": {"bold": True, "font_size": 14},
            "wrapped": {"text_wrap": True, "valign": "top"},
            "quoted": {"quote_prefix": True},
            "figure": {"num_format": "0.00"},
            "whole": {"num_format": "0"},
        }
        self._formats = {name: self.book.add_format(look) for name, look in looks.items()}

    def sheet(self, name: str) -> Sheet:
        """A new sheet."""
        return Sheet(self.book, name, self._formats, self._pace)

    def name(self, name: str, sheet: str, area: str) -> None:
        """Give an area a name that formulas and readers find it by."""
        self.book.define_name(name, f"={quoted(sheet)}!{area}")


def quoted(sheet: str) -> str:
    """A sheet's name as formulas write it."""
    return "'" + sheet.replace("'", "''") + "'"


@contextmanager
def workbook(path: Path, context: TaskContext) -> Iterator[Workbook]:
    """A workbook that takes its place at ``path`` whole, or not at all. Raises ``LocalFailure``."""
    with whole_file(path) as temporary:
        made: Workbook | None = None
        try:
            made = Workbook(temporary, context)
            yield made
            close_workbook(made.book)
        except BaseException:
            if made is not None:
                abandon_workbook(made.book)
            raise
