"""The health of the platform's services and of the host they run on."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import psutil
from pymongo.errors import PyMongoError

from desktop_app.backend.cache import Cache
from desktop_app.backend.store import Store
from desktop_app.core.analytics import HostResources, ServiceHealth

_SAMPLE_S = 1.0


class HostGauge:
    """CPU, memory and disk of the host. The CPU figure covers the time since the last reading."""

    def __init__(self) -> None:
        self._cpu = psutil.cpu_percent(interval=None)
        self._read_at = time.monotonic()

    def read(self) -> HostResources:
        """The figures now; never waits."""
        now = time.monotonic()
        if now - self._read_at >= _SAMPLE_S:
            self._cpu = psutil.cpu_percent(interval=None)
            self._read_at = now
        memory = psutil.virtual_memory()
        disk = psutil.disk_usage(str(Path.cwd()))
        return HostResources(
            cpu_percent=self._cpu,
            memory_percent=memory.percent,
            memory_total=memory.total,
            disk_percent=disk.percent,
            disk_total=disk.total,
        )


async def database_health(store: Store, patience_s: float) -> ServiceHealth:
    """Whether MongoDB answers a ping, and how quickly."""
    started = time.perf_counter()
    try:
        async with asyncio.timeout(patience_s):
            await store.ping()
    except (PyMongoError, TimeoutError) as error:
        return ServiceHealth(name="database", state="down", detail=type(error).__name__)
    return ServiceHealth(name="database", state="up", latency_ms=_ms_since(started))


def cache_health() -> ServiceHealth:
    """A value written to a cache of the platform's kind and read back, with the time it took."""
    started = time.perf_counter()
    probe: Cache[float] = Cache("probe", 1, 60.0)
    probe.put("probe", started)
    state = "up" if probe.get("probe") == started else "down"
    return ServiceHealth(name="cache", state=state, latency_ms=_ms_since(started))


def _ms_since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 4)
