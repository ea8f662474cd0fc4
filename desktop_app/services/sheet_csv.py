"""Reading csv and tsv: whichever encoding and delimiter the program that wrote it likes."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path

from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_
from desktop_app.core.tasks import TaskContext
from desktop_app.services.pace import Pace
from desktop_app.services.sheet import Cell, RowCollector
from desktop_app.services.table_file import FORMULA_STARTS

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DELIMITERS = (",", "\t", ";", "|")
_SAMPLE_LINES = 30


def read(
    path: Path, wanted: str | None, context: TaskContext
) -> tuple[list[tuple[Cell, ...]], str]:
    """The rows, and the encoding they were in: the one wanted, else the one that fits.

    Raises ``LocalFailure``, ``OSError``, ``Cancelled``.
    """
    text, encoding = (_read_as(path, wanted), wanted) if wanted else _decoded(path)
    collector = RowCollector(path)
    pace = Pace(context)
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text)):
            collector.add([_cell(part) for part in record])
            pace.step()
    except csv.Error as error:
        raise _unreadable(path) from error
    return collector.rows, encoding


def delimiter_of(text: str) -> str:
    """The delimiter that splits the first lines into the most columns that agree."""
    sample = text[:100_000].splitlines(keepends=True)[:_SAMPLE_LINES]

    def score(delimiter: str) -> tuple[float, int]:
        try:
            widths = [len(record) for record in csv.reader(sample, delimiter=delimiter) if record]
        except csv.Error:
            return 0.0, 0
        usual = max(set(widths), key=widths.count, default=1)
        return (widths.count(usual) / len(widths), usual) if usual > 1 else (0.0, 0)

    return max(_DELIMITERS, key=score)


def _read_as(path: Path, wanted: str) -> str:
    try:
        text = path.read_bytes().decode(wanted)
    except UnicodeDecodeError as error:
        raise LocalFailure(
            what=N_("“{file}” is not in this encoding."),
            advice=N_("Choose another one."),
            file=path.name,
        ) from error
    if "\0" in text:
        raise _unreadable(path)
    return text.removeprefix("\ufeff")


def _decoded(path: Path) -> tuple[str, str]:
    content = path.read_bytes()
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _strictly(path, content, encoding), encoding
    start = content[:4000]
    if start.count(0) * 10 > len(start):
        # UTF-16 without its mark: of Latin letters and commas every other byte is zero.
        little = start[1::2].count(0) > start[::2].count(0)
        encoding = "utf-16-le" if little else "utf-16-be"
        return _strictly(path, content, encoding), encoding
    try:
        return _strictly(path, content, "utf-8"), "utf-8"
    except LocalFailure:
        return _strictly(path, content, "cp949"), "cp949"


def _strictly(path: Path, content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise _unreadable(path) from error
    if "\0" in text:
        raise _unreadable(path)
    return text


def _unreadable(path: Path) -> LocalFailure:
    return LocalFailure(
        what=N_("“{file}” is no table of text in an encoding that is known here."),
        advice=N_("Save it as an Excel workbook (.xlsx) or as CSV UTF-8."),
        file=path.name,
    )


def _cell(text: str) -> str:
    # What our own export escaped comes back as it was.
    return text[1:] if text[:1] == "'" and text[1:2] in FORMULA_STARTS and len(text) > 1 else text
