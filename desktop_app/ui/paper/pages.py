"""Blocks on A4 pages of a PDF file: Korean text that can be searched, page x of y.

It is drawn away from the window: Qt's painter may paint on a PDF from any thread, and nothing here
touches a widget.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF
from PySide6.QtGui import QPageLayout, QPageSize, QPdfWriter

from desktop_app.core.language import _, language
from desktop_app.core.tasks import TaskContext
from desktop_app.services.pace import Pace
from desktop_app.services.whole_file import whole_file
from desktop_app.ui.paper.blocks import Block, Pen, TableRow
from desktop_app.ui.theme import tokens
from desktop_app.ui.widgets.plain_text import one_line

_DPI = 600
_MARGIN, _FOOT, _NUMBER = 15.0, 14.0, 40.0


@dataclass(frozen=True, slots=True)
class Format:
    """A page in millimetres; ``room`` is the width between its margins."""

    width: float
    height: float
    orientation: QPageLayout.Orientation

    @property
    def room(self) -> float:
        """The width that blocks have."""
        return self.width - 2 * _MARGIN


UPRIGHT = Format(210.0, 297.0, QPageLayout.Orientation.Portrait)
ACROSS = Format(297.0, 210.0, QPageLayout.Orientation.Landscape)

Together = Block | Sequence[Block]
"""A block, or several that stay on one page."""


def write_pages(
    path: Path,
    blocks: Iterable[Together],
    context: TaskContext,
    *,
    form: Format,
    title: str,
    foot: str,
) -> int:
    """Write ``blocks`` to ``path``, whole or not at all; returns the number of pages.

    ``foot`` stands at the foot of each page, beside its number. Raises ``LocalFailure``,
    ``Cancelled``.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(_DPI)
    writer.setTitle(title)
    writer.setCreator(_("Evaluation Console"))
    writer.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4),
            form.orientation,
            QMarginsF(0, 0, 0, 0),
            QPageLayout.Unit.Millimeter,
        )
    )
    pen = Pen(writer, _families())
    pace = Pace(context)
    try:
        pages = _paginated(pen, blocks, form, pace)
        for at, page in enumerate(pages, start=1):
            context.report(at, len(pages))
            if at > 1:
                writer.newPage()
            for block, y in page:
                block.draw(pen, _MARGIN, y, form.room)
                pace.step()
            _draw_foot(pen, form, foot, at, len(pages))
    finally:
        pen.painter.end()
    with whole_file(path) as temporary:
        temporary.write_bytes(bytes(buffer.data().data()))
    return len(pages)


def _families() -> Sequence[str]:
    platform = sys.platform if sys.platform in tokens.FONT_FAMILIES else "linux"
    families = tokens.FONT_FAMILIES[platform]
    return families.get(language(), families["en"])


Page = list[tuple[Block, float]]


def _paginated(pen: Pen, blocks: Iterable[Together], form: Format, pace: Pace) -> list[Page]:
    """Blocks with their places from the top; a table goes on under its heading."""
    pages: list[Page] = [[]]
    y = _MARGIN
    bottom = form.height - _MARGIN - _FOOT
    for entry in blocks:
        together = [entry] if isinstance(entry, Block) else list(entry)
        heights = [block.height(pen, form.room) for block in together]
        if y + sum(heights) > bottom and pages[-1]:
            pages.append([])
            y = _MARGIN
            first = together[0]
            if isinstance(first, TableRow) and first.under is not None:
                pages[-1].append((first.under, y))
                y += first.under.height(pen, form.room)
        for block, height in zip(together, heights, strict=True):
            pages[-1].append((block, y))
            y += height
        pace.step()
    return pages


def _draw_foot(pen: Pen, form: Format, text: str, page: int, pages: int) -> None:
    y = form.height - _MARGIN - 5
    pen.line(_MARGIN, y, form.room)
    pen.text(one_line(text), _MARGIN, y + 1, form.room - _NUMBER, 7.5, grey=True)
    number = _("page {page} of {pages}").format(page=page, pages=pages)
    place = _MARGIN + form.room - _NUMBER
    pen.text(number, place, y + 1, _NUMBER, 7.5, end=True, grey=True)
