"""Score entry: from a key to its painted score with 40 criteria, and a write of the journal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from desktop_app.services.scoring.journal import Change, Journal
from desktop_app.services.scoring.sealing import new_key
from tests.bench.figures import Figure, spread
from tests.bench.others import Others, doubt

KEY_LIMIT_MS = 16.0
WRITE_LIMIT_MS = 5.0
LONGEST_S = 300


def measure(folder: Path, *, quick: bool) -> list[Figure]:
    """Time keys in a window of its own process, and writes beside it."""
    rounds = 1 if quick else 5
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.scoring_probe", str(folder), str(rounds)],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "EVALCONSOLE_HOME": str(folder / "window")},
        timeout=LONGEST_S,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    seen = json.loads(done.stdout.splitlines()[-1])
    limits = {"p99": KEY_LIMIT_MS}
    others = doubt(seen["others"])
    return [
        *spread("score: from key to painted", seen["score_ms"], "ms", limits, doubt=others),
        *spread("comment: from key to painted", seen["comment_ms"], "ms", limits, doubt=others),
        Figure(
            name="a sheet of 40 criteria opens for the first time",
            value=seen["first_ms"],
            unit="ms",
        ),
        *spread("the next company's sheet is shown", seen["next_ms"], "ms"),
        *_writes(folder, 200 if quick else 2_000),
    ]


def _writes(folder: Path, count: int) -> list[Figure]:
    journal = Journal(folder / "bench.journal", new_key())
    others, samples = Others(), []
    try:
        for number in range(count):
            change = Change("sheet", f"text:comments.{number % 40}", "가나다 " * 40 + str(number))
            started = time.perf_counter()
            journal.write([change])
            samples.append((time.perf_counter() - started) * 1000)
    finally:
        journal.close()
    return spread(
        "journal: a write, synced to the disk",
        samples,
        "ms",
        {"p99": WRITE_LIMIT_MS},
        doubt=doubt(others.share()),
    )
