"""A page of a server-side list, and the question that asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

T = TypeVar("T")

PAGE_SIZES = (25, 50, 100, 200)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageQuery:
    """Which page of a list: ``sort`` is a field, with "-" first for descending order.

    ``filters`` maps a field's dotted key to the value wanted; the server combines them with "and".
    """

    page: int = 1
    page_size: int = 50
    q: str = ""
    sort: str = "-created_at"
    filters: Mapping[str, str] = field(default_factory=dict)

    def at(self, page: int) -> PageQuery:
        """The same question for another page."""
        return replace(self, page=page)

    def params(self) -> dict[str, str]:
        """The question as query parameters of contract v1 (SYSTEM.md §3)."""
        asked = {"page": str(self.page), "page_size": str(self.page_size), "sort": self.sort}
        if self.q:
            asked["q"] = self.q
        return {**asked, **self.filters}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """One page of ``items`` out of ``total``; ``server_ms`` is the server's own time for it."""

    items: tuple[T, ...]
    total: int
    page: int
    page_size: int
    server_ms: float | None = None

    @property
    def pages(self) -> int:
        """How many pages there are, at least 1."""
        return max(1, -(-self.total // self.page_size))
