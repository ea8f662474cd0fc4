"""Figures for the dashboard over the API (contract v1, /api/analytics)."""

from __future__ import annotations

import msgspec

from desktop_app.api.transport import Transport
from desktop_app.core.analytics import Dashboard

_DASHBOARD = msgspec.json.Decoder(Dashboard)


class Analytics:
    """``/api/analytics``."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def dashboard(self) -> Dashboard:
        """Counts, what needs attention, and what happened last."""
        return self._transport.call("GET", "/api/analytics/dashboard").decode(_DASHBOARD)
