"""The lock on production systems: no write passes below the window until a person unlocks it."""

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

    The unlock is held in memory only, so it never survives a restart. Its end is told by
    ``locked`` and ``check``, not by a callback: a window that shows the time left looks at
    ``unlocked_until``. Callable from any thread; callbacks come on the thread that changes it.
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
    def locked(self) -> bool:
        """Whether a write would be refused now."""
        return self.protected and self.unlocked_until is None

    @property
    def unlocked_until(self) -> datetime | None:
        """Until when writes pass (UTC); None while locked, and where nothing is protected."""
        with self._lock:
            if self._until is None:
                return None
            end, until = self._until
            # Both clocks: one stands still while the computer sleeps, the other can be set back.
            return until if self._monotonic() < end and self._now() < until else None

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
        """Call ``callback`` after each lock and unlock; the result ends that."""
        self._callbacks.append(callback)

        def unsubscribe() -> None:
            if callback in self._callbacks:
                self._callbacks.remove(callback)

        return unsubscribe

    def _tell(self) -> None:
        for callback in tuple(self._callbacks):
            callback()
