"""From process start to a window that answers: the console's beside the barest one's."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from tests.bench.figures import Figure, median
from tests.bench.others import Others, doubt

LIMIT_S = 1.0
LIMIT_RATIO = 2.5
END_S = 60


def measure(folder: Path, *, quick: bool) -> list[Figure]:
    """Turn by turn, so that whatever else the machine does falls on both."""
    bare: list[float] = []
    ours: list[float] = []
    environment = {
        **_compiled(folder / "bytecode"),
        "EVALCONSOLE_HOME": str(folder / "start"),
    }
    script = str(Path(__file__).with_name("bare_window.py"))
    bare_command = [sys.executable, script]
    our_command = [sys.executable, "-m", "desktop_app", "--exit-when-ready"]
    others = Others()
    for run in range(4 if quick else 8):
        bare_s = _until_ready(bare_command, environment)
        our_s = _until_ready(our_command, environment)
        if run:  # the first run reads from the disk what the others find in memory
            bare.append(bare_s)
            ours.append(our_s)
    ratio = statistics.median(ours) / statistics.median(bare)
    unsure = doubt(others.share())
    return [
        median("bare PySide6 window, process start to answering", bare, "s"),
        median("console window, process start to answering", ours, "s", LIMIT_S),
        Figure(
            name="console window : bare window",
            value=ratio,
            unit="×",
            limit=LIMIT_RATIO,
            doubt=unsure,
        ),
    ]


def _compiled(folder: Path) -> dict[str, str]:
    """The environment with bytecode kept in ``folder``: an installed program comes compiled."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(folder)}


def _until_ready(command: list[str], environment: dict[str, str]) -> float:
    started = time.perf_counter()
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        env=environment,
    ) as process:
        line = process.stdout.readline() if process.stdout else b""
        seconds = time.perf_counter() - started
        process.wait(END_S)
    if not line:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode} before it was up")
    return seconds
