"""One run at a time in the background; what it tells arrives on the GUI thread in batches."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.core.tasks import TaskContext
from desktop_app.ui.tasks import Task, TaskRunner

R = TypeVar("R")
Tell = Callable[[Any], object]
BATCH_MS = 100
CLEANING_MS = 15_000
"""How long the console stays open for a run that has to clean up and keep what it found."""


class RunWork(QObject):
    """Runs what ``start`` is given; ``told`` carries a tuple of events ten times a second.

    ``changed`` follows begin, stop and end. Of several events of a kind in ``newest_only`` in a
    batch only the newest is told.
    """

    told = Signal(tuple)
    changed = Signal()

    def __init__(
        self, runner: TaskRunner, parent: QObject, *, newest_only: type[Any] | None = None
    ) -> None:
        super().__init__(parent)
        self._runner, self._newest_only = runner, newest_only
        self._task: Task | None = None
        self._told_of_stop = False
        self._events: deque[Any] = deque()
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

        It is kept work: one that is stopped still cleans up and tells how it ended.
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
        batch: list[Any] = []
        while self._events:
            batch.append(self._events.popleft())
        if batch and (kind := self._newest_only) is not None:
            newest = next((event for event in reversed(batch) if isinstance(event, kind)), None)
            batch = [event for event in batch if event is newest or not isinstance(event, kind)]
        if batch:
            self.told.emit(tuple(batch))


class _Work(Generic[R]):
    """The worker's side; holds no widget."""

    def __init__(self, work: Callable[[TaskContext, Tell], R], events: deque[Any]) -> None:
        self._work, self._events = work, events

    def __call__(self, context: TaskContext) -> R:
        return self._work(context, self._events.append)
