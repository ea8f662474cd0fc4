"""How soon the local workspace can be used: the first time, and every time after."""

from __future__ import annotations

from pathlib import Path

from tests.bench.figures import Figure, median
from tests.bench.served import served

FIRST_LIMIT_S = 3.0


def measure(folder: Path, *, quick: bool) -> list[Figure]:
    """First start in an empty folder, later starts in the same; from process start to healthy."""
    first: list[float] = []
    later: list[float] = []
    for run in range(1 if quick else 3):
        data = folder / f"workspace-{run}"
        with served(data) as workspace:
            first.append(workspace.ready_s)
        with served(data) as workspace:
            later.append(workspace.ready_s)
    return [
        median("workspace, first start to usable", first, "s", FIRST_LIMIT_S),
        median("workspace, later start to usable", later, "s", FIRST_LIMIT_S),
    ]
