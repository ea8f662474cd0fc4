"""What console, master and workers say to each other, beside what generators always say."""

from __future__ import annotations

from typing import Any

import msgspec

from desktop_app.core.load.permission import Permission
from desktop_app.engines.loadtest.messages import (
    FRAME,
    Assignment,
    Begin,
    Farewell,
    Halt,
    Part,
    Prepared,
    Trouble,
    Unprepared,
)

SEALED = "evalconsole"
"""Locust's name for our messages; what they hold is sealed."""
STRANGE = "evalconsole-strange"
"""Tells a worker that its code is not the master's, or that nobody waits for it any more."""

# -- console and master, by the master's standard input and output ------------------------------


class Host(msgspec.Struct, tag=True, frozen=True, kw_only=True):
    """The console's first message: wait for so many workers, who will be so many users."""

    workers: int
    address: str
    port: int
    code: str
    users: int


class Task(msgspec.Struct, tag=True, frozen=True, kw_only=True):
    """A worker's share, with what the master's operator permits: the worker asks that, too."""

    assignment: Assignment
    permission: Permission


class Deliver(msgspec.Struct, tag=True, frozen=True, kw_only=True):
    """To be told to worker number ``place``."""

    place: int
    message: Task | Begin | Halt


class Drop(msgspec.Struct, tag=True, frozen=True, kw_only=True):
    """Have nothing to do with this worker any more."""

    place: int


class Listening(msgspec.Struct, tag=True, frozen=True, kw_only=True):
    """The master can be joined at this port."""

    port: int


class NotHosted(msgspec.Struct, tag=True, frozen=True, kw_only=True):
    """The master cannot listen there."""

    reason: str


class Joined(msgspec.Struct, tag=True, frozen=True, kw_only=True):
    """So many workers are there."""

    workers: int


class Complete(msgspec.Struct, tag=True, frozen=True, kw_only=True):
    """All are there: computer and process of each, by place."""

    workers: list[tuple[str, int]]


class Synchronised(msgspec.Struct, tag=True, frozen=True, kw_only=True):
    """How well a worker's clock is known."""

    place: int
    within_ms: float


class Heard(msgspec.Struct, tag=True, frozen=True, kw_only=True):
    """Worker number ``place`` said this."""

    place: int
    message: Prepared | Unprepared | Part | Trouble | Farewell


class Gone(msgspec.Struct, tag=True, frozen=True, kw_only=True):
    """Nothing is heard of this worker any more."""

    place: int


ToMaster = Host | Deliver | Drop
FromMaster = Listening | NotHosted | Joined | Complete | Synchronised | Heard | Gone

# -- master and worker, sealed ------------------------------------------------------------------


class Hello(msgspec.Struct, tag=True, frozen=True, kw_only=True):
    """A worker's first message. ``version``: the program's, which must be the master's."""

    version: str
    computer: str
    pid: int


class AskTime(msgspec.Struct, tag=True, frozen=True, kw_only=True):
    """What does your clock say? ``asked_at`` by the master's own."""

    asked_at: float


class Time(msgspec.Struct, tag=True, frozen=True, kw_only=True):
    """The worker's clock said ``at`` when it was asked."""

    asked_at: float
    at: float


ToWorker = AskTime | Task | Begin | Halt
FromWorker = Hello | Time | Prepared | Unprepared | Part | Trouble | Farewell

_encoder = msgspec.msgpack.Encoder()
_to_master: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(ToMaster)
_from_master: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(FromMaster)
_to_worker: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(ToWorker)
_from_worker: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(FromWorker)


def encoded(message: ToWorker | FromWorker) -> bytes:
    """A message between master and worker, to be sealed."""
    return _encoder.encode(message)


def framed(message: ToMaster | FromMaster) -> bytes:
    """A message between console and master, with its length before it."""
    body = _encoder.encode(message)
    return FRAME.pack(len(body)) + body


def to_master(body: bytes) -> ToMaster:
    """The console's message."""
    message: ToMaster = _to_master.decode(body)
    return message


def from_master(body: bytes) -> FromMaster:
    """The master's message."""
    message: FromMaster = _from_master.decode(body)
    return message


def to_worker(body: bytes) -> ToWorker:
    """The master's message to a worker; raises ``msgspec.MsgspecError``."""
    message: ToWorker = _to_worker.decode(body)
    return message


def from_worker(body: bytes) -> FromWorker:
    """A worker's message; raises ``msgspec.MsgspecError``."""
    message: FromWorker = _from_worker.decode(body)
    return message
