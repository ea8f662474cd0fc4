"""Reading a chosen file on the pool, in the encoding that the person says it is in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from desktop_app.core.tasks import TaskContext
from desktop_app.services.sheet import Sheet, read_sheet, sheet_names

ENCODINGS: tuple[tuple[str, str], ...] = (
    ("utf-8", "UTF-8"),
    ("cp949", "CP949 (한국어 Windows)"),
    ("utf-16", "UTF-16"),
)
"""Code and name of each encoding that a text may be read in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """A table, and the names of all tables in its file."""

    sheet: Sheet
    sheet_names: tuple[str, ...]


def read_file(
    path: Path, context: TaskContext, *, sheet: str | None = None, encoding: str | None = None
) -> ReadFile:
    """The table in ``path``; ``encoding`` overrides the one that a text seems to be in.

    Raises ``LocalFailure`` that says what is wrong and what to do, ``Cancelled``.
    """
    table = read_sheet(path, context, sheet=sheet, encoding=encoding)
    return ReadFile(sheet=table, sheet_names=("",) if table.encoding else sheet_names(path))
