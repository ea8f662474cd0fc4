"""Companies over the API (contract v1, /api/companies)."""

from __future__ import annotations

from desktop_app.api.resource import Resource
from desktop_app.api.transport import Transport
from desktop_app.core.companies import Company


class Companies(Resource[Company]):
    """``/api/companies``."""

    def __init__(self, transport: Transport) -> None:
        super().__init__(transport, "companies", "company", Company)
