"""How many requests a client or an account may make, in fixed windows (library ``limits``)."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from typing import Any

from limits import RateLimitItem, parse
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from desktop_app.backend.config import RateLimits
from desktop_app.backend.problem_details import ApiProblem

_MOST_KEYS = 50_000


class WindowStorage(Storage):
    """Counters in memory, bounded, without the timer threads of ``limits``' own memory storage."""

    STORAGE_SCHEME = None

    def __init__(self) -> None:
        super().__init__()
        self._windows: OrderedDict[str, tuple[float, int]] = OrderedDict()

    @property
    def base_exceptions(self) -> type[Exception]:
        """What this storage may raise: nothing of its own."""
        return ValueError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count ``amount`` more; a window starts with its first request."""
        ends, count = self._window(key)
        count += amount
        self._windows[key] = (ends or time.time() + expiry, count)
        self._windows.move_to_end(key)  # what is counted often is not pushed out by what is not
        if len(self._windows) > _MOST_KEYS:
            self._windows.popitem(last=False)
        return count

    def get(self, key: str) -> int:
        """How many were counted in the running window."""
        return self._window(key)[1]

    def get_expiry(self, key: str) -> float:
        """When the running window ends (seconds since the epoch)."""
        return self._window(key)[0] or time.time()

    def check(self) -> bool:
        """Whether the storage works: always."""
        return True

    def reset(self) -> int:
        """Forget all; how many were kept."""
        count = len(self._windows)
        self._windows.clear()
        return count

    def clear(self, key: str) -> None:
        """Forget one key."""
        self._windows.pop(key, None)

    def _window(self, key: str) -> tuple[float, int]:
        ends, count = self._windows.get(key, (0.0, 0))
        return (ends, count) if ends > time.time() else (0.0, 0)


class RateLimiter:
    """The platform's limits; one per application."""

    def __init__(self, limits: RateLimits) -> None:
        self._strategy = FixedWindowRateLimiter(WindowStorage())
        self._overall = _item(limits.overall)
        self._sign_in_per_client = _item(limits.sign_in_per_client)
        self._sign_in_per_account = _item(limits.sign_in_per_account)
        self._failed_per_client = _item(limits.failed_sign_in_per_client)

    def request(self, client: str) -> None:
        """Count a request of ``client``; raises 429 with Retry-After."""
        self._hit(self._overall, "request", client)

    def sign_in(self, client: str, login_id: str) -> None:
        """Count an attempt to sign in, of a client and at an account; raises 429.

        Also while the client has failed too often.
        """
        failed = self._failed_per_client
        if failed and not self._strategy.test(failed, "failed", client):
            raise self._refusal(failed, "failed", client)
        self._hit(self._sign_in_per_client, "client", client)
        self._hit(self._sign_in_per_account, "account", login_id.lower()[:64])

    def sign_in_failed(self, client: str) -> None:
        """Count an attempt that was refused."""
        if self._failed_per_client:
            self._strategy.hit(self._failed_per_client, "failed", client)

    def _hit(self, item: RateLimitItem | None, *identifiers: str) -> None:
        if item is not None and not self._strategy.hit(item, *identifiers):
            raise self._refusal(item, *identifiers)

    def _refusal(self, item: RateLimitItem, *identifiers: str) -> ApiProblem:
        ends: Any = self._strategy.get_window_stats(item, *identifiers).reset_time
        wait = max(1, math.ceil(ends - time.time()))
        return ApiProblem(
            429,
            "too-many-requests",
            f"At most {item}.",
            headers={"Retry-After": str(wait)},
            retry_after_s=wait,
        )


def _item(notation: str) -> RateLimitItem | None:
    return parse(notation) if notation else None
