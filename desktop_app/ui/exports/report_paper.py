"""A report on paper: A4 across, Korean text that can be searched, page x of y."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from pathlib import Path

from desktop_app.core.tasks import TaskContext
from desktop_app.services.report_document import (
    Drawing,
    Heading,
    Pair,
    ReportDocument,
    Sheet,
    Table,
    plain_text,
)
from desktop_app.ui.paper.blocks import Block, Fact, Gap, Paragraph, Picture, TableRow
from desktop_app.ui.paper.pages import ACROSS, write_pages

_PIECE_LETTERS, _PIECE_LINES = 90, 12
_LONGEST_LINE = 2000
_TOGETHER = 4

_NARROWEST, _WIDEST = 8, 60
"""Letters that a column has room for at least, and that it asks for at most."""
_WORD = 16
"""Up to so many letters are not broken where there is room."""
_LETTER, _SIDES, _LEAST_SHARE = 1.75, 3.0, 0.4
"""Millimetres of a letter and of the room beside a text; what longer columns need of the room."""


def write_paper(path: Path, document: ReportDocument, context: TaskContext) -> int:
    """Write ``document`` to ``path``, whole or not at all; returns its pages.

    Raises ``LocalFailure``, ``Cancelled``.
    """
    title = plain_text(document.title)
    return write_pages(path, _blocks(document), context, form=ACROSS, title=title, foot=title)


def _blocks(document: ReportDocument) -> Iterable[Sequence[Block]]:
    yield [Paragraph(plain_text(document.title), 18, strong=True), Gap(1)]
    yield [Paragraph(plain_text(document.verdict), 12, strong=True), Gap(3)]
    for label, value in document.facts:
        yield [Fact(label, plain_text(value))]
    for part in document.tables:
        if isinstance(part, Table):
            yield from _table(part)
        elif isinstance(part, Sheet):
            yield from _sheet(part)
        elif isinstance(part, Drawing):
            yield [Gap(4), Picture(part.svg)]
        else:
            yield _heading(part)


def _heading(part: Heading | Table) -> list[Block]:
    title: list[Block] = [Gap(5), Paragraph(plain_text(part.title), 12, strong=True)]
    if part.note:
        title.append(Paragraph(plain_text(part.note), 8, grey=True))
    return title


def _sheet(sheet: Sheet) -> Iterable[Sequence[Block]]:
    title: list[Block] = [Gap(4), Paragraph(plain_text(sheet.title), 10, strong=True), Gap(1)]
    facts = [Fact(label, plain_text(value)) for label, value in sheet.facts]
    yield [*title, *facts[:_TOGETHER]]
    for fact in facts[_TOGETHER:]:
        yield [fact]
    for pair in sheet.pairs:
        yield from _pair(pair)


def _pair(pair: Pair) -> Iterable[Sequence[Block]]:
    """Both texts in steps of a few lines, so that a long one goes on on the next page."""
    half = (ACROSS.room / 2,) * 2
    heading = TableRow(pair.titles, half, (False, False))
    left, right = (_pieces(text) for text in pair.texts)
    rows = [
        TableRow(cells, half, (False, False), heading, size=7.5)
        for cells in zip_longest(left, right, fillvalue="")
    ]
    yield [Gap(2), heading, *rows[:1]]
    for row in rows[1:]:
        yield [row]
    if pair.line:
        yield [Gap(1), Paragraph(plain_text(pair.line)[:_LONGEST_LINE], 7.5, grey=True)]


def _pieces(text: str) -> list[str]:
    lines = [
        line[at : at + _PIECE_LETTERS]
        for line in plain_text(text).split("\n")
        for at in range(0, max(1, len(line)), _PIECE_LETTERS)
    ]
    return ["\n".join(lines[at : at + _PIECE_LINES]) for at in range(0, len(lines), _PIECE_LINES)]


def _table(table: Table) -> Iterable[Sequence[Block]]:
    rows = [tuple(plain_text(cell) for cell in row) for row in table.rows]
    widths = _widths([table.headers, *rows])
    ends = (False,) * len(table.headers)
    heading = TableRow(table.headers, widths, ends)
    title = _heading(table)
    made = [TableRow(row, widths, ends, heading) for row in rows]
    yield [*title, Gap(1), heading, *made[:1]]
    for row in made[1:]:
        yield [row]


def _widths(rows: Sequence[Sequence[str]]) -> tuple[float, ...]:
    """The room shared by how long the texts of each column are; short words stay whole."""
    longest = [max(_letters(row[at]) for row in rows) for at in range(len(rows[0]))]
    whole = {
        at: max(_NARROWEST, letters) * _LETTER + _SIDES
        for at, letters in enumerate(longest)
        if letters <= _WORD
    }
    left = ACROSS.room - sum(whole.values())
    if len(whole) == len(longest) or left < ACROSS.room * _LEAST_SHARE:
        whole, left = {}, ACROSS.room
    asked = {
        at: min(_WIDEST, max(_NARROWEST, letters))
        for at, letters in enumerate(longest)
        if at not in whole
    }
    return tuple(
        whole[at] if at in whole else left * asked[at] / sum(asked.values())
        for at in range(len(longest))
    )


def _letters(text: str) -> int:
    """How wide a text is, Korean letters counting twice."""
    return sum(1 if ord(letter) < 0x1100 else 2 for letter in text)
