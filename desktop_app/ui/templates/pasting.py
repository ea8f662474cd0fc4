"""Criteria copied from a spreadsheet: rows of texts, with or without a heading."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from desktop_app.core.templates import CRITERION_FIELDS, MOST_CRITERIA
from desktop_app.services.mapping import guess_mapping
from desktop_app.ui.templates.criteria_model import KEYS

_MOST_CHARACTERS = 2_000_000


@dataclass(frozen=True, slots=True)
class PastedRows:
    """Texts by key, a row each; ``headed`` where the first line said what is what."""

    rows: tuple[dict[str, str], ...]
    headed: bool


def is_table(text: str) -> bool:
    """Whether ``text`` is more than one cell of a spreadsheet."""
    return "\t" in text or "\n" in text.strip("\r\n")


def pasted_rows(text: str, first_key: str = "name") -> PastedRows:
    """Cells as a spreadsheet copies them (tabs, line breaks, quotes round cells of several lines).

    Without a heading columns go from ``first_key`` on, in the order of the table; what is beyond
    it is left out. Empty lines are, too.
    """
    lines = csv.reader(io.StringIO(text[:_MOST_CHARACTERS], newline=""), dialect="excel-tab")
    table = [line for line in lines if any(cell.strip() for cell in line)]
    if not table:
        return PastedRows((), headed=False)
    mapping = guess_mapping(table[0], CRITERION_FIELDS)
    headed = len(mapping) > 1 or (len(table) > 1 and len(mapping) == len(table[0]))
    if headed:
        table = table[1:]
    else:
        keys = KEYS[KEYS.index(first_key) :]
        mapping = {key: at for at, key in enumerate(keys)}
    rows = tuple(
        {key: _plain(line[at]) for key, at in mapping.items() if at < len(line)}
        for line in table[:MOST_CRITERIA]
    )
    return PastedRows(rows, headed)


def _plain(cell: str) -> str:
    return cell.replace("\r\n", "\n").replace("\r", "\n").strip()
