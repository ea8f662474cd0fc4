"""Long work as its doer sees it: it reports how far it is and asks whether to go on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from desktop_app.core.errors import Cancelled


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far work is: ``done`` of ``total`` units (``total`` None: not known), and what is on.

    ``unit`` "bytes" has the numbers shown as sizes. ``left_s`` is how long it still takes, where
    the work knows that itself; ``even``: else the pace so far tells it.
    """

    done: int = 0
    total: int | None = None
    text: str = ""
    unit: str = ""
    left_s: float | None = None
    even: bool = True


class TaskContext:
    """What running work holds: a way to report progress and to notice that it is to stop."""

    def __init__(self, report: Callable[[Progress], None] = lambda _: None) -> None:
        self._report = report
        self._stop = threading.Event()

    def report(
        self,
        done: int,
        total: int | None = None,
        text: str = "",
        *,
        unit: str = "",
        left_s: float | None = None,
        even: bool = True,
    ) -> None:
        """Tell how far the work is; raises ``Cancelled`` if it is to stop."""
        self.check()
        self._report(
            Progress(done=done, total=total, text=text, unit=unit, left_s=left_s, even=even)
        )

    def check(self) -> None:
        """Raise ``Cancelled`` if the work is to stop; call it between units of work."""
        if self._stop.is_set():
            raise Cancelled()

    def cancel(self) -> None:
        """Ask the work to stop; callable from any thread, more than once."""
        self._stop.set()

    @property
    def cancelled(self) -> bool:
        """Whether the work was asked to stop."""
        return self._stop.is_set()

    def wait(self, seconds: float) -> None:
        """Wait, but wake at once when asked to stop; raises ``Cancelled`` then."""
        self._stop.wait(seconds)
        self.check()
