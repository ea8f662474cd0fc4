"""What the screen of load runs has done in the background."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_, _
from desktop_app.core.load.control import Control
from desktop_app.core.load.events import Preparing, RunEnded
from desktop_app.core.load.rehearsal import Rehearsed
from desktop_app.core.load.result import LoadResult
from desktop_app.core.tasks import TaskContext
from desktop_app.core.validation.report import ValidationReport
from desktop_app.services.connected import NoAddress
from desktop_app.services.loadtest.desk import LoadDesk, LoadOrder
from desktop_app.services.loadtest.own_scenarios import (
    ScenarioText,
    of_recording,
    open_scenario,
)
from desktop_app.services.loadtest.recording import from_har, from_report
from desktop_app.services.loadtest.runs import LoadHead
from desktop_app.ui.loadtest import opened as opening
from desktop_app.ui.loadtest.opened import OpenedRun
from desktop_app.ui.run_work import RunWork, Tell
from desktop_app.ui.tab import TabTools

R = TypeVar("R")
LastValidation = Callable[[], ValidationReport | None]


class NoValidation(LocalFailure):
    """There is nothing to make a scenario of."""

    what = N_("No validation run of this target is kept.")
    advice = N_("Run a validation first; what it read then becomes a scenario.")


@dataclass(frozen=True, slots=True)
class Loaded:
    """The kept runs of this target, and the scenarios there are."""

    heads: tuple[LoadHead, ...]
    paths: tuple[Path, ...]


class Acts(QObject):
    """Signals carry what came of it, on the GUI thread.

    ``loaded`` a ``Loaded``; ``read`` a ``ScenarioText`` of a file, ``recorded`` one that is in no
    file yet; ``rehearsed`` steps tried; ``ended`` and ``opened`` an ``OpenedRun``; ``heads`` the
    kept runs; ``noted`` a head. ``failed`` carries the act's name and the error.
    """

    loaded = Signal(object)
    read = Signal(object)
    recorded = Signal(object)
    rehearsed = Signal(tuple)
    ended = Signal(object)
    opened = Signal(object)
    heads = Signal(tuple)
    noted = Signal(object)
    failed = Signal(str, object)

    def __init__(
        self, desk: LoadDesk, last_validation: LastValidation, tools: TabTools, owner: QWidget
    ) -> None:
        super().__init__(owner)
        self._desk, self._tools, self._last_validation = desk, tools, last_validation
        self.work = RunWork(tools.runner, self, newest_only=Preparing)
        self._control: Control | None = None
        self._under_way: set[str] = set()

    @property
    def control(self) -> Control | None:
        """The run that goes on; None while none does."""
        return self._control

    def load(self) -> None:
        """Read which runs and scenarios there are."""
        desk = self._desk

        def work(_context: TaskContext) -> Loaded:
            return Loaded(_heads(desk), desk.scenario_paths())

        self._start("load", work, self.loaded.emit)

    def read_scenario(self, path: Path) -> None:
        """Read a scenario's file; the newest wish counts."""
        self._start("read", lambda _context: open_scenario(path), self.read.emit)

    def import_har(self, path: Path) -> None:
        """Make a scenario of a browser's recording."""
        folder = self._desk.scenarios_folder

        def work(_context: TaskContext) -> ScenarioText:
            return of_recording(from_har(path), folder)

        self._start("record", work, self.recorded.emit)

    def import_validation(self) -> None:
        """Make a scenario of what the last validation run read."""
        folder, last = self._desk.scenarios_folder, self._last_validation

        def work(_context: TaskContext) -> ScenarioText:
            report = last()
            if report is None:
                raise NoValidation()
            return of_recording(from_report(report), folder)

        self._start("record", work, self.recorded.emit)

    def rehearse(self, order: LoadOrder) -> bool:
        """Try one round; False while something runs."""
        desk = self._desk

        def work(context: TaskContext, tell: Tell) -> tuple[Rehearsed, ...]:
            steps: list[Rehearsed] = []
            for step in desk.rehearse(order, context):
                steps.append(step)
                tell(step)
            return tuple(steps)

        return self.work.start(
            work,
            title=_("Dry run of {scenario}").format(scenario=order.scenario.name),
            done=self.rehearsed.emit,
            failed=partial(self.failed.emit, "rehearse"),
        )

    def run(self, order: LoadOrder) -> bool:
        """Begin a run; False while something runs."""
        desk, control = self._desk, Control()

        def work(context: TaskContext, tell: Tell) -> OpenedRun:
            result: LoadResult | None = None
            for event in desk.run(order, context, control):
                if isinstance(event, RunEnded):
                    result = event.result
                tell(event)
            assert result is not None
            return opening.opened(desk, result)

        def end(then: Callable[[], object]) -> None:
            self._control = None
            then()

        begun = self.work.start(
            work,
            title=_("Load run: {scenario}").format(scenario=order.scenario.name),
            done=lambda run: end(lambda: self.ended.emit(run)),
            failed=lambda error: end(lambda: self.failed.emit("run", error)),
        )
        if begun:
            self._control = control
        return begun

    def open(self, run_id: str, before_id: str = "") -> None:
        """Read a kept run."""
        desk = self._desk
        self._start(
            "open", lambda _context: opening.by_id(desk, run_id, before_id), self.opened.emit
        )

    def note(self, run_id: str, note: str, tags: tuple[str, ...]) -> None:
        """Put a note and tags to a run."""
        desk = self._desk
        self._start("note", lambda _context: desk.note(run_id, note, tags), self.noted.emit)

    def pin(self, run_id: str, *, pinned: bool) -> None:
        """Keep a run whatever comes after it, or no longer."""
        desk = self._desk

        def work(_context: TaskContext) -> tuple[LoadHead, ...]:
            desk.runs.pin(run_id, pinned=pinned)
            return _heads(desk)

        self._start("pin", work, self.heads.emit)

    def remove(self, run_ids: tuple[str, ...]) -> None:
        """Forget runs."""
        desk = self._desk

        def work(_context: TaskContext) -> tuple[LoadHead, ...]:
            for run_id in run_ids:
                desk.runs.remove(run_id)
            return _heads(desk)

        self._start("remove", work, self.heads.emit)

    def list_runs(self) -> None:
        """Read the list of kept runs."""
        desk = self._desk
        self._start("heads", lambda _context: _heads(desk), self.heads.emit)

    def _start(
        self, act: str, work: Callable[[TaskContext], R], done: Callable[[R], object]
    ) -> bool:
        if act in self._under_way:
            return False
        self._under_way.add(act)

        def ended(result: R) -> None:
            self._under_way.discard(act)
            done(result)

        def failed(error: Exception) -> None:
            self._under_way.discard(act)
            self.failed.emit(act, error)

        self._tools.runner.start(work, owner=self, done=ended, failed=failed)
        return True


def _heads(desk: LoadDesk) -> tuple[LoadHead, ...]:
    """The runs of this connection; none while there is no server to tell which they are."""
    try:
        return desk.runs.heads(desk.place)
    except NoAddress:
        return ()
