"""Reading a chosen file on the pool, in the encoding that the person says it is in."""

from __future__ import annotations

import dataclasses
import tempfile
from dataclasses import dataclass
from pathlib import Path

from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_
from desktop_app.core.tasks import TaskContext
from desktop_app.services.sheet import MOST_BYTES, Sheet, read_sheet, sheet_names, too_large

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
    """The table in ``path``; ``encoding`` overrides the one that would be found.

    Raises ``LocalFailure`` that says what is wrong and what to do, ``Cancelled``.
    """
    if encoding is not None:
        return ReadFile(sheet=_read_as(path, encoding, context), sheet_names=("",))
    table = read_sheet(path, context, sheet=sheet)
    names = ("",) if table.encoding else sheet_names(path)
    return ReadFile(sheet=table, sheet_names=names)


def _read_as(path: Path, encoding: str, context: TaskContext) -> Sheet:
    """The text in ``path`` by way of a copy whose encoding nobody can mistake."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise too_large(path)
        text = path.read_text(encoding=encoding)
    except UnicodeError as error:
        raise LocalFailure(
            what=N_("“{file}” is not in this encoding."),
            advice=N_("Choose another one."),
            file=path.name,
        ) from error
    except OSError as error:
        raise LocalFailure(
            what=N_("“{file}” cannot be read: {reason}."),
            advice=N_("If it is open in another program, close it there."),
            file=path.name,
            reason=error.strerror or str(error),
        ) from error
    with tempfile.TemporaryDirectory(prefix="evalconsole-") as folder:
        copy = Path(folder) / path.name
        copy.write_text(text, encoding="utf-8-sig", newline="")
        table = read_sheet(copy, context)
    return dataclasses.replace(table, path=path, encoding=encoding)
