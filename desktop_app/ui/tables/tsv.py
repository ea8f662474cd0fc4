"""Cells for the clipboard, as a spreadsheet pastes them."""

from __future__ import annotations

from collections.abc import Iterable

from desktop_app.ui.widgets.plain_text import one_line

_FORMULA_STARTS = ("=", "+", "-", "@")


def cell(text: str) -> str:
    """One cell: a single line, and never a formula to whoever pastes it (OWASP CSV injection)."""
    line = one_line(text)
    return f"'{line}" if line.lstrip().startswith(_FORMULA_STARTS) and not _number(line) else line


def tsv(rows: Iterable[Iterable[str]]) -> str:
    """Rows of cells, tabs between cells and a line break after each row."""
    return "".join("\t".join(cell(text) for text in row) + "\n" for row in rows)


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.lstrip().startswith("-")
