"""One HTTP/1.1 connection of one virtual user: a request at a time, its answer taken in.

What the trials behind it taught: a plain ``asyncio.Protocol`` reads into 256 KiB that are mapped
and unmapped each time, which costs as much as all the rest, so all connections of a loop read
into one buffer. httptools (0.9) misparses what follows the answer to a HEAD, and never completes
a body that ends with the connection: the former gets a fresh parser, the latter is completed
when the connection is lost. An interim answer (1xx) comes as a message of its own.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from typing import Protocol

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from desktop_app.api.tls import DEFECT_TEXTS, defect_of
from desktop_app.core.language import N_
from desktop_app.core.load.counts import Failure
from desktop_app.core.validation.findings import Said, say

BUFFER = 256 * 1024
_LARGEST_HEAD = 256 * 1024
_EXCERPT = 200
_LENGTH = re.compile(rb"\r\n(?:content-length:|transfer-encoding:[^\r]*chunked)")
_CLOSE = re.compile(rb"\r\nconnection:[^\r]*\bclose\b")


class Asker(Protocol):
    """Who sends requests over a connection, and hears of their ends."""

    def answered(self, status: int) -> None:
        """The answer is whole."""

    def broke(self, kind: Failure, said: Said, *, silent: bool) -> None:
        """It will not come; ``silent``: nothing of it had."""


class ReadBuffer:
    """The memory that all connections of a loop read into: each read is taken in at once."""

    __slots__ = ("view",)

    def __init__(self) -> None:
        self.view = memoryview(bytearray(BUFFER))


class Connection(asyncio.BufferedProtocol):
    """A connection that does not keep bodies; ``asker`` is who waits, while one does.

    Without pipelining: ``send`` only while nobody waits. ``usable`` says whether it can be sent
    over (again).
    """

    __slots__ = (
        "_asker",
        "_before",
        "_complete",
        "_count",
        "_delimited",
        "_head_done",
        "_is_head",
        "_largest",
        "_more",
        "_parser",
        "_status",
        "_transport",
        "_view",
        "answers",
        "received",
        "usable",
    )

    def __init__(self, buffer: ReadBuffer, asker: Asker, largest: int) -> None:
        self._view = buffer.view
        self._asker: Asker | None = asker
        self._largest = largest
        self._parser = HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._is_head = self._complete = self._head_done = False
        self._more = self._delimited = False
        self._status = -1
        self._count = 0
        self._before = b""
        self.answers = 0
        """Answers that came over it."""
        self.received = 0
        """Bytes of the answer that is under way, or of the last one."""
        self.usable = False

    # -- asking ----------------------------------------------------------------------------------

    def send(self, request: bytes, *, is_head: bool = False) -> None:
        """Send a request; ``asker`` hears how it ends."""
        self._is_head = is_head
        self._status = 0
        self.received = 0
        self._transport.write(request)  # type: ignore[union-attr] # connected, or not usable

    @property
    def waiting(self) -> bool:
        """Whether an answer is under way."""
        return self._status == 0

    def abandon(self) -> None:
        """Close it at once; nobody hears of it any more."""
        self._asker = None
        self.usable = False
        if self._transport is not None:
            self._transport.abort()

    def close(self) -> None:
        """Close it in order (TLS says goodbye)."""
        self._asker = None
        self.usable = False
        if self._transport is not None:
            self._transport.close()

    def last_read(self) -> bytes:
        """What the last read brought; to be asked for by ``asker`` while it is told of an end."""
        return bytes(self._view[: self._count])

    def excerpt(self) -> str:
        """The beginning of the body, if the last read still holds it."""
        head, _, body = self.last_read().partition(b"\r\n\r\n")
        return (body or head)[:_EXCERPT].decode("utf-8", "replace")

    # -- what asyncio calls ----------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:  # noqa: D102
        self._transport = transport  # type: ignore[assignment]
        self.usable = True

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002, D102
        # Not the bytearray: asyncio's TLS reads one record after another into slices of this, and
        # a bytearray's slices are copies.
        return self._view

    def buffer_updated(self, nbytes: int) -> None:  # noqa: D102
        if self._status:  # nobody asked for this
            self.abandon()
            return
        self._count = nbytes
        self.received += nbytes
        try:
            self._parser.feed_data(self._view[:nbytes])
        except (HttpParserError, HttpParserUpgrade) as error:
            reason = f"{type(error).__name__}: {error}"[:_EXCERPT]
            self._break(
                Failure.MALFORMED, say(N_("What came is not HTTP: {reason}."), reason=reason)
            )
            return
        if self._more:
            self._break(Failure.MALFORMED, say(N_("More came than the answer.")))
        elif self._complete:
            self._finish()
        elif self.received > self._largest:
            self._break(Failure.TOO_LARGE, _too_long(self.received))
        elif not self._head_done:
            self._before += self.last_read()
            if len(self._before) > _LARGEST_HEAD:
                self._break(Failure.MALFORMED, _too_long(len(self._before)))

    def eof_received(self) -> bool:  # noqa: D102
        return False

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: D102
        self.usable = False
        if self._status < 0:
            return
        if exc is None and self._head_done and self._delimited:
            self._status = self._parser.get_status_code()
            self._finish()
            return
        silent = not self.received
        if isinstance(exc, ssl.SSLError):
            reason = say(DEFECT_TEXTS[defect_of(exc)])
            self._tell(
                Failure.TLS,
                say(N_("The TLS connection failed: {reason}."), reason=reason),
                silent=silent,
            )
        elif exc is not None:
            said = say(N_("It was reset after {bytes} bytes had come."), bytes=self.received)
            self._tell(Failure.RESET, said, silent=silent)
        else:
            said = say(N_("It ended after {bytes} bytes had come."), bytes=self.received)
            self._tell(Failure.CUT, said, silent=silent)

    # -- what httptools calls --------------------------------------------------------------------

    def on_headers_complete(self) -> None:  # noqa: D102
        status = self._parser.get_status_code()
        if status < 200:
            return
        self._more = self._complete
        self._head_done = True
        if self._is_head:
            self._status = status
            self._complete = True
            if not self._parser.should_keep_alive():
                self.usable = not _says_close(self._before + self.last_read())
        elif not self._parser.should_keep_alive():
            self._delimited = not _says_length(self._before + self.last_read())
            self.usable = False

    def on_message_complete(self) -> None:  # noqa: D102
        status = self._parser.get_status_code()
        if status < 200:
            return
        self._status = status
        self._complete = True

    # -- ends ------------------------------------------------------------------------------------

    def _finish(self) -> None:
        """The answer is whole: make ready for the next request, then tell."""
        status, self._status = self._status, -1
        self._complete = self._head_done = False
        if self._before:
            self._before = b""
        self.answers += 1
        if self._is_head:
            self._parser = HttpResponseParser(self)
        if not self.usable and self._transport is not None:
            # What the server did not wait for is not sent to the end: it may never read it.
            if self._transport.get_write_buffer_size():
                self._transport.abort()
            else:
                self._transport.close()
        asker = self._asker
        if asker is not None:
            asker.answered(status)

    def _break(self, kind: Failure, said: Said) -> None:
        self.usable = False
        if self._transport is not None:
            self._transport.abort()
        self._tell(kind, said, silent=False)

    def _tell(self, kind: Failure, said: Said, *, silent: bool) -> None:
        self._status = -1
        asker = self._asker
        if asker is not None:
            asker.broke(kind, said, silent=silent)


class ReadingConnection(Connection):
    """A connection that keeps the body of each answer, for askers that look at it."""

    __slots__ = ("chunks",)

    def __init__(self, buffer: ReadBuffer, asker: Asker, largest: int) -> None:
        self.chunks: list[bytes] = []
        super().__init__(buffer, asker, largest)

    def send(self, request: bytes, *, is_head: bool = False) -> None:
        """Send a request; ``asker`` hears how it ends."""
        self.chunks.clear()
        super().send(request, is_head=is_head)

    def on_body(self, body: bytes) -> None:  # noqa: D102
        self.chunks.append(body)

    @property
    def body(self) -> bytes:
        """The body of the last answer."""
        return self.chunks[0] if len(self.chunks) == 1 else b"".join(self.chunks)


def _too_long(received: int) -> Said:
    return say(N_("It does not end: {bytes} bytes have come."), bytes=received)


def _final_head(data: bytes) -> bytes:
    """The headers of the answer itself, lower-case, after those of interim answers."""
    start = 0
    while True:
        end = data.find(b"\r\n\r\n", start)
        head = data[start:end] if end >= 0 else data[start:]
        if end < 0 or head[9:10] != b"1":
            return head.lower()
        start = end + 4


def _says_length(data: bytes) -> bool:
    return _LENGTH.search(_final_head(data)) is not None


def _says_close(data: bytes) -> bool:
    head = _final_head(data)
    return head.startswith(b"http/1.0") or _CLOSE.search(head) is not None
