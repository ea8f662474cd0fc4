"""Servers that no contract knows: they answer everything alike, hang, drop, or never end."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

Behaviour = Callable[["StrangeServer", socket.socket], None]
"""What is done with one connection; it is closed afterwards."""
Script = Callable[[str, str], bytes]
"""The answer to method and path."""

_WORKERS = 24


class StrangeServer:
    """Listens on 127.0.0.1 and behaves the same to everybody who connects.

    ``sent`` counts the bytes that went out, ``asked`` holds "METHOD path" of every request.
    """

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.sent = 0
        self.asked: list[str] = []
        self.released = threading.Event()
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="strange-server")
        self._runs: list[Future[None]] = [self._pool.submit(self._accept)]

    def send(self, connection: socket.socket, data: bytes) -> None:
        """Send, and count it; raises ``OSError`` once the other side is gone."""
        connection.sendall(data)
        with self._lock:
            self.sent += len(data)

    def stop(self) -> None:
        """End everything."""
        self.released.set()
        with contextlib.suppress(OSError):
            socket.create_connection(self._listener.getsockname(), 1).close()
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for run in self._runs:
            run.result(10)
        self._pool.shutdown()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self.released.is_set():
                connection.close()
                return
            self._runs.append(self._pool.submit(self._serve, connection))

    def _serve(self, connection: socket.socket) -> None:
        self._open.add(connection)
        with contextlib.suppress(OSError), connection:
            self.behaviour(self, connection)
        self._open.discard(connection)


def requests(server: StrangeServer, connection: socket.socket) -> Iterator[tuple[str, str]]:
    """Method and path of each request on a connection, its body read and dropped."""
    held = b""
    while True:
        while b"\r\n\r\n" not in held:
            part = connection.recv(65536)
            if not part:
                return
            held += part
        head, _, held = held.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        method, path = (*lines[0].split(" "), "", "")[:2]
        length = next(
            (int(line[15:]) for line in lines if line.lower().startswith("content-length:")), 0
        )
        while len(held) < length:
            part = connection.recv(65536)
            if not part:
                return
            held += part
        held = held[length:]
        server.asked.append(f"{method} {path}")
        yield method, path


def answer(status: int, body: object = b"", content_type: str = "application/json") -> bytes:
    """An HTTP answer; anything but bytes is sent as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = (
        f"HTTP/1.1 {status} Strange\r\nContent-Type: {content_type}\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


def scripted(script: Script) -> Behaviour:
    """Answers every request by a script, and keeps the connection."""

    def behave(server: StrangeServer, connection: socket.socket) -> None:
        for method, path in requests(server, connection):
            content = script(method, path)
            if method == "HEAD":
                content = content.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
            server.send(connection, content)

    return behave


def always(status: int, body: object = b"", content_type: str = "application/json") -> Behaviour:
    """The same answer to everything."""
    return scripted(lambda _method, _path: answer(status, body, content_type))


def signing_in(otherwise: Script) -> Behaviour:
    """Signs anybody in as the administrator; everything else is answered by ``otherwise``."""
    user = {"id": "1", "login_id": "admin", "name": "Admin", "role": "admin"}
    tokens = {"access_token": "token-of-a-strange-server", "token_type": "bearer", "user": user}

    def script(method: str, path: str) -> bytes:
        return answer(200, tokens) if path == "/api/auth/login" else otherwise(method, path)

    return scripted(script)


def hanging(server: StrangeServer, connection: socket.socket) -> None:
    """Takes requests and says nothing."""
    for _ in requests(server, connection):
        server.released.wait()


def dropping(_server: StrangeServer, _connection: socket.socket) -> None:
    """Closes what connects."""


def babbling(server: StrangeServer, connection: socket.socket) -> None:
    """Answers with what is no HTTP."""
    for _ in requests(server, connection):
        server.send(connection, bytes(range(256)) * 20)
        return


MakeServer = Callable[[Behaviour], StrangeServer]


@pytest.fixture
def strange_server() -> Iterator[MakeServer]:
    """Makes servers that end with the test."""
    made: list[StrangeServer] = []

    def make(behaviour: Behaviour) -> StrangeServer:
        made.append(StrangeServer(behaviour))
        return made[-1]

    yield make
    for server in made:
        server.stop()
