"""A built program, run as a person without Python would: in a bare environment."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WINDOWS = sys.platform == "win32"
START_S = 120
STOP_S = 30

# Variables through which the developer's Python could lend the program what it lacks.
_PYTHON = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "EVALCONSOLE_MONGOD")


class TrialFailed(Exception):
    """The built program did not do what it should; the text says what it did."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A program that has ended: its exit code and what it said."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Served:
    """A local workspace that the built program serves, and a folder to write into."""

    api_url: str
    mongo_uri: str
    admin: tuple[str, ...]
    """The options that sign its administrator in."""
    folder: Path


class BuiltProgram:
    """The folder of a built program."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, program: str, *arguments: str, seconds: float, codes: tuple[int, ...]) -> Ended:
        """Run one of its programs to its end; raises ``TrialFailed`` for another exit code."""
        with _folder() as home:
            with self.started(program, *arguments, home=home) as process:
                try:
                    out, err = process.communicate(timeout=seconds)
                except subprocess.TimeoutExpired as late:
                    raise TrialFailed(
                        f"{_asked(program, arguments)}: no end in {seconds:.0f} s"
                    ) from late
            if process.returncode not in codes:
                said = f"{_asked(program, arguments)}: exit code {process.returncode}"
                raise TrialFailed("\n".join([said, *(out + err).splitlines()[-40:]]))
            return Ended(process.returncode, out, err)

    def command(
        self, *arguments: str, seconds: float = START_S, codes: tuple[int, ...] = (0,)
    ) -> Ended:
        """Run ``evalconsole`` to its end; raises ``TrialFailed`` for another exit code."""
        return self.run("evalconsole", *arguments, seconds=seconds, codes=codes)

    @contextlib.contextmanager
    def started(
        self, program: str, *arguments: str, home: str, stderr: int = subprocess.PIPE
    ) -> Iterator[subprocess.Popen[str]]:
        """One of its programs as it runs; ended, if it still does, at the end."""
        process = subprocess.Popen(
            [str(self.folder / (f"{program}.exe" if WINDOWS else program)), *arguments],
            stdout=subprocess.PIPE,
            stderr=stderr,
            stdin=subprocess.DEVNULL,
            encoding="utf-8",
            errors="replace",
            cwd=home,
            env=_environment(home),
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        with process:
            try:
                yield process
            finally:
                process.kill()

    @contextlib.contextmanager
    def serving(self) -> Iterator[Served]:
        """A workspace by ``evalconsole workspace serve``, which must end in order."""
        with _folder() as folder:
            data = Path(folder) / "data"
            arguments = ("workspace", "serve", "--data", str(data))
            silent = subprocess.DEVNULL  # nobody reads what it says while it serves
            with self.started("evalconsole", *arguments, home=folder, stderr=silent) as process:
                line = process.stdout.readline() if process.stdout else ""
                if not line:
                    raise TrialFailed(f"no line of JSON; exit code {process.wait(STOP_S)}")
                ready = json.loads(line)
                secret = ("--password-file", ready["admin_password_file"])
                admin = ("--login", ready["admin_login"], *secret)
                yield Served(ready["api_url"], ready["mongo_uri"], admin, Path(folder))
                stop = getattr(signal, "CTRL_BREAK_EVENT") if WINDOWS else signal.SIGTERM  # noqa: B009
                process.send_signal(stop)
                try:
                    process.communicate(timeout=STOP_S)
                except subprocess.TimeoutExpired as late:
                    raise TrialFailed("the workspace does not end") from late


Trial = Callable[[BuiltProgram], str]
"""Tries one thing; returns one line about what it saw."""


def _folder() -> tempfile.TemporaryDirectory[str]:
    # Windows keeps files of a process that was ended a moment longer.
    return tempfile.TemporaryDirectory(prefix="evalconsole-trial-", ignore_cleanup_errors=True)


def read_json(path: Path) -> dict[str, Any]:
    """What a command wrote there."""
    values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return values


def _asked(program: str, arguments: tuple[str, ...]) -> str:
    return " ".join([program, *arguments])


def _environment(home: str) -> dict[str, str]:
    bare = {name: value for name, value in os.environ.items() if name not in _PYTHON}
    bare["EVALCONSOLE_HOME"] = home
    if not WINDOWS:
        bare["PATH"] = "/usr/bin:/bin"
    return bare
