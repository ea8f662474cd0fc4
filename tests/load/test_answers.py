"""Answers as servers really send them, taken in byte by byte by one connection."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from desktop_app.core.load.counts import Failure
from desktop_app.core.validation.findings import Said
from desktop_app.engines.loadtest.http1 import Connection, ReadBuffer, ReadingConnection

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


class Wire(asyncio.Transport):
    """The other end of the connection: what was written, and how it was let go of."""

    def __init__(self, unsent: int = 0) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.ended = ""
        self._unsent = unsent

    def write(self, data: Any) -> None:
        self.written.append(bytes(data))

    def get_write_buffer_size(self) -> int:
        return self._unsent

    def close(self) -> None:
        self.ended = self.ended or "closed"

    def abort(self) -> None:
        self.ended = self.ended or "aborted"


class Asker:
    """Who waits for answers, and what it heard."""

    def __init__(self) -> None:
        self.heard: list[int | Failure] = []

    def answered(self, status: int) -> None:
        self.heard.append(status)

    def broke(self, kind: Failure, said: Said, *, silent: bool) -> None:
        self.heard.append(kind)


class Talk:
    """A connection, who asks over it, and its wire."""

    def __init__(self, unsent: int = 0) -> None:
        self.asker, self.wire = Asker(), Wire(unsent)
        self.connection = ReadingConnection(ReadBuffer(), self.asker, 1_000_000)
        self.connection.connection_made(self.wire)

    def ask(self, *pieces: bytes, is_head: bool = False) -> list[int | Failure]:
        """Send a request, take in the answer in these pieces; what the asker has heard of it."""
        self.asker.heard.clear()
        self.connection.send(GET, is_head=is_head)
        for piece in pieces:
            self.read(piece)
        return self.asker.heard

    def read(self, piece: bytes) -> None:
        into = self.connection.get_buffer(-1)
        into[: len(piece)] = piece
        self.connection.buffer_updated(len(piece))


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.mark.parametrize(
    "answer",
    [
        OK,
        b"HTTP/1.1 100 Continue\r\n\r\n" + OK,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\nok\r\n0\r\nX: 7\r\n\r\n",
        b"HTTP/1.1 200 \r\ncontent-length:2\r\n\r\nok",
    ],
)
def test_an_answer_is_the_same_in_any_pieces(answer: bytes) -> None:
    for size in (1, 7, len(answer)):
        talk = Talk()
        pieces = [answer[at : at + size] for at in range(0, len(answer), size)]
        assert talk.ask(*pieces) == [200]
        assert talk.connection.body == b"ok"
        assert talk.connection.usable
        assert talk.ask(OK) == [200]


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_an_answer_that_has_no_body_ends_with_its_head(status: bytes) -> None:
    talk = Talk()
    assert talk.ask(b"HTTP/1.1 " + status + b"\r\nETag: x\r\n\r\n")[0] in (204, 304)
    assert talk.connection.usable
    assert talk.ask(OK) == [200]


def test_a_second_answer_that_nobody_asked_for_is_not_taken_for_the_first() -> None:
    stray = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 2\r\n\r\nno"
    talk = Talk()
    assert talk.ask(OK + stray) == [Failure.MALFORMED]
    assert not talk.connection.usable
    late = Talk()
    assert late.ask(OK) == [200]
    late.read(stray)
    assert late.asker.heard == [200]
    assert (late.connection.usable, late.wire.ended) == (False, "aborted")


@pytest.mark.parametrize(
    "line", [b"Connection: close", b"connection:close", b"Connection: x, Close"]
)
def test_a_connection_that_will_be_closed_is_not_sent_over_again(line: bytes) -> None:
    for is_head in (False, True):
        talk = Talk()
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + line + b"\r\n\r\n"
        assert talk.ask(head, is_head=is_head) == [200]
        assert (talk.connection.usable, talk.wire.ended) == (False, "closed")


def test_a_head_without_a_length_keeps_its_connection() -> None:
    talk = Talk()
    assert talk.ask(b"HTTP/1.1 200 OK\r\nX: connection: close\r\n\r\n", is_head=True) == [200]
    assert talk.connection.usable
    assert talk.ask(OK) == [200]


@pytest.mark.parametrize("lines", [b"", b"Transfer-Encoding: identity\r\n"])
def test_a_body_may_end_with_its_connection(lines: bytes) -> None:
    talk = Talk()
    assert talk.ask(b"HTTP/1.1 200 OK\r\n" + lines + b"\r\n", b"all of it") == []
    talk.connection.connection_lost(None)
    assert talk.asker.heard == [200]
    assert talk.connection.body == b"all of it"


def test_a_body_that_has_a_length_may_not() -> None:
    talk = Talk()
    talk.ask(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 9\r\n\r\nhalf")
    talk.connection.connection_lost(None)
    assert talk.asker.heard == [Failure.CUT]
    reset = Talk()
    reset.ask(b"HTTP/1.1 200 OK\r\n\r\nhalf")
    reset.connection.connection_lost(ConnectionResetError())
    assert reset.asker.heard == [Failure.RESET]


def test_an_answer_before_all_was_sent_lets_go_of_the_rest() -> None:
    talk = Talk(unsent=1_000_000)
    assert talk.ask(b"HTTP/1.1 413 X\r\nConnection: close\r\nContent-Length: 0\r\n\r\n") == [413]
    assert talk.wire.ended == "aborted"


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"z" * 200_000,
    ],
)
def test_what_is_no_answer_to_what_was_asked_breaks_it(answer: bytes) -> None:
    talk = Talk()
    heard = talk.ask(*[answer[at : at + 100_000] for at in range(0, len(answer), 100_000)])
    if not heard:
        talk.read(b"z" * 100_000)
    assert talk.asker.heard == [Failure.MALFORMED]
    assert talk.wire.ended == "aborted"


def test_headers_without_a_body_kept_are_taken_in_alike() -> None:
    asker, wire = Asker(), Wire()
    connection = Connection(ReadBuffer(), asker, 1000)
    connection.connection_made(wire)
    connection.send(GET)
    into = connection.get_buffer(-1)
    into[: len(OK)] = OK
    connection.buffer_updated(len(OK))
    assert (asker.heard, connection.received) == ([200], len(OK))
