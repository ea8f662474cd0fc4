"""Ctrl+C as a wish to stop: work ends between its steps, and what it made stays in order."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator
from types import FrameType

from desktop_app.core.tasks import TaskContext


@contextlib.contextmanager
def interruptible(context: TaskContext, *before: Callable[[], object]) -> Iterator[None]:
    """Ctrl+C and a request to terminate stop the work between its steps; once more ends at once.

    ``before`` are gentler wishes, one for each time, that come before the work is cancelled.
    """
    wishes = [*before, context.cancel]

    def stop(_number: int, _frame: FrameType | None) -> None:
        wishes.pop(0)()
        if not wishes:
            restore()

    def restore() -> None:
        for number, handler in handlers.items():
            signal.signal(number, handler)

    numbers: list[int] = [signal.SIGINT, signal.SIGTERM]
    handlers = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        restore()
