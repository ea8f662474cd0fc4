"""The one way to do work in the background: the window never waits.

Work runs on a small pool of threads; what it reports and returns arrives on the GUI thread,
through a bridge object that lives there (a slot follows the thread of its own object).
"""

from __future__ import annotations

import contextlib
import logging
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from shiboken6 import isValid

from desktop_app.core.errors import Cancelled
from desktop_app.core.tasks import Progress, TaskContext
from desktop_app.ui.messages import MessageCentre

T = TypeVar("T")

_log = logging.getLogger(__name__)

POOL_SIZE = 6
URGENT_POOL_SIZE = 2
DRAIN_BUDGET_S = 0.008
"""Longest time that callbacks may take in one turn of the event loop before input gets a turn."""


class Task(QObject):
    """One piece of background work, as the GUI thread sees it.

    ``active`` until its end arrived on the GUI thread; ``progress`` is the last report.
    """

    progressed = Signal(object)
    finished = Signal()

    def __init__(self, title: str, *, keep: bool, grace_ms: int = 0) -> None:
        super().__init__()
        self.title = title
        self.keep = keep
        self.grace_ms = grace_ms
        self.progress = Progress()
        self.active = True
        self.started_at = time.monotonic()
        self.context = TaskContext()

    def cancel(self) -> None:
        """Ask the work to stop; it does at its next report or check."""
        self.context.cancel()

    @property
    def cancelled(self) -> bool:
        """Whether the work was asked to stop."""
        return self.context.cancelled

    def seconds_left(self) -> float | None:
        """How long still, by the work's own word or its pace so far; None while unknown."""
        done, total = self.progress.done, self.progress.total
        if self.progress.left_s is not None:
            return self.progress.left_s
        if not total or done <= 0 or not self.progress.even:
            return None
        passed = time.monotonic() - self.started_at
        return passed * (total - done) / done


class _Job:
    """What a worker thread gets: plain data only, so no widget dies on that thread.

    The GUI thread drops ``work`` when the end has arrived, never the worker.
    """

    def __init__(self, work: Callable[[TaskContext], Any], task: Task) -> None:
        self.work: Callable[[TaskContext], Any] | None = work
        self.context = task.context
        self.kept = task.keep


class _Bridge(QObject):
    """Carries closures from any thread to the GUI thread, where it lives."""

    _waiting = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._calls: deque[Callable[[], object]] = deque()
        self._waiting.connect(self._on_waiting, Qt.ConnectionType.QueuedConnection)

    def call(self, callback: Callable[[], object]) -> None:
        """Have ``callback`` called on the GUI thread; callable from any thread."""
        self._calls.append(callback)
        # A bridge already gone (interpreter shutting down) has nobody left to tell.
        with contextlib.suppress(RuntimeError):
            self._waiting.emit()

    def _on_waiting(self) -> None:
        until = time.monotonic() + DRAIN_BUDGET_S
        while self._calls:
            try:
                self._calls.popleft()()
            except Exception:  # noqa: BLE001 - one callback's fault must not keep others waiting
                sys.excepthook(*sys.exc_info())
            if time.monotonic() > until and self._calls:
                self._waiting.emit()
                return


class _Newest:
    """Carries reports to the GUI thread; where they outrun it, only the newest arrives."""

    def __init__(self, bridge: _Bridge, show: Callable[[Progress], object]) -> None:
        self._bridge, self._show = bridge, show
        self._pending: deque[Progress] = deque(maxlen=1)
        self._asked = threading.Event()

    def report(self, value: Progress) -> None:
        """Have ``value`` shown soon; called on the worker."""
        self._pending.append(value)
        if not self._asked.is_set():
            self._asked.set()
            self._bridge.call(self._take)

    def _take(self) -> None:
        # Cleared before the report is taken, so one that comes meanwhile asks again.
        self._asked.clear()
        if self._pending:
            self._show(self._pending.pop())


class TaskRunner(QObject):
    """Starts background work and keeps the list of what runs.

    Signals carry the ``Task``: ``started``, ``progressed``, ``finished``; they are sent for titled
    and untitled work alike.
    """

    started = Signal(object)
    progressed = Signal(object)
    finished = Signal(object)

    def __init__(self, messages: MessageCentre, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._messages = messages
        self._bridge = _Bridge(self)
        self._pool = ThreadPoolExecutor(POOL_SIZE, thread_name_prefix="work")
        self._urgent_pool = ThreadPoolExecutor(URGENT_POOL_SIZE, thread_name_prefix="urgent")
        self._tasks: dict[Task, tuple[_Job, Future[None]]] = {}
        self._closed = False

    @property
    def running(self) -> list[Task]:
        """The titled work that runs now, oldest first."""
        return [task for task in self._tasks if task.title]

    @property
    def idle(self) -> bool:
        """Whether nothing at all runs, titled or not."""
        return not self._tasks

    @property
    def grace_ms(self) -> int:
        """How long what runs may take to end once it was asked to."""
        return max((task.grace_ms for task in self._tasks), default=0)

    @property
    def unfinished(self) -> list[str]:
        """What runs or waits for its turn, titled or not, as the sources name it."""
        works = [job.work for job, _ in self._tasks.values()]
        return [getattr(work, "__qualname__", repr(work)) for work in works]

    def start(
        self,
        work: Callable[[TaskContext], T],
        *,
        owner: QObject,
        done: Callable[[T], object] | None = None,
        failed: Callable[[Exception], object] | None = None,
        progress: Callable[[Progress], object] | None = None,
        title: str = "",
        keep: bool = False,
        urgent: bool = False,
        grace_ms: int = 0,
    ) -> Task:
        """Run ``work`` on the pool; ``done``, ``failed``, ``progress`` arrive on the GUI thread.

        ``title`` (already translated) lists it as running work with progress and a stop button.
        Once ``owner`` is destroyed nothing is called back, and the work is cancelled unless
        ``keep``; kept work begins in any case, even when it is cancelled before its turn.
        Cancelled work ends in ``failed`` with ``Cancelled``. Without ``failed`` an error is shown
        by the message centre (``Cancelled`` is not). ``urgent`` work has threads of its own: a
        renewed sign-in must not queue behind the requests that wait for it. ``grace_ms`` is how
        long it may take to end once it was asked to: it has to clean up after itself.
        """
        if self._closed:
            raise RuntimeError("the task runner is shut down")
        task = Task(title, keep=keep, grace_ms=grace_ms)
        job = _Job(work, task)

        def abandoned() -> None:
            if not keep:
                task.cancel()

        connection = owner.destroyed.connect(abandoned)

        def finish(result: Any, error: BaseException | None) -> None:
            job.work = None
            task.active = False
            self._tasks.pop(task, None)
            alive = isValid(owner)
            if alive:
                QObject.disconnect(connection)
            self.finished.emit(task)
            task.finished.emit()
            self._deliver(task, alive, result, error, done, failed)

        def show_progress(value: Progress) -> None:
            if not task.active:
                return
            task.progress = value
            self.progressed.emit(task)
            task.progressed.emit(value)
            if progress is not None and isValid(owner):
                progress(value)

        report = _Newest(self._bridge, show_progress).report
        task.context._report = report
        pool = self._urgent_pool if urgent else self._pool
        self._tasks[task] = (job, pool.submit(_run, job, self._bridge, finish))
        self.started.emit(task)
        return task

    def _deliver(
        self,
        task: Task,
        alive: bool,
        result: Any,
        error: BaseException | None,
        done: Callable[[Any], object] | None,
        failed: Callable[[Exception], object] | None,
    ) -> None:
        if error is None and task.cancelled and not task.keep:
            error = Cancelled()
        if error is None:
            if alive and done is not None:
                done(result)
            return
        shown = error if isinstance(error, Exception) else RuntimeError(repr(error))
        if alive and failed is not None:
            failed(shown)
        elif not isinstance(shown, Cancelled) and (alive or task.keep):
            self._messages.post_error(shown, doing=task.title)
        elif not isinstance(shown, Cancelled):
            _log.info("work of a closed owner failed: %s", shown)

    def stop_all(self) -> None:
        """Ask everything that runs to stop, without waiting for it."""
        for task in list(self._tasks):
            task.cancel()

    def when_idle(self, proceed: Callable[[], object], *, within_ms: int) -> None:
        """Call ``proceed`` once nothing runs any more, at the latest after ``within_ms``."""
        if self.idle:
            proceed()
            return
        limit = QTimer(self)
        limit.setSingleShot(True)

        def end() -> None:
            limit.stop()
            self.finished.disconnect(look)
            limit.deleteLater()
            proceed()

        def look(_task: Task) -> None:
            if self.idle:
                end()

        self.finished.connect(look)
        limit.timeout.connect(end)
        limit.start(within_ms)

    def shutdown(self, timeout_s: float) -> tuple[str, ...]:
        """Stop everything, wait at most ``timeout_s``, and name what still runs then."""
        self._closed = True
        self.stop_all()
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._urgent_pool.shutdown(wait=False, cancel_futures=True)
        # What never began is never waited for: it was taken back, and nobody will run it.
        futures = {
            future: task for task, (_, future) in self._tasks.items() if not future.cancelled()
        }
        _, late = wait(futures, timeout=timeout_s)
        names = tuple(futures[future].title or "untitled work" for future in late)
        if names:
            _log.warning("still running at shutdown: %s", ", ".join(names))
        return names


def _run(job: _Job, bridge: _Bridge, finish: Callable[[Any, BaseException | None], None]) -> None:
    """The worker's side: do the work, send its end to the GUI thread, hold on to nothing."""
    result: Any = None
    error: BaseException | None = None
    try:
        if not job.kept:
            job.context.check()
        work = job.work
        assert work is not None
        try:
            result = work(job.context)
        finally:
            del work
    except BaseException as raised:  # noqa: BLE001 - every end of work is carried to its starter
        error = raised
    end = (result, error)
    del result, error
    bridge.call(lambda: finish(*end))
