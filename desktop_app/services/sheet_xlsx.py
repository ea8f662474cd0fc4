"""Reading Excel workbooks: values only, as Excel last calculated them."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_
from desktop_app.core.tasks import TaskContext
from desktop_app.services.pace import Pace
from desktop_app.services.sheet import Cell, RowCollector, too_large

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_MOST_UNPACKED = 600 * 1024 * 1024
_MOST_PARTS = 2_000
_STEPS_PER_REPORT = 500


def is_workbook(path: Path) -> bool:
    """Whether a file is an Excel workbook, by its content rather than its name.

    Raises ``LocalFailure`` for the old binary form and for one locked with a password.
    """
    with path.open("rb") as file:
        start = file.read(4)
    if start == _OLE:
        raise LocalFailure(
            what=N_("“{file}” is an old Excel file (.xls) or is locked with a password."),
            advice=N_("Save it as an Excel workbook (.xlsx) without a password."),
            file=path.name,
        )
    return start == _ZIP


def names(path: Path) -> tuple[str, ...]:
    """The names of the visible sheets, or of all where none is visible."""
    with _opened(path) as book:
        return _visible(book)


def read(
    path: Path, wanted: str | None, context: TaskContext
) -> tuple[str, list[tuple[Cell, ...]]]:
    """The name and the rows of one sheet. Raises ``LocalFailure``, ``Cancelled``."""
    with _opened(path) as book:
        name = wanted if wanted in book.sheetnames else _visible(book)[0]
        sheet: Any = book[name]
        # What the file claims of its size is often wrong.
        sheet.reset_dimensions()
        collector = RowCollector(path)
        pace = Pace(context)
        for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
            collector.add([_cell(value) for value in row])
            pace.step()
            if number % _STEPS_PER_REPORT == 0:
                context.report(number, None)
        return name, collector.rows


def read_tops(
    path: Path, context: TaskContext, *, most_rows: int, most_columns: int, most_bytes: int
) -> list[tuple[str, list[tuple[Cell, ...]]]]:
    """Name and first rows of every visible sheet, empty rows too; cells beyond are left out.

    ``most_bytes`` bounds what the file may unpack to. Raises ``LocalFailure``, ``Cancelled``.
    """
    with _opened(path, most_bytes) as book:
        tables: list[tuple[str, list[tuple[Cell, ...]]]] = []
        pace = Pace(context)
        for name in _visible(book):
            sheet: Any = book[name]
            sheet.reset_dimensions()
            rows: list[tuple[Cell, ...]] = []
            limits = {"max_row": most_rows, "max_col": most_columns}
            for row in sheet.iter_rows(values_only=True, **limits):
                rows.append(tuple(_cell(value) for value in row))
                pace.step()
            tables.append((name, rows))
        return tables


@contextmanager
def _opened(path: Path, most_bytes: int = _MOST_UNPACKED) -> Iterator[Workbook]:
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    broken = (
        zipfile.BadZipFile,
        InvalidFileException,
        ParseError,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        EOFError,
    )
    try:
        with path.open("rb") as file:
            _refuse_bomb(path, zipfile.ZipFile(file), most_bytes)
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            try:
                yield book
            finally:
                book.close()
    except broken as error:
        # openpyxl lets whatever its parsing meets come through.
        raise LocalFailure(
            what=N_("“{file}” is damaged or is no Excel workbook: {reason}."),
            advice=N_("Open it in Excel and save it again."),
            file=path.name,
            reason=str(error) or type(error).__name__,
        ) from error


def _refuse_bomb(path: Path, archive: zipfile.ZipFile, most_bytes: int) -> None:
    parts = archive.infolist()
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > most_bytes:
        raise too_large(path)


def _visible(book: Workbook) -> tuple[str, ...]:
    sheets = book.worksheets
    shown = [sheet for sheet in sheets if sheet.sheet_state == "visible"]
    found = tuple(str(sheet.title) for sheet in shown or sheets)
    if not found:
        raise ValueError("no sheets")
    return found


def _cell(value: Any) -> Cell:
    if isinstance(value, str):
        return value.replace("_x000D_", "").strip() or None
    if value is None or isinstance(value, bool | int | float | datetime | date | time):
        return value
    return str(value)  # a duration, a formula of an array
