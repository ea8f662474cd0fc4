"""A report on paper: A4 across, Korean text that can be searched, page x of y.

It is drawn away from the window, on a worker: nothing here touches a widget.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF
from PySide6.QtGui import QPageLayout, QPageSize, QPdfWriter

from desktop_app.core.language import _, language
from desktop_app.core.redaction import redact
from desktop_app.core.tasks import TaskContext
from desktop_app.services.pace import Pace
from desktop_app.services.report_document import ReportDocument, Table
from desktop_app.services.whole_file import whole_file
from desktop_app.ui.results.paper_blocks import Block, Fact, Gap, Paragraph, Pen, TableRow
from desktop_app.ui.theme import tokens
from desktop_app.ui.widgets.plain_text import one_line

WIDTH, HEIGHT = 297.0, 210.0
MARGIN, FOOT = 15.0, 12.0
_ROOM = WIDTH - 2 * MARGIN
_DPI = 600
_NARROWEST, _WIDEST = 8, 60
"""Letters that a column has room for at least, and that it asks for at most."""


def write_paper(path: Path, document: ReportDocument, context: TaskContext) -> int:
    """Write ``document`` to ``path``, whole or not at all; returns its pages.

    Raises ``LocalFailure``, ``Cancelled``.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(_DPI)
    writer.setTitle(document.title)
    writer.setCreator(_("Evaluation Console"))
    writer.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4),
            QPageLayout.Orientation.Landscape,
            QMarginsF(0, 0, 0, 0),
            QPageLayout.Unit.Millimeter,
        )
    )
    pen = Pen(writer, _families())
    try:
        pages = _print(pen, writer, document, Pace(context))
    finally:
        pen.painter.end()
    with whole_file(path) as temporary:
        temporary.write_bytes(bytes(buffer.data().data()))
    return pages


def _families() -> Sequence[str]:
    platform = sys.platform if sys.platform in tokens.FONT_FAMILIES else "linux"
    families = tokens.FONT_FAMILIES[platform]
    return families.get(language(), families["en"])


def _print(pen: Pen, writer: QPdfWriter, document: ReportDocument, pace: Pace) -> int:
    pages = _paginated(pen, _blocks(document), pace)
    for at, page in enumerate(pages, start=1):
        if at > 1:
            writer.newPage()
        for block, y in page:
            block.draw(pen, MARGIN, y, _ROOM)
            pace.step()
        foot = HEIGHT - MARGIN - 4
        pen.line(MARGIN, foot - 2, _ROOM)
        pen.text(one_line(document.title), MARGIN, foot, _ROOM - 40, 8, grey=True)
        number = _("page {page} of {pages}").format(page=at, pages=len(pages))
        pen.text(number, WIDTH - MARGIN - 40, foot, 40, 8, end=True, grey=True)
    return len(pages)


Page = list[tuple[Block, float]]


def _paginated(pen: Pen, blocks: Iterable[Sequence[Block]], pace: Pace) -> list[Page]:
    """Blocks on pages; each sequence stays together; a table goes on under its heading."""
    pages: list[Page] = [[]]
    y = MARGIN
    bottom = HEIGHT - MARGIN - FOOT
    for together in blocks:
        heights = [block.height(pen, _ROOM) for block in together]
        if y + sum(heights) > bottom and pages[-1]:
            pages.append([])
            y = MARGIN
            first = together[0]
            if isinstance(first, TableRow) and first.under is not None:
                pages[-1].append((first.under, y))
                y += first.under.height(pen, _ROOM)
        for block, height in zip(together, heights, strict=True):
            pages[-1].append((block, y))
            y += height
        pace.step()
    return pages


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
    return tuple(_ROOM * letters / sum(asked) for letters in asked)


def _letters(text: str) -> int:
    """How wide a text is, Korean letters counting twice."""
    return sum(1 if ord(letter) < 0x1100 else 2 for letter in text)
