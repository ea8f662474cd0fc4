"""A master's process: waits for workers, hands on what console and workers say to each other.

Importing Locust makes gevent take over sockets and threads, so this never runs in the console.
Standard input and output are the console's; the process ends when its input does.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Iterator
from typing import Any

import gevent
import msgspec
from gevent.os import tp_read, tp_write
from gevent.queue import Queue
from locust import runners
from locust.env import Environment
from locust.exception import RPCError

from desktop_app import __version__
from desktop_app.engines.loadtest.distributed import wire
from desktop_app.engines.loadtest.distributed.locust_user import ScenarioUser
from desktop_app.engines.loadtest.distributed.sealing import (
    FROM_WORKER,
    TO_WORKER,
    NotSealed,
    Seal,
)
from desktop_app.engines.loadtest.messages import FRAME, Begin, Farewell, Prepared
from desktop_app.engines.loadtest.pacing import clock

_LOOK_S = 0.2
_ASKS = 12
"""How often a worker's clock is asked: the quickest answer tells most."""


class _Guest:
    """A worker that knows the code."""

    def __init__(self, client: str, code: str, hello: wire.Hello) -> None:
        self.client = client
        self.computer, self.pid = hello.computer, hello.pid
        self.outgoing = Seal(code, TO_WORKER, client)
        self.incoming = Seal(code, FROM_WORKER, client)
        self.place = -1
        self.left = False
        self.asked = 0
        self.round_trip_s = float("inf")
        self.ahead_s = 0.0
        """How far its clock is ahead of this one's."""

    def take(self, told: wire.Time) -> None:
        """Learn of its clock: it answered about half-way between question and answer."""
        now = clock()
        self.asked += 1
        if now - told.asked_at < self.round_trip_s:
            self.round_trip_s = now - told.asked_at
            self.ahead_s = told.at - (told.asked_at + now) / 2


class Master:
    """Relays; knows who is there, and whose clock says what."""

    def __init__(self, host: wire.Host, out: int) -> None:
        self._host = host
        self._to_console: Queue = Queue()
        self._out = out
        self._guests: dict[str, _Guest] = {}
        self._places: list[_Guest] = []
        self._tasks = 0
        gevent.spawn(self._write)

    def listen(self) -> bool:
        """Open the port; whether that went well."""
        environment = Environment(user_classes=[ScenarioUser])
        try:
            self._runner = environment.create_master_runner(self._host.address, self._host.port)
        except (RPCError, SystemExit, OSError) as error:
            reason = str(error) if not isinstance(error, SystemExit) else ""
            self.say(wire.NotHosted(reason=reason or "address already in use"))
            return False
        self._runner.register_message(wire.SEALED, self._hear)
        gevent.spawn(self._look_for_losses)
        self.say(wire.Listening(port=self._runner.server.port))
        return True

    # -- the console -----------------------------------------------------------------------------

    def say(self, message: wire.FromMaster) -> None:
        """Tell the console."""
        self._to_console.put(wire.framed(message))

    def _write(self) -> None:
        for frame in self._to_console:
            rest = frame
            while rest:
                rest = rest[tp_write(self._out, rest) :]

    def do(self, message: wire.ToMaster) -> None:
        """Do what the console says."""
        if isinstance(message, wire.Host) or message.place >= len(self._places):
            return
        guest = self._places[message.place]
        if isinstance(message, wire.Drop):
            self._lose(guest)
            return
        told = message.message
        if isinstance(told, Begin):
            told = Begin(at=told.at + guest.ahead_s)
        self._tell(guest, told)
        if isinstance(told, wire.Task):
            self._tasks += 1
            if self._tasks == len(self._places):
                gevent.spawn(self._spawn_users)

    def _spawn_users(self) -> None:
        users = self._host.users
        self._runner.start(users, spawn_rate=users)
        # From here on Locust would deal the users of a worker that is lost out to the others,
        # and those of all to one that comes late: what they had sent could not be told apart.
        self._runner._users_dispatcher = None

    def leave(self) -> None:
        """The console is gone, or has no use for anyone any more."""
        if any(not guest.left for guest in self._guests.values()):
            self._runner.quit()

    # -- workers ---------------------------------------------------------------------------------

    def _tell(self, guest: _Guest, message: wire.ToWorker) -> None:
        sealed = guest.outgoing.seal(wire.encoded(message))
        self._runner.send_message(wire.SEALED, {"sealed": sealed}, client_id=guest.client)

    def _hear(self, msg: Any, **_kept: Any) -> None:
        client = msg.node_id
        guest = self._guests.get(client)
        try:
            seal = guest.incoming if guest else Seal(self._host.code, FROM_WORKER, client)
            message = wire.from_worker(seal.opened(msg.data["sealed"]))
        except (NotSealed, msgspec.MsgspecError, KeyError, TypeError):
            if guest is None:
                self._send_away(client)
            return
        if guest is None:
            if isinstance(message, wire.Hello):
                self._welcome(client, message)
        elif isinstance(message, wire.Time):
            self._synchronise(guest, message)
        elif not isinstance(message, wire.Hello):
            self._hand_on(guest, message)

    def _welcome(self, client: str, hello: wire.Hello) -> None:
        known = client in self._runner.clients
        if self._places or not known or hello.version != __version__:
            self._send_away(client)
            return
        guest = self._guests[client] = _Guest(client, self._host.code, hello)
        self.say(wire.Joined(workers=len(self._guests)))
        self._ask_time(guest)
        if len(self._guests) == self._host.workers:
            self._complete()

    def _complete(self) -> None:
        # Locust deals users out in turn to its workers in the order of their names.
        self._places = [self._guests[client] for client in sorted(self._guests)]
        for place, guest in enumerate(self._places):
            guest.place = place
        for client in [c for c in self._runner.clients if c not in self._guests]:
            self._send_away(client)
        self.say(wire.Complete(workers=[(guest.computer, guest.pid) for guest in self._places]))

    def _send_away(self, client: str) -> None:
        self._runner.send_message(wire.STRANGE, None, client_id=client)
        self._runner.clients.pop(client, None)

    def _ask_time(self, guest: _Guest) -> None:
        self._tell(guest, wire.AskTime(asked_at=clock()))

    def _synchronise(self, guest: _Guest, told: wire.Time) -> None:
        guest.take(told)
        if guest.asked < _ASKS:
            self._ask_time(guest)
        elif guest.place >= 0:
            within_ms = guest.round_trip_s * 500
            self.say(wire.Synchronised(place=guest.place, within_ms=within_ms))

    def _hand_on(self, guest: _Guest, message: Any) -> None:
        if guest.place < 0 or guest.left:
            return
        if isinstance(message, Prepared) and message.done:
            guest.asked, guest.round_trip_s = 0, float("inf")  # clocks drift while users sign in
            self._ask_time(guest)
        if isinstance(message, Farewell):
            guest.left = True
        self.say(wire.Heard(place=guest.place, message=message))

    def _look_for_losses(self) -> None:
        """Locust takes a worker for missing whose heart has not beaten for some seconds."""
        while True:
            gevent.sleep(_LOOK_S)
            for guest in list(self._guests.values()):
                node = self._runner.clients.get(guest.client)
                if node is None or node.state == runners.STATE_MISSING:
                    self._lose(guest)

    def _lose(self, guest: _Guest) -> None:
        if guest.place < 0:
            del self._guests[guest.client]
            self.say(wire.Joined(workers=len(self._guests)))
        elif not guest.left:
            guest.left = True
            self._send_away(guest.client)
            self.say(wire.Gone(place=guest.place))


def run() -> int:
    """Host one run; the exit code."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the console decides about Ctrl+C
    out = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    messages = _messages(sys.stdin.fileno())
    first = next(messages, None)
    if not isinstance(first, wire.Host):
        return 0
    gc.freeze()
    master = Master(first, out)
    if not master.listen():
        gevent.sleep(_LOOK_S)  # until it is said
        return 1
    for message in messages:
        master.do(message)
    master.leave()
    os._exit(0)


def _messages(descriptor: int) -> Iterator[wire.ToMaster]:
    """What the console says, until it closes the pipe or is gone."""
    rest = bytearray()
    while chunk := tp_read(descriptor, 1 << 16):
        rest += chunk
        while len(rest) >= FRAME.size:
            end = FRAME.size + FRAME.unpack_from(rest)[0]
            if len(rest) < end:
                break
            yield wire.to_master(bytes(rest[FRAME.size : end]))
            del rest[:end]
