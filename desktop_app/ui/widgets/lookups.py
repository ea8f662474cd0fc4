"""Searching the entries that a reference may point to, on the server or among those at hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from desktop_app.core.paging import PageQuery

Lookup = Callable[[str], list[tuple[str, str]]]
"""Takes what was typed; returns (id, label) of entries that fit. Blocks: run it on the pool."""

RESULTS = 25


def resource_lookup(
    resource: Any, label: Callable[[Any], str], *, sort: str = "name", **filters: str
) -> Lookup:
    """A lookup over active entries of an API resource, by its own search, within ``filters``."""
    narrowed = {"is_active": "true", **filters}

    def look_up(text: str) -> list[tuple[str, str]]:
        query = PageQuery(page_size=RESULTS, q=text, sort=sort, filters=narrowed)
        return [(item.id, label(item)) for item in resource.page(query).items]

    return look_up


def local_lookup(entries: Sequence[tuple[str, str]]) -> Lookup:
    """A lookup over entries that are at hand, by any part of the label."""

    def look_up(text: str) -> list[tuple[str, str]]:
        wanted = text.casefold()
        return [entry for entry in entries if wanted in entry[1].casefold()][:RESULTS]

    return look_up
