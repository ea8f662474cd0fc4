"""A file with the right headings and nothing else, to be filled in and imported."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from desktop_app.core.fields import Field
from desktop_app.core.paging import Page, PageQuery
from desktop_app.core.tasks import TaskContext
from desktop_app.services.exporting import ExportColumn, export


def write_template(path: Path, fields: Sequence[Field], context: TaskContext) -> None:
    """Write the headings of ``fields``, in the language in use, to ``path`` (.xlsx or .csv).

    The guess of the mapping finds every field again. Raises ``LocalFailure``.
    """
    columns = [ExportColumn(title=field.label, value=_nothing) for field in fields]
    export(path, columns, _no_rows, PageQuery(), context)


def _nothing(_item: object) -> None:
    return None


def _no_rows(query: PageQuery) -> Page[Any]:
    return Page(items=(), total=0, page=1, page_size=query.page_size)
