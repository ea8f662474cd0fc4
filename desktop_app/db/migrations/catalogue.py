"""What a database has: its collections, their validators, indexes and sizes. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from desktop_app.db.definitions import present_index, present_options
from desktop_app.db.migrations.server import Documents

_AT_ONCE = 4
_INTERNAL = "system."


@dataclass(frozen=True, slots=True)
class PresentCollection:
    """A collection as it is: ``indexes`` by name in the form that compares, without ``_id_``.

    ``count`` is the server's estimate, which is exact unless it crashed.
    """

    name: str
    kind: str
    options: Mapping[str, Any]
    indexes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    count: int = 0

    @property
    def validation(self) -> dict[str, Any]:
        """Its validator with level and action."""
        return present_options(self.options)


Catalogue = Mapping[str, PresentCollection]


def read_catalogue(database: Documents) -> dict[str, PresentCollection]:
    """Every collection of the database by name."""
    entries = [
        entry for entry in database.list_collections() if not entry["name"].startswith(_INTERNAL)
    ]
    with ThreadPoolExecutor(_AT_ONCE, "catalogue") as pool:
        found = list(pool.map(lambda entry: _read(database, entry), entries))
    return {one.name: one for one in sorted(found, key=lambda one: one.name)}


def read_indexes(database: Documents, name: str) -> dict[str, dict[str, Any]]:
    """The indexes of one collection by name, without ``_id_``; none where there is no collection.

    An index whose build is not finished is none yet.
    """
    return {
        index["name"]: present_index(index)
        for index in database[name].list_indexes()
        if index["name"] != "_id_"
    }


def _read(database: Documents, entry: Mapping[str, Any]) -> PresentCollection:
    name, kind = str(entry["name"]), str(entry.get("type", "collection"))
    if kind != "collection":
        return PresentCollection(name, kind, dict(entry.get("options", {})))
    return PresentCollection(
        name,
        kind,
        dict(entry.get("options", {})),
        read_indexes(database, name),
        database[name].estimated_document_count(),
    )
