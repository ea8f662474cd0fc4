"""What the wizard has done in the background: looking, proving, running, opening, accepting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop_app.core.language import _
from desktop_app.core.tasks import Progress, TaskContext
from desktop_app.core.validation.baseline import Accepted
from desktop_app.core.validation.events import Pulse
from desktop_app.core.validation.findings import CheckResult
from desktop_app.core.validation.report import SignInProven, Stop, ValidationReport
from desktop_app.core.validation.rerun import merged
from desktop_app.engines.validation.target import Credential
from desktop_app.services.validation.desk import Desk, ValidationOrder
from desktop_app.services.validation.platform_secrets import Known, Source
from desktop_app.services.validation.runs import RunHead
from desktop_app.services.validation.shelf import Shelf
from desktop_app.services.validation.telling import Telling
from desktop_app.ui.run_work import RunWork, Tell
from desktop_app.ui.tab import TabTools
from desktop_app.ui.validation import opened as opening
from desktop_app.ui.validation.opened import Opened

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Loaded:
    """The suites, what their checks took the last time, and the runs of this target."""

    shelf: Shelf
    paces: dict[str, tuple[int, float]]
    heads: tuple[RunHead, ...]
    sources: Mapping[Known, Source]


@dataclass(frozen=True, slots=True)
class Again:
    """A check that ran again: the run as it was and as it is now, and what the new one said."""

    before: Opened
    now: Opened
    report: ValidationReport
    check: str


class Acts(QObject):
    """Signals carry what came of it, on the GUI thread.

    ``loaded`` a ``Loaded``; ``looked`` a report without checks; ``proven`` sign-ins, ``waiting``
    why and how long they still have to wait (translated, "" for no more); ``ended`` and
    ``opened`` an ``Opened``; ``ran_again`` an ``Again``; ``heads`` the kept runs; ``sources``
    where each of the platform's secrets is known from. ``failed``
    carries the act's name and the error.
    """

    loaded = Signal(object)
    looked = Signal(object)
    proven = Signal(tuple)
    waiting = Signal(str)
    ended = Signal(object)
    ran_again = Signal(object)
    opened = Signal(object)
    heads = Signal(tuple)
    sources = Signal(object)
    failed = Signal(str, object)

    def __init__(self, desk: Desk, tools: TabTools, owner: QWidget) -> None:
        super().__init__(owner)
        self._desk, self._tools = desk, tools
        self.work = RunWork(tools.runner, self, newest_only=Pulse)
        self._under_way: set[str] = set()

    def load(self, *, anew: bool = False) -> None:
        """Read suites and kept runs; ``anew`` looks at the suites' files again."""
        desk = self._desk

        def work(_context: TaskContext) -> Loaded:
            shelf = desk.shelf(anew=anew)
            return Loaded(shelf, dict(desk.paces), desk.heads(), _sources(desk))

        self._start("load", work, self.loaded.emit)

    def list_runs(self) -> None:
        """Read the list of kept runs."""
        desk = self._desk

        def work(_context: TaskContext) -> tuple[RunHead, ...]:
            return desk.heads()

        self._start("heads", work, self.heads.emit)

    def forget(self, name: Known) -> None:
        """Have the keyring keep one of the platform's secrets no longer."""
        desk = self._desk

        def work(_context: TaskContext) -> Mapping[Known, Source]:
            desk.secrets.forget(name)
            return _sources(desk)

        self._start("forget", work, self.sources.emit)

    def look(self) -> bool:
        """Ask the server what it is; False while it is asked already."""
        return self._start("look", self._desk.look, self.looked.emit)

    def prove(self, credentials: tuple[Credential, ...]) -> bool:
        """Try sign-ins; False while some are tried already."""
        desk = self._desk

        def work(context: TaskContext) -> tuple[SignInProven, ...]:
            return tuple(desk.prove(credentials, context))

        return self._start(
            "prove", work, self.proven.emit, told=lambda told: self.waiting.emit(told.text)
        )

    def run(self, order: ValidationOrder) -> bool:
        """Begin a run; False while one runs."""
        desk = self._desk

        def work(context: TaskContext, tell: Tell) -> Opened:
            telling = Telling(context, tell, desk.shelf())
            return opening.opened(desk, telling.follow(desk.run(order, context)))

        return self.work.start(
            work,
            title=_("Validating {name}").format(name=desk.name),
            done=self.ended.emit,
            failed=partial(self.failed.emit, "run"),
        )

    def run_again(self, shown: Opened, result: CheckResult, order: ValidationOrder) -> bool:
        """Run a check again and put what it says in the place of what ``shown`` said."""
        desk, check = self._desk, result.check

        def work(context: TaskContext, tell: Tell) -> Again:
            telling = Telling(context, tell, desk.shelf())
            report = telling.follow(desk.run(order, context))
            if report.stop is not Stop.DONE:
                return Again(shown, shown, report, check)
            together = merged(shown.report, report)
            return Again(shown, opening.opened(desk, together, shown.before), report, check)

        return self.work.start(
            work,
            title=_("Running {check} again").format(check=check),
            done=self.ran_again.emit,
            failed=partial(self.failed.emit, "again"),
        )

    def open(self, run_id: str, before_id: str = "") -> None:
        """Read a kept run."""
        desk = self._desk
        self._start(
            "open", lambda _context: opening.by_id(desk, run_id, before_id), self.opened.emit
        )

    def accept(self, shown: Opened, entry: Accepted) -> None:
        """Accept a finding as known."""
        desk = self._desk
        self._start(
            "accept", lambda _context: opening.accepting(desk, shown, entry), self._on_weighed
        )

    def withdraw(self, shown: Opened, key: str) -> None:
        """Accept a finding no longer."""
        desk = self._desk
        self._start(
            "accept", lambda _context: opening.withdrawing(desk, shown, key), self._on_weighed
        )

    def _on_weighed(self, opened: Opened) -> None:
        """The baseline is another one: other runs may have come to something else by it, too."""
        self.opened.emit(opened)
        self.list_runs()

    def _start(
        self,
        act: str,
        work: Callable[[TaskContext], R],
        done: Callable[[R], object],
        told: Callable[[Progress], object] | None = None,
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

        self._tools.runner.start(work, owner=self, done=ended, failed=failed, progress=told)
        return True


def _sources(desk: Desk) -> Mapping[Known, Source]:
    return {name: desk.secrets.source(name) for name in Known}
