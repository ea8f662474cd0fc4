"""Whether servers that live also work: asked regularly, believed only after several answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop_app.workspace.api_server import Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often the servers are asked how they are, and how long a bad answer is borne.

    The defaults let half a minute pass: a load run keeps them busy, which is not hanging.
    """

    every_s: float = 5.0
    timeout_s: float = 3.0
    bad_answers: int = 6


class Pulse:
    """The answers of servers that run, one after the other."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._due_at: float | None = None
        self._bad: Condition | None = None
        self._count = 0

    def is_due(self, now_s: float) -> bool:
        """Whether it is time to ask, by a monotonic clock; then the next time is set."""
        if self._due_at is not None and now_s < self._due_at:
            return False
        first = self._due_at is None
        self._due_at = now_s + self._patience.every_s
        return not first

    def hangs(self, condition: Condition) -> bool:
        """Note an answer; true when there were so many of the same bad one that it hangs."""
        if condition == "healthy":
            self._bad, self._count = None, 0
            return False
        self._count = self._count + 1 if condition == self._bad else 1
        self._bad = condition
        return self._count >= self._patience.bad_answers
