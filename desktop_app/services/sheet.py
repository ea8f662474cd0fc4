"""A table that a person brings in a file: read from xlsx, csv or tsv into rows of cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_
from desktop_app.core.tasks import TaskContext

Cell = str | int | float | bool | datetime | date | time | None

MOST_BYTES = 50 * 1024 * 1024
MOST_ROWS = 100_000
MOST_COLUMNS = 200
_HEADING_WITHIN = 10

_DATA_LIKE = re.compile(r"\S+@\S+\.\S+|[\d\s.,+:/-]{4,}")
"""What stands in rows of data but in no heading: e-mail addresses, numbers, dates."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a file.

    ``columns`` are the headings, or letters where the file has none (``headed`` False). ``rows``
    all have as many cells; empty rows in between are kept, so that the row at index i is number
    ``first_row_number + i`` in the file. ``encoding`` is empty for xlsx.
    """

    name: str
    path: Path
    columns: tuple[str, ...]
    rows: list[tuple[Cell, ...]]
    encoding: str
    first_row_number: int
    headed: bool = True


def read_sheet(
    path: Path, context: TaskContext, *, sheet: str | None = None, encoding: str | None = None
) -> Sheet:
    """The table in ``path``; of a workbook the one named ``sheet``, else its first visible one.

    ``encoding`` overrides the one that a text file seems to be in.

    Raises ``LocalFailure`` that says what is wrong with the file and what to do, ``Cancelled``.
    """
    from desktop_app.services import sheet_csv, sheet_xlsx

    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise too_large(path)
        if sheet_xlsx.is_workbook(path):
            name, rows = sheet_xlsx.read(path, sheet, context)
            found = ""
        else:
            rows, found = sheet_csv.read(path, encoding, context)
            name = path.stem
    except FileNotFoundError as error:
        raise LocalFailure(
            what=N_("There is no file “{file}” any more."),
            advice=N_("Choose it again."),
            file=path.name,
        ) from error
    except OSError as error:
        raise LocalFailure(
            what=N_("“{file}” cannot be read: {reason}."),
            advice=N_("If it is open in another program, close it there."),
            file=path.name,
            reason=error.strerror or str(error),
        ) from error
    return _with_heading(path, name, rows, found)


def sheet_names(path: Path) -> tuple[str, ...]:
    """The visible tables of a workbook in their order; one nameless for other files.

    Raises as ``read_sheet``.
    """
    from desktop_app.services import sheet_xlsx

    return sheet_xlsx.names(path) if sheet_xlsx.is_workbook(path) else ("",)


def too_large(path: Path) -> LocalFailure:
    """The error for a file beyond the limits."""
    return LocalFailure(
        what=N_("“{file}” is too large: at most {rows} rows, {columns} columns and {size} MB."),
        advice=N_("Split it into several files."),
        file=path.name,
        rows=f"{MOST_ROWS:,}",
        columns=MOST_COLUMNS,
        size=MOST_BYTES // 1024 // 1024,
    )


class RowCollector:
    """Gathers rows within the limits; empty rows count only once something follows them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._blank = 0
        self.rows: list[tuple[Cell, ...]] = []

    def add(self, cells: Sequence[Cell]) -> None:
        """Take a row; raises ``LocalFailure`` when there are too many rows or columns."""
        width = len(cells)
        while width and cells[width - 1] in (None, ""):
            width -= 1
        if not width:
            self._blank += 1
            return
        if len(self.rows) + self._blank >= MOST_ROWS + _HEADING_WITHIN or width > MOST_COLUMNS:
            raise too_large(self._path)
        self.rows.extend([()] * self._blank)
        self._blank = 0
        self.rows.append(tuple(None if cell == "" else cell for cell in cells[:width]))


def column_letter(index: int) -> str:
    """The name of a column as spreadsheets show it: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _with_heading(path: Path, name: str, rows: list[tuple[Cell, ...]], encoding: str) -> Sheet:
    if not rows:
        raise LocalFailure(
            what=N_("“{file}” holds no rows."),
            advice=N_("Choose another file, or another sheet of it."),
            file=path.name,
        )
    width = max(map(len, rows))
    at = _heading_row(rows)
    first = 0 if at is None else at + 1
    headings = rows[at] if at is not None else ()
    columns = tuple(
        str(headings[i]).strip() if i < len(headings) and headings[i] is not None else ""
        for i in range(width)
    )
    return Sheet(
        name=name,
        path=path,
        columns=tuple(title or column_letter(i) for i, title in enumerate(columns)),
        rows=[row + (None,) * (width - len(row)) for row in rows[first:]],
        encoding=encoding,
        first_row_number=first + 1,
        headed=at is not None,
    )


def _heading_row(rows: Sequence[tuple[Cell, ...]]) -> int | None:
    """The index of the heading: the first row about as wide as the table, if it is all words.

    A title above the table is one cell in a wide table, so it is passed over.
    """
    start = rows[: _HEADING_WITHIN + 10]
    widest = max(_filled(row) for row in start)
    for index, row in enumerate(rows[:_HEADING_WITHIN]):
        if _filled(row) * 2 > widest:
            return index if _all_words(row) else None
    return None


def _filled(row: Iterable[Cell]) -> int:
    return sum(cell is not None for cell in row)


def _all_words(row: Iterable[Cell]) -> bool:
    return all(
        cell is None or (isinstance(cell, str) and not _DATA_LIKE.fullmatch(cell.strip()))
        for cell in row
    )
