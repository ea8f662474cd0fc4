"""The database behind the API, read and never written: what it holds is held against the API.

It is looked at only after it has shown that it is the one behind the API, by who is signed in.
Everything read is bounded: the newest documents of each collection, in size and in time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pymongo
from pymongo.database import Database
from pymongo.errors import ConfigurationError, InvalidURI, OperationFailure, PyMongoError

from desktop_app.core.language import N_
from desktop_app.core.users import Role
from desktop_app.core.validation.findings import Said, say
from desktop_app.engines.validation.context import Blocked, CheckContext
from desktop_app.engines.validation.target import DATABASE

Document = Mapping[str, Any]

NEWEST = 200
"""So many documents of each collection are looked at, the newest ones."""
_COLLECTIONS = 100
_VALUES = 20_000
"""So many values are looked at in one document."""
_AUTHENTICATION, _UNAUTHORIZED = 18, 13


@dataclass(frozen=True, slots=True)
class Behind:
    """The database behind the API; ``wait_ms`` bounds each question."""

    database: Database[dict[str, Any]]
    wait_ms: int

    def collections(self) -> list[str]:
        """The names of what holds documents, but for contents of files."""
        names = self.database.list_collection_names(filter={"type": "collection"})
        kept = [n for n in names if not n.startswith("system.") and not n.endswith(".chunks")]
        return sorted(kept)[:_COLLECTIONS]

    def newest(self, collection: str, count: int = NEWEST) -> Iterator[dict[str, Any]]:
        """The newest documents of a collection."""
        found = self.database[collection].find().sort("$natural", pymongo.DESCENDING)
        yield from found.limit(count).max_time_ms(self.wait_ms)

    def one(self, collection: str, identity: str) -> dict[str, Any] | None:
        """The document with this id."""
        return self.database[collection].find_one({"_id": identity}, max_time_ms=self.wait_ms)


@contextmanager
def behind(work: CheckContext) -> Iterator[Behind]:
    """The database while the block runs; what goes wrong with it in there becomes ``Blocked``.

    Raises ``Blocked`` where its address was not given, and where it is not the one behind the API.
    """
    target, limits = work.client.target, work.client.limits
    if not target.mongo_uri:
        raise Blocked(say(N_("It needs the address of the database behind the API.")))
    try:
        with pymongo.MongoClient[dict[str, Any]](
            target.mongo_uri,
            serverSelectionTimeoutMS=round(limits.connect_s * 1000),
            connectTimeoutMS=round(limits.connect_s * 1000),
            socketTimeoutMS=round(limits.answer_s * 1000),
            maxPoolSize=2,
            appname="evalconsole-validate",
        ) as client:
            named = client.get_default_database(target.database or DATABASE)
            found = Behind(
                client[target.database] if target.database else named, round(limits.answer_s * 1000)
            )
            _prove(work, found)
            yield found
    except PyMongoError as error:
        raise Blocked(_explained(error)) from error


def _prove(work: CheckContext, found: Behind) -> None:
    admin = work.bed.actor(Role.ADMIN)
    kept = found.database["users"].find_one(
        {"login_id": admin.login_id}, {"_id": 1}, max_time_ms=found.wait_ms
    )
    if kept is None or str(kept["_id"]) != admin.user_id:
        raise Blocked(
            say(
                N_("The database {name} is not the one behind this API: it knows another {login}."),
                name=found.database.name,
                login=admin.login_id,
            )
        )


def _explained(error: PyMongoError) -> Said:
    """Why it cannot be read: in words that hold nothing of its address."""
    if isinstance(error, InvalidURI | ConfigurationError):
        return say(N_("The address of the database makes no sense."))
    if isinstance(error, OperationFailure) and error.code == _AUTHENTICATION:
        return say(N_("The database takes neither name nor password of its address."))
    if isinstance(error, OperationFailure) and error.code == _UNAUTHORIZED:
        return say(N_("The user of the database's address may not read it."))
    return say(N_("The database does not answer: {error}."), error=type(error).__name__)


def texts_in(document: Document) -> Iterator[tuple[str, str]]:
    """Each text in a document with the dotted name of its place (without places in lists)."""
    yield from islice(_texts(document, ""), _VALUES)


def _texts(value: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from _texts(one, f"{place}.{key}" if place else str(key))
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one, place)
