"""The lock on production systems: no write passes below the window until a person unlocks it.

One kind of write is let by: an evaluator entering and submitting their own scores, and declaring
their own conflicts of interest. That is what the role is for, on the production system above all,
and a lock that everybody has to open at work protects nothing; one that stands between a person
and a declaration against themselves does harm. Who may do so can reach no sheet and no declaration
but their own by it (the server sees to that), and nothing else passes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from desktop_app.core.errors import LocalFailure, ProductionLocked
from desktop_app.core.language import N_

LONGEST_MINUTES = 60


def _utc_now() -> datetime:
    return datetime.now(UTC)


class WriteGuard:
    """Lets writes through, except where ``protected`` (a production profile) and not unlocked.

    One's own scores and conflicts of interest do not ask it (``Transport.call``, ``own_work``).
    The unlock is held in memory only, so it never survives a restart. It has no clock that runs:
    after ``remaining_s`` writes are refused, and the callbacks hear of it from the first call of
    ``expire_if_due``, which a window makes from a timer of its own. Callable from any thread;
    callbacks come on the thread that changes it.
    """

    def __init__(
        self,
        name: str,
        *,
        protected: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._name = name
        self.protected = protected
        self._monotonic = monotonic
        self._now = now
        self._lock = threading.Lock()
        self._until: tuple[float, datetime] | None = None
        self._callbacks: list[Callable[[], object]] = []

    @property
    def name(self) -> str:
        """The name of the profile: what must be typed to unlock."""
        return self._name

    @property
    def locked(self) -> bool:
        """Whether a write would be refused now."""
        return self.protected and self.unlocked_until is None

    @property
    def unlocked_until(self) -> datetime | None:
        """Until when writes pass (UTC); None while locked, and where nothing is protected."""
        with self._lock:
            if self._until is None:
                return None
            return self._until[1] if self._left_s() > 0 else None

    @property
    def remaining_s(self) -> float:
        """For how many seconds writes pass; 0 while locked, and where nothing is protected."""
        with self._lock:
            return self._left_s()

    def expire_if_due(self) -> bool:
        """Tell the callbacks, once, that an unlock has run out; True when it had."""
        with self._lock:
            due = self._until is not None and self._left_s() <= 0
            if due:
                self._until = None
        if due:
            self._tell()
        return due

    def unlock(self, typed_name: str, minutes: int) -> None:
        """Let writes through for ``minutes`` (1–60).

        ``typed_name`` must be the profile's exact name, else ``LocalFailure``; ``ValueError``
        for minutes out of range.
        """
        if not 1 <= minutes <= LONGEST_MINUTES:
            raise ValueError(f"{minutes} minutes are not between 1 and {LONGEST_MINUTES}")
        if typed_name != self._name:
            raise LocalFailure(
                what=N_("What was typed is not the name of this connection."),
                advice=N_("Type “{profile}” exactly as it is written."),
                profile=self._name,
            )
        with self._lock:
            self._until = (
                self._monotonic() + minutes * 60,
                self._now() + timedelta(minutes=minutes),
            )
        self._tell()

    def lock(self) -> None:
        """Refuse writes again from now on."""
        with self._lock:
            self._until = None
        self._tell()

    def check(self) -> None:
        """Raise ``ProductionLocked`` if a write may not pass."""
        if self.locked:
            raise ProductionLocked(profile=self._name)

    def on_changed(self, callback: Callable[[], object]) -> Callable[[], None]:
        """Call ``callback`` after each lock, unlock and its end; the result ends that."""
        self._callbacks.append(callback)

        def unsubscribe() -> None:
            if callback in self._callbacks:
                self._callbacks.remove(callback)

        return unsubscribe

    def _left_s(self) -> float:
        if self._until is None:
            return 0.0
        end, until = self._until
        # Both clocks: one stands still while the computer sleeps, the other can be set back.
        return max(0.0, min(end - self._monotonic(), (until - self._now()).total_seconds()))

    def _tell(self) -> None:
        for callback in tuple(self._callbacks):
            callback()
