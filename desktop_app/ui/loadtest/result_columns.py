"""The tables of a load run's result, declared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from desktop_app.core.language import N_, _
from desktop_app.core.load.counts import Latency
from desktop_app.core.load.result import Example, Gate, LoadResult, StepResult
from desktop_app.services.loadtest import words
from desktop_app.services.loadtest.comparison import Difference
from desktop_app.ui.loadtest.chips import change_chip, gate_chip
from desktop_app.ui.tables.columns import Align, Column
from desktop_app.ui.widgets.plain_text import one_line


@dataclass(frozen=True, slots=True)
class Row:
    """A name and a figure; ``strong`` ones are sums."""

    name: str
    value: float
    text: str


@dataclass(frozen=True, slots=True)
class Times:
    """One kind of latency."""

    name: str
    latency: Latency | None


def gate_columns(counts: Callable[[], bool]) -> tuple[Column[Gate], ...]:
    """Thresholds and what came of them; ``counts`` tells whether the run shown is a result."""
    return (
        Column(
            key="threshold",
            title=N_("Threshold"),
            value=lambda one: str(one.threshold),
            width=220,
        ),
        Column(
            key="state",
            title=N_("State"),
            value=lambda one: one.state.value,
            chip=lambda one: gate_chip(one.state, counts=counts()),
            width=124,
        ),
        Column(
            key="value",
            title=N_("Measured"),
            value=lambda one: one.value,
            text=words.gate_value,
            align=Align.END,
            width=140,  # why it could not be judged has room, too
        ),
        Column(
            key="broken_at",
            title=N_("Broken at"),
            value=lambda one: one.broken_at,
            text=lambda one: words.at_second(one.broken_at) if one.broken_at is not None else "",
            align=Align.END,
            width=90,
        ),
    )


def _latency(
    name: str, title: str, of: Callable[[Times], Latency | None], width: int = 84
) -> Column[Times]:
    def value(one: Times) -> float | None:
        latency = of(one)
        return getattr(latency, name) if latency is not None else None

    return Column(
        key=name,
        title=title,
        value=value,
        text=lambda one: words.ms(value(one)),
        align=Align.END,
        width=width,
    )


_PERCENTILES = (
    ("p50", "p50"),
    ("p90", "p90"),
    ("p95", "p95"),
    ("p99", "p99"),
    ("p999", "p99.9"),
    ("max", N_("Longest")),
    ("mean", N_("Mean")),
)
TIMES: tuple[Column[Times], ...] = (
    Column(key="name", title=N_("Latency"), value=lambda one: _(one.name), width=150),
    *(_latency(name, title, lambda one: one.latency) for name, title in _PERCENTILES),
)


def _step(name: str, title: str) -> Column[StepResult]:
    def value(one: StepResult) -> float | None:
        latency = one.measured.response
        return getattr(latency, name) if latency is not None else None

    return Column(
        key=name,
        title=title,
        value=value,
        text=lambda one: words.ms(value(one)),
        align=Align.END,
        width=84,
    )


STEPS: tuple[Column[StepResult], ...] = (
    Column(key="name", title=N_("Scenario step"), value=lambda one: one.name, width=180),
    Column(key="flow", title=N_("Flow"), value=lambda one: one.flow or _("setup"), width=100),
    Column(
        key="sent",
        title=N_("Sent"),
        value=lambda one: one.total.sent,
        text=lambda one: f"{one.total.sent:,}",
        align=Align.END,
        width=84,
    ),
    Column(
        key="failed",
        title=N_("Failed"),
        value=lambda one: one.total.failed,
        text=lambda one: f"{one.total.failed:,}",
        align=Align.END,
        width=84,
    ),
    Column(
        key="rate",
        title=N_("Throughput"),
        value=lambda one: one.measured.rate,
        text=lambda one: words.per_second(one.measured.rate),
        align=Align.END,
        width=96,
    ),
    *(_step(name, title) for name, title in _PERCENTILES[:-1]),
)
EXAMPLES: tuple[Column[Example], ...] = (
    Column(
        key="at",
        title=N_("At"),
        value=lambda one: one.at_s,
        text=lambda one: words.at_second(one.at_s, 1),
        align=Align.END,
        width=72,
    ),
    Column(key="step", title=N_("Scenario step"), value=lambda one: one.step, width=150),
    Column(key="kind", title=N_("Kind"), value=lambda one: _(words.FAILURES[one.kind]), width=170),
    Column(
        key="status",
        title=N_("Status"),
        value=lambda one: one.status or None,
        text=lambda one: str(one.status or ""),
        width=64,
    ),
    Column(
        key="text",
        title=N_("What came"),
        value=lambda one: one_line(words.example_text(one)),
        width=300,
    ),
)
ROWS: tuple[Column[Row], ...] = (
    Column(key="name", title=N_("Requests"), value=lambda one: one.name, width=240),
    Column(
        key="value",
        title=N_("Count"),
        value=lambda one: one.value,
        text=lambda one: one.text,
        align=Align.END,
        width=100,
    ),
)


def _difference(key: str, title: str, at: int, width: int) -> Column[Difference]:
    return Column(
        key=key,
        title=title,
        value=lambda one: words.difference_row(one)[at],
        align=Align.END,
        width=width,
    )


DIFFERENCES: tuple[Column[Difference], ...] = (
    Column(
        key="figure",
        title=N_("Figure"),
        value=lambda one: words.difference_row(one)[0],
        width=120,
    ),
    _difference("before", N_("Earlier run"), 1, 110),
    _difference("after", N_("Later run"), 2, 110),
    _difference("span", N_("Difference (99 %)"), 3, 190),
    Column(
        key="change",
        title=N_("Meaning"),
        value=lambda one: one.change.value,
        chip=lambda one: change_chip(one.change),
        width=200,
    ),
)


def times_of(result: LoadResult) -> Sequence[Times]:
    """Response and service time of the measured part."""
    if result.measured is None:
        return ()
    return (
        Times(N_("Response time"), result.measured.response),
        Times(N_("Service time"), result.measured.service),
    )


def accounts_of(result: LoadResult) -> Iterable[Row]:
    """Where every request went."""
    total = result.total
    for name, count in (
        (_("Asked"), result.asked),
        (_("Sent"), total.sent),
        (_("Never sent: no user was free in time"), result.dropped),
        (_("Never sent: the run was stopped"), result.unsent),
        (_("Done"), total.completed),
        (_("Failed"), total.failed),
        (_("Still on the way at the end"), total.in_flight),
        (_("Sent late by the generator"), total.late),
    ):
        yield Row(name, count, f"{count:,}")


def failures_of(result: LoadResult) -> Iterable[Row]:
    """How many of each kind, the most first."""
    for name, count in words.failure_counts(result):
        yield Row(name, count, f"{count:,}")
