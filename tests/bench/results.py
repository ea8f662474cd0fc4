"""Results of 500 companies × 7 evaluators × 40 criteria, over the wire."""

from __future__ import annotations

import threading
import time
from typing import Any

from pymongo import MongoClient

from desktop_app.api.client import ApiClient
from tests.bench.figures import Figure, spread
from tests.bench.million import DATABASE, sign_in
from tests.bench.served import Served
from tests.results.sample import insert_project, sample_criteria

RESULTS_LIMIT_MS = 1_000.0


def measure(served: Served, *, quick: bool) -> list[Figure]:
    """Insert the project, then ask for its results as the page and the exports do."""
    with MongoClient[dict[str, Any]](served.mongo_uri) as client:
        project = insert_project(
            client[DATABASE], companies=500, evaluators=7, criteria=sample_criteria(40)
        )
    keeper, api = sign_in(served)
    try:
        repeats = 5 if quick else 20
        return [
            *_asked(api, project, repeats, sheets=False, limit=RESULTS_LIMIT_MS),
            *_asked(api, project, repeats, sheets=True, limit=None),
            *_waiting(api, project, repeats),
        ]
    finally:
        keeper.close()


def _asked(
    api: ApiClient, project: str, repeats: int, *, sheets: bool, limit: float | None
) -> list[Figure]:
    """The whole time of a request, the first one with its libraries' loading included."""
    samples = []
    for _ in range(repeats):
        started = time.perf_counter()
        api.projects.results(project, sheets=sheets)
        samples.append((time.perf_counter() - started) * 1000)
    name = "results of 500 × 7 × 40" + (" with their sheets" if sheets else "")
    limits = {"p50": limit, "max": limit} if limit is not None else None
    return spread(f"{name}, request and answer", samples, "ms", limits)


def _waiting(api: ApiClient, project: str, repeats: int) -> list[Figure]:
    """How long another request takes meanwhile."""
    stop, samples = threading.Event(), list[float]()

    def ask() -> None:
        while not stop.is_set():
            started = time.perf_counter()
            api.health.summary()
            samples.append((time.perf_counter() - started) * 1000)

    asking = threading.Thread(target=ask)  # noqa: TID251 - no window here
    asking.start()
    try:
        for _ in range(repeats):
            api.projects.results(project)
    finally:
        stop.set()
        asking.join()
    return spread("another request while results are computed", samples, "ms")
