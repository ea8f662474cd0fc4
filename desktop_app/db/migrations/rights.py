"""Whether the database's user may do what applying needs, asked before anything is begun."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pymongo.errors import OperationFailure

from desktop_app.db.migrations.server import Target

NEEDED = (
    "find",
    "insert",
    "update",
    "remove",
    "createCollection",
    "createIndex",
    "dropIndex",
    "collMod",
    "listCollections",
    "listIndexes",
    "bypassDocumentValidation",
)
"""Actions on the whole database (roles readWrite and dbAdmin together have them)."""


def missing_rights(target: Target, needed: Iterable[str] = NEEDED) -> tuple[str, ...]:
    """The actions that the user of this connection lacks; none where nobody is asked who they are.

    Raises nothing for a server that does not tell: then applying will find out.
    """
    try:
        status = target.client.admin.command("connectionStatus", showPrivileges=True)
    except OperationFailure:
        return ()
    info = status["authInfo"]
    if not info["authenticatedUsers"]:
        return ()
    allowed: set[str] = set()
    for privilege in info.get("authenticatedUserPrivileges", ()):
        if _covers(privilege["resource"], target.name):
            allowed.update(privilege["actions"])
    return () if "anyAction" in allowed else tuple(sorted(set(needed) - allowed))


def _covers(resource: Mapping[str, Any], database: str) -> bool:
    """Whether a privilege reaches every ordinary collection of the database."""
    if resource.get("anyResource"):
        return True
    return resource.get("db") in ("", database) and resource.get("collection") == ""
