"""The fuzzer's process as the run holds it: started, answered, watched, ended."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import IO, Any, TypeVar

import psutil

from desktop_app.core.redaction import redact
from desktop_app.engines.own_command import apart, bare_environment, own_command
from desktop_app.engines.validation.fuzz_child import LARGEST

R = TypeVar("R")
COMMAND = "generate-requests"
"""The hidden command of ``evalconsole`` that runs it."""
MEMORY = 1024 * 1024 * 1024
"""A process that holds more is ended: a hostile description can make it do so."""
_LOOK_S = 0.25
_TAIL = 2000


class Ended(Exception):
    """The process has ended, or was ended: why, in words for people who know programs."""


class FuzzProcess:
    """One process. It ends by itself when this one does: it notices the end of its input."""

    def __init__(self, *, seconds: float, watch: Callable[[], object]) -> None:
        """Start it, for ``seconds`` at most; ``watch`` is called while it is waited for.

        Raises ``OSError`` where it cannot be started.
        """
        self._watch = watch
        self._ends = time.monotonic() + seconds
        self._folder = tempfile.TemporaryDirectory(
            prefix="evalconsole-fuzz-", ignore_cleanup_errors=True
        )
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by end
        try:
            self._process = subprocess.Popen(
                own_command(COMMAND),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                cwd=self._folder.name,
                # What others say makes up what it reads: it gets nothing that is a secret. The
                # same seed draws the same only where sets are ordered the same.
                env=bare_environment(
                    self._folder.name, PYTHONHASHSEED="0", PYTHONIOENCODING="utf-8"
                ),
                **apart(),
            )
        except OSError:
            self._errors.close()
            self._folder.cleanup()
            raise
        self._line = ThreadPoolExecutor(1, "fuzzer")

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def tell(self, message: Mapping[str, Any]) -> None:
        """Send it a message, as ``hear`` waits; one that has ended hears nothing."""
        self._waited(self._line.submit(self._write, json.dumps(message).encode() + b"\n"))

    def hear(self) -> dict[str, Any]:
        """What it says next; raises ``Ended``, and what ``watch`` raises."""
        assert self._process.stdout is not None
        said = self._waited(self._line.submit(self._process.stdout.readline, LARGEST))
        if not said.endswith(b"\n"):
            raise Ended(f"ended (code {self._process.wait()}) {self._last_words()}".strip())
        message: dict[str, Any] = json.loads(said)
        return message

    def _write(self, line: bytes) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.write(line)
            self._process.stdin.flush()

    def _waited(self, done: Future[R]) -> R:
        """What comes of it; a process that neither reads nor writes any more is ended in time."""
        while True:
            try:
                return done.result(_LOOK_S)
            except TimeoutError:
                self._watch()
                self._look()

    def end(self) -> None:
        """End it at once, and let go of what belongs to it."""
        self._process.kill()
        self._process.wait()
        self._line.shutdown()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(OSError):  # what was still to be sent has no reader any more
            self._process.stdin.close()
        self._process.stdout.close()
        self._errors.close()
        self._folder.cleanup()

    def _look(self) -> None:
        if time.monotonic() > self._ends:
            raise Ended("its time was over")
        with contextlib.suppress(psutil.Error):
            if psutil.Process(self._process.pid).memory_info().rss > MEMORY:
                raise Ended(f"took more than {MEMORY // 2**20} MiB of memory")

    def _last_words(self) -> str:
        size = self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, size - _TAIL))
        return redact(self._errors.read().decode("utf-8", "replace")).strip()[-300:]
