"""The charts of a load run, for reports: what was measured, second by second."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from desktop_app.core.language import N_, _
from desktop_app.core.load.counts import Latency
from desktop_app.core.load.result import LoadResult
from desktop_app.core.load.second import Phase, Second
from desktop_app.core.load.thresholds import LATENCIES, Metric
from desktop_app.services.chart_svg import OKABE_ITO, Chart, Limit, Line, Moment

TEXT = -1
BLUE, ORANGE, GREEN, PINK = range(4)
PLACES = {
    "p50": BLUE,
    "p95": ORANGE,
    "p99": PINK,
    "asked": TEXT,
    "done": GREEN,
    "failed": ORANGE,
    "dropped": TEXT,
    "users": BLUE,
    "generator_cpu": BLUE,
    "target_cpu": ORANGE,
    "target_memory": GREEN,
}
"""The colour of each series by its place in the palette (``TEXT``: the text's): the same series has
the same colour everywhere, in reports and in the window."""

_INK = "#1B1F27"

Value = Callable[[Second], float | None]


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a chart: its colour's key, its name (a message id), what it shows of a second."""

    key: str
    name: str
    value: Value
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Board:
    """One chart: the same live in the window, of a kept run, and in a report."""

    id: str
    title: str
    unit: str
    series: tuple[Series, ...]


def _response(figure: Callable[[Latency], float]) -> Value:
    return lambda second: figure(second.response) if second.response is not None else None


def _generator_cpu(second: Second) -> float | None:
    """The busiest generator, in per cent of one core: any one of them is the bottleneck."""
    return max((one.cpu_share * 100 for one in second.generators), default=None)


def _rate(count: Callable[[Second], int]) -> Value:
    """Per second, where several seconds were put together."""
    return lambda second: count(second) / second.width_s


def _target(name: str) -> Value:
    def value(second: Second) -> float | None:
        share = getattr(second.target, name) if second.target is not None else None
        return None if share is None else share * 100

    return value


LATENCY = "latency"
BOARDS = (
    Board(
        LATENCY,
        N_("Response time"),
        "ms",
        (
            Series("p50", "p50", _response(lambda latency: latency.p50)),
            Series("p95", "p95", _response(lambda latency: latency.p95)),
            Series("p99", "p99", _response(lambda latency: latency.p99)),
        ),
    ),
    Board(
        "throughput",
        N_("Throughput"),
        "/s",
        (
            Series("asked", N_("asked"), _rate(lambda second: second.asked), dashed=True),
            Series("done", N_("done"), _rate(lambda second: second.counts.completed)),
        ),
    ),
    Board(
        "errors",
        N_("Errors and requests never sent"),
        "/s",
        (
            Series("failed", N_("failed"), _rate(lambda second: second.counts.failed)),
            Series("dropped", N_("never sent"), _rate(lambda second: second.dropped), dashed=True),
        ),
    ),
    Board(
        "users",
        N_("Users waiting for an answer"),
        "",
        (Series("users", N_("users"), lambda second: float(second.busy)),),
    ),
    Board(
        "resources",
        N_("CPU and memory"),
        "%",
        (
            Series("generator_cpu", N_("generator"), _generator_cpu),
            Series("target_cpu", N_("server CPU"), _target("cpu_share")),
            Series("target_memory", N_("server memory"), _target("memory_share")),
        ),
    ),
)


def charts_of(result: LoadResult) -> tuple[Chart, ...]:
    """The charts of a run, without the lines that have no data."""
    found = tuple(_chart(result, board) for board in BOARDS)
    return tuple(one for one in found if one.lines)


def _chart(result: LoadResult, board: Board) -> Chart:
    lines = (
        Line(
            name=_(series.name),
            points=tuple((float(s.number), series.value(s)) for s in result.seconds),
            color=_color(PLACES[series.key]),
            dashed=series.dashed,
        )
        for series in board.series
    )
    return Chart(
        title=_(board.title),
        unit=board.unit,
        x_unit=_("s"),
        lines=tuple(line for line in lines if any(y is not None for _x, y in line.points)),
        limits=_limits(result) if board.id == LATENCY else (),
        moments=tuple(Moment(at=mark.at_s, text=mark.text) for mark in result.marks),
        shaded=_not_measured(result.seconds),
    )


def _color(place: int) -> str:
    return _INK if place == TEXT else OKABE_ITO[place]


def _limits(result: LoadResult) -> tuple[Limit, ...]:
    shown = (Metric.P50, Metric.P95, Metric.P99)
    return tuple(
        Limit(value=gate.threshold.limit, text=str(gate.threshold))
        for gate in result.gates
        if gate.threshold.metric in shown
        and gate.threshold.metric in LATENCIES
        and not gate.threshold.step
        and not gate.threshold.service
    )


def _not_measured(seconds: Sequence[Second]) -> tuple[tuple[float, float], ...]:
    """Stretches of warming up and draining."""
    stretches: list[list[float]] = []
    for second in seconds:
        if second.phase is Phase.MEASURED:
            continue
        start, end = float(second.number), float(second.number + second.width_s)
        if stretches and stretches[-1][1] == start:
            stretches[-1][1] = end
        else:
            stretches.append([start, end])
    return tuple((start, end) for start, end in stretches)
