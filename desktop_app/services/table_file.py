"""Writing tables that people open in a spreadsheet: xlsx or csv, whole or not at all."""

from __future__ import annotations

import contextlib
import csv
import os
from collections.abc import Iterable, Sequence
from datetime import date, datetime, tzinfo
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from desktop_app.config.json_file import replace_file
from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_
from desktop_app.services.local_files import unwritable

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A cell that begins so is run as a formula by spreadsheets (OWASP, CSV Injection)."""

_MOST_XLSX_ROWS = 1_048_576
_LONGEST_XLSX_TEXT = 32_767


def escaped(text: str) -> str:
    """``text`` as a csv cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


class _Writer(Protocol):
    def add(self, cells: Sequence[Any]) -> None: ...
    def finish(self) -> None: ...
    def abandon(self) -> None: ...


class TableFile:
    """A table being written to ``path``; use it in a ``with`` statement.

    The suffix decides: .xlsx, else csv in UTF-8 with its mark, so that Excel shows Korean.
    Leaving the statement puts the finished file in the place of an older one in one step; an
    exception inside leaves the older one as it was. Dates with a time zone are written in
    ``zone`` (None: the computer's). ``private``: only the person may read the file.
    ``LocalFailure`` says when the disk is full or the file is open elsewhere.
    """

    def __init__(
        self,
        path: Path,
        headings: Sequence[str],
        *,
        zone: tzinfo | None = None,
        private: bool = False,
    ) -> None:
        self.path = path
        self.rows = 0
        self._headings = headings
        self._zone = zone
        self._private = private
        self._temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
        self._writer: _Writer | None = None

    def __enter__(self) -> Self:
        try:
            self._temporary.unlink(missing_ok=True)
            flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY
            os.close(os.open(self._temporary, flags, 0o600 if self._private else 0o666))
            workbook = self.path.suffix.lower() == ".xlsx"
            make = _XlsxWriter if workbook else _CsvWriter
            self._writer = make(self._temporary, self._headings)
        except OSError as error:
            self._discard()
            raise unwritable(self.path, error) from error
        return self

    def add(self, cells: Iterable[Any]) -> None:
        """Write one row. Raises ``LocalFailure``."""
        assert self._writer is not None
        if self.rows + 2 > _MOST_XLSX_ROWS and isinstance(self._writer, _XlsxWriter):
            raise LocalFailure(
                what=N_("An Excel workbook holds at most {rows} rows."),
                advice=N_("Filter the list, or save it as CSV."),
                rows=f"{_MOST_XLSX_ROWS:,}",
            )
        try:
            self._writer.add([self._local(cell) for cell in cells])
        except OSError as error:
            raise unwritable(self.path, error) from error
        self.rows += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._writer is not None
        if error is not None:
            self._writer.abandon()
            self._discard()
            return
        try:
            self._writer.finish()
            replace_file(self._temporary, self.path)
        except OSError as failure:
            self._writer.abandon()
            self._discard()
            raise unwritable(self.path, failure) from failure

    def _local(self, cell: Any) -> Any:
        if isinstance(cell, datetime) and cell.tzinfo is not None:
            return cell.astimezone(self._zone).replace(tzinfo=None)
        return cell

    def _discard(self) -> None:
        with contextlib.suppress(OSError):
            self._temporary.unlink(missing_ok=True)


class _CsvWriter:
    def __init__(self, path: Path, headings: Sequence[str]) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._csv = csv.writer(self._file)
        self.add(headings)

    def add(self, cells: Sequence[Any]) -> None:
        self._csv.writerow([_csv_text(cell) for cell in cells])

    def finish(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def abandon(self) -> None:
        # What is still in the buffer may not fit the disk either.
        with contextlib.suppress(OSError):
            self._file.close()


def _csv_text(cell: Any) -> Any:
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    return escaped(cell) if isinstance(cell, str) else cell


class _XlsxWriter:
    """Row by row in constant memory."""

    def __init__(self, path: Path, headings: Sequence[str]) -> None:
        import xlsxwriter  # type: ignore[import-untyped]

        self._book = xlsxwriter.Workbook(
            str(path), {"constant_memory": True, "default_date_format": "yyyy-mm-dd hh:mm:ss"}
        )
        self._sheet = self._book.add_worksheet()
        self._bold = self._book.add_format({"bold": True})
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        # The text stays as it is, and stays text when someone edits the cell.
        self._quoted = self._book.add_format({"quote_prefix": True})
        self._row = 0
        self._sheet.freeze_panes(1, 0)
        self._sheet.set_column(0, max(0, len(headings) - 1), 18)
        for column, heading in enumerate(headings):
            self._sheet.write_string(0, column, heading, self._bold)

    def add(self, cells: Sequence[Any]) -> None:
        self._row += 1
        for column, cell in enumerate(cells):
            self._write(column, cell)

    def _write(self, column: int, cell: Any) -> None:
        sheet, row = self._sheet, self._row
        if cell is None or cell == "":
            return
        if isinstance(cell, bool):
            sheet.write_boolean(row, column, cell)
        elif isinstance(cell, int | float):
            self._write_number(column, cell)
        elif isinstance(cell, date) and cell.year < 1900:
            sheet.write_string(row, column, cell.isoformat())  # before Excel's calendar
        elif isinstance(cell, datetime):
            sheet.write_datetime(row, column, cell, self._moment)
        elif isinstance(cell, date):
            sheet.write_datetime(row, column, cell, self._day)
        else:
            text = str(cell)[:_LONGEST_XLSX_TEXT]
            quoted = self._quoted if text.startswith(FORMULA_STARTS) else None
            sheet.write_string(row, column, text, quoted)

    def _write_number(self, column: int, number: float) -> None:
        # Excel keeps 15 digits; a longer one is a number only in name. NaN compares false.
        if abs(number) < 10**15:
            self._sheet.write_number(self._row, column, number)
        else:
            self._sheet.write_string(self._row, column, str(number))

    def finish(self) -> None:
        close_workbook(self._book)

    def abandon(self) -> None:
        abandon_workbook(self._book)


def close_workbook(book: Any) -> None:
    """Write the end of an xlsxwriter workbook. Raises ``OSError``."""
    from xlsxwriter.exceptions import FileCreateError  # type: ignore[import-untyped]

    try:
        book.close()
    except FileCreateError as error:
        cause = error.args[0] if error.args else error
        raise cause if isinstance(cause, OSError) else OSError(str(error)) from error


def abandon_workbook(book: Any) -> None:
    """Drop an unfinished xlsxwriter workbook and what it has on disk."""
    # WORKAROUND xlsxwriter has no way to drop a workbook: mark it closed and close its parts.
    book.fileclosed = True
    for sheet in book.worksheets():
        for part in (sheet.row_data_fh, sheet.fh):
            if part is not None:
                with contextlib.suppress(OSError):
                    part.close()
        with contextlib.suppress(OSError):
            Path(sheet.row_data_filename).unlink(missing_ok=True)
