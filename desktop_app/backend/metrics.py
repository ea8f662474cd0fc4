"""Prometheus metrics with a registry of their own: many servers can live in one process."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

import psutil
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    Metric,
    SummaryMetricFamily,
)
from prometheus_client.registry import Collector
from pymongo.monitoring import ConnectionPoolListener

from desktop_app.backend.cache import Cache

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0)


class PoolGauges(ConnectionPoolListener):
    """Counts the connections to MongoDB: open, and in use."""

    def __init__(self) -> None:
        self.open = 0
        self.in_use = 0

    def connection_created(self, event: Any) -> None:  # noqa: ARG002, D102
        self.open += 1

    def connection_closed(self, event: Any) -> None:  # noqa: ARG002, D102
        self.open -= 1

    def connection_checked_out(self, event: Any) -> None:  # noqa: ARG002, D102
        self.in_use += 1

    def connection_checked_in(self, event: Any) -> None:  # noqa: ARG002, D102
        self.in_use -= 1

    def pool_created(self, event: Any) -> None:  # noqa: D102
        pass

    def pool_ready(self, event: Any) -> None:  # noqa: D102
        pass

    def pool_cleared(self, event: Any) -> None:  # noqa: D102
        pass

    def pool_closed(self, event: Any) -> None:  # noqa: D102
        pass

    def connection_ready(self, event: Any) -> None:  # noqa: D102
        pass

    def connection_check_out_started(self, event: Any) -> None:  # noqa: D102
        pass

    def connection_check_out_failed(self, event: Any) -> None:  # noqa: D102
        pass


class Metrics:
    """What ``/metrics`` tells: requests, sign-ins, caches, connections, the process."""

    def __init__(self, pool: PoolGauges) -> None:
        self.registry = CollectorRegistry()
        self.in_flight = Gauge(
            "http_requests_in_flight", "Requests being answered", registry=self.registry
        )
        self._latency = Histogram(
            "http_request_duration_seconds",
            "Time to answer, by route template",
            ("method", "route", "status"),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.sign_ins = Counter(
            "sign_ins", "Sign-ins by outcome", ("outcome",), registry=self.registry
        )
        self._children: dict[tuple[str, str, int], Callable[[float], None]] = {}
        self._caches: list[Cache[Any]] = []
        self.registry.register(_Readings(self._caches, pool))

    def watch(self, caches: Iterable[Cache[Any]]) -> None:
        """Tell the hits and misses of these caches too."""
        self._caches.extend(caches)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answer under its route's template (never the path: that has no bound)."""
        key = (method, route, status)
        observe = self._children.get(key)
        if observe is None:
            observe = self._latency.labels(method, route, str(status)).observe
            self._children[key] = observe
        observe(seconds)

    def text(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self.registry)


class _Readings(Collector):
    """Values that are read when asked for."""

    def __init__(self, caches: list[Cache[Any]], pool: PoolGauges) -> None:
        self._caches = caches
        self._pool = pool
        self._process = psutil.Process()

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterable[Metric]:
        hits = CounterMetricFamily("cache_hits", "Look-ups answered from memory", labels=["cache"])
        misses = CounterMetricFamily("cache_misses", "Look-ups that were not", labels=["cache"])
        entries = GaugeMetricFamily("cache_entries", "Values kept", labels=["cache"])
        took = SummaryMetricFamily(
            "cache_hit_seconds", "Time to answer from memory", labels=["cache"]
        )
        for cache in self._caches:
            took.add_metric([cache.name], count_value=cache.hits, sum_value=cache.hit_s)
            hits.add_metric([cache.name], cache.hits)
            misses.add_metric([cache.name], cache.misses)
            entries.add_metric([cache.name], len(cache))
        yield from (hits, misses, entries, took)
        connections = GaugeMetricFamily(
            "mongodb_connections", "Connections to MongoDB", labels=["state"]
        )
        connections.add_metric(["open"], self._pool.open)
        connections.add_metric(["in_use"], self._pool.in_use)
        yield connections
        with self._process.oneshot():
            spent = self._process.cpu_times()
            memory = self._process.memory_info().rss
            started = self._process.create_time()
        yield CounterMetricFamily(
            "process_cpu_seconds", "CPU time of the server", value=spent.user + spent.system
        )
        yield GaugeMetricFamily("process_resident_memory_bytes", "Memory in use", value=memory)
        yield GaugeMetricFamily("process_start_time_seconds", "Start, Unix time", value=started)
        yield GaugeMetricFamily("server_time_seconds", "Now, Unix time", value=time.time())
