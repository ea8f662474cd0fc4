"""One engine at a time in the background; its events arrive on the GUI thread as they come."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Signal

from desktop_app.core.tasks import TaskContext
from desktop_app.db.migrations.backup import CopyProgress
from desktop_app.db.migrations.events import Event, StepProgress
from desktop_app.services.migrations.telling import Telling
from desktop_app.ui.tasks import Task, TaskRunner

R = TypeVar("R")


class EngineWork(QObject):
    """Runs what ``start`` is given; ``told`` carries each event, ``changed`` follows begin and end.

    Where reports of progress outrun the window only the newest one of each step is told.
    """

    told = Signal(object)
    changed = Signal()

    def __init__(self, runner: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._runner = runner
        self._task: Task | None = None
        self._told: deque[Event] = deque()
        self.kind = ""

    @property
    def busy(self) -> bool:
        """Whether an engine runs."""
        return self._task is not None

    @property
    def task(self) -> Task | None:
        """What runs, as the header lists it."""
        return self._task

    def stop(self) -> None:
        """Ask the engine to stop; it does between two steps, and says so."""
        if self._task is not None:
            self._task.cancel()
            self.changed.emit()

    def start(
        self,
        kind: str,
        work: Callable[[Telling], R],
        *,
        title: str,
        done: Callable[[R], object],
        failed: Callable[[Exception], object],
    ) -> bool:
        """Run ``work``; False, and nothing begun, while another one runs.

        It is kept work: one that is stopped still tells how it ended.
        """
        if self._task is not None:
            return False
        told = self._told = deque()
        self.kind = kind

        def end(then: Callable[[], object]) -> None:
            self._drain()
            self._task = None
            then()
            self.changed.emit()

        self._task = self._runner.start(
            _Work(work, told),
            owner=self,
            done=lambda result: end(lambda: done(result)),
            failed=lambda error: end(lambda: failed(error)),
            progress=lambda _progress: self._drain(),
            title=title,
            keep=True,
        )
        self.changed.emit()
        return True

    def _drain(self) -> None:
        events = []
        while self._told:
            events.append(self._told.popleft())
        newest = {_of(event): place for place, event in enumerate(events)}
        for place, event in enumerate(events):
            if _of(event) is None or newest[_of(event)] == place:
                self.told.emit(event)


def _of(event: Event) -> str | None:
    """What a report of progress is about; None for what must not be left out."""
    if isinstance(event, StepProgress):
        return event.step
    return f"copy:{event.phase}" if isinstance(event, CopyProgress) else None


class _Work(Generic[R]):
    """The worker's side; holds no widget."""

    def __init__(self, work: Callable[[Telling], R], told: deque[Event]) -> None:
        self._work, self._told = work, told

    def __call__(self, context: TaskContext) -> R:
        return self._work(Telling(context, self._told.append))
