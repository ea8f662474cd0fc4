"""Asking a server again while it is away for a moment, and doing something else meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from concurrent.futures import Future
from typing import TypeVar

from pymongo.errors import PyMongoError

from desktop_app.core.redaction import redact
from desktop_app.core.tasks import TaskContext
from desktop_app.db.migrations.events import ConnectionLost, Event
from desktop_app.db.migrations.failures import is_passing

T = TypeVar("T")

PATIENCE_S = 120.0
"""How long a run goes on asking a server that does not answer."""

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.1, 2.0


class Patience:
    """Repeats what failed because the server was away.

    Everything asked through it must be harmless to repeat: the answer may be what got lost.
    """

    def __init__(self, context: TaskContext, patience_s: float = PATIENCE_S) -> None:
        self.context = context
        self._patience_s = patience_s

    def ask(self, work: Callable[[], T]) -> Generator[Event, None, T]:
        """The result of ``work``; tells of each failed attempt.

        Raises the last error once patience has run out, and at once what asking again does not
        help. Raises ``Cancelled`` while waiting. There is no time limit for one attempt: some take
        long, and a connection that is dead is found out by the driver's own heartbeat.
        """
        lost_at: float | None = None
        pause_s = _FIRST_PAUSE_S
        while True:
            try:
                return work()
            except PyMongoError as error:
                now = time.monotonic()
                lost_at = now if lost_at is None else lost_at
                if not is_passing(error) or now - lost_at >= self._patience_s:
                    raise
                yield ConnectionLost(
                    reason=redact(str(error).split(", Timeout:")[0])[:300],
                    waited_s=now - lost_at,
                    patience_s=self._patience_s,
                )
            self.context.wait(pause_s)
            pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)


def meanwhile(
    future: Future[T], look_s: float, look: Callable[[], Event | None]
) -> Generator[Event, None, T]:
    """The result of work on another thread, with what ``look`` sees every ``look_s`` seconds."""
    while True:
        try:
            return future.result(timeout=look_s)
        except TimeoutError:
            if future.done():  # the work itself raised it
                raise
        event = look()
        if event is not None:
            yield event
