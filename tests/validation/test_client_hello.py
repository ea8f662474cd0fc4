"""A first message of TLS by hand, against servers that answer it with one thing each."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from desktop_app.core.tasks import TaskContext
from desktop_app.engines.validation.client import Client
from desktop_app.engines.validation.client_hello import ORDINARY, WEAK, offer
from desktop_app.engines.validation.handshakes import Handshake
from desktop_app.engines.validation.target import Limits, Target
from tests.fixtures.odd_server import MakeServer, answer, odd_server
from tests.services.certificates import Authority

__all__ = ["odd_server"]

RC4 = tuple(WEAK["RC4"])
Ask = Callable[[bytes], Handshake]


def record(kind: int, content: bytes) -> bytes:
    return bytes((kind, 3, 3)) + len(content).to_bytes(2, "big") + content


def server_hello(cipher: int) -> bytes:
    body = b"\x03\x03" + bytes(32) + b"\x04abcd" + cipher.to_bytes(2, "big") + b"\x00"
    return record(0x16, b"\x02" + len(body).to_bytes(3, "big") + body)


@pytest.fixture
def ask() -> Iterator[Ask]:
    """Offers RC4 to a server that answers with these bytes and hangs up."""
    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(1))
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))

        def serve(said: bytes) -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(said)

        def ask_(said: bytes) -> Handshake:
            port = listener.getsockname()[1]
            target = Target(url=f"https://127.0.0.1:{port}")
            with closing(Client(target, Limits(), TaskContext())) as client:
                served = pool.submit(serve, said)
                found = offer(client, RC4)
                served.result(10)
                return found

        yield ask_


def test_a_cipher_that_is_taken(ask: Ask) -> None:
    found = ask(server_hello(0x0005))

    assert found.agreed
    assert WEAK["RC4"][int(found.cipher, 16)] == "TLS_RSA_WITH_RC4_128_SHA"


def test_a_refusal(ask: Ask) -> None:
    assert ask(record(0x15, b"\x02\x28")) == Handshake(refused="HANDSHAKE_FAILURE")
    assert ask(b"") == Handshake(refused="UNEXPECTED_EOF")


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        server_hello(0xC02F),  # which was not offered
        record(0x16, b"\x02\x00"),
    ],
)
def test_what_makes_no_sense_is_neither(ask: Ask, said: bytes) -> None:
    found = ask(said)

    assert not found.agreed
    assert not found.refused


def test_openssl_takes_it_for_one_of_its_own(odd_server: MakeServer, authority: Authority) -> None:
    url = odd_server(lambda _request: answer(200), authority.server()).url
    with closing(Client(Target(url=url), Limits(), TaskContext())) as client:
        assert offer(client, ORDINARY).agreed
        assert offer(client, RC4).refused


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)
