"""Past imports over the API, and undoing one (contract v1, /api/imports)."""

from __future__ import annotations

from urllib.parse import quote

import msgspec

from desktop_app.api.resource import read_page
from desktop_app.api.transport import Transport
from desktop_app.core.imports import ImportBatch, UndoResult
from desktop_app.core.paging import Page, PageQuery

_BATCH = msgspec.json.Decoder(ImportBatch)
_BATCHES = msgspec.json.Decoder(list[ImportBatch])
_UNDO = msgspec.json.Decoder(UndoResult)


class Imports:
    """``/api/imports``."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def page(self, query: PageQuery) -> Page[ImportBatch]:
        """One page of the imports applied."""
        return read_page(self._transport, "/api/imports", "imports", _BATCHES, query)

    def get(self, id: str) -> ImportBatch:  # noqa: A002 - what everyone calls it
        """One import; raises ``NotFound``."""
        answer = self._transport.call("GET", f"/api/imports/{quote(id, safe='')}")
        parts = answer.parts()
        return answer.part("import", _BATCH) if "import" in parts else answer.decode(_BATCH)

    def undo(self, id: str) -> UndoResult:  # noqa: A002
        """Take an import back; what was changed since is kept and named."""
        # A second undo changes nothing more.
        answer = self._transport.call(
            "POST", f"/api/imports/{quote(id, safe='')}/undo", repeatable=True
        )
        return answer.decode(_UNDO)
