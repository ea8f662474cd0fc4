"""A generator's process as the coordinator holds it: started, told, listened to, ended."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import IO

from desktop_app.core.language import N_
from desktop_app.core.redaction import redact
from desktop_app.core.validation.findings import Said, say
from desktop_app.engines.loadtest.messages import (
    FRAME,
    LARGEST,
    FromGenerator,
    ToGenerator,
    frame,
    from_generator,
)
from desktop_app.engines.own_command import apart, own_command, own_environment

COMMAND = "generate-load"
"""The hidden command of ``evalconsole`` that runs a generator."""

_TAIL = 2000
_END_S = 2.0

Inbox = SimpleQueue[tuple[int, FromGenerator | None]]
"""What generators say, by their place; None when one has ended."""


class GeneratorProcess:
    """One generator. It ends by itself when this process does: it notices the end of its input."""

    command = COMMAND

    def __init__(self, place: int, inbox: Inbox, readers: ThreadPoolExecutor) -> None:
        """Start it, and have one of ``readers`` put what it says into ``inbox``.

        Raises ``OSError`` where it cannot be started.
        """
        self.place = place
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by end
        try:
            self._process = subprocess.Popen(
                own_command(self.command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                # numpy starts no threads of its own
                env=own_environment(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1"),
                **apart(),
            )
        except OSError:
            self._errors.close()
            raise
        self.pid = self._process.pid
        self._reader = readers.submit(self._read, inbox)

    def tell(self, message: ToGenerator) -> None:
        """Send it a message; one that has ended hears nothing."""
        self._send(frame(message))

    def _send(self, data: bytes) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.write(data)
            self._process.stdin.flush()

    def kill(self) -> None:
        """End it at once; the end of what it says is heard as that of any other."""
        self._process.kill()

    def end(self) -> None:
        """End it at once, and let go of what belongs to it."""
        self._process.kill()
        self._process.wait()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(OSError):  # what was still to be sent has no reader any more
            self._process.stdin.close()
        try:
            self._reader.result()
        finally:
            self._process.stdout.close()
            self._errors.close()

    def last_words(self) -> str:
        """What it wrote outside its messages: a traceback, if it crashed."""
        if self._errors.closed:
            return ""
        size = self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, size - _TAIL))
        return redact(self._errors.read().decode("utf-8", "replace"))

    def loss(self) -> Said:
        """What to say of it once it says no more, without a farewell."""
        return say(
            N_("Generator {number} (process {pid}) is lost: it ended with code {code}."),
            number=self.place + 1,
            pid=self.pid,
            code=self.exit_code(),
        )

    def exit_code(self) -> int:
        """How it ended; to be asked once it says no more."""
        try:
            return self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def _read(self, inbox: Inbox) -> None:
        stream = self._process.stdout
        assert stream is not None
        try:
            while head := stream.read(FRAME.size):
                size = FRAME.unpack(head)[0] if len(head) == FRAME.size else LARGEST + 1
                body = stream.read(size) if size <= LARGEST else b""
                if len(body) < size:
                    return  # it died in the middle of a message
                self._take(body, inbox)
        finally:
            self._ended(inbox)

    def _take(self, body: bytes, inbox: Inbox) -> None:
        inbox.put((self.place, from_generator(body)))

    def _ended(self, inbox: Inbox) -> None:
        inbox.put((self.place, None))
