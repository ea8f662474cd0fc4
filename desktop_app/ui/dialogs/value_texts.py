"""Values of fields in words, as they stand beside each other in comparisons."""

from __future__ import annotations

from typing import Any

from desktop_app.core.fields import Field, Kind
from desktop_app.core.language import _


def value_text(field: Field, value: Any, label: str = "") -> str:
    """``value`` as a person reads it; ``label`` names the entry that a reference points to."""
    if value is None or value == "":
        return _("(empty)")
    if field.kind is Kind.FLAG:
        return _("Yes") if value else _("No")
    for choice in field.choices:
        if choice.value == value:
            return _(choice.label)
    return label or str(value)
