"""Connections of clients: uvicorn's own protocol, with bounds on the head of a request.

uvicorn takes a head of any length, for as long as it takes to come: a few clients could fill the
memory or hold all connections before anybody is asked who they are.
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LONGEST_HEAD = 64 * 1024
"""Bytes of a request line with its headers, give or take one read from the socket."""

HEAD_S = 20.0
"""How long a client may take for it."""

_REFUSED = b"HTTP/1.1 %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class GuardedProtocol(HttpToolsProtocol):
    """One connection; a head that is too long is answered 431, one that is too slow 408."""

    _in_head = True
    _head_size = 0
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client has connected: its first request is awaited."""
        super().connection_made(transport)
        self._deadline = self.loop.call_later(HEAD_S, self._refuse, b"408 Request Timeout")

    def data_received(self, data: bytes) -> None:
        """Read on; between requests the time of keeping alive is uvicorn's matter."""
        super().data_received(data)
        if not self._in_head:
            self._forget_deadline()
            return
        self._head_size += len(data)
        if self._head_size > LONGEST_HEAD:
            self._refuse(b"431 Request Header Fields Too Large")
        elif self._deadline is None:
            self._deadline = self.loop.call_later(HEAD_S, self._refuse, b"408 Request Timeout")

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self._in_head, self._head_size = True, 0

    def on_headers_complete(self) -> None:
        """A head is complete."""
        self._in_head = False
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        self._forget_deadline()
        super().connection_lost(exc)

    def _refuse(self, status: bytes) -> None:
        self._forget_deadline()
        if not self.transport.is_closing():
            self.transport.write(_REFUSED % status)
            self.transport.close()

    def _forget_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
