"""Entries of the audit trail as sentences that a person reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desktop_app.core.audit import AuditEntry
from desktop_app.core.companies import COMPANY_FIELDS
from desktop_app.core.fields import Field, Kind
from desktop_app.core.language import _, ngettext
from desktop_app.core.projects import PROJECT_FIELDS
from desktop_app.core.templates import TEMPLATE_FIELDS
from desktop_app.core.users import USER_FIELDS
from desktop_app.ui.dashboard.activity_sentences import (
    BATCHES,
    IMPORTED,
    REFUSED,
    REFUSED_UNKNOWN,
    SENTENCES,
    UNKNOWN,
    WITHOUT_VALUES,
)

_FIELDS: Mapping[str, Mapping[str, Field]] = {
    "users": {field.key: field for field in USER_FIELDS},
    "companies": {field.key: field for field in COMPANY_FIELDS},
    "projects": {field.key: field for field in PROJECT_FIELDS},
    "templates": {field.key: field for field in TEMPLATE_FIELDS},
}
_WITHOUT_VALUE = frozenset({Kind.REFERENCE, Kind.DATETIME, Kind.MULTILINE})
"""Ids say nothing to a person, moments need a time zone, and long texts fill the line."""


def sentence(entry: AuditEntry, count: int = 1) -> str:
    """What ``entry`` records, as one sentence in the language in use.

    ``count`` is how many documents the batch wrote of which it is the newest entry.
    """
    if count > 1 and entry.operation in BATCHES:
        said = ngettext(*BATCHES[entry.operation], count)
        return said.format(actor=entry.actor_name or entry.actor, n=f"{count:,}")
    target = entry.target_name or entry.target_id or ""
    changes = changes_in_words(entry)
    if entry.operation in REFUSED and entry.changes.get("outcome") == [None, "refused"]:
        template = REFUSED[entry.operation] if target else REFUSED_UNKNOWN
    elif entry.operation.endswith(".change") and not changes:
        template = WITHOUT_VALUES
    elif target and entry.operation in IMPORTED:
        template = IMPORTED[entry.operation]
    else:
        template = SENTENCES.get(entry.operation, UNKNOWN)
    return (
        _(template)
        .format(
            actor=entry.actor_name or entry.actor,
            target=target,
            changes=changes,
            operation=entry.operation,
        )
        .strip()
    )


def changes_in_words(entry: AuditEntry) -> str:
    """``role: evaluator → manager; name: …``: the fields of a form that changed, and no others."""
    known = _FIELDS.get(entry.resource, {})
    return "; ".join(
        _change_in_words(known[key], change)
        for key, change in entry.changes.items()
        if key in known and isinstance(change, list | tuple) and len(change) == 2
    )


def _change_in_words(field: Field, change: Any) -> str:
    label = _in_sentence(_(field.label))
    if field.kind in _WITHOUT_VALUE:
        return label
    before, after = (value_in_words(field, value) for value in change)
    return _("{field}: {before} → {after}").format(field=label, before=before, after=after)


def value_in_words(field: Field, value: Any) -> str:
    """One value of a field: a choice by its label, a flag as yes or no, nothing as a dash."""
    if value in (None, ""):
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    labels = {choice.value: choice.label for choice in field.choices}
    return _in_sentence(_(labels[value])) if value in labels else str(value)


def _in_sentence(label: str) -> str:
    """A label as it stands inside a sentence: its first letter small, unless an acronym."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]
