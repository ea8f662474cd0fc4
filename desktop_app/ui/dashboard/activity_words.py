"""Entries of the audit trail as sentences that a person reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desktop_app.core.audit import AuditEntry
from desktop_app.core.companies import COMPANY_FIELDS
from desktop_app.core.fields import Field, Kind
from desktop_app.core.language import N_, NN_, _, ngettext
from desktop_app.core.users import USER_FIELDS

_SENTENCES: Mapping[str, str] = {
    "auth.login": N_("{actor} signed in"),
    "auth.logout": N_("{actor} signed out"),
    "auth.password": N_("{actor} changed their password"),
    "users.create": N_("{actor} created the user {target}"),
    "users.change": N_("{actor} changed {target}’s {changes}"),
    "users.delete": N_("{actor} deleted the user {target}"),
    "users.activate": N_("{actor} activated the user {target}"),
    "users.deactivate": N_("{actor} deactivated the user {target}"),
    "users.reset_password": N_("{actor} reset {target}’s password"),
    "users.unlock": N_("{actor} unlocked the user {target}"),
    "users.import": N_("{actor} imported users"),
    "companies.create": N_("{actor} created the company {target}"),
    "companies.change": N_("{actor} changed {target}’s {changes}"),
    "companies.delete": N_("{actor} deleted the company {target}"),
    "companies.activate": N_("{actor} activated the company {target}"),
    "companies.deactivate": N_("{actor} deactivated the company {target}"),
    "companies.import": N_("{actor} imported companies"),
    "imports.undo": N_("{actor} took back an import"),
}
_IMPORTED = {
    "users.import": N_("{actor} imported the user {target}"),
    "companies.import": N_("{actor} imported the company {target}"),
}
_BATCHES: Mapping[str, tuple[str, str]] = {
    "users.import": NN_("{actor} imported {n} user", "{actor} imported {n} users"),
    "companies.import": NN_("{actor} imported {n} company", "{actor} imported {n} companies"),
}
_REFUSED = N_("A sign-in as {target} was refused")
_REFUSED_UNKNOWN = N_("A sign-in with an unknown name was refused")
_UNKNOWN = N_("{actor}: {operation} {target}")
_WITHOUT_VALUES = N_("{actor} changed {target}")

_FIELDS: Mapping[str, Mapping[str, Field]] = {
    "users": {field.key: field for field in USER_FIELDS},
    "companies": {field.key: field for field in COMPANY_FIELDS},
}


def sentence(entry: AuditEntry, count: int = 1) -> str:
    """What ``entry`` records, as one sentence in the language in use.

    ``count`` is how many documents the batch wrote of which it is the newest entry.
    """
    if count > 1 and entry.operation in _BATCHES:
        said = ngettext(*_BATCHES[entry.operation], count)
        return said.format(actor=entry.actor_name or entry.actor, n=f"{count:,}")
    target = entry.target_name or entry.target_id or ""
    changes = changes_in_words(entry)
    if _was_refused(entry):
        template = _REFUSED if target else _REFUSED_UNKNOWN
    elif entry.operation.endswith(".change") and not changes:
        template = _WITHOUT_VALUES
    elif target and entry.operation in _IMPORTED:
        template = _IMPORTED[entry.operation]
    else:
        template = _SENTENCES.get(entry.operation, _UNKNOWN)
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


def _was_refused(entry: AuditEntry) -> bool:
    """Whether a sign-in failed: its outcome stands where other entries have their changes."""
    outcome = entry.changes.get("outcome")
    return entry.operation == "auth.login" and outcome == [None, "refused"]


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
    if field.kind is Kind.REFERENCE:  # ids say nothing to a person
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
