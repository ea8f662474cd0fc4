"""Criteria and their differences in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desktop_app.core.criteria_draft import number_text
from desktop_app.core.fields import Field
from desktop_app.core.language import N_, _
from desktop_app.core.template_revisions import CriterionChange, What
from desktop_app.core.templates import CRITERION_FIELDS, TEMPLATE_FIELDS
from desktop_app.core.weights import is_number

TEMPLATE_FIELD: Mapping[str, Field] = {field.key: field for field in TEMPLATE_FIELDS}
CRITERION_FIELD: Mapping[str, Field] = {field.key: field for field in CRITERION_FIELDS}

CHANGES: Mapping[What, tuple[str, str, str]] = {
    What.ADDED: (N_("Added"), "plus", "ok"),
    What.REMOVED: (N_("Removed"), "minus", "danger"),
    What.CHANGED: (N_("Changed"), "edit", "info"),
    What.MOVED: (N_("Moved"), "compare", "muted"),
}
"""Per change its word, icon and colour."""


def value_words(field: Field, value: Any) -> str:
    """A value of a criterion or a template as a person reads it."""
    if value is None or value == "":
        return _("(empty)")
    if is_number(value):
        number = number_text(value)
        return f"{number} %" if field.key == "weight" else number
    return str(value)


def criterion_words(
    criterion: Mapping[str, Any] | None, other: Mapping[str, Any] | None = None
) -> str:
    """A criterion in a few lines: its numbers always, its texts where they are not ``other``'s."""
    if criterion is None:
        return _("(not there)")
    numbers = ", ".join(
        f"{_(CRITERION_FIELD[key].label)} {value_words(CRITERION_FIELD[key], criterion.get(key))}"
        for key in ("weight", "max_score", "step")
    )
    lines = [f"{criterion['name']}: {numbers}"]
    for key in ("description", "guide"):
        text = criterion.get(key)
        if text and (other is None or other.get(key) != text):
            lines.append(f"{_(CRITERION_FIELD[key].label)}: {text}")
    return "\n".join(lines)


def move_words(change: CriterionChange) -> str:
    """Where a criterion went, if it was moved."""
    if not change.moved:
        return ""
    text = _("from place {before} to {after}")
    return text.format(before=change.place_before, after=change.place_after)
