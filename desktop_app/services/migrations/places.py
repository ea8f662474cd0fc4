"""Where the window shows a document of the database: which tab, narrowed to what."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from bson import ObjectId, json_util
from bson.errors import InvalidId

from desktop_app.core.redaction import redact_mapping
from desktop_app.db.migrations.events import Offender
from desktop_app.db.migrations.server import Document, Documents

BY_ID = frozenset({"users", "companies", "projects", "templates", "files"})
"""Collections with a tab that lists them and can be narrowed by id."""
BY_PROJECT = frozenset({"evaluations", "conflicts_of_interest"})
"""Collections that are shown with their project."""
BY_TEMPLATE = "template_revisions"
SHOWN = BY_ID | BY_PROJECT | {BY_TEMPLATE}


@dataclass(frozen=True, slots=True)
class Place:
    """A tab by its key, with filters for it."""

    tab: str
    filters: Mapping[str, str] = field(default_factory=dict)


def place_of(database: Documents, offender: Offender) -> Place | None:
    """Where a document is shown; None where no tab shows its kind, or it leads nowhere."""
    name = offender.collection
    if name in BY_ID:
        return Place(name, {"id": offender.id})
    if name == BY_TEMPLATE:
        return Place("templates", {"id": offender.id.rpartition(":")[0]})
    if name not in BY_PROJECT:
        return None
    found = find(database, offender)
    project = found.get("project_id") if found else None
    if not isinstance(project, str):
        return None
    narrowed = {"id": offender.id} if name == "evaluations" else {}
    return Place("evaluations", {"project_id": project, **narrowed})


def find(database: Documents, offender: Offender) -> Document | None:
    """The document itself, by the text of its id; None where it is not there any more."""
    candidates: list[object] = [offender.id]
    with suppress(InvalidId):
        candidates.append(ObjectId(offender.id))
    if offender.id.lstrip("-").isascii() and offender.id.lstrip("-").isdigit():
        candidates.append(int(offender.id))
    return database[offender.collection].find_one({"_id": {"$in": candidates}})


def as_text(document: Document) -> str:
    """A document to be read, without secrets."""
    return json_util.dumps(redact_mapping(document), ensure_ascii=False, indent=2)
