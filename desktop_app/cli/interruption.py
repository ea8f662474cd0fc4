"""Ctrl+C as a wish to stop: work ends between its steps, and what it made stays in order."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType

from desktop_app.core.tasks import TaskContext


@contextlib.contextmanager
def interruptible(context: TaskContext) -> Iterator[None]:
    """Ctrl+C and a request to terminate stop the work between its steps; twice ends at once."""

    def stop(number: int, _frame: FrameType | None) -> None:
        context.cancel()
        signal.signal(number, before[number])

    numbers: list[int] = [signal.SIGINT, signal.SIGTERM]
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
