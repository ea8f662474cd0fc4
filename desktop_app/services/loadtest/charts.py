"""The charts of a load run, for reports: what was measured, second by second."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from desktop_app.core.language import _
from desktop_app.core.load.counts import Latency
from desktop_app.core.load.result import LoadResult
from desktop_app.core.load.second import Phase, Second
from desktop_app.core.load.thresholds import LATENCIES, Metric
from desktop_app.services.chart_svg import OKABE_ITO, Chart, Limit, Line, Moment

BLUE, ORANGE, GREEN, PINK, YELLOW, SKY, BLACK = OKABE_ITO
COLORS = {
    "p50": BLUE,
    "p95": ORANGE,
    "p99": PINK,
    "asked": BLACK,
    "done": GREEN,
    "failed": ORANGE,
    "users": SKY,
    "generator_cpu": BLUE,
    "target_cpu": ORANGE,
    "target_memory": GREEN,
    "generator_late": PINK,
}
"""The same series has the same colour everywhere, in reports and in the window."""

Value = Callable[[Second], float | None]


def charts_of(result: LoadResult) -> tuple[Chart, ...]:
    """Latency, throughput, errors and users, resources; without those that have no data."""
    seconds = result.seconds
    moments = tuple(Moment(at=mark.at_s, text=mark.text) for mark in result.marks)
    shaded = _not_measured(seconds)

    def chart(title: str, unit: str, *lines: Line, limits: tuple[Limit, ...] = ()) -> Chart:
        return Chart(
            title=title,
            unit=unit,
            x_unit=_("s"),
            lines=tuple(line for line in lines if any(y is not None for _x, y in line.points)),
            limits=limits,
            moments=moments,
            shaded=shaded,
        )

    def line(key: str, name: str, value: Value, *, dashed: bool = False) -> Line:
        points = tuple((float(second.number), value(second)) for second in seconds)
        return Line(name=name, points=points, color=COLORS[key], dashed=dashed)

    found = (
        chart(
            _("Response time"),
            "ms",
            line("p50", "p50", _response(lambda latency: latency.p50)),
            line("p95", "p95", _response(lambda latency: latency.p95)),
            line("p99", "p99", _response(lambda latency: latency.p99)),
            limits=_limits(result),
        ),
        chart(
            _("Throughput"),
            "/s",
            line("asked", _("asked"), lambda second: float(second.asked), dashed=True),
            line("done", _("done"), lambda second: float(second.counts.completed)),
        ),
        chart(
            _("Errors and requests never sent"),
            "/s",
            line("failed", _("failed"), lambda second: float(second.counts.failed)),
            line("asked", _("never sent"), lambda second: float(second.dropped), dashed=True),
        ),
        chart(
            _("Users waiting for an answer"),
            "",
            line("users", _("users"), lambda second: float(second.busy)),
        ),
        chart(
            _("Processor and memory"),
            "%",
            line("generator_cpu", _("generator"), _generator_cpu),
            line("target_cpu", _("server CPU"), _target("cpu_share")),
            line("target_memory", _("server memory"), _target("memory_share")),
        ),
    )
    return tuple(one for one in found if one.lines)


def _response(figure: Callable[[Latency], float]) -> Value:
    return lambda second: figure(second.response) if second.response is not None else None


def _generator_cpu(second: Second) -> float | None:
    """The busiest generator, in per cent of one core: any one of them is the bottleneck."""
    return max((one.cpu_share * 100 for one in second.generators), default=None)


def _target(name: str) -> Value:
    def value(second: Second) -> float | None:
        share = getattr(second.target, name) if second.target is not None else None
        return None if share is None else share * 100

    return value


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
        start, end = float(second.number), float(second.number + 1)
        if stretches and stretches[-1][1] == start:
            stretches[-1][1] = end
        else:
            stretches.append([start, end])
    return tuple((start, end) for start, end in stretches)
