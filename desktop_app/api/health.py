"""The platform's own word on its health (contract v1, /health and /api/health)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from desktop_app.api.transport import Transport
from desktop_app.core.analytics import DetailedHealth


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthSummary:
    """``GET /api/health``: what anyone may know. ``database`` and ``cache`` as the server says."""

    status: str
    database: Any = None
    cache: Any = None
    version: str = ""


_SUMMARY = msgspec.json.Decoder(HealthSummary)
_DETAILED = msgspec.json.Decoder(DetailedHealth)


class Health:
    """``/api/health``."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def summary(self) -> HealthSummary:
        """Whether the platform is up; needs no sign-in."""
        return self._transport.call("GET", "/api/health", public=True).decode(_SUMMARY)

    def detailed(self) -> DetailedHealth:
        """Each service and the host; administrators only."""
        return self._transport.call("GET", "/api/health/detailed").decode(_DETAILED)
