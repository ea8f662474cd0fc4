"""The audit trail over the API (contract v1, /api/audit)."""

from __future__ import annotations

import msgspec

from desktop_app.api.resource import read_page
from desktop_app.api.transport import Transport
from desktop_app.core.audit import AuditEntry, ChainVerdict
from desktop_app.core.paging import Page, PageQuery

_ENTRIES = msgspec.json.Decoder(list[AuditEntry])
_VERDICT = msgspec.json.Decoder(ChainVerdict)


class Audit:
    """``/api/audit``."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def page(self, query: PageQuery) -> Page[AuditEntry]:
        """One page of entries; filters are actor, operation, resource, target_id."""
        return read_page(self._transport, "/api/audit", "entries", _ENTRIES, query)

    def verify(self) -> ChainVerdict:
        """Whether the chain of hashes is whole."""
        return self._transport.call("GET", "/api/audit/verify").decode(_VERDICT)
