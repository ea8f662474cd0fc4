"""``evalconsole workspace serve`` as a process of its own, in tests."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from desktop_app.workspace.events import WorkspaceInfo
from tests.fixtures.waiting import PATIENCE_S
from tests.workspace.watching import assert_gone

ROOT = Path(__file__).parents[2]


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "EVALCONSOLE_MONGOD"}
    return kept | {"LANGUAGE": "en", "PYTHONUTF8": "1"} | more


class Serving:
    """The running command."""

    def __init__(self, folder: Path, *arguments: str, env: Mapping[str, str] | None = None) -> None:
        command = [sys.executable, "-m", "desktop_app.cli", "workspace", "serve"]
        self.process = subprocess.Popen(
            [*command, "--data", str(folder), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            cwd=ROOT,
            env=dict(env or environment()),
        )
        self.pids: dict[str, int] = {}

    def announced(self) -> WorkspaceInfo:
        """What it printed once it was healthy."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(f"ended with {self.process.wait()}: {self.process.communicate()}")
        values: dict[str, Any] = json.loads(line)
        info = WorkspaceInfo(**values)
        if info.owned:
            self.pids = info.pids
        return info

    def end(self, number: int) -> tuple[int, str, str]:
        """Send the signal; its exit code and the rest of what it printed."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode, out, err

    def ended(self) -> tuple[int, str, str]:
        """Wait for it to end by itself."""
        out, err = self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode, out, err


@contextmanager
def serving(
    folder: Path, *arguments: str, env: Mapping[str, str] | None = None
) -> Iterator[Serving]:
    """The command while the test runs; nothing of it is left afterwards."""
    command = Serving(folder, *arguments, env=env)
    try:
        yield command
    finally:
        if command.process.poll() is None:
            command.process.send_signal(signal.SIGTERM)
        try:
            command.process.communicate(timeout=PATIENCE_S)
        except ValueError:  # its output was read to the end before
            command.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            command.process.kill()
            command.process.communicate()
    assert_gone(command.pids)
