"""A small server of our own at which one sees whether a target fetches what a token points to."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

_PATIENCE_S = 0.1
_LARGEST = 8192
_MOST = 20


@dataclass(slots=True)
class Listener:
    """Answers GET by path; ``asked`` are the paths that somebody asked for."""

    address: str
    asked: list[str] = field(default_factory=list)
    ended: bool = False


@contextmanager
def listening(contents: Mapping[str, bytes]) -> Iterator[Listener]:
    """A listener on this computer while the block runs; raises ``OSError``."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(_PATIENCE_S)
        listener = Listener(f"http://127.0.0.1:{server.getsockname()[1]}")
        with ThreadPoolExecutor(1, thread_name_prefix="validation-listener") as pool:
            serving: Future[None] = pool.submit(_serve, server, listener, contents)
            try:
                yield listener
            finally:
                listener.ended = True
                serving.result()


def _serve(server: socket.socket, listener: Listener, contents: Mapping[str, bytes]) -> None:
    while not listener.ended and len(listener.asked) < _MOST:
        try:
            connection, _address = server.accept()
        except TimeoutError:
            continue
        with connection:
            try:
                connection.settimeout(1.0)
                line = connection.recv(_LARGEST).partition(b"\r\n")[0].decode("latin-1")
                path = line.split(" ")[1] if line.count(" ") == 2 else "?"
                listener.asked.append(path)
                body = contents.get(path, b"")
                head = (
                    f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
                )
                connection.sendall(head.encode() + body)
            except OSError:
                listener.asked.append("?")
