"""Companies side by side over the criteria: each mean as a share of the highest score."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, pi, sin
from unicodedata import east_asian_width

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem, QWidget

from desktop_app.core.results import CompanyResult
from desktop_app.core.templates import Criterion
from desktop_app.ui.results.plot import Plot, caption_font
from desktop_app.ui.theme.theme import Theme

MOST_COMPANIES = 3
_RINGS = (25.0, 50.0, 75.0, 100.0)
_DASHES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine)
_MOST_NAMES = 12
"""With more criteria than this their numbers stand at the rim, as in the table beside it."""
_LINE = 14
"""Columns of a line of a name at the rim; a Hangul syllable takes two."""


class RadarChart(Plot):
    """Up to three companies; of fewer than three criteria there is no shape, and it says so."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._criteria: tuple[Criterion, ...] = ()
        self._companies: tuple[CompanyResult | None, ...] = ()
        super().__init__(theme, self._draw, parent)
        self.setAspectLocked(True)
        self.hideAxis("left")
        self.hideAxis("bottom")
        self.setRange(xRange=(-178, 178), yRange=(-128, 128), padding=0)

    def show_companies(
        self, criteria: Sequence[Criterion], companies: Sequence[CompanyResult | None]
    ) -> None:
        """Show these, each in the colour of its place."""
        self._criteria = tuple(criteria)
        self._companies = tuple(companies[:MOST_COMPANIES])
        self.restyle()

    def _draw(self) -> None:
        self.clear()
        if len(self._criteria) < 3:
            return
        self._add_path(self._web(), pg.mkPen(self.color("border")))
        for at, criterion in enumerate(self._criteria):
            self._write(self._name(at, criterion), *self._point(at, 107))
        self._write("100 %", 3, 96, muted=True)
        self._write("50 %", 3, 46, muted=True)
        for place, company in enumerate(self._companies):
            if company is None or company.figure is None:
                continue
            pen = pg.mkPen(self.series(place), width=2, style=_DASHES[place])
            self._add_path(self._ring(self._shares(company)), pen)

    def _shares(self, company: CompanyResult) -> list[float]:
        return [
            100 * (mean or 0) / criterion.max_score
            for mean, criterion in zip(company.criterion_means, self._criteria, strict=True)
        ]

    def _web(self) -> QPainterPath:
        """The rings and the spokes."""
        web = QPainterPath()
        for ring in _RINGS:
            web.addPath(self._ring([ring] * len(self._criteria)))
        for at in range(len(self._criteria)):
            web.moveTo(0, 0)
            web.lineTo(*self._point(at, 100))
        return web

    def _ring(self, radii: Sequence[float]) -> QPainterPath:
        points = [self._point(at, radius) for at, radius in enumerate(radii)]
        path = QPainterPath()
        path.moveTo(*points[0])
        for point in points[1:]:
            path.lineTo(*point)
        path.closeSubpath()
        return path

    def _add_path(self, path: QPainterPath, pen: QPen) -> None:
        item = QGraphicsPathItem(path)
        item.setPen(pen)
        self.addItem(item)

    def _point(self, at: int, radius: float) -> tuple[float, float]:
        """The first criterion stands at the top, the others follow clockwise."""
        angle = pi / 2 - 2 * pi * at / len(self._criteria)
        return radius * cos(angle), radius * sin(angle)

    def _name(self, at: int, criterion: Criterion) -> str:
        if len(self._criteria) > _MOST_NAMES:
            return str(at + 1)
        return two_lines(criterion.name)

    def _write(self, text: str, x: float, y: float, *, muted: bool = False) -> None:
        # Towards the side on which the text stands, so that it never runs into the shape.
        side = 0.0 if x > 5 or muted else 1.0 if x < -5 else 0.5
        item = pg.TextItem(text, color=self.color("muted" if muted else "text"), anchor=(side, 0.5))
        item.setFont(caption_font())
        item.setPos(x, y)
        self.addItem(item)


def two_lines(name: str) -> str:
    """``name`` in at most two short lines, broken between words where there are any."""
    first, rest = _line(" ".join(name.split()))
    if not rest:
        return first
    second, left_out = _line(rest)
    return f"{first}\n{second[:-1]}…" if left_out else f"{first}\n{second}"


def _line(text: str) -> tuple[str, str]:
    """The first line of ``text``, and what is left of it."""
    columns = 0
    for at, character in enumerate(text):
        columns += 2 if east_asian_width(character) in "WF" else 1
        if columns > _LINE:
            space = text.rfind(" ", 0, at + 1)
            end = space if space > 0 else at
            return text[:end].rstrip(), text[end:].lstrip()
    return text, ""
