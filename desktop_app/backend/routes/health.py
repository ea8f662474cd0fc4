"""Health, metrics and the description of the API."""

from __future__ import annotations

import time
from typing import Any

from starlette.responses import Response

from desktop_app import __version__
from desktop_app.backend.answers import AnyObject, ApiHealth, Health
from desktop_app.backend.health import cache_health, database_health
from desktop_app.backend.metrics import CONTENT_TYPE
from desktop_app.backend.routing import Call, Route, answer
from desktop_app.core.analytics import DetailedHealth

_RETRY_S = "2"


async def health(call: Call) -> Response:
    """The process is alive; says nothing of what it depends on."""
    content = {"status": "healthy", "timestamp": call.platform.clock(), "version": __version__}
    return answer(content)


async def api_health(call: Call) -> Response:
    """The platform can work: 503 while MongoDB does not answer."""
    database = await database_health(call.platform.store, _patience_s(call))
    cache = cache_health()
    healthy = database.state == cache.state == "up"
    content = {
        "status": "healthy" if healthy else "unhealthy",
        "timestamp": call.platform.clock(),
        "version": __version__,
        "database": database.state,
        "cache": cache.state,
    }
    return answer(content) if healthy else answer(content, 503, {"Retry-After": _RETRY_S})


async def detailed(call: Call) -> Response:
    """Every service with its latency, and the host."""
    services = (await database_health(call.platform.store, _patience_s(call)), cache_health())
    healthy = all(service.state == "up" for service in services)
    content = DetailedHealth(
        status="healthy" if healthy else "unhealthy",
        timestamp=call.platform.clock(),
        version=__version__,
        uptime_s=round(time.monotonic() - call.platform.started, 3),
        services=services,
        host=call.platform.host.read(),
    )
    return answer(content)


async def metrics(call: Call) -> Response:
    """Prometheus' text."""
    return Response(call.platform.metrics.text(), media_type=CONTENT_TYPE)


async def openapi(call: Call) -> Response:
    """The description of the API (OpenAPI 3.1)."""
    description: dict[str, Any] = call.request.app.openapi()
    return answer(description)


def _patience_s(call: Call) -> float:
    return call.platform.config.mongo_timeouts.select_ms / 1000


ROUTES = (
    Route("health.read", health, Health),
    Route("health.api", api_health, ApiHealth),
    Route("health.detailed", detailed, DetailedHealth),
    Route("metrics.read", metrics, str),
    Route("openapi.read", openapi, AnyObject),
)
