"""Lists that are here already are searched, sorted and paged as a server would."""

from __future__ import annotations

from desktop_app.core.paging import PageQuery
from desktop_app.ui.tables.columns import Column
from desktop_app.ui.tables.local_page import LocalPages

Row = tuple[str, int | None]
COLUMNS: tuple[Column[Row], ...] = (
    Column(key="name", title="Name", value=lambda row: row[0]),
    Column(key="count", title="Count", value=lambda row: row[1]),
)


def pages() -> LocalPages[Row]:
    made = LocalPages(COLUMNS, lambda row: row[0])
    made.rows = (("beta", 2), ("Alpha", None), ("gamma", 10), ("가나", 1))
    return made


def names(query: PageQuery) -> list[str]:
    return [row[0] for row in pages().page(query).items]


def test_rows_are_sorted_by_value_with_nothing_first() -> None:
    assert names(PageQuery(sort="name")) == ["Alpha", "beta", "gamma", "가나"]
    assert names(PageQuery(sort="count")) == ["Alpha", "가나", "beta", "gamma"]
    assert names(PageQuery(sort="-count")) == ["gamma", "beta", "가나", "Alpha"]


def test_a_search_ignores_case_and_pages_are_cut() -> None:
    assert names(PageQuery(q="ALPH")) == ["Alpha"]
    page = pages().page(PageQuery(sort="name", page=2, page_size=3))
    assert [row[0] for row in page.items] == ["가나"]
    assert (page.total, page.pages) == (4, 2)
