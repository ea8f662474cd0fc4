"""Companies over the API (contract v1, /api/companies)."""

from __future__ import annotations

import msgspec

from desktop_app.api.resource import Resource, read_page
from desktop_app.api.transport import Transport
from desktop_app.core.companies import Company
from desktop_app.core.evaluations import Named
from desktop_app.core.paging import Page, PageQuery

_NAMES = msgspec.json.Decoder(list[Named])


class Companies(Resource[Company]):
    """``/api/companies``."""

    def __init__(self, transport: Transport) -> None:
        super().__init__(transport, "companies", "company", Company)

    def names(self, query: PageQuery) -> Page[Named]:
        """A page of every active company by name alone, also those beyond the caller's reach.

        Only ``q`` and the page count; the order is that of names.
        """
        asked = PageQuery(page=query.page, page_size=query.page_size, q=query.q, sort="name")
        return read_page(self._transport, f"{self._path}/names", self.name, _NAMES, asked)
