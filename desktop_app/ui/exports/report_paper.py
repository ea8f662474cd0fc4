"""A report on paper: A4 across, Korean text that can be searched, page x of y."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from desktop_app.core.redaction import redact
from desktop_app.core.tasks import TaskContext
from desktop_app.services.report_document import ReportDocument, Table
from desktop_app.ui.paper.blocks import Block, Fact, Gap, Paragraph, TableRow
from desktop_app.ui.paper.pages import ACROSS, write_pages

_NARROWEST, _WIDEST = 8, 60
"""Letters that a column has room for at least, and that it asks for at most."""


def write_paper(path: Path, document: ReportDocument, context: TaskContext) -> int:
    """Write ``document`` to ``path``, whole or not at all; returns its pages.

    Raises ``LocalFailure``, ``Cancelled``.
    """
    title = redact(document.title)
    return write_pages(path, _blocks(document), context, form=ACROSS, title=title, foot=title)


def _blocks(document: ReportDocument) -> Iterable[Sequence[Block]]:
    yield [Paragraph(redact(document.title), 18, strong=True), Gap(1)]
    yield [Paragraph(redact(document.verdict), 12, strong=True), Gap(3)]
    for label, value in document.facts:
        yield [Fact(label, redact(value))]
    for table in document.tables:
        yield from _table(table)


def _table(table: Table) -> Iterable[Sequence[Block]]:
    rows = [tuple(redact(cell) for cell in row) for row in table.rows]
    widths = _widths([table.headers, *rows])
    ends = (False,) * len(table.headers)
    heading = TableRow(table.headers, widths, ends)
    title: list[Block] = [Gap(5), Paragraph(table.title, 12, strong=True)]
    if table.note:
        title.append(Paragraph(table.note, 8, grey=True))
    made = [TableRow(row, widths, ends, heading) for row in rows]
    yield [*title, Gap(1), heading, *made[:1]]
    for row in made[1:]:
        yield [row]


def _widths(rows: Sequence[Sequence[str]]) -> tuple[float, ...]:
    """The room shared by how long the texts of each column are."""
    asked = [
        min(_WIDEST, max(_NARROWEST, *(_letters(row[at]) for row in rows)))
        for at in range(len(rows[0]))
    ]
    return tuple(ACROSS.room * letters / sum(asked) for letters in asked)


def _letters(text: str) -> int:
    """How wide a text is, Korean letters counting twice."""
    return sum(1 if ord(letter) < 0x1100 else 2 for letter in text)
