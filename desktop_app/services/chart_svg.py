"""Line charts for reports, as SVG that needs nothing else: axes, units, direct labels, limits.

The same rules as in the window (DESIGN.md, "Look"): no frame, a light grid, the unit on the axis,
threshold lines dashed with their value, colours that colour-blind people tell apart.
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Points = Sequence[tuple[float, float | None]]

OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""M. Okabe and K. Ito, "Color Universal Design" (2008), yellow left out: too light on white."""

WIDTH, HEIGHT = 760, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 112, 36, 28
_MOST_POINTS = 600
_LABEL_GAP = 13.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line. ``points`` are (x, y) in order; None leaves a gap: nothing was measured there."""

    name: str
    points: Points
    color: str
    dashed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A dashed level with its words."""

    value: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A vertical line: something happened."""

    at: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What a chart shows. ``shaded`` are stretches of x that are not measured."""

    title: str
    unit: str
    x_unit: str
    lines: tuple[Line, ...]
    limits: tuple[Limit, ...] = ()
    moments: tuple[Moment, ...] = ()
    shaded: tuple[tuple[float, float], ...] = ()


def as_svg(chart: Chart) -> str:
    """The chart as one ``<svg>`` element; texts are never markup."""
    xs = [x for line in chart.lines for x, _y in line.points]
    ys = [y for line in chart.lines for _x, y in line.points if y is not None]
    if not xs or not ys:
        return ""
    # A limit far above what was measured would press the lines flat: it is drawn where it fits.
    highest = max(ys)
    near = [limit.value for limit in chart.limits if limit.value <= highest * 2]
    top = max([highest, *near]) or 1.0
    area = _Area(min(xs), max(max(xs), min(xs) + 1), 0.0, top * 1.05)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" role="img" aria-label="{_escaped(chart.title)}" '
        "font-family=\"'Malgun Gothic', 'Segoe UI', 'Noto Sans CJK KR', sans-serif\" "
        'font-size="11" fill="#1B1F27">'
    )
    parts = [
        head,
        f'<text x="0" y="14" font-size="13" font-weight="600">{_escaped(chart.title)}</text>',
        *(_shade(area, start, end) for start, end in chart.shaded),
        *_grid(area, chart),
        *(_limit(area, limit) for limit in chart.limits if limit.value <= area.high),
        *(_moment(area, moment) for moment in chart.moments),
        *(_path(area, line) for line in chart.lines),
        *_labels(area, chart.lines),
        "</svg>",
    ]
    return "\n".join(parts)


@dataclass(frozen=True, slots=True)
class _Area:
    """Where values lie on the picture."""

    first: float
    last: float
    low: float
    high: float

    def x(self, value: float) -> float:
        inside = WIDTH - _LEFT - _RIGHT
        return _LEFT + (value - self.first) / (self.last - self.first) * inside

    def y(self, value: float) -> float:
        inside = HEIGHT - _TOP - _BOTTOM
        return HEIGHT - _BOTTOM - (value - self.low) / (self.high - self.low) * inside


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Round values between two: steps of 1, 2 or 5 times a power of ten."""
    span = high - low
    if span <= 0:
        return [low]
    power = 10 ** math.floor(math.log10(span / about))
    step = next(power * n for n in (1, 2, 5, 10) if span / (power * n) <= about)
    first = math.ceil(low / step - 1e-9)
    return [n * step for n in range(first, math.floor(high / step + 1e-9) + 1)]


def thinned(points: Points, most: int = _MOST_POINTS) -> list[tuple[float, float | None]]:
    """At most ``most`` points: of each group the lowest, the highest and a gap, in order.

    Neither a peak is lost, nor a moment in which everything stood still.
    """
    if len(points) <= most:
        return list(points)
    size = math.ceil(len(points) * 3 / most)
    kept: list[tuple[float, float | None]] = []
    for start in range(0, len(points), size):
        group = points[start : start + size]
        measured = [(y, place) for place, (_x, y) in enumerate(group) if y is not None]
        gaps = [place for place, (_x, y) in enumerate(group) if y is None]
        places = set(gaps[:1])
        if measured:
            places |= {min(measured)[1], max(measured)[1]}
        kept += [group[place] for place in sorted(places)]
    return kept


def _grid(area: _Area, chart: Chart) -> Iterable[str]:
    for value in ticks(area.low, area.high):
        y = area.y(value)
        yield (
            f'<line x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" '
            'stroke="#D5D9E0" stroke-width="1"/>'
        )
        yield (
            f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end" fill="#5B6472">'
            f"{_number(value)}</text>"
        )
    yield (
        f'<text x="{_LEFT - 8}" y="{_TOP - 8}" text-anchor="end" fill="#5B6472">'
        f"{_escaped(chart.unit)}</text>"
    )
    for value in ticks(area.first, area.last, 8):
        yield (
            f'<text x="{area.x(value):.1f}" y="{HEIGHT - _BOTTOM + 16}" text-anchor="middle" '
            f'fill="#5B6472">{_number(value)}</text>'
        )
    yield (
        f'<text x="{WIDTH - _RIGHT + 20}" y="{HEIGHT - _BOTTOM + 16}" fill="#5B6472">'
        f"{_escaped(chart.x_unit)}</text>"
    )


def _path(area: _Area, line: Line) -> str:
    commands: list[str] = []
    pen_down = False
    for x, y in thinned(line.points):
        if y is None:
            pen_down = False
            continue
        commands.append(f"{'L' if pen_down else 'M'}{area.x(x):.1f} {area.y(y):.1f}")
        pen_down = True
    dashes = ' stroke-dasharray="5 4"' if line.dashed else ""
    return (
        f'<path d="{" ".join(commands)}" fill="none" stroke="{_escaped(line.color)}" '
        f'stroke-width="1.6" stroke-linejoin="round" stroke-linecap="round"{dashes}/>'
    )


def _labels(area: _Area, lines: tuple[Line, ...]) -> Iterable[str]:
    """The lines' names at their ends, pushed apart where they would lie on each other."""
    ends: list[tuple[float, Line]] = []
    for line in lines:
        measured = [y for _x, y in line.points if y is not None]
        if measured:
            ends.append((area.y(measured[-1]), line))
    ends.sort(key=lambda end: end[0])
    places: list[float] = []
    for y, _line in ends:
        places.append(max(y, places[-1] + _LABEL_GAP) if places else y)
    lowest = float(HEIGHT - _BOTTOM)  # beneath it the axis has its words
    for at in reversed(range(len(places))):
        places[at] = min(places[at], lowest)
        lowest = places[at] - _LABEL_GAP
    for place, (_y, line) in zip(places, ends, strict=True):
        yield (
            f'<text x="{WIDTH - _RIGHT + 8}" y="{place + 4:.1f}" fill="{_escaped(line.color)}" '
            f'font-weight="600">{_escaped(line.name)}</text>'
        )


def _limit(area: _Area, limit: Limit) -> str:
    y = area.y(limit.value)
    return (
        f'<line x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#B3261E" '
        f'stroke-dasharray="6 4"/><text x="{_LEFT + 4}" y="{y - 4:.1f}" fill="#B3261E">'
        f"{_escaped(limit.text)}</text>"
    )


def _moment(area: _Area, moment: Moment) -> str:
    x = area.x(moment.at)
    # Its words stand on the side where there is more room for them.
    anchor, aside = ("start", 4) if x < WIDTH / 2 else ("end", -4)
    return (
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{HEIGHT - _BOTTOM}" stroke="#5B6472" '
        f'stroke-dasharray="2 3"/><text x="{x + aside:.1f}" y="{_TOP + 10}" '
        f'text-anchor="{anchor}" fill="#5B6472">'
        f"{_escaped(moment.text)}</text>"
    )


def _shade(area: _Area, start: float, end: float) -> str:
    left, right = area.x(max(start, area.first)), area.x(min(end, area.last))
    return (
        f'<rect x="{left:.1f}" y="{_TOP}" width="{max(0.0, right - left):.1f}" '
        f'height="{HEIGHT - _TOP - _BOTTOM}" fill="#F5F6F8"/>'
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 10 or value == int(value) else f"{value:g}"


def _escaped(text: str) -> str:
    printable = "".join(c for c in text if c.isprintable())
    return html.escape(printable, quote=True)
