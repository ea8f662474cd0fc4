"""A raw HTTP server that does what the path says: known latencies, and every way of going wrong."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
import sys
import threading
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

Behaviour = Callable[["Scripted", "Asked", asyncio.StreamWriter], Awaitable[bool]]
"""Answers a request; whether the connection is kept."""


class Asked:
    """A request that came."""

    def __init__(self, head: bytes, body: bytes) -> None:
        first, *lines = head.decode("latin-1").split("\r\n")
        self.method, self.target, _version = first.split(" ", 2)
        self.headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines if line)
        }
        self.body = body
        parts = urlsplit(self.target)
        self.path = parts.path
        self.query = {name: values[0] for name, values in parse_qs(parts.query).items()}

    def ms(self, name: str = "ms") -> float:
        return float(self.query.get(name, "0"))


def plain(body: bytes, *lines: str, status: str = "200 OK") -> bytes:
    """An answer with its length."""
    head = "\r\n".join((f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *lines))
    return head.encode() + b"\r\n\r\n" + body


async def _fixed(server: Scripted, asked: Asked, writer: asyncio.StreamWriter) -> bool:
    await asyncio.sleep(asked.ms() / 1000)
    writer.write(plain(b'{"ok": true, "list": [{"id": 7}]}'))
    return True


async def _bimodal(server: Scripted, asked: Asked, writer: asyncio.StreamWriter) -> bool:
    """Every tenth answer is slow."""
    server.turn += 1
    slow = server.turn % 10 == 0
    await asyncio.sleep(asked.ms("slow" if slow else "quick") / 1000)
    writer.write(plain(b""))
    return True


async def _stall(server: Scripted, asked: Asked, writer: asyncio.StreamWriter) -> bool:
    """From ``after`` on (since the first such request) nothing is answered for ``ms``."""
    loop = asyncio.get_running_loop()
    if server.stalls is None:
        begins = loop.time() + asked.ms("after") / 1000
        server.stalls = (begins, begins + asked.ms() / 1000)
    begins, ends = server.stalls
    if begins <= loop.time() < ends:
        await asyncio.sleep(ends - loop.time())
    writer.write(plain(b"ok"))
    return True


async def _status(server: Scripted, asked: Asked, writer: asyncio.StreamWriter) -> bool:
    status = asked.query["is"]
    writer.write(plain(b"password=hunter2 is wrong", "Location: /fixed", status=f"{status} X"))
    return True


async def _reset(server: Scripted, asked: Asked, writer: asyncio.StreamWriter) -> bool:
    linger = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
    connected = writer.get_extra_info("socket")
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()
    return False


async def _half(server: Scripted, asked: Asked, writer: asyncio.StreamWriter) -> bool:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly a part")
    return False


async def _half_head(server: Scripted, asked: Asked, writer: asyncio.StreamWriter) -> bool:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Le")
    return False


async def _excess(server: Scripted, asked: Asked, writer: asyncio.StreamWriter) -> bool:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more than it said")
    return True


async def _nonsense(server: Scripted, asked: Asked, writer: asyncio.StreamWriter) -> bool:
    writer.write(b"220 mail.example ESMTP\r\n")
    return True


async def _silent(server: Scripted, asked: Asked, writer: asyncio.StreamWriter) -> bool:
    await server.over.wait()
    return False


async def _slow_head(server: Scripted, asked: Asked, writer: asyncio.StreamWriter) -> bool:
    for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"z" * 1000:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.02)
    return False


async def _endless(server: Scripted, asked: Asked, writer: asyncio.StreamWriter) -> bool:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"4000\r\n" + b"x" * 0x4000 + b"\r\n")
        await writer.drain()
        await asyncio.sleep(0)  # where nothing has to be drained, drain does not look either
    return False


async def _chunked(server: Scripted, asked: Asked, writer: asyncio.StreamWriter) -> bool:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for piece in (b'{"ok": true, ', b'"list": ', b'[{"id": 7}]}'):
        writer.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        await asyncio.sleep(0.001)
    writer.write(b"0\r\n\r\n")
    return True


async def _until_the_end(server: Scripted, asked: Asked, writer: asyncio.StreamWriter) -> bool:
    """A body that the connection's end delimits; its headers come in two reads."""
    writer.write(b"HTTP/1.1 200 OK\r\nX-A: b\r\n")
    await asyncio.sleep(0.002)
    writer.write(b'\r\n{"ok": true}')
    await asyncio.sleep(0.002)
    return False


async def _interim(server: Scripted, asked: Asked, writer: asyncio.StreamWriter) -> bool:
    writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
    await asyncio.sleep(0.001)
    writer.write(plain(b'{"ok": true}'))
    return True


async def _interim_for_ever(server: Scripted, asked: Asked, writer: asyncio.StreamWriter) -> bool:
    while not writer.is_closing():
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.001)
    return False


async def _closing(server: Scripted, asked: Asked, writer: asyncio.StreamWriter) -> bool:
    writer.write(plain(b"bye", "Connection: close"))
    return False


async def _head(server: Scripted, asked: Asked, writer: asyncio.StreamWriter) -> bool:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
    return True


async def _hanging_up(server: Scripted, asked: Asked, writer: asyncio.StreamWriter) -> bool:
    """Answers every request but the second of a connection: that one meets a closed one."""
    server.by_connection[writer] += 1
    if server.by_connection[writer] > 1:
        return False
    writer.write(plain(b"ok"))
    return True


async def _echo(server: Scripted, asked: Asked, writer: asyncio.StreamWriter) -> bool:
    writer.write(plain(asked.body, "Content-Type: application/json"))
    return True


async def _slow_metrics(server: Scripted, asked: Asked, writer: asyncio.StreamWriter) -> bool:
    await asyncio.sleep(0.9)
    writer.write(plain(b"process_resident_memory_bytes 1048576\n"))
    return True


async def _token(server: Scripted, asked: Asked, writer: asyncio.StreamWriter) -> bool:
    """Another one each time."""
    server.turn += 1
    writer.write(plain(b'{"token": "t%d"}' % server.turn))
    return True


async def _enter(server: Scripted, asked: Asked, writer: asyncio.StreamWriter) -> bool:
    """Not with the second token."""
    status = "503 Busy" if server.turn == 2 else "200 OK"
    writer.write(plain(b"", status=status))
    return True


async def _large(server: Scripted, asked: Asked, writer: asyncio.StreamWriter) -> bool:
    """More than one record of TLS, right to the last byte."""
    numbers = ", ".join(str(n) for n in range(12_000))
    writer.write(plain(f'{{"numbers": [{numbers}], "ok": true}}'.encode()))
    return True


async def _not_json(server: Scripted, asked: Asked, writer: asyncio.StreamWriter) -> bool:
    writer.write(plain(b"<html>"))
    return True


async def _not_there(server: Scripted, asked: Asked, writer: asyncio.StreamWriter) -> bool:
    """It tells nothing of itself."""
    writer.write(plain(b"", status="404 Not Found"))
    return True


BEHAVIOURS: dict[str, Behaviour] = {
    "/fixed": _fixed,
    "/bimodal": _bimodal,
    "/stall": _stall,
    "/status": _status,
    "/reset": _reset,
    "/half": _half,
    "/half-head": _half_head,
    "/excess": _excess,
    "/nonsense": _nonsense,
    "/silent": _silent,
    "/slow-head": _slow_head,
    "/endless": _endless,
    "/chunked": _chunked,
    "/until-the-end": _until_the_end,
    "/interim": _interim,
    "/interim-for-ever": _interim_for_ever,
    "/closing": _closing,
    "/head": _head,
    "/hanging-up": _hanging_up,
    "/echo": _echo,
    "/large": _large,
    "/slow-metrics": _slow_metrics,
    "/token": _token,
    "/enter": _enter,
    "/not-json": _not_json,
    "/metrics": _not_there,
    "/api/health/detailed": _not_there,
}


class Scripted:
    """The server, in a thread of its own; ``asked`` are the requests that came."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self.asked: list[Asked] = []
        self.turn = 0
        self.stalls: tuple[float, float] | None = None
        self.by_connection: Counter[asyncio.StreamWriter] = Counter()
        self.port = 0
        self._ready = threading.Event()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="scripted")
        self._loop = asyncio.new_event_loop()
        self._done = self._pool.submit(self._loop.run_until_complete, self._serve())
        assert self._ready.wait(10)

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://localhost:{self.port}"

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self.over.set)
        self._done.result(10)
        self._pool.shutdown()
        self._loop.close()

    async def _serve(self) -> None:
        self.over = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        server = await asyncio.start_server(
            self._connected, "127.0.0.1", 0, ssl=self._tls, backlog=512
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self.over.wait()
        server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._talk(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            self.by_connection.pop(writer, None)
            writer.transport.abort() if self.over.is_set() else writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                return
            length = 0
            for line in head.lower().split(b"\r\n"):
                if line.startswith(b"content-length:"):
                    length = int(line.partition(b":")[2])
            asked = Asked(head[:-4], await reader.readexactly(length))
            self.asked.append(asked)
            if not await BEHAVIOURS[asked.path](self, asked, writer):
                with contextlib.suppress(OSError):
                    await writer.drain()
                return
