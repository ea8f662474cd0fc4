"""What was done to a database: who, what, when, for how long, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from desktop_app.core.language import N_, _
from desktop_app.db.migrations.journal import RUNNING, Run, success_rate
from desktop_app.services.migrations import words
from desktop_app.ui.migrations.chips import outcome_chip, stop_chip
from desktop_app.ui.results.figure_table import FigureTable
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tables.columns import Align, Column
from desktop_app.ui.texts import follow_language
from desktop_app.ui.times import duration, local_time_exact
from desktop_app.ui.widgets.plain_text import plain_label

StepOfRun = Mapping[str, Any]


def _seconds(run: Run) -> float | None:
    return (run.ended_at - run.started_at).total_seconds() if run.ended_at else None


def _time(run: Run) -> str:
    seconds = _seconds(run)
    if seconds is None:
        return "–"
    return f"{seconds:.1f} s" if seconds < 60 else duration(seconds)


class HistoryPage(QWidget):
    """Shows runs, newest first, and the steps of the one chosen."""

    def __init__(self, tools: TabTools, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tools = tools
        self._runs: tuple[Run, ...] = ()
        self.rate = plain_label(role="muted")
        self.rate.setWordWrap(True)
        self.error = plain_label(role="muted")
        self.error.setWordWrap(True)
        self.error.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.runs: FigureTable[Run] = FigureTable(
            self._columns(), lambda run: run.run_id, tools.theme, chosen=self._on_run_chosen
        )
        self.steps: FigureTable[StepOfRun] = FigureTable(
            _STEPS, lambda step: str(step["step"]), tools.theme
        )
        below = QWidget()
        inner = QVBoxLayout(below)
        inner.setContentsMargins(0, 8, 0, 0)
        inner.setSpacing(8)
        inner.addWidget(self.error)
        inner.addWidget(self.steps, 1)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        above = QWidget()
        room = QVBoxLayout(above)
        room.setContentsMargins(0, 0, 0, 8)
        room.addWidget(self.runs)
        split.addWidget(above)
        split.addWidget(below)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.rate)
        column.addWidget(split, 1)
        follow_language(self, self._word)

    def show_runs(self, runs: tuple[Run, ...]) -> None:
        """Show these runs."""
        self._runs = runs
        self.runs.show_items(runs)
        if not runs:
            self._on_run_chosen(None)
        self._word()

    def _columns(self) -> tuple[Column[Run], ...]:
        settings = self._tools.settings
        return (
            Column(
                key="command",
                title=N_("Run"),
                value=lambda run: _(words.COMMANDS.get(run.command, run.command)),
                width=90,
            ),
            Column(
                key="outcome",
                title=N_("Result"),
                value=lambda run: run.outcome,
                chip=lambda run: stop_chip(run.outcome),
                width=170,
            ),
            Column(key="by", title=N_("By"), value=lambda run: run.by, width=150),
            Column(
                key="started_at",
                title=N_("Began"),
                value=lambda run: run.started_at,
                text=lambda run: local_time_exact(run.started_at, settings),
                width=180,
            ),
            Column(
                key="seconds",
                title=N_("Time"),
                value=_seconds,
                text=_time,
                align=Align.END,
                width=70,
            ),
            Column(
                key="environment",
                title=N_("Environment"),
                value=lambda run: _(words.ENVIRONMENTS.get(run.environment, run.environment)),
                width=100,
            ),
            Column(key="run_id", title=N_("Id"), value=lambda run: run.run_id, width=110),
        )

    def _on_run_chosen(self, run: Run | None) -> None:
        self.steps.show_items(run.steps if run is not None else ())
        text = words.stop_text(run.outcome, run.error) if run is not None else ""
        self.error.setText(text)

    def _word(self) -> None:
        self.runs.view.setAccessibleName(_("History"))
        self.steps.view.setAccessibleName(_("Steps"))
        rate = success_rate(self._runs)
        if rate is None:
            self.rate.setText(_("Nothing was done to this database yet."))
            return
        over = [run for run in self._runs if run.outcome != RUNNING]
        text = _("Runs that succeeded: {rate} ({n} of {total}).")
        good = sum(run.succeeded for run in over)
        self.rate.setText(text.format(rate=f"{rate:.1%}", n=f"{good:,}", total=f"{len(over):,}"))
        self._on_run_chosen(self.runs.current)


_STEPS: tuple[Column[StepOfRun], ...] = (
    Column(
        key="step",
        title=N_("Migration step"),
        value=lambda step: words.step_title(str(step["step"])),
        width=340,
    ),
    Column(
        key="outcome",
        title=N_("Result"),
        value=lambda step: step["outcome"],
        chip=lambda step: outcome_chip(step["outcome"]),
        width=160,
    ),
    Column(
        key="changed",
        title=N_("Changed"),
        value=lambda step: step["changed"],
        text=lambda step: f"{step['changed']:,}",
        align=Align.END,
        width=100,
    ),
    Column(
        key="seconds",
        title=N_("Time"),
        value=lambda step: step["seconds"],
        text=lambda step: f"{step['seconds']:.1f} s",
        align=Align.END,
        width=90,
    ),
    Column(
        key="error",
        title=N_("Error"),
        value=lambda step: words.reason_text(step["error"]),
        width=300,
    ),
)
