"""Connections whose every wait keeps to the time of the request that they are for."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterable
from typing import Any

import httpcore

from desktop_app.core.errors import Cancelled
from desktop_app.core.tasks import TaskContext
from desktop_app.engines.validation.names import addresses_of

_PIECE = 65_536
_SLICE_S = 0.2
"""How soon a wait notices that it is to stop."""


class LimitReached(Exception):
    """The time of one request is over."""


class Clock(threading.local):
    """Until when the request of this thread may last."""

    def __init__(self, context: list[TaskContext]) -> None:
        self._context = context
        self._ends = 0.0
        self._whole_s = 0.0
        self.connect_ms: float | None = None

    def start(self, seconds: float) -> None:
        """A request begins that may last so long."""
        self._whole_s = seconds
        self._ends = time.monotonic() + seconds
        self.connect_ms = None

    def slice_s(self) -> float:
        """How long to wait next; raises when the time is over or the run is to stop."""
        if self._context[0].cancelled:
            raise Cancelled()
        left = self._ends - time.monotonic()
        if left <= 0:
            raise LimitReached(f"timed out after {self._whole_s:g} s")
        return min(left, _SLICE_S)

    def left_s(self) -> float:
        """How long the request may still last; a moment at least."""
        return max(0.05, self._ends - time.monotonic())


class _Backend(httpcore.SyncBackend):
    """Connections whose every wait keeps to the request's time."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        began = time.perf_counter()
        ends = time.monotonic() + min(self._clock.left_s(), timeout or self._clock.left_s())
        failure: Exception = httpcore.ConnectTimeout("timed out")
        for address in self._addresses(host, port, ends):
            try:
                wait = max(0.05, ends - time.monotonic())
                stream = super().connect_tcp(address, port, wait, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
                continue
            self._clock.connect_ms = (time.perf_counter() - began) * 1000
            return _Stream(stream, self._clock)
        raise failure

    def _addresses(self, host: str, port: int, ends: float) -> tuple[str, ...]:
        def left_s() -> float:
            self._clock.slice_s()
            return ends - time.monotonic()

        try:
            return addresses_of(host, port, left_s)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout("timed out") from error
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, clock: Clock) -> None:
        self._inner = inner
        self._clock = clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        while True:
            try:
                return self._inner.read(max_bytes, self._clock.slice_s())
            except httpcore.ReadTimeout:
                continue

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _PIECE):
            self._clock.slice_s()
            if start and self._answered():
                # A body refused early: who goes on sending may lose the answer to a reset.
                raise httpcore.WriteError("answered before all was sent")
            self._inner.write(buffer[start : start + _PIECE], self._clock.left_s())

    def _answered(self) -> bool:
        """Whether something came already; under TLS that may be no answer."""
        secured = self._inner.get_extra_info("ssl_object") is not None
        return not secured and bool(self._inner.get_extra_info("is_readable"))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, self._clock.left_s())
        return _Stream(inner, self._clock)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def keeping_to(clock: Clock) -> httpcore.NetworkBackend:
    """What makes such connections, for requests by ``clock``."""
    return _Backend(clock)
