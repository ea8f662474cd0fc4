"""What a printed page is made of: blocks with a height, which are drawn where there is room."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPdfWriter, QPen
from PySide6.QtSvg import QSvgRenderer

_START = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
_END = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
_WRAP = Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere

INK, GREY, LINE, HEAD = QColor("#1B1F27"), QColor("#5B6472"), QColor("#B4BBC6"), QColor("#ECEFF4")
"""Paper is light whatever the window's theme is."""


class Pen:
    """Draws on one PDF in millimetres; measures texts as that PDF will show them."""

    def __init__(self, writer: QPdfWriter, families: Sequence[str]) -> None:
        self._writer = writer
        self._families = list(families)
        self._dots = writer.resolution() / 25.4
        self._fonts: dict[tuple[float, bool], QFont] = {}
        self._metrics: dict[tuple[float, bool], QFontMetricsF] = {}
        self.painter = QPainter(writer)

    def height(self, text: str, width: float, size: float, *, strong: bool = False) -> float:
        """How high ``text`` is when it wraps at ``width``, in millimetres."""
        metrics = self._metrics_of(size, strong)
        if "\n" not in text and metrics.horizontalAdvance(text) <= width * self._dots:
            return metrics.height() / self._dots
        box = QRectF(0, 0, width * self._dots, 1e9)
        return metrics.boundingRect(box, _WRAP | _START, text).height() / self._dots

    def text(
        self,
        text: str,
        x: float,
        y: float,
        width: float,
        size: float,
        *,
        strong: bool = False,
        end: bool = False,
        grey: bool = False,
    ) -> None:
        """Write ``text`` from the top left at ``x``, ``y``, wrapped at ``width``."""
        self.painter.setFont(self._font(size, strong))
        self.painter.setPen(GREY if grey else INK)
        box = QRectF(x * self._dots, y * self._dots, width * self._dots, 1e6)
        self.painter.drawText(box, (_END if end else _START) | _WRAP, text)

    def line(self, x: float, y: float, width: float, *, strong: bool = False) -> None:
        """A horizontal line."""
        pen = QPen(INK if strong else LINE)
        pen.setWidthF((0.3 if strong else 0.1) * self._dots)
        self.painter.setPen(pen)
        left, top = round(x * self._dots), round(y * self._dots)
        self.painter.drawLine(left, top, round((x + width) * self._dots), top)

    def fill(self, x: float, y: float, width: float, height: float) -> None:
        """A light ground."""
        dots = self._dots
        self.painter.fillRect(QRectF(x * dots, y * dots, width * dots, height * dots), HEAD)

    def picture(self, svg: QSvgRenderer, x: float, y: float, width: float, height: float) -> None:
        """A drawing in a box."""
        dots = self._dots
        svg.render(self.painter, QRectF(x * dots, y * dots, width * dots, height * dots))

    def _font(self, size: float, strong: bool) -> QFont:
        if (size, strong) not in self._fonts:
            font = QFont()
            font.setFamilies(self._families)
            font.setPointSizeF(size)
            font.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
            # WORKAROUND https://github.com/notofonts/noto-cjk: beside Latin letters it exchanges
            # digits for twins that no code point leads to, which a PDF's text then lacks.
            font.setFeature(QFont.Tag("locl"), 0)
            self._fonts[size, strong] = font
        return self._fonts[size, strong]

    def _metrics_of(self, size: float, strong: bool) -> QFontMetricsF:
        if (size, strong) not in self._metrics:
            self._metrics[size, strong] = QFontMetricsF(self._font(size, strong), self._writer)
        return self._metrics[size, strong]


class Block(ABC):
    """Something that is not parted between pages."""

    __slots__ = ()

    @abstractmethod
    def height(self, pen: Pen, width: float, /) -> float:
        """In millimetres, at a width."""

    @abstractmethod
    def draw(self, pen: Pen, x: float, y: float, width: float, /) -> None:
        """Draw it with its top left at ``x``, ``y``."""


@dataclass(frozen=True, slots=True)
class Gap(Block):
    """Room between blocks."""

    room: float

    def height(self, _pen: Pen, _width: float, /) -> float:
        """The room."""
        return self.room

    def draw(self, pen: Pen, x: float, y: float, width: float, /) -> None:
        """Nothing is drawn."""


@dataclass(frozen=True, slots=True)
class Paragraph(Block):
    """A text over the whole width."""

    text: str
    size: float = 9
    strong: bool = False
    grey: bool = False

    def height(self, pen: Pen, width: float, /) -> float:
        """The height of the wrapped text."""
        return pen.height(self.text, width, self.size, strong=self.strong)

    def draw(self, pen: Pen, x: float, y: float, width: float, /) -> None:
        """Write it."""
        pen.text(self.text, x, y, width, self.size, strong=self.strong, grey=self.grey)


_PICTURE = 0.66
"""Of the width: two of our charts then share a page."""


class Picture(Block):
    """A drawing (SVG), as high as its form asks for."""

    __slots__ = ("_svg",)

    def __init__(self, svg: str) -> None:
        self._svg = QSvgRenderer(svg.encode())

    def height(self, _pen: Pen, width: float, /) -> float:
        """By the drawing's form; nothing for one that cannot be read."""
        size = self._svg.defaultSize()
        return width * _PICTURE * size.height() / size.width() if size.width() > 0 else 0.0

    def draw(self, pen: Pen, x: float, y: float, width: float, /) -> None:
        """Draw it."""
        pen.picture(self._svg, x, y, width * _PICTURE, self.height(pen, width))


@dataclass(frozen=True, slots=True)
class Fact(Block):
    """A name and what it stands for."""

    name: str
    text: str
    name_width: float = 38

    def height(self, pen: Pen, width: float, /) -> float:
        """The height of the higher of both."""
        name = pen.height(self.name, self.name_width, 9)
        return max(name, pen.height(self.text, width - self.name_width, 9)) + 1

    def draw(self, pen: Pen, x: float, y: float, width: float, /) -> None:
        """Write both side by side."""
        pen.text(self.name, x, y, self.name_width, 9, grey=True)
        pen.text(self.text, x + self.name_width, y, width - self.name_width, 9)


@dataclass(frozen=True, slots=True)
class TableRow(Block):
    """Cells in columns of ``widths`` millimetres.

    ``under`` is the heading that comes first again where the table goes on on another page; a row
    without one is a heading itself.
    """

    cells: tuple[str, ...]
    widths: tuple[float, ...]
    ends: tuple[bool, ...]
    under: TableRow | None = None
    size: float = 8.5

    @property
    def heading(self) -> bool:
        """Whether this is the row of titles."""
        return self.under is None

    def height(self, pen: Pen, _width: float, /) -> float:
        """The height of the highest cell, with room above and below."""
        heights = (
            pen.height(cell, room - 2 * _SIDE, self.size, strong=self.heading)
            for cell, room in zip(self.cells, self.widths, strict=True)
        )
        return max(heights) + 2 * _ABOVE

    def draw(self, pen: Pen, x: float, y: float, _width: float, /) -> None:
        """Write the cells and a line under them."""
        height = self.height(pen, sum(self.widths))
        if self.heading:
            pen.fill(x, y, sum(self.widths), height)
        left = x
        for cell, room, end in zip(self.cells, self.widths, self.ends, strict=True):
            pen.text(
                cell,
                left + _SIDE,
                y + _ABOVE,
                room - 2 * _SIDE,
                self.size,
                strong=self.heading,
                end=end,
            )
            left += room
        pen.line(x, y + height, sum(self.widths), strong=self.heading)


_SIDE, _ABOVE = 1.5, 1.2


@dataclass(frozen=True, slots=True)
class Signatures(Block):
    """Two places side by side where a named person signs; an empty name is an empty place."""

    names: tuple[str, ...]
    name_word: str
    sign_word: str

    def height(self, _pen: Pen, _width: float, /) -> float:
        """Room enough for a hand."""
        return 13

    def draw(self, pen: Pen, x: float, y: float, width: float, /) -> None:
        """The names, and lines to write on."""
        half = width / 2
        for place, name in enumerate(self.names):
            left = x + place * half
            pen.text(self.name_word, left, y + 6, 14, 9, grey=True)
            pen.text(name, left + 14, y + 6, half - 50, 9)
            if not name:
                pen.line(left + 14, y + 11, half - 54)
            pen.text(self.sign_word, left + half - 36, y + 6, 12, 9, grey=True)
            pen.line(left + half - 24, y + 11, 20)
