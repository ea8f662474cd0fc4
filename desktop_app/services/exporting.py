"""Exports: every page of a list into one file, for people and their spreadsheets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from pathlib import Path
from typing import Any, Generic, TypeVar

from desktop_app.core.language import _
from desktop_app.core.paging import PAGE_SIZES, Page, PageQuery
from desktop_app.core.tasks import TaskContext
from desktop_app.services.pace import Pace
from desktop_app.services.table_file import TableFile

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ExportColumn(Generic[T]):
    """One column: ``value`` gives a text, number, flag, date or None.

    ``title`` is a message id. ``kind`` names what the values are ("text", "number", "date",
    "flag"); dates arrive in UTC and are written in local time.
    """

    title: str
    value: Callable[[T], Any]
    kind: str = "text"


def export(
    path: Path,
    columns: Sequence[ExportColumn[T]],
    pages: Callable[[PageQuery], Page[T]],
    query: PageQuery,
    context: TaskContext,
    *,
    zone: tzinfo | None = None,
) -> int:
    """Write everything that ``query`` finds to ``path`` (.xlsx or .csv); returns the rows.

    Pages of the largest size are asked for in turn. Stopped or failed, an older file of that name
    is as it was. ``zone``: the time zone of dates, None for the computer's. Raises the errors of
    the API, ``LocalFailure``, ``Cancelled``.
    """
    question = replace(query, page=1, page_size=max(PAGE_SIZES))
    pace = Pace(context)
    with TableFile(path, [_(column.title) for column in columns], zone=zone) as table:
        while True:
            context.check()
            page = pages(question)
            for item in page.items:
                table.add(_cell(column, item) for column in columns)
                pace.step()
            context.report(table.rows, max(page.total, table.rows))
            if not page.items or question.page >= page.pages:
                return table.rows
            question = question.at(question.page + 1)


def _cell(column: ExportColumn[T], item: T) -> Any:
    value = column.value(item)
    if column.kind == "flag" and isinstance(value, bool):
        return _("Yes") if value else _("No")
    return value
