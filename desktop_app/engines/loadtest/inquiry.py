"""Requests beside the load: each keeps to its time as a whole, however slowly it is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import httpcore

from desktop_app.core.load.plan import LoadTarget
from desktop_app.core.tasks import TaskContext
from desktop_app.engines.loadtest.trust import context_of
from desktop_app.engines.validation.deadlines import Clock, LimitReached, keeping_to

_LARGEST = 4 * 1024 * 1024
"""Bytes of an answer beyond which it tells nothing of use."""


class NoAnswer(Exception):
    """It did not come, or not to an end; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came. ``server``: what the target calls itself, "" where it does not say."""

    status: int
    server: str
    text: str


class Inquiry:
    """Asks one target, from one thread. Neither a proxy nor the environment has a say in it."""

    def __init__(self, target: LoadTarget, context: TaskContext) -> None:
        """``context`` cancelled: a request under way ends at once."""
        self._url = target.url.rstrip("/")
        self._clock = Clock([context])
        self._pool = httpcore.ConnectionPool(
            ssl_context=context_of(target), network_backend=keeping_to(self._clock)
        )

    def ask(
        self,
        method: str,
        path: str,
        seconds: float,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Answer:
        """The answer; raises ``NoAnswer``, and ``Cancelled`` when it is to stop."""
        self._clock.start(seconds)
        try:
            with self._pool.stream(
                method,
                self._url + path,
                headers=list((headers or {}).items()),
                content=body or None,
            ) as answer:
                parts, size = [], 0
                for part in answer.iter_stream():
                    size += len(part)
                    if size > _LARGEST:
                        raise NoAnswer(f"{size} bytes, and no end")
                    parts.append(part)
        except (
            httpcore.NetworkError,
            httpcore.ProtocolError,
            httpcore.TimeoutException,
            httpcore.UnsupportedProtocol,
            LimitReached,
            ValueError,  # the address
        ) as error:
            raise NoAnswer(str(error) or type(error).__name__) from error
        told = next((value for name, value in answer.headers if name.lower() == b"server"), b"")
        return Answer(
            status=answer.status,
            server=told.decode("latin-1")[:100],
            text=b"".join(parts).decode("utf-8", "replace"),
        )

    def close(self) -> None:
        """Let go of the connection."""
        self._pool.close()
