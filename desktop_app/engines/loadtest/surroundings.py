"""What all users of one generator share."""

from __future__ import annotations

import asyncio
import random
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from desktop_app.core.load.counts import Failure
from desktop_app.engines.loadtest.compiled import PreparedStep
from desktop_app.engines.loadtest.http1 import Connection, ReadBuffer
from desktop_app.engines.loadtest.recording import Recorder

if TYPE_CHECKING:
    from desktop_app.engines.loadtest.user import User


@dataclass(slots=True, kw_only=True)
class Surroundings:
    """Where to connect, what to record into, what is drawn by chance."""

    loop: asyncio.AbstractEventLoop
    recorder: Recorder
    draw: random.Random
    address: str
    port: int
    server_name: str
    tls: ssl.SSLContext | None
    connect_s: float
    largest_body: int
    renew_s: float
    resend: bool
    troubled: Callable[[User, Failure, int], None]
    """Hears of every failed request; 0 is no status."""
    connection: type[Connection] = Connection
    buffer: ReadBuffer = field(default_factory=ReadBuffer)
    bytes_in: list[int] = field(default_factory=list)
    """Received since they were last taken, by step."""
    bytes_out: list[int] = field(default_factory=list)
    resent: list[int] = field(default_factory=list)

    def count_resent(self, step: PreparedStep) -> None:
        """Count a request that is sent once more."""
        self.resent[step.number] += 1
