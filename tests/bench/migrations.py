"""Migrating a large database, beside doing the same by hand with plain pymongo.

A million users and a million evaluations; the process that measures is the one that migrates, as
the console would be, so that its memory is the console's.
"""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import psutil
from pymongo import MongoClient, WriteConcern
from pymongo.database import Database

from desktop_app.core.verdicts import CheckState
from desktop_app.db.definitions import index_model
from desktop_app.db.migrations.apply import apply
from desktop_app.db.migrations.backup import BackupEnded, backup
from desktop_app.db.migrations.events import Event, RunEnded, Stop
from desktop_app.db.migrations.plan import QUICK_S, plan
from desktop_app.db.migrations.plan_data import PlanReady
from desktop_app.db.migrations.restore import RestoreEnded, restore
from desktop_app.db.migrations.server import Target, target_of
from desktop_app.db.migrations.verification import VerifyEnded
from desktop_app.db.migrations.verify import verify
from desktop_app.db.schema import COLLECTIONS
from desktop_app.workspace.mongod import Mongod
from tests.bench.figures import Figure
from tests.bench.million import _users

PLAN_LIMIT_S, VERIFY_LIMIT_S = 3.0, 10.0
APPLY_LIMIT, COPY_LIMIT = 1.1, 1.5
MEMORY_LIMIT_MB = 100.0
_BATCH = 20_000
_NAMES = ("users", "evaluations")

Documents = Database[dict[str, Any]]
E_ = TypeVar("E_", bound=Event)
AT = datetime(2024, 1, 1, tzinfo=UTC)
_CRITERIA = (
    ("quality", 30),
    ("efficiency", 25),
    ("creativity", 20),
    ("communication", 15),
    ("teamwork", 10),
)


def measure(folder: Path, *, quick: bool) -> list[Figure]:
    """Everything on a MongoDB of its own, as the local workspace runs it."""
    count = 100_000 if quick else 1_000_000
    mongod = Mongod.start(folder / "mongo")
    try:
        with MongoClient[dict[str, Any]](mongod.uri, tz_aware=True) as client:
            return list(_measure(client, folder, count))
    finally:
        mongod.stop()


def _measure(client: MongoClient[dict[str, Any]], folder: Path, count: int) -> Iterator[Figure]:
    ours = target_of(client, "bench_ours", "bench")
    by_hand = target_of(client, "bench_by_hand", "bench")
    copied = target_of(client, "bench_copied", "bench")
    _fill_few(ours.database, count)
    filled_s = sum(_insert(ours.database, name, count) for name in _NAMES)
    yield _figure(f"{count:,} users and {count:,} evaluations inserted plainly", filled_s)

    before, before_s = _timed(lambda: _plan(ours, QUICK_S))
    note = f"{len(before.uncounted)} of the counts did not fit in" if before.uncounted else ""
    yield _figure("plan before, as usual", before_s, PLAN_LIMIT_S, note=note)
    _whole, thorough_s = _timed(lambda: _plan(ours, None))
    yield _figure("plan before, thorough", thorough_s, note="everything counted to the end")

    insert_s = sum(_insert(by_hand.database, name, count) for name in _NAMES)
    yield _figure("insert_many of the same again", insert_s)
    _built, by_hand_s = _timed(lambda: _create_indexes(by_hand.database))
    client.drop_database(by_hand.name)
    memory = _Memory()
    with memory:
        ended, apply_s = _timed(lambda: _last(_apply(ours), RunEnded))
    assert ended.reason is Stop.DONE, ended
    yield _figure("createIndexes by hand", by_hand_s)
    yield _figure("apply", apply_s)
    yield _ratio("apply, beside createIndexes by hand", apply_s, by_hand_s, APPLY_LIMIT)

    with memory:
        after, after_s = _timed(lambda: _plan(ours, QUICK_S))
        checked, verify_s = _timed(lambda: _last(verify(ours), VerifyEnded))
    note = f"{len(after.uncounted)} not counted, {len(after.pending)} pending"
    yield _figure("plan after", after_s, PLAN_LIMIT_S, note=note)
    longest = sorted(checked.results, key=lambda result: -result.seconds)[:4]
    note = ", ".join(f"{one.check} {one.seconds:.1f}" for one in longest)
    yield _figure("verify", verify_s, VERIFY_LIMIT_S, note=note)
    failed = checked.count(CheckState.FAIL) + checked.count(CheckState.INCONCLUSIVE)
    yield Figure(name="verify: checks that did not pass", value=failed, unit="", limit=0)

    _scanned, scan_s = _timed(lambda: _scan(ours.database))
    with memory:
        saved, backup_s = _timed(lambda: _last(backup(ours, folder / "backup"), BackupEnded))
    assert saved.manifest is not None, saved
    yield _figure("scan with plain pymongo", scan_s)
    yield _ratio("backup, beside the scan", backup_s, scan_s, COPY_LIMIT)
    with memory:
        back, restore_s = _timed(lambda: _last(restore(copied, folder / "backup"), RestoreEnded))
    assert back.reason is Stop.DONE, back
    client.drop_database(copied.name)
    _create_indexes(by_hand.database)
    indexed_s = sum(_insert(by_hand.database, name, count) for name in _NAMES)
    yield _figure("insert_many into indexed collections", indexed_s)
    yield _figure("restore, compared and indexed", restore_s)
    yield _ratio("restore, beside that insert_many", restore_s, indexed_s, COPY_LIMIT)
    yield _ratio(
        "restore, beside insert_many and then createIndexes", restore_s, insert_s + by_hand_s
    )
    yield _ratio("restore, beside insert_many without any index", restore_s, insert_s)
    yield Figure(
        name="memory: growth while migrating",
        value=memory.grown_mb,
        unit="MB",
        limit=MEMORY_LIMIT_MB,
    )


def _fill_few(database: Documents, count: int) -> None:
    stamps = {"version": 1, "created_at": AT, "updated_at": AT}
    settings = {"max_users": 100, "max_projects": 50, "storage_limit_gb": 10}
    database["companies"].insert_many(
        [
            {
                "_id": f"company-{n:03d}",
                "name": f"회사 {n}",
                "is_active": True,
                "settings": settings,
                **stamps,
            }
            for n in range(997)
        ]
    )
    criteria = [
        {"id": key, "name": key, "weight": weight, "max_score": 100} for key, weight in _CRITERIA
    ]
    database["templates"].insert_one(
        {
            "_id": "template-bench",
            "name": "성능 템플릿",
            "criteria": criteria,
            "is_active": True,
            "revision": 1,
            **stamps,
        }
    )
    database["projects"].insert_many(
        [
            {
                "_id": f"project-{n:04d}",
                "name": f"사업 {n}",
                "company_id": "company-000",
                "status": "closed",
                "template_id": "template-bench",
                "template_revision": 1,
                "candidate_ids": [],
                "panel_ids": [],
                **stamps,
            }
            for n in range(max(count // 1_000, 1))
        ]
    )


def _evaluations(first: int, end: int) -> Iterator[dict[str, Any]]:
    for number in range(first, end):
        scores = [number * factor % 101 for factor in (1, 3, 7, 11, 13)]
        total = sum(s * weight for s, (_key, weight) in zip(scores, _CRITERIA, strict=True)) / 100
        at = AT + timedelta(seconds=number * 31 % 63_072_000)
        yield {
            "_id": f"sheet-{number:07d}",
            "project_id": f"project-{number // 1_000:04d}",
            "template_id": "template-bench",
            "template_revision": 1,
            "company_id": f"company-{number % 997:03d}",
            "evaluator_id": f"bench-{number % 20_000:07d}",
            "status": "submitted",
            "scores": [
                {"criterion_id": key, "score": score, "comment": None}
                for score, (key, _weight) in zip(scores, _CRITERIA, strict=True)
            ],
            "comment": "전반적으로 우수함",
            "total_score": total,
            "submitted_at": at,
            "version": 1,
            "created_at": at,
            "updated_at": at,
        }


_MAKERS: dict[str, Callable[[int, int], Iterator[dict[str, Any]]]] = {
    "users": _users,
    "evaluations": _evaluations,
}


def _insert(database: Documents, name: str, count: int) -> float:
    """Insert plainly; returns the seconds that ``insert_many`` took."""
    seconds = 0.0
    collection = database.get_collection(name, write_concern=WriteConcern("majority", j=True))
    for first in range(0, count, _BATCH):
        batch = list(_MAKERS[name](first, min(first + _BATCH, count)))
        started = time.perf_counter()
        collection.insert_many(batch)
        seconds += time.perf_counter() - started
    return seconds


def _create_indexes(database: Documents) -> None:
    for schema in COLLECTIONS:
        database[schema.name].create_indexes([index_model(index) for index in schema.indexes])


def _scan(database: Documents) -> int:
    return sum(1 for name in _NAMES for _document in database[name].find())


def _plan(target: Target, budget_s: float | None) -> Any:
    return _last(plan(target, environment="local", budget_s=budget_s), PlanReady).plan


def _apply(target: Target) -> Iterator[Event]:
    return apply(target, environment="local", hash_password=lambda password: f"hash of {password}")


def _last(events: Iterable[Event], kind: type[E_]) -> E_:
    end: Event | None = None
    for event in events:
        end = event
    assert isinstance(end, kind), end
    return end


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    started = time.perf_counter()
    result = work()
    return result, time.perf_counter() - started


def _figure(name: str, seconds: float, limit: float | None = None, note: str = "") -> Figure:
    return Figure(name=f"migrations: {name}", value=seconds, unit="s", limit=limit, note=note)


def _ratio(name: str, ours: float, theirs: float, limit: float | None = None) -> Figure:
    note = f"{ours:.1f} s beside {theirs:.1f} s"
    return Figure(name=f"migrations: {name}", value=ours / theirs, unit="×", limit=limit, note=note)


class _Memory:
    """The most that this process grew by while the block ran, over all its blocks."""

    _LOOK_S = 0.05

    def __init__(self) -> None:
        self.grown_mb = 0.0
        self._process = psutil.Process()

    def __enter__(self) -> None:
        gc.collect()
        self._before = self._process.memory_info().rss
        self._over = threading.Event()
        self._pool = ThreadPoolExecutor(1, "memory")
        self._watch = self._pool.submit(self._look)

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._watch.result()
        self._pool.shutdown()

    def _look(self) -> None:
        while not self._over.wait(self._LOOK_S):
            grown = (self._process.memory_info().rss - self._before) / 1e6
            self.grown_mb = max(self.grown_mb, grown)
