"""How verdicts, cells and problems of an import read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from desktop_app.core.fields import Field
from desktop_app.core.imports import Verdict
from desktop_app.core.language import N_, _

UNCHECKED = "unchecked"
"""The state of a row that was corrected and not checked since."""

State = str
"""A ``Verdict`` value, or ``UNCHECKED``."""

STATES: Mapping[State, tuple[str, str, str]] = {
    Verdict.CREATE: (N_("New"), "plus", "ok"),
    Verdict.UPDATE: (N_("Update"), "edit", "info"),
    Verdict.UNCHANGED: (N_("Unchanged"), "minus", "muted"),
    Verdict.INVALID: (N_("Problem"), "error", "danger"),
    Verdict.FAILED: (N_("Failed"), "error", "danger"),
    UNCHECKED: (N_("Corrected, not checked"), "clock", "warning"),
}
"""Word, icon and colour token of each state before anything is written."""

WRITTEN_STATES: Mapping[State, tuple[str, str, str]] = {
    **STATES,
    Verdict.CREATE: (N_("Created"), "ok", "ok"),
    Verdict.UPDATE: (N_("Updated"), "ok", "ok"),
    Verdict.UNCHANGED: (N_("Was the same"), "minus", "muted"),
    Verdict.INVALID: (N_("Refused"), "error", "danger"),
    UNCHECKED: (N_("Not written"), "clock", "warning"),
}
"""The same after writing."""

ORDER: tuple[State, ...] = (
    Verdict.CREATE,
    Verdict.UPDATE,
    Verdict.UNCHANGED,
    Verdict.INVALID,
    Verdict.FAILED,
    UNCHECKED,
)


def cell_text(value: object) -> str:
    """A cell's value as a person would type it; empty for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def field_text(field: Field, value: Any) -> str:
    """A value of ``field`` for reading: choices by their label."""
    for choice in field.choices:
        if value == choice.value:
            return _(choice.label)
    return cell_text(value)


def column_letter(place: int) -> str:
    """The spreadsheet's name of the column at ``place``, counted from 0: A … Z, AA …"""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
