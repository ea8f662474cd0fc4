"""One request of an import, sent until it arrives or waiting makes no sense any more."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from desktop_app.core.errors import TlsFailed, TooManyRequests, Unreachable
from desktop_app.core.language import _
from desktop_app.core.tasks import TaskContext

T = TypeVar("T")

TRIES = 6
FIRST_PAUSE_S = 0.3
"""Doubled each time: with ``TRIES`` a server may be away for about 10 s."""


class Sender:
    """Repeats requests while the connection is lost or the server is busy, and says so.

    Only for requests that may arrive twice. ``done`` and ``total`` are what the progress shows
    meanwhile. Between two tries the work stops at once when asked to.
    """

    def __init__(self, context: TaskContext, *, done: int, total: int) -> None:
        self._context = context
        self._done, self._total = done, total

    def send(self, request: Callable[[], T]) -> T:
        """The answer; raises the errors of the API when the last try fails, and ``Cancelled``."""
        pause_s = FIRST_PAUSE_S
        for left in reversed(range(TRIES)):
            self._context.check()
            try:
                return request()
            except TlsFailed:
                raise
            except TooManyRequests as error:
                if not left:
                    raise
                self._say(
                    _("The server is busy: going on in {n} s").format(
                        n=max(1, round(error.retry_after_s))
                    )
                )
                self._context.wait(error.retry_after_s)
            except Unreachable:
                if not left:
                    raise
                self._say(
                    _("The connection is lost: trying again ({n} of {total})").format(
                        n=TRIES - left, total=TRIES - 1
                    )
                )
                self._context.wait(pause_s)
                pause_s *= 2
        raise AssertionError("the last try returns or raises")

    def _say(self, text: str) -> None:
        self._context.report(self._done, self._total, text)
