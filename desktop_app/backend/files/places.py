"""Places: each content is kept once, and every holder has a place of their own at it.

What the API calls a file is one place: its own name, target, uploader and version. No answer says
who else holds the same content. That somebody did before, the id of a place tells who compares it
with others: it begins with the content's, by which the place is found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from bson import ObjectId

from desktop_app.backend.lists import Condition, ListSpec, all_of, equals, one_of
from desktop_app.backend.problem_details import not_found
from desktop_app.backend.routing import Call
from desktop_app.backend.store import Document, Store
from desktop_app.backend.writes import Transaction
from desktop_app.core.file_types import FILE_TYPES, Group, types_in
from desktop_app.core.permissions import Scope, scope_of

Change = Callable[[Document], Document | None]
"""What becomes of one place; None: it is removed."""

_KEPT = ("file_name", "company_id", "project_id", "uploaded_by", "uploaded_at")
"""What a document of ``files`` repeats of its first place: other tools look for it there."""

_FIRST = {"id": "$_id", **{key: f"${key}" for key in _KEPT}}
PLACED: list[Document] = [
    # A document of another tool has no places: what it says of itself is its only one.
    {"$set": {"places": {"$ifNull": ["$places", [_FIRST]]}}},
]


def _in_group(text: str) -> Condition | None:
    if text not in {group.value for group in Group}:
        return None
    if text == Group.OTHER:
        known = [kind for kind, entry in FILE_TYPES.items() if entry.group is not Group.OTHER]
        return {"file_type": {"$nin": known}}
    return {"file_type": {"$in": list(types_in(Group(text)))}}


FILE_LIST = ListSpec(
    collection="files",
    sorts=dict.fromkeys(
        ("uploaded_at", "file_name", "file_type", "size", "created_at", "updated_at")
    ),
    filters={
        "id": lambda text, _now: {"$or": [{"places.id": text}, {"_id": text}]},
        "file_name": equals("places.file_name"),
        "file_type": one_of("file_type", frozenset(FILE_TYPES)),
        "group": lambda text, _now: _in_group(text),
        "company_id": equals("places.company_id"),
        "project_id": equals("places.project_id"),
        "uploaded_by": equals("places.uploaded_by"),
    },
    search=("places.file_name",),
    default_sort="-uploaded_at",
    field_of={
        "uploaded_at": "places.uploaded_at",
        "created_at": "places.uploaded_at",
        "updated_at": "places.updated_at",
        "file_name": "places.file_name",
    },
)


async def reach(call: Call) -> Condition:
    """Which places a call reaches, as a condition on ``places.…`` of an unwound document."""
    store, me = call.platform.store, call.me
    if call.scope is Scope.ALL:
        return {}
    if call.scope is Scope.SELF:
        return await _reach_of_evaluator(store, me.id)
    either: list[Condition] = [{"places.uploaded_by": me.id}]
    if me.company_id:
        projects = await store["projects"].distinct("_id", {"company_id": me.company_id})
        either += [
            {"places.company_id": me.company_id},
            {"places.project_id": {"$in": sorted(projects)}},
        ]
    return {"$or": either}


async def _reach_of_evaluator(store: Store, evaluator_id: str) -> Condition:
    """Files of what an evaluator evaluates, and those of a whole project with a sheet of theirs."""
    companies: dict[str, set[str]] = {}
    wanted = {"project_id": 1, "company_id": 1}
    async for sheet in store["evaluations"].find({"evaluator_id": evaluator_id}, wanted):
        companies.setdefault(sheet["project_id"], set()).add(sheet["company_id"])
    if not companies:
        return {"_id": {"$in": []}}
    return {
        "$or": [
            {"places.project_id": id_, "places.company_id": {"$in": [None, *sorted(own)]}}
            for id_, own in sorted(companies.items())
        ]
    }


async def placed(
    store: Store, within: Condition, tx: Transaction | None = None, *, content_id: str | None = None
) -> list[Document]:
    """Documents of ``files`` that ``within`` reaches, each with one place under ``places``."""
    pipeline = pipeline_of(within)
    if content_id is not None:
        pipeline.insert(0, {"$match": {"_id": content_id}})
    cursor = await store["files"].aggregate(pipeline, session=tx.session if tx else None)
    return await cursor.to_list()


def pipeline_of(within: Condition) -> list[Document]:
    """The stages that give one document per place that ``within`` reaches."""
    chosen = [{"$match": within}] if within else []
    # Before the unwinding it says "some place", which spares unwinding the rest.
    return [*PLACED, *chosen, {"$unwind": "$places"}, *chosen]


async def find(
    call: Call, tx: Transaction | None = None, *, within: Condition | None = None
) -> Document:
    """The file that the path names, with its one place; raises 404 where out of reach."""
    own = await reach(call) if within is None else within
    return await by_id(call.platform.store, call.id, own, tx)


async def by_id(
    store: Store, place_id: str, within: Condition | None = None, tx: Transaction | None = None
) -> Document:
    """The file of that id, with its one place; raises 404 where it is not ``within``."""
    condition = all_of([within or {}, {"places.id": place_id}])
    content_id = place_id.partition(".")[0]
    found = await placed(store, condition, tx, content_id=content_id)
    if not found:
        raise not_found()
    return found[0]


def new_place_id(content_id: str) -> str:
    """An id for one more place of a content; the first place has the content's own."""
    return f"{content_id}.{ObjectId()}"


def first_of(places: list[Document]) -> Document:
    """The fields that a document repeats of its first place."""
    return {key: places[0].get(key) for key in _KEPT}


def places_of(document: Document) -> list[Document]:
    """All places of a document as it is kept."""
    found: list[Document] | None = document.get("places")
    return found or [{"id": document["_id"], **{key: document.get(key) for key in _KEPT}}]


def version_of(file: Document) -> int:
    """The version of a file's place."""
    return int(file["places"].get("version", 1))


def may_change(call: Call, place: Document) -> bool:
    """Whose it is, not whom it is about: a company does not change what others keep of it."""
    scope = scope_of("files.change", call.me.role)
    if scope is None:
        return False
    if scope is Scope.ALL or place.get("uploaded_by") == call.me.id:
        return True
    owner = place["owner_id"] if "owner_id" in place else place.get("company_id")
    return owner is not None and owner == call.me.company_id


async def file_views(call: Call, files: Iterable[Document]) -> list[dict[str, Any]]:
    """Files (documents with one place) with the names of what they refer to."""
    platform, found = call.platform, list(files)
    places = [file["places"] for file in found]
    names = {
        key: await _names(platform.store, collection, {place.get(key) for place in places})
        for key, collection in _REFERENCES
    }
    return [
        {**_view(file, names), "may_change": may_change(call, file["places"])} for file in found
    ]


_REFERENCES = (("company_id", "companies"), ("project_id", "projects"), ("uploaded_by", "users"))


def _view(file: Document, names: dict[str, dict[str, str]]) -> dict[str, Any]:
    place = file["places"]
    at: datetime | None = place.get("uploaded_at")
    return {
        "id": place["id"],
        "file_name": place["file_name"],
        "file_type": file.get("file_type") or "application/octet-stream",
        "size": file["size"],
        "file_hash": file["file_hash"],
        "company_id": place.get("company_id"),
        "company_name": names["company_id"].get(place.get("company_id") or ""),
        "project_id": place.get("project_id"),
        "project_name": names["project_id"].get(place.get("project_id") or ""),
        "uploaded_by": place.get("uploaded_by"),
        "uploaded_by_name": names["uploaded_by"].get(place.get("uploaded_by") or ""),
        "uploaded_at": at,
        "version": version_of(file),
        "created_at": at,
        "updated_at": place.get("updated_at") or at,
    }


async def _names(store: Store, collection: str, ids: set[str | None]) -> dict[str, str]:
    wanted = sorted(id_ for id_ in ids if id_)
    if not wanted:
        return {}
    cursor = store[collection].find({"_id": {"$in": wanted}}, {"name": 1})
    return {document["_id"]: document["name"] async for document in cursor}
