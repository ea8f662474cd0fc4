"""``dev.py bench``: every figure beside its limit.

Exit code 0: all within their limits; 1: one is not; 3: something could not be measured, or is over
its limit while other programs kept the machine busy.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from tests.bench import (
    load,
    migrations,
    million,
    results,
    scoring,
    start,
    transfer,
    window,
    workspace,
)
from tests.bench.figures import Figure
from tests.bench.served import served

NOT_MEASURED = (
    "a native Windows start, a real screen's compositor, a cold disk",
    "other applications: Picard's and Vorta's figures of the issue were not taken here",
)

Measure = Callable[[Path, bool], list[Figure]]


def _million(folder: Path, quick: bool) -> list[Figure]:
    with served(folder / "million") as running:
        return million.measure(running, count=100_000 if quick else 1_000_000, quick=quick)


def _results(folder: Path, quick: bool) -> list[Figure]:
    with served(folder / "results") as running:
        return results.measure(running, quick=quick)


SUBJECTS: dict[str, Measure] = {
    "start": lambda folder, quick: start.measure(folder, quick=quick),
    "workspace": lambda folder, quick: workspace.measure(folder, quick=quick),
    "window": lambda folder, quick: window.measure(folder, quick=quick),
    "transfer": lambda folder, quick: transfer.measure(folder, quick=quick),
    "million": _million,
    "migrations": lambda folder, quick: migrations.measure(folder, quick=quick),
    "results": _results,
    "load": lambda folder, quick: load.measure(folder, quick=quick),
    "scoring": lambda folder, quick: scoring.measure(folder, quick=quick),
}


def main(argv: list[str]) -> int:
    """Measure the subjects asked for, print them as they come, keep them as JSON if asked."""
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=", ".join(SUBJECTS))
    parser.add_argument("--quick", action="store_true", help="fewer runs, a tenth of the data")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    options = parser.parse_args(argv)
    if unknown := set(options.subjects) - set(SUBJECTS):
        parser.error(f"no such subject: {', '.join(unknown)}")
    where = {
        "system": platform.platform(),
        "processors": os.cpu_count(),
        "python": platform.python_version(),
        "screen": os.environ.get("QT_QPA_PLATFORM") or "the system's",
        "quick": options.quick,
    }
    print(", ".join(f"{name}: {value}" for name, value in where.items()))  # noqa: T201
    figures: list[Figure] = []
    for subject in options.subjects or SUBJECTS:
        figures += _one(subject, options.quick)
    for text in NOT_MEASURED:
        print(f"not measured: {text}")  # noqa: T201
    if options.json:
        rows = [{**asdict(figure), "verdict": figure.verdict} for figure in figures]
        text = json.dumps({**where, "figures": rows}, ensure_ascii=False, indent=1)
        options.json.write_text(text + "\n", encoding="utf-8")
    verdicts = {figure.verdict for figure in figures}
    return 1 if "fail" in verdicts else 3 if verdicts & {"not measured", "unsure"} else 0


def _one(subject: str, quick: bool) -> list[Figure]:
    started = time.monotonic()
    with tempfile.TemporaryDirectory(
        prefix="evalconsole-bench-", ignore_cleanup_errors=True
    ) as folder:
        try:
            figures = SUBJECTS[subject](Path(folder), quick)
        except (RuntimeError, OSError, subprocess.SubprocessError) as error:
            figures = [Figure(name=subject, value=None, unit="", limit=0, note=str(error)[-400:])]
    print(f"\n{subject} ({time.monotonic() - started:.0f} s)")  # noqa: T201
    for figure in figures:
        print(figure.line(), flush=True)  # noqa: T201
    return figures


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
