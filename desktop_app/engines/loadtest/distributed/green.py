"""What a generator's parts need of asyncio, done by gevent: in a worker's process only.

Connections (``http1``), users, drivers and recording are those of every other generator, so that
a request is built, judged and counted alike; only who waits differs. Each virtual user is a Locust
user, and its greenlet reads its connection.
"""

from __future__ import annotations

import socket
import ssl
import sys
from collections.abc import Callable
from typing import Any, cast

import gevent
from gevent.event import Event

from desktop_app.core.load.counts import Failure
from desktop_app.core.load.obstacles import Obstacle
from desktop_app.engines.loadtest.http1 import Connection
from desktop_app.engines.loadtest.user import User

_AT_ONCE = 64 * 1024
"""Bytes of a request over TLS that are written where they are; more would hold up the others."""

_LEAST_S = 0.001 if sys.platform == "win32" else 0.0
"""gevent's timers count whole milliseconds there, and warn of shorter ones."""


class _Later:
    """A call to come, unless it is cancelled before."""

    def __init__(self, delay_s: float, call: Callable[[], object]) -> None:
        self._call = call
        delay_s = max(delay_s, _LEAST_S) if delay_s > 0 else 0.0
        self._waiting: Any = gevent.spawn_later(delay_s, self._fire)

    def _fire(self) -> None:
        self._waiting = None  # from here on, cancelling it would kill whoever does that
        self._call()

    def cancel(self) -> None:
        """Do not call."""
        if self._waiting is not None:
            self._waiting.kill(block=False)


class GreenLoop:
    """What generator, users and timers ask of an event loop."""

    def __init__(self) -> None:
        self._readers: dict[int, Any] = {}

    def call_soon(self, call: Callable[..., object], *arguments: object) -> None:
        """Call it, but later."""
        gevent.spawn(call, *arguments)

    def call_later(self, delay_s: float, call: Callable[[], object]) -> _Later:
        """Call it after a while."""
        return _Later(delay_s, call)

    def add_reader(self, descriptor: int, call: Callable[[], object]) -> None:
        """Call it whenever the descriptor can be read."""
        self._readers[descriptor] = gevent.spawn(_watch, descriptor, call)

    def remove_reader(self, descriptor: int) -> None:
        """Watch it no more."""
        self._readers.pop(descriptor).kill()

    def create_future(self) -> None:
        """Nothing: who waits here waits in another way."""


def _watch(descriptor: int, call: Callable[[], object]) -> None:
    hub = gevent.get_hub()
    readable = hub.loop.io(descriptor, 1)
    try:
        while True:
            hub.wait(readable)
            call()
    finally:
        readable.close()


class GreenTransport:
    """One connected socket, as ``http1.Connection`` writes to it."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._error: OSError | None = None
        self.closed = False

    def get_write_buffer_size(self) -> int:
        """None: what is left of a request goes with the connection."""
        return 0

    def write(self, data: bytes) -> None:
        """Send it without waiting; what does not fit now goes by itself."""
        try:
            if not isinstance(self._socket, ssl.SSLSocket):
                sent = cast(Any, self._socket).send(data, 0, timeout=0.0)
                data = data[sent:]
            elif len(data) <= _AT_ONCE:
                self._socket.sendall(data)
                return
        except BlockingIOError:
            pass
        except OSError as error:
            self._fail(error)
            return
        if data:
            gevent.spawn(self._write_rest, data)

    def _write_rest(self, data: bytes) -> None:
        try:
            self._socket.sendall(data)
        except OSError as error:
            self._fail(error)

    def _fail(self, error: OSError) -> None:
        if not self.closed:
            self._error = error
            self.abort()

    def read(self, connection: Connection) -> None:
        """Have the connection take in all that comes, until it ends."""
        buffer = connection.get_buffer(-1)
        receive = self._socket.recv_into
        error: OSError | None = None
        while not self.closed:
            try:
                count = receive(buffer)
            except OSError as problem:
                error = None if self.closed else problem
                break
            if not count:
                break
            connection.buffer_updated(count)
            # The next answer may be there already; without this, the others would have to wait
            # for as long as the target keeps up with this one.
            gevent.sleep(0)
        self.abort()
        connection.connection_lost(self._error or error)

    def abort(self) -> None:
        """Close it at once: whoever reads it hears the end."""
        self.closed = True
        self._socket.close()

    close = abort


class GreenUser(User):
    """A virtual user whose greenlet connects, and reads what is answered."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._wanted = Event()
        self._to_send: bytes | None = None
        self._unread: tuple[GreenTransport, Connection] | None = None

    def serve(self) -> None:
        """What the user's greenlet does until it is killed."""
        while True:
            self._wanted.wait()
            self._wanted.clear()
            if self._to_send is not None:
                self._connect_then_send()
            if self._unread is not None:
                (transport, connection), self._unread = self._unread, None
                transport.read(connection)

    def _connect_to_send(self, request: bytes) -> None:
        self._to_send = request
        self._wanted.set()

    def _connect_then_send(self) -> None:
        problem = self.connect_now()
        request, self._to_send = self._to_send, None
        if request is None:  # given up meanwhile
            return
        if problem is not None:
            self._fail_to_connect(*problem)
        elif self.connection is not None and self.connection.usable:
            self.connection.send(request, is_head=self.step.is_head)

    def connect_now(self) -> tuple[Failure, Obstacle] | None:
        """Connect (anew); what went wrong, if anything did."""
        around = self._around
        self._drop_connection()
        try:
            with gevent.Timeout(around.connect_s, TimeoutError):
                transport = GreenTransport(self._connected())
        except OSError as error:  # a time-out and what is wrong with TLS, too
            return self._not_connected(error)
        connection = around.connection(around.buffer, self, around.largest_body)
        connection.connection_made(cast(Any, transport))
        self.connection = connection
        self._unread = transport, connection
        self._wanted.set()
        return None

    def _connected(self) -> socket.socket:
        around = self._around
        plain = socket.create_connection((around.address, around.port))
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if around.tls is None:
                return plain
            return around.tls.wrap_socket(plain, server_hostname=around.server_name)
        except BaseException:
            plain.close()
            raise

    def close(self) -> None:
        """Let go of the connection, whatever is under way."""
        self._to_send = None
        self._drop_connection()
