"""Revisions of templates: what a project or a sheet is bound to is never edited in place.

Each saved revision is kept under ``<template>:<number>``, so that a sheet finds its criteria by
one look-up. A template of the initial data has no such document until it is first changed: its
revision is then the one in the template itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from desktop_app.backend.store import Document, Store
from desktop_app.backend.writes import Transaction
from desktop_app.core.fields import Field, normalised
from desktop_app.core.templates import CRITERION_FIELDS, MOST_CRITERIA

CONTENT = ("name", "description", "category", "criteria")
"""What a revision holds; the rest of a template is the same for all of its revisions."""


def kept_criteria(criteria: Any) -> Any:
    """Criteria as they are kept: trimmed, with defaults; what is none of them stays as it is.

    So do far too many: the rules refuse them, and until then they cost nothing.
    """
    if not isinstance(criteria, list) or len(criteria) > MOST_CRITERIA:
        return criteria
    return [_kept(entry) if isinstance(entry, Mapping) else entry for entry in criteria]


def _kept(criterion: Mapping[str, Any]) -> dict[str, Any]:
    return dict(criterion) | {field.key: _value(field, criterion) for field in CRITERION_FIELDS}


def _value(field: Field, criterion: Mapping[str, Any]) -> Any:
    return normalised(field, criterion.get(field.key, field.default))


async def save_revision(
    store: Store, tx: Transaction, before: Document | None, after: Document, changed: Iterable[str]
) -> dict[str, Any]:
    """Keep the content of ``after``; the fields of the template that this sets.

    A content that is bound stays what it was: the new one gets the next number.
    """
    number: int = before["revision"] if before else 1
    if before is not None:
        if set(changed).isdisjoint(CONTENT):
            return {}
        if await is_bound(store, tx, before["_id"], number):
            await _keep_as_it_was(store, tx, before)
            number += 1
    revision = {
        **{key: after.get(key) for key in CONTENT},
        "saved_by": tx.actor.id,
        "saved_by_name": tx.actor.name,
        "saved_at": tx.at,
    }
    await store["template_revisions"].replace_one(
        {"_id": revision_id(after["_id"], number)},
        {"template_id": after["_id"], "revision": number, **revision},
        upsert=True,
        session=tx.session,
    )
    return {"revision": number}


async def is_bound(store: Store, tx: Transaction, template_id: str, revision: int) -> bool:
    """Whether a project or a sheet is scored by this revision.

    One that does not say by which is taken for one of the present revision.
    """
    bound = {"template_id": template_id, "template_revision": {"$in": [revision, None]}}
    for collection in ("projects", "evaluations"):
        if await store[collection].find_one(bound, {"_id": 1}, session=tx.session):
            return True
    return False


def revision_id(template_id: str, revision: int) -> str:
    """Under which a revision is kept."""
    return f"{template_id}:{revision}"


def revision_of(template: Document) -> Document:
    """The present revision of a template as ``template_revisions`` would keep it."""
    return {
        "_id": revision_id(template["_id"], template["revision"]),
        "template_id": template["_id"],
        "revision": template["revision"],
        **{key: template.get(key) for key in CONTENT},
        "saved_by": template.get("created_by"),
        "saved_by_name": None,
        "saved_at": template["updated_at"],
    }


async def find_revision(
    store: Store, template: Document, revision: int, tx: Transaction | None = None
) -> Document | None:
    """One revision of a template; None when there is none of that number."""
    if revision == template["revision"]:
        return revision_of(template)
    return await store["template_revisions"].find_one(
        {"_id": revision_id(template["_id"], revision)}, session=tx.session if tx else None
    )


async def _keep_as_it_was(store: Store, tx: Transaction, template: Document) -> None:
    """Initial data, and what other programs wrote, is first kept when it is left behind."""
    kept = revision_of(template)
    id_ = kept.pop("_id")
    await store["template_revisions"].update_one(
        {"_id": id_}, {"$setOnInsert": kept}, upsert=True, session=tx.session
    )
