"""Criteria and their differences in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def criterion_words(criterion: Mapping[str, Any]) -> str:
    """A whole criterion in a few lines."""
    lines = [_part(criterion, ("weight", "max_score", "step"))]
    lines += [
        f"{_(CRITERION_FIELD[key].label)}: {criterion[key]}"
        for key in ("description", "guide")
        if criterion.get(key)
    ]
    return "\n".join(lines)


def side_words(version: Mapping[str, Any] | None, *versions: Mapping[str, Any] | None) -> str:
    """What one version of a criterion says where not all ``versions`` say the same.

    All of it where one of them has no such criterion.
    """
    if version is None:
        return _("(not there)")
    known = [other for other in versions if other is not None]
    keys = tuple(
        key
        for key in CRITERION_FIELD
        if len(known) < len(versions) or any(o.get(key) != version.get(key) for o in known)
    )
    return _part(version, keys)


def _part(criterion: Mapping[str, Any], keys: Sequence[str]) -> str:
    """The named values of a criterion, in a line."""
    fields = (CRITERION_FIELD[key] for key in keys)
    return ", ".join(f"{_(f.label)} {value_words(f, criterion.get(f.key))}" for f in fields)


def move_words(change: CriterionChange) -> str:
    """Where a criterion went, if it was moved."""
    if not change.moved:
        return ""
    text = _("from place {before} to {after}")
    return text.format(before=change.place_before, after=change.place_after)
