"""What the target tells of itself beside the load, once a second, on the run's clock."""

from __future__ import annotations

import json
import logging
import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from http import HTTPStatus
from typing import Any

import pymongo
from pymongo.errors import PyMongoError

from desktop_app.core.errors import Cancelled
from desktop_app.core.load.plan import Order
from desktop_app.core.load.second import TargetSecond
from desktop_app.core.tasks import TaskContext
from desktop_app.engines.loadtest.inquiry import Inquiry, NoAnswer

log = logging.getLogger(__name__)

_PATIENCE_S = 2.0
_MOMENT_S = 0.5
"""When in each second it is asked."""
_SIGN_IN_AGAIN_S = 10.0
_METRIC = re.compile(
    r"^(?P<name>[a-zA-Z_:][\w:]*)(?P<labels>\{[^}]*\})?\s+(?P<value>\S+)", re.MULTILINE
)
_MEGA = 1024.0 * 1024.0

Clock = Callable[[], float]


class Watcher:
    """Asks in a thread of its own, from ``begin`` to ``stop``; ``second`` gives what came.

    It signs in at once: a target under load may take longer for that than it has.
    """

    def __init__(self, order: Order, clock: Clock) -> None:
        self._order = order
        self._clock = clock
        self.server = ""
        """What the target calls itself, once it has said so."""
        self._begun = threading.Event()
        self._stop = threading.Event()
        self._context = TaskContext()
        self._zero = 0.0
        self._told: dict[int, TargetSecond] = {}
        self._pool = ThreadPoolExecutor(1, "load-watcher")
        self._done: Future[None] | None = None
        if order.plan.resources is not None or order.mongo_uri:
            self._done = self._pool.submit(self._watch)

    def begin(self, zero: float) -> None:
        """Ask from now on; second 0 begins at ``zero``."""
        self._zero = zero
        self._begun.set()

    def second(self, number: int) -> TargetSecond | None:
        """The latest that was told until the end of a second and not given out yet.

        A slow target tells late, and it is slow when that matters: better later than not at all.
        """
        told = [self._told.pop(known) for known in sorted(self._told) if known <= number]
        return told[-1] if told else None

    def stop(self) -> None:
        """Ask no more, and wait for no answer."""
        self._stop.set()
        self._context.cancel()
        self._begun.set()
        if self._done is not None:
            self._done.result()
        self._pool.shutdown()

    def _watch(self) -> None:
        sources = _Sources(self._order, self._context)
        try:
            sources.sign_in()
            self._begun.wait()
            number = 0
            while not self._stop.wait(self._until(number)):
                told = sources.read()
                self.server = sources.server
                if told is not None:
                    self._told[number] = told
                number = max(number + 1, int(self._clock() - self._zero))
        except Cancelled:
            return
        finally:
            sources.close()

    def _until(self, number: int) -> float:
        """Seconds until the moment in which second ``number`` is asked about."""
        return max(0.0, self._zero + number + _MOMENT_S - self._clock())


class _Sources:
    """The three places where figures come from; one that fails tells nothing, the others go on."""

    def __init__(self, order: Order, context: TaskContext) -> None:
        self._order = order
        self._plan = order.plan
        self._inquiry = Inquiry(order.plan.target, context)
        self._mongo: pymongo.MongoClient[dict[str, Any]] | None = None
        if order.mongo_uri:
            self._mongo = pymongo.MongoClient(
                order.mongo_uri, serverSelectionTimeoutMS=1000, timeoutMS=1000, maxPoolSize=1
            )
        self.server = ""
        self._token: str | None = None
        self._sign_in_again_at = 0.0
        self._counters: dict[str, tuple[float, float]] = {}

    def close(self) -> None:
        self._inquiry.close()
        if self._mongo is not None:
            self._mongo.close()

    def read(self) -> TargetSecond | None:
        began = time.perf_counter()
        told: dict[str, Any] = {}
        if self._plan.resources is not None:
            self.sign_in()
            told.update(self._metrics(self._plan.resources.metrics_path))
            told.update(self._health(self._plan.resources.health_path))
        told.update(self._serverstatus())
        if not told:
            return None
        return TargetSecond(**told, read_ms=(time.perf_counter() - began) * 1000)

    def _get(self, path: str) -> str | None:
        """The answer at ``path``, if it is one."""
        if not path:
            return None
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        try:
            answer = self._inquiry.ask("GET", path, _PATIENCE_S, headers=headers)
        except NoAnswer as error:
            log.info("the target did not tell %s: %s", path, error)
            return None
        self.server = answer.server
        if answer.status == HTTPStatus.UNAUTHORIZED:
            self._token = None
        return answer.text if answer.status == HTTPStatus.OK else None

    def _metrics(self, path: str) -> dict[str, Any]:
        answer = self._get(path)
        if answer is None:
            return {}
        found = prometheus(answer)
        told: dict[str, Any] = {}
        if (spent := found.get("process_cpu_seconds_total")) is not None:
            told["process_cpu_share"] = self._rate("cpu", spent)
        if (memory := found.get("process_resident_memory_bytes")) is not None:
            told["process_memory_mb"] = memory / _MEGA
        if (in_flight := found.get("http_requests_in_flight")) is not None:
            told["in_flight"] = int(in_flight)
        return told

    def _health(self, path: str) -> dict[str, Any]:
        answer = self._get(path)
        if answer is None:
            return {}
        try:
            host = json.loads(answer)["host"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return {}
        shares = {
            "cpu_share": "cpu_percent",
            "memory_share": "memory_percent",
            "disk_share": "disk_percent",
        }
        return {
            ours: float(host[theirs]) / 100
            for ours, theirs in shares.items()
            if isinstance(host, dict) and isinstance(host.get(theirs), int | float)
        }

    def sign_in(self) -> None:
        """Get a token where there is none; where that fails, not again for a while."""
        account = self._order.watcher or next(iter(self._order.accounts), None)
        now = time.monotonic()
        if account is None or self._token is not None or now < self._sign_in_again_at:
            return
        self._sign_in_again_at = now + _SIGN_IN_AGAIN_S
        body = {"login_id": account.login_id, "password": account.password}
        try:
            answer = self._inquiry.ask(
                "POST",
                "/api/auth/login",
                _SIGN_IN_AGAIN_S,
                headers={"Content-Type": "application/json"},
                body=json.dumps(body).encode(),
            )
            token = json.loads(answer.text).get("access_token")
        except (NoAnswer, ValueError, AttributeError, RecursionError) as error:
            log.info("no sign-in to read the target's health: %s", type(error).__name__)
            return
        self._token = token if isinstance(token, str) else None

    def _serverstatus(self) -> dict[str, Any]:
        if self._mongo is None:
            return {}
        try:
            status = self._mongo.admin.command("serverStatus")
        except PyMongoError as error:
            log.info("MongoDB did not tell its state: %s", type(error).__name__)
            return {}
        told = figures_of(status)
        counters = status.get("opcounters", {})
        told["mongo_operations"] = self._rate("mongo", float(sum(map(_number, counters.values()))))
        return told

    def _rate(self, name: str, value: float) -> float | None:
        """How much a counter grew per second since it was last read; None the first time."""
        now = time.perf_counter()
        before = self._counters.get(name)
        self._counters[name] = (now, value)
        if before is None or value < before[1]:
            return None
        return (value - before[1]) / max(now - before[0], 1e-3)


_SERVERSTATUS: dict[str, tuple[str, ...]] = {
    "mongo_connections": ("connections", "current"),
    "mongo_memory_mb": ("mem", "resident"),
    "mongo_queued": ("globalLock", "currentQueue", "total"),
}


def figures_of(status: Any) -> dict[str, Any]:
    """The figures of MongoDB's serverStatus; not every server tells all of them."""
    told = {}
    for name, place in _SERVERSTATUS.items():
        found = status
        for part in place:
            found = found.get(part) if isinstance(found, dict) else None
        if isinstance(found, int | float):
            told[name] = found
    return told


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def prometheus(text: str) -> dict[str, float]:
    """The values without labels of Prometheus' text format, by name."""
    found = {}
    for line in _METRIC.finditer(text):
        if not line["labels"]:
            try:
                found[line["name"]] = float(line["value"])
            except ValueError:
                continue
    return found
