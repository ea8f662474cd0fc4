"""A large file up and down again: the memory of both sides, and whether both go on answering."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.bench.figures import Figure, spread
from tests.bench.others import doubt

GROWTH_LIMIT_MB = 50.0
LATE_LIMIT_MS = 16.0
ANSWER_LIMIT_MS = 200.0
LONGEST_S = 900


def measure(folder: Path, *, quick: bool) -> list[Figure]:
    """Run the probe and judge what it saw."""
    megabytes = 60 if quick else 500
    seen = _probe(folder, megabytes)
    figures: list[Figure] = []
    for way in ("upload", "download"):
        phase = seen[way]
        others = doubt(phase["others"])
        name = f"{way} of {megabytes} MB"
        figures += [
            _growth(f"{name}: console's memory grows by", phase["console_mb"]),
            _growth(f"{name}: API server's memory grows by", phase["server_mb"]),
            Figure(name=f"{name}: speed", value=megabytes / phase["seconds"], unit="MB/s"),
            *spread(
                f"event loop late during the {way}",
                phase["late_ms"],
                "ms",
                {"p99": LATE_LIMIT_MS},
                doubt=others,
            ),
            *spread(
                f"the server answers others during the {way}",
                phase["answers_ms"],
                "ms",
                {"p99": ANSWER_LIMIT_MS},
                doubt=others,
            ),
        ]
    return figures


def _growth(name: str, value: float) -> Figure:
    return Figure(name=name, value=value, unit="MB", limit=GROWTH_LIMIT_MB)


def _probe(folder: Path, megabytes: int) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.transfer_probe", str(folder), str(megabytes)],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "EVALCONSOLE_HOME": str(folder / "window")},
        stdin=subprocess.DEVNULL,
        timeout=LONGEST_S,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the probe ended with {done.returncode}: {done.stderr[-1500:]}")
    seen: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return seen
