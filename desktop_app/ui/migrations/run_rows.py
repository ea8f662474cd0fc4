"""The steps of a run while it runs: one row each, made of its events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from desktop_app.core.language import N_, _
from desktop_app.db.migrations.events import (
    Event,
    Outcome,
    RunEnded,
    RunStarted,
    StepEnded,
    StepProgress,
    StepStarted,
)
from desktop_app.services.migrations import words
from desktop_app.ui.migrations.chips import outcome_chip
from desktop_app.ui.tables.columns import Align, Chip, Column
from desktop_app.ui.times import duration


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """One step: how far it is, or what became of it."""

    step: str
    running: bool = False
    resumed: bool = False
    ended: StepEnded | None = None
    progress: StepProgress | None = None

    def state(self) -> Chip:
        """Waiting, running with the server's own word for what it does, or the outcome."""
        if self.ended is not None:
            return outcome_chip(self.ended.outcome)
        if not self.running:
            return Chip(_("Waiting"), "circle", "muted")
        phase = self.progress.phase if self.progress else ""
        text = _("Goes on where it was") if self.resumed and not phase else _("Running")
        return Chip(f"{text}: {phase}" if phase else text, "activity", "info")

    @property
    def done(self) -> int | None:
        """Documents done, or changed in the end."""
        if self.ended is not None:
            return self.ended.changed or None
        return self.progress.done if self.progress else None

    @property
    def share(self) -> float | None:
        """How much is done, from 0 to 1."""
        if self.ended is not None or self.progress is None or not self.progress.total:
            return None
        return min(1.0, self.progress.done / self.progress.total)

    def amount(self) -> str:
        """Documents done, of how many."""
        if self.done is None:
            return ""
        total = self.progress.total if self.progress and self.ended is None else None
        return f"{self.done:,} / {total:,}" if total else f"{self.done:,}"

    def remark(self) -> str:
        """Why it failed, what it left alone, how much it rests for others."""
        if self.ended is not None:
            said = [words.reason_text(self.ended.error)] if self.ended.error else []
            if self.ended.blocker is not None:
                said.append(words.blocker_text(self.ended.blocker))
            if self.ended.kept:
                kept = _("{n} left alone: changed since")
                said.append(kept.format(n=f"{self.ended.kept:,}"))
            return " · ".join(said)
        if self.progress is None or not self.running:
            return ""
        said = []
        if self.progress.left_s is not None:
            said.append(_("{time} left").format(time=duration(self.progress.left_s)))
        if self.progress.rested_s and self.progress.ping_ms is not None:
            resting = _("resting for others (ping {ms} ms)")
            said.append(resting.format(ms=round(self.progress.ping_ms)))
        return " · ".join(said)


def after(rows: tuple[StepRow, ...], event: Event) -> tuple[StepRow, ...]:
    """The rows once ``event`` has happened."""
    if isinstance(event, RunStarted):
        return tuple(StepRow(step=step) for step in event.steps)
    if isinstance(event, RunEnded):
        ended = {one.step: one for one in event.steps}
        return tuple(replace(row, running=False, ended=ended.get(row.step)) for row in rows)
    if isinstance(event, StepStarted):
        return _with(rows, event.step, running=True, resumed=event.resumed)
    if isinstance(event, StepProgress):
        return _with(rows, event.step, running=True, progress=event)
    if isinstance(event, StepEnded):
        return _with(rows, event.step, running=False, ended=event)
    return rows


def _with(rows: Iterable[StepRow], step: str, **changes: object) -> tuple[StepRow, ...]:
    return tuple(replace(row, **changes) if row.step == step else row for row in rows)  # type: ignore[arg-type]


def finished(rows: Iterable[StepRow]) -> int:
    """How many steps have ended."""
    return sum(row.ended is not None for row in rows)


def in_place(row: StepRow) -> bool:
    """Whether there was nothing to do about it."""
    return row.ended is not None and row.ended.outcome is Outcome.IN_PLACE


COLUMNS: tuple[Column[StepRow], ...] = (
    Column(
        key="step",
        title=N_("Migration step"),
        value=lambda row: words.step_title(row.step),
        width=240,
        sortable=False,
    ),
    Column(
        key="state",
        title=N_("State"),
        value=lambda row: row.state().text,
        chip=StepRow.state,
        width=140,
        sortable=False,
    ),
    Column(
        key="done",
        title=N_("Documents"),
        value=lambda row: row.done,
        text=StepRow.amount,
        share=lambda row: row.share,
        width=170,
        sortable=False,
    ),
    Column(
        key="per_s",
        title=N_("Per second"),
        value=lambda row: row.progress.per_s if row.progress else None,
        text=lambda row: f"{row.progress.per_s:,.0f}" if row.progress and row.running else "",
        align=Align.END,
        width=86,
        sortable=False,
    ),
    Column(
        key="seconds",
        title=N_("Time"),
        value=lambda row: row.ended.seconds if row.ended else None,
        text=lambda row: f"{row.ended.seconds:.1f} s" if row.ended and not in_place(row) else "",
        align=Align.END,
        width=60,
        sortable=False,
    ),
    Column(
        key="remark",
        title=N_("Remark"),
        value=StepRow.remark,
        width=100,
        sortable=False,
    ),
)
