"""The master's process as the console holds it."""

from __future__ import annotations

import contextlib
import subprocess
from concurrent.futures import ThreadPoolExecutor

from desktop_app.engines.loadtest.distributed import wire
from desktop_app.engines.loadtest.process import GeneratorProcess, Inbox

COMMAND = "host-load"
"""The hidden command of ``evalconsole`` that runs a master."""

_END_S = 2.0


class MasterProcess(GeneratorProcess):
    """One master. It ends by itself when this process does: it notices the end of its input.

    What it says of its workers is written by the thread that reads it, and read by the run's.
    """

    command = COMMAND

    def __init__(self, places: int, inbox: Inbox, readers: ThreadPoolExecutor) -> None:
        self._places = places
        self.port = 0
        self.joined = 0
        self.workers: list[tuple[str, int]] = []
        """Computer and process of each, once all are there."""
        self.not_hosted = ""
        self.within_ms: dict[int, float] = {}
        """How well each worker's clock is known."""
        super().__init__(0, inbox, readers)

    def order(self, message: wire.ToMaster) -> None:
        """Tell it something; one that has ended hears nothing."""
        self._send(wire.framed(message))

    def _take(self, body: bytes, inbox: Inbox) -> None:
        match wire.from_master(body):
            case wire.Heard(place=place, message=message):
                inbox.put((place, message))
            case wire.Gone(place=place):
                inbox.put((place, None))
            case wire.Listening(port=port):
                self.port = port
            case wire.NotHosted(reason=reason):
                self.not_hosted = reason
            case wire.Joined(workers=workers):
                self.joined = workers
            case wire.Complete(workers=workers):
                self.workers = workers
            case wire.Synchronised(place=place, within_ms=within_ms):
                self.within_ms[place] = within_ms

    def _ended(self, inbox: Inbox) -> None:
        for place in range(self._places):
            inbox.put((place, None))

    def end(self) -> None:
        """Have it send its workers home; end it, however it takes that."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_END_S)
        super().end()
