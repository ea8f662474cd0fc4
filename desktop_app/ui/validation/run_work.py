"""One run at a time in the background; what it tells arrives on the GUI thread in batches."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.core.tasks import TaskContext
from desktop_app.core.validation.events import Event, Pulse
from desktop_app.ui.tasks import Task, TaskRunner

R = TypeVar("R")
Tell = Callable[[Event], object]
BATCH_MS = 100
CLEANING_MS = 15_000
"""How long the console stays open for a run that removes its test data."""


class RunWork(QObject):
    """Runs what ``start`` is given; ``told`` carries a tuple of events ten times a second.

    ``changed`` follows begin, stop and end. Of several pulses in a batch only the newest is told.
    """

    told = Signal(tuple)
    changed = Signal()

    def __init__(self, runner: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._runner = runner
        self._task: Task | None = None
        self._told_of_stop = False
        self._events: deque[Event] = deque()
        # By the clock, not by the runner's reports: those end when the work is asked to stop,
        # and what is told of cleaning up comes after that.
        self._timer = QTimer(self)
        self._timer.setInterval(BATCH_MS)
        self._timer.timeout.connect(self._drain)

    @property
    def busy(self) -> bool:
        """Whether something runs."""
        return self._task is not None

    @property
    def stopping(self) -> bool:
        """Whether what runs was asked to stop."""
        return self._task is not None and self._task.cancelled

    def stop(self) -> None:
        """Ask it to stop; it cleans up first and says so."""
        if self._task is not None and not self._task.cancelled:
            self._task.cancel()
            self._drain()

    def start(
        self,
        work: Callable[[TaskContext, Tell], R],
        *,
        title: str,
        done: Callable[[R], object],
        failed: Callable[[Exception], object],
    ) -> bool:
        """Run ``work``; False, and nothing begun, while another one runs.

        It is kept work: one that is stopped still removes its test data and tells how it ended.
        """
        if self._task is not None:
            return False
        events = self._events = deque()
        self._told_of_stop = False

        def end(then: Callable[[], object]) -> None:
            self._timer.stop()
            self._drain()
            self._task = None
            then()
            self.changed.emit()

        self._task = self._runner.start(
            _Work(work, events),
            owner=self,
            done=lambda result: end(lambda: done(result)),
            failed=lambda error: end(lambda: failed(error)),
            title=title,
            keep=True,
            grace_ms=CLEANING_MS,
        )
        self._timer.start()
        self.changed.emit()
        return True

    def _drain(self) -> None:
        if self.stopping and not self._told_of_stop:  # by the list of running work, perhaps
            self._told_of_stop = True
            self.changed.emit()
        batch: list[Event] = []
        while self._events:
            batch.append(self._events.popleft())
        pulses = [event for event in batch if isinstance(event, Pulse)]
        if batch:
            kept = (one for one in batch if not isinstance(one, Pulse) or one is pulses[-1])
            self.told.emit(tuple(kept))


class _Work(Generic[R]):
    """The worker's side; holds no widget."""

    def __init__(self, work: Callable[[TaskContext, Tell], R], events: deque[Event]) -> None:
        self._work, self._events = work, events

    def __call__(self, context: TaskContext) -> R:
        return self._work(context, self._events.append)
