"""What an operator does to a run while it goes."""

from __future__ import annotations

import threading
from collections import deque


class Control:
    """Asks a run to stop, marks moments. Callable from any thread, more than once."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._at_once = threading.Event()
        self._marks: deque[str] = deque()

    def stop(self) -> None:
        """Send no more, wait for the answers outstanding (the plan's ``grace_s``)."""
        self._stop.set()

    def stop_at_once(self) -> None:
        """Send no more and wait for nothing: what is outstanding counts as in flight."""
        self._stop.set()
        self._at_once.set()

    def mark(self, text: str) -> None:
        """Mark this moment."""
        self._marks.append(text)

    @property
    def stopping(self) -> bool:
        """Whether the run is to stop."""
        return self._stop.is_set()

    @property
    def at_once(self) -> bool:
        """Whether it is to stop without waiting."""
        return self._at_once.is_set()

    def take_marks(self) -> tuple[str, ...]:
        """The marks since the last call."""
        taken = []
        while self._marks:
            taken.append(self._marks.popleft())
        return tuple(taken)
