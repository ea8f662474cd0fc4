"""Waiting out a server that does not answer for a while, in work that can be gone on with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from desktop_app.core.errors import ConsoleError, ServerFault, TooManyRequests, Unreachable
from desktop_app.core.tasks import TaskContext

PAUSES_S = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
_BUSY = (502, 503, 504)


def is_temporary(error: ConsoleError) -> bool:
    """Whether the same request may succeed a while later."""
    if isinstance(error, ServerFault):
        return error.params.get("status") in _BUSY
    return isinstance(error, Unreachable | TooManyRequests)


@dataclass(slots=True)
class Patience:
    """Waits longer each time in vain; whatever gets on begins anew."""

    pauses_s: Sequence[float] = PAUSES_S
    _tries: int = field(default=0, init=False)

    def wait(self, error: ConsoleError, context: TaskContext) -> None:
        """Wait after ``error``; raises it where waiting is of no use (any more)."""
        if not is_temporary(error) or self._tries >= len(self.pauses_s):
            raise error
        pause_s = self.pauses_s[self._tries]
        if isinstance(error, TooManyRequests):
            pause_s = max(pause_s, error.retry_after_s)
        self._tries += 1
        context.wait(pause_s)

    def renew(self) -> None:
        """Something got on."""
        self._tries = 0
