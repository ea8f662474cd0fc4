"""Pages of rows that are here already: for lists too short to ask a server for each page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from desktop_app.core.paging import Page, PageQuery
from desktop_app.ui.tables.columns import Column

T = TypeVar("T")


class LocalPages(Generic[T]):
    """Searches, sorts and pages ``rows`` as a server would; ``words_of`` is what is searched."""

    def __init__(self, columns: Sequence[Column[T]], words_of: Callable[[T], str]) -> None:
        self._columns = {column.key: column for column in columns}
        self._words_of = words_of
        self.rows: tuple[T, ...] = ()

    def page(self, query: PageQuery) -> Page[T]:
        """One page of what fits."""
        wanted = query.q.casefold()
        fitting = [row for row in self.rows if wanted in self._words_of(row).casefold()]
        column = self._columns.get(query.sort.removeprefix("-"))
        if column is not None:
            fitting.sort(
                key=lambda row: _sortable(column.value(row)), reverse=query.sort.startswith("-")
            )
        first = (query.page - 1) * query.page_size
        return Page(
            items=tuple(fitting[first : first + query.page_size]),
            total=len(fitting),
            page=query.page,
            page_size=query.page_size,
        )


def _sortable(value: Any) -> tuple[bool, Any]:
    """Nothing comes before everything; letters regardless of their case."""
    if isinstance(value, str):
        value = value.casefold()
    return (value is not None, value)
