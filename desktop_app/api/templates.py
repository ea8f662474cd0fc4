"""Templates over the API (contract v1, /api/templates)."""

from __future__ import annotations

import msgspec

from desktop_app.api.resource import Resource
from desktop_app.api.transport import Transport
from desktop_app.core.templates import Template, TemplateRevision

_REVISIONS = msgspec.json.Decoder(tuple[TemplateRevision, ...])


class Templates(Resource[Template]):
    """``/api/templates``: ``criteria`` is one value, a list of mappings, replaced as a whole."""

    def __init__(self, transport: Transport) -> None:
        super().__init__(transport, "templates", "template", Template)

    def revisions(self, id: str) -> tuple[TemplateRevision, ...]:  # noqa: A002
        """Every revision that was saved, the newest first."""
        return self._transport.call("GET", self._at(id, "revisions")).part("revisions", _REVISIONS)

    def at_revision(self, id: str, revision: int) -> Template:  # noqa: A002
        """The template as it was at one revision; raises ``NotFound``."""
        return self._one(
            self._transport.call("GET", self._at(id), params={"revision": str(revision)})
        )
