"""Everything that one API server is made of, built in one place and handed to the routes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from desktop_app.backend.cache import Cache
from desktop_app.backend.config import ServerConfig
from desktop_app.backend.files.under_way import UnderWay
from desktop_app.backend.health import HostGauge
from desktop_app.backend.metrics import Metrics, PoolGauges
from desktop_app.backend.passwords import Passwords
from desktop_app.backend.rate_limits import RateLimiter
from desktop_app.backend.sessions import Sessions
from desktop_app.backend.store import Document, Store
from desktop_app.backend.tokens import AccessTokens
from desktop_app.backend.writes import Writer
from desktop_app.config.resources import resource

_TOTALS_S = 5.0
FIGURES_S = 30.0
"""How old a figure may be that took long to count; what is counted quickly is never kept."""
COUNTED_SLOWLY_S = 0.2
OPENED_S = 3600.0
"""How long a download that was cut may be gone on with as the same opening."""


@dataclass(frozen=True, slots=True)
class Platform:
    """The parts of a running API server."""

    config: ServerConfig
    clock: Callable[[], datetime]
    store: Store
    sessions: Sessions
    passwords: Passwords
    limiter: RateLimiter
    metrics: Metrics
    totals: Cache[int]
    pages: Cache[bytes]
    figures: Cache[Any]
    revisions: Cache[Document]
    writer: Writer
    uploads: UnderWay
    opened: Cache[bool]
    host: HostGauge
    common_passwords: frozenset[str]
    started: float

    async def close(self) -> None:
        """Give back connections and threads."""
        await self.store.close()
        self.passwords.close()


def build(config: ServerConfig, clock: Callable[[], datetime]) -> Platform:
    """The parts of a server of ``config``; nothing is connected yet."""
    pool = PoolGauges()
    store = Store(config, (pool,))
    tokens = AccessTokens(config.secret_key, config.lifetimes.access_token_s)
    sessions = Sessions(store, tokens, config.lifetimes, clock)
    metrics = Metrics(pool)
    totals: Cache[int] = Cache("totals", 1_000, _TOTALS_S)
    pages: Cache[bytes] = Cache("pages", 200, config.lifetimes.page_s)
    figures: Cache[Any] = Cache("figures", 1_000, FIGURES_S)
    revisions: Cache[Document] = Cache("revisions", 200, config.lifetimes.cached_s)
    metrics.watch((*sessions.caches, totals, pages, figures, revisions))

    def forget_lists() -> None:
        totals.clear()
        pages.clear()
        revisions.clear()

    return Platform(
        config=config,
        clock=clock,
        store=store,
        sessions=sessions,
        passwords=Passwords(config.password_cost),
        limiter=RateLimiter(config.rate_limits),
        metrics=metrics,
        totals=totals,
        pages=pages,
        figures=figures,
        revisions=revisions,
        writer=Writer(store, sessions, clock, forget_lists),
        uploads=UnderWay(),
        opened=Cache("opened", 10_000, OPENED_S),
        host=HostGauge(),
        common_passwords=_common_passwords(),
        started=time.monotonic(),
    )


def _common_passwords() -> frozenset[str]:
    text = resource("common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(text.split())
