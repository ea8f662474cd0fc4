"""The window at work: does it answer while pages are turned and a file is imported; its memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.bench.figures import Figure, spread
from tests.bench.others import doubt

LATE_LIMIT_MS = 16.0
MEMORY_LIMIT_MB = 200.0
PAGE_LIMIT_MS = 50.0
LONGEST_S = 900


def measure(folder: Path, *, quick: bool) -> list[Figure]:
    """Run the probe and judge what it saw."""
    users, imported, pages = (2_000, 1_000, 15) if quick else (30_000, 10_000, 280)
    seen = _probe(folder, users, imported, pages)
    late = {"p99": LATE_LIMIT_MS}
    starting, paging, importing = seen["starting"], seen["paging"], seen["importing"]
    note = "" if seen["imported"] == imported else f"only {seen['imported']} rows were written"
    return [
        *_late("the workspace starts", starting, {}),
        *_late("pages of 100 are turned", paging, late),
        *_late(f"{imported:,} rows are imported", importing, late),
        *spread(
            "page of 100 in the table: over the server's time",
            seen["page_over_server_ms"],
            "ms",
            {"p99": PAGE_LIMIT_MS},
            doubt=doubt(paging["others"]),
        ),
        Figure(name=f"import of {imported:,} rows", value=seen["import_s"], unit="s", note=note),
        Figure(
            name="memory of the console, every tab open",
            value=seen["rss_mb"],
            unit="MB",
            limit=MEMORY_LIMIT_MB,
        ),
        Figure(name="memory of the console after the import", value=seen["rss_end_mb"], unit="MB"),
    ]


def _late(doing: str, phase: dict[str, Any], limits: dict[str, float]) -> list[Figure]:
    name = f"event loop late while {doing}"
    return spread(name, phase["late_ms"], "ms", limits, doubt=doubt(phase["others"]))


def _probe(folder: Path, *counts: int) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.window_probe", str(folder), *map(str, counts)],
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
