"""Bring a database to the declared schema; safe to run again and again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pymongo.database import Database

from desktop_app.db.definitions import collection_options, index_model, present_options
from desktop_app.db.schema import ALL_COLLECTIONS, Collection

Documents = Database[dict[str, Any]]

_AT_ONCE = 6


def ensure_schema(database: Documents, collections: Iterable[Collection] = ALL_COLLECTIONS) -> None:
    """Create what is missing and put validators right; existing documents are left alone.

    Raises ``pymongo.errors.OperationFailure`` where an index of the same name differs, or where
    documents contradict a unique index: that needs a migration, not a set-up. Putting a validator
    right needs the right to ``collMod`` (role dbAdmin).
    """
    existing = {found["name"]: found.get("options", {}) for found in database.list_collections()}
    # Side by side: each step waits for the journal, and people wait for the first start.
    with ThreadPoolExecutor(_AT_ONCE, "schema") as pool:
        steps = [
            pool.submit(_ensure, database, collection, existing.get(collection.name))
            for collection in collections
        ]
    for step in steps:
        step.result()


def _ensure(database: Documents, collection: Collection, options: Mapping[str, Any] | None) -> None:
    """Bring one collection, with its present ``options`` (None: not there), to its schema."""
    wanted = collection_options(collection)
    if options is None:
        database.create_collection(collection.name, **wanted)
    elif present_options(options) != wanted:
        database.command("collMod", collection.name, **wanted)
    if collection.indexes:
        database[collection.name].create_indexes([index_model(i) for i in collection.indexes])
