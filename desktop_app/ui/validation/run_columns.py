"""The runs of a target as a table shows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from desktop_app.config.settings import Settings
from desktop_app.core.language import N_, _
from desktop_app.core.verdicts import CheckState
from desktop_app.services.validation import words
from desktop_app.services.validation.runs import RunHead
from desktop_app.ui.tables.columns import Align, Chip, Column
from desktop_app.ui.times import local_time_exact
from desktop_app.ui.validation.chips import STATE_LOOKS, outcome_chip, state_chip, stop_chip

_MEASURED = (CheckState.PASS, CheckState.WARN, CheckState.FAIL)


def run_columns(settings: Settings, titles: Callable[[str], str]) -> tuple[Column[RunHead], ...]:
    """When, how it ended, what was found, how much was measured, how long, by whom.

    ``titles`` gives a suite's title by its id.
    """
    return (
        Column(
            key="started_at",
            title=N_("Began"),
            value=lambda head: head.started_at,
            text=lambda head: local_time_exact(head.started_at, settings),
            width=172,
        ),
        Column(key="result", title=N_("Result"), value=_rank, chip=result_chip, width=120),
        Column(
            key="counts",
            title=N_("Verdicts"),
            value=lambda head: head.states.get(CheckState.FAIL, 0),
            text=counts,
            width=200,
        ),
        Column(
            key="coverage",
            title=N_("Coverage"),
            value=coverage,
            text=lambda head: f"{coverage(head)} %" if coverage(head) is not None else "–",
            align=Align.END,
            width=76,
        ),
        Column(
            key="seconds",
            title=N_("Time"),
            value=lambda head: head.seconds,
            text=lambda head: words.duration(head.seconds),
            align=Align.END,
            width=80,
        ),
        Column(
            key="suites",
            title=N_("Suites"),
            value=lambda head: suites(head, titles),
            width=160,
        ),
        Column(key="by", title=N_("By"), value=lambda head: head.by, width=120),
    )


def result_chip(head: RunHead) -> Chip:
    """What a run came to, as its findings' page says it; how it ended where it is not judged."""
    return stop_chip(head.stop) if head.outcome is None else outcome_chip(head.outcome)


def counts(head: RunHead) -> str:
    """How many checks are in which state."""
    parts = [
        f"{state_chip(state).text} {count:,}"
        for state in STATE_LOOKS
        if (count := head.states.get(state, 0))
    ]
    return " · ".join(parts)


def coverage(head: RunHead) -> int | None:
    """How much of what applies was measured, in percent; None where nothing applies."""
    applicable = head.checks - head.states.get(CheckState.NOT_APPLICABLE, 0)
    measured = sum(head.states.get(state, 0) for state in _MEASURED)
    return measured * 100 // applicable if applicable else None


def suites(head: RunHead, titles: Callable[[str], str]) -> str:
    """Which suites were run; marked where only some checks were run again."""
    names = ", ".join(map(titles, head.suites))
    return _("again: {suites}").format(suites=names) if head.replay else names


def title(head: RunHead, settings: Settings) -> str:
    """A run in one line, for a list to choose from."""
    return f"{local_time_exact(head.started_at, settings)} · {result_chip(head).text}"


def whole(heads: Sequence[RunHead]) -> tuple[RunHead, ...]:
    """Runs that were not only some checks run again."""
    return tuple(head for head in heads if not head.replay)


def _rank(head: RunHead) -> int:
    return head.states.get(CheckState.FAIL, 0)
