"""What coordinator and generators say to each other: MessagePack in frames of 4 bytes of length."""

from __future__ import annotations

import struct
from typing import Any

import msgspec

from desktop_app.core.load.counts import Failure
from desktop_app.core.load.obstacles import Obstacle
from desktop_app.core.load.plan import LoadPlan
from desktop_app.core.load.scenario import Account
from desktop_app.core.validation.findings import Said

FRAME = struct.Struct(">I")
LARGEST = 256 * 1024 * 1024


class Assignment(msgspec.Struct, tag=True, frozen=True, kw_only=True):
    """A generator's first message: its share of a plan. It is number ``place`` of ``places``.

    ``addresses`` are those of the target's host, looked up once. ``rate_limit`` (0: none) is what
    this generator's users together must not go beyond.
    """

    plan: LoadPlan
    accounts: tuple[Account, ...]
    address: str
    port: int
    place: int
    places: int
    seed: int
    rate_limit: float = 0.0


class Begin(msgspec.Struct, tag=True, frozen=True, kw_only=True):
    """Start sending: second 0 begins at ``at`` of ``time.perf_counter``, which processes share."""

    at: float


class Halt(msgspec.Struct, tag=True, frozen=True, kw_only=True):
    """Send no more; wait for nothing, either, where ``at_once``."""

    at_once: bool


class Prepared(msgspec.Struct, tag=True, frozen=True, kw_only=True):
    """So many users are ready, so many failed attempts; ``done`` when all are."""

    ready: int
    failures: dict[Failure, int]
    done: bool
    loop: str = ""


class Unprepared(msgspec.Struct, tag=True, frozen=True, kw_only=True):
    """A user could not be made ready, whatever was tried."""

    kind: Failure
    step: str
    """ "": connecting."""
    obstacle: Obstacle
    status: int = 0
    text: str = ""
    """What the server said."""


class Bucket(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """Requests that ended, of one step, meant for one second.

    ``outcomes``: how many by place in ``compiled.OUTCOMES``. Histograms as counters (uint16) and
    how many (uint32), in this computer's byte order.
    """

    due: int
    step: int
    outcomes: dict[int, int]
    response: tuple[bytes, bytes]
    service: tuple[bytes, bytes]


class Part(msgspec.Struct, tag=True, frozen=True, kw_only=True):
    """One second of one generator."""

    number: int
    asked: int
    dropped: dict[int, int]
    """Given up in it, by the second that they were meant for."""
    waiting: int
    users: int
    busy: int
    late: int
    late_p99_ms: float
    late_max_ms: float
    cpu_share: float
    connections: int
    sent: dict[int, int]
    """By step."""
    resent: dict[int, int]
    sent_bytes: dict[int, int]
    received_bytes: dict[int, int]
    ended: list[Bucket]
    sending_s: float
    """For how much of it requests were sent."""
    moments: int = 0
    """How often the generator looked around in it while it sent, and how often that was late."""
    late_moments: int = 0
    memory_mb: float = 0.0
    """Told by generators of other computers only."""


class Trouble(msgspec.Struct, tag=True, frozen=True, kw_only=True):
    """An example of a failed request."""

    kind: Failure
    step: int
    at_s: float
    status: int
    text: str
    said: Said | None = None


class Farewell(msgspec.Struct, tag=True, frozen=True, kw_only=True):
    """The last message: what was under way. ``in_flight``: (second it was meant for, step)."""

    in_flight: list[tuple[int, int]]
    unsent: int
    stopped_at: float
    """Of the run's clock: when the last request could be sent."""


FromGenerator = Prepared | Unprepared | Part | Trouble | Farewell
ToGenerator = Assignment | Begin | Halt

_encoder = msgspec.msgpack.Encoder()
_from_generator: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(FromGenerator)
_to_generator: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(ToGenerator)


def frame(message: FromGenerator | ToGenerator) -> bytes:
    """A message with its length before it."""
    body = _encoder.encode(message)
    return FRAME.pack(len(body)) + body


def from_generator(body: bytes) -> FromGenerator:
    """A generator's message."""
    message: FromGenerator = _from_generator.decode(body)
    return message


def to_generator(body: bytes) -> ToGenerator:
    """The coordinator's message."""
    message: ToGenerator = _to_generator.decode(body)
    return message
