"""Try a built program out as a person without Python would: in a bare environment."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

WINDOWS = sys.platform == "win32"
START_S = 120
STOP_S = 30

# Variables through which the developer's Python could lend the program what it lacks.
_PYTHON = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "EVALCONSOLE_MONGOD")


class TrialFailed(Exception):
    """The built program did not do what it should; the text says what it did."""


class BuiltProgram:
    """The folder of a built program."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def trials(self) -> dict[str, Callable[[], str]]:
        """What is tried, by name; each returns one line about what it saw."""
        return {
            "the command says its version": self.version,
            "the local workspace serves and stops": self.workspace,
            "the window program opens its window": self.window,
            "every screen and dialog opens": self.selftest,
        }

    def version(self) -> str:
        """``evalconsole --version``."""
        return self._command("--version", seconds=START_S).strip()

    def window(self) -> str:
        """``EvaluationConsole --exit-when-ready``: it opens, starts its workspace, and closes."""
        said = self._run("EvaluationConsole", "--exit-when-ready", seconds=START_S).strip()
        return said or "it opened and closed"

    def selftest(self) -> str:
        """``evalconsole selftest`` in the language and theme that need most of what is bundled."""
        with tempfile.TemporaryDirectory(prefix="evalconsole-trial-") as folder:
            result = Path(folder) / "result.json"
            options = ("--language", "ko", "--theme", "dark", "--json", str(result))
            self._command("selftest", *options, seconds=300)
            found = json.loads(result.read_text(encoding="utf-8"))
        return f"{len(found['screens'])} screens in {found['seconds']} s"

    def workspace(self) -> str:
        """``evalconsole workspace serve``: one line of JSON, a healthy API, an orderly end."""
        with tempfile.TemporaryDirectory(prefix="evalconsole-trial-") as folder:
            process = subprocess.Popen(
                [self._program("evalconsole"), "workspace", "serve", "--data", folder],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                stdin=subprocess.DEVNULL,
                cwd=folder,
                env=self._environment(folder),
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
            try:
                ready = self._ready_line(process)
                health = self._health(urlsplit(ready["api_url"]).netloc)
                process.send_signal(
                    getattr(signal, "CTRL_BREAK_EVENT") if WINDOWS else signal.SIGTERM  # noqa: B009
                )
                process.wait(STOP_S)
            finally:
                process.kill()
                process.wait(STOP_S)
                if process.stdout:
                    process.stdout.close()
        return f"health: {health['status']}"

    @staticmethod
    def _health(address: str) -> dict[str, Any]:
        connection = http.client.HTTPConnection(address, timeout=10)
        try:
            connection.request("GET", "/health")
            health: dict[str, Any] = json.load(connection.getresponse())
        finally:
            connection.close()
        return health

    @staticmethod
    def _ready_line(process: subprocess.Popen[bytes]) -> dict[str, Any]:
        line = process.stdout.readline() if process.stdout else b""
        if not line:
            raise TrialFailed(f"no line of JSON; exit code {process.wait(STOP_S)}")
        ready: dict[str, Any] = json.loads(line)
        return ready

    def _command(self, *arguments: str, seconds: float) -> str:
        return self._run("evalconsole", *arguments, seconds=seconds)

    def _run(self, program: str, *arguments: str, seconds: float) -> str:
        with tempfile.TemporaryDirectory(prefix="evalconsole-trial-") as home:
            done = subprocess.run(
                [self._program(program), *arguments],
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                stdin=subprocess.DEVNULL,
                cwd=home,
                env=self._environment(home),
                timeout=seconds,
                check=False,
            )
        if done.returncode:
            tail = "\n".join((done.stdout + done.stderr).splitlines()[-30:])
            raise TrialFailed(
                f"{program} {' '.join(arguments)}: exit code {done.returncode}\n{tail}"
            )
        return done.stdout

    def _program(self, name: str) -> str:
        return str(self.folder / (f"{name}.exe" if WINDOWS else name))

    @staticmethod
    def _environment(home: str) -> dict[str, str]:
        bare = {name: value for name, value in os.environ.items() if name not in _PYTHON}
        bare["EVALCONSOLE_HOME"] = home
        if not WINDOWS:
            bare["PATH"] = "/usr/bin:/bin"
        return bare
