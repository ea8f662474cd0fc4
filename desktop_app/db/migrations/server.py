"""The MongoDB that is migrated: connected to, and asked what it can do."""

from __future__ import annotations

import getpass
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from bson.codec_options import CodecOptions
from pymongo import MongoClient, WriteConcern
from pymongo.database import Database
from pymongo.errors import InvalidName, PyMongoError

from desktop_app.core.language import N_
from desktop_app.core.redaction import redact
from desktop_app.db.migrations.failures import MigrationRefused, explained

Document = dict[str, Any]
Documents = Database[Document]

DURABLE = WriteConcern("majority", j=True)
"""What the journal has survived: a majority, on disk."""

SELECT_S = 5.0
"""How long one attempt looks for a server that takes writes."""


class Topology(StrEnum):
    """How the server is set up."""

    STANDALONE = "standalone"
    REPLICA_SET = "replica_set"
    SHARDED = "sharded"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFacts:
    """What the server is. A standalone one has neither transactions nor snapshot reads."""

    address: str
    version: str
    topology: Topology

    @property
    def transactions(self) -> bool:
        """Whether several documents can be changed all or nothing."""
        return self.topology is not Topology.STANDALONE

    @property
    def snapshots(self) -> bool:
        """Whether all collections can be read as of one moment (MongoDB 5.0)."""
        return self.transactions and int(self.version.split(".")[0]) >= 5


@dataclass(frozen=True, slots=True)
class Target:
    """A database on a connected server. ``by`` is who acts: others see it, the history keeps it."""

    client: MongoClient[Document]
    name: str
    facts: ServerFacts
    by: str

    @property
    def database(self) -> Documents:
        """The database; writes are acknowledged by a majority and journaled."""
        options = CodecOptions[Document](tz_aware=True, tzinfo=UTC)
        return self.client.get_database(self.name, codec_options=options, write_concern=DURABLE)

    def now(self) -> datetime:
        """The server's clock, which alone decides about leases and dates."""
        return server_time(self.client)


def server_time(client: MongoClient[Document]) -> datetime:
    """The server's clock in UTC."""
    at: datetime = client.admin.command("hello")["localTime"]
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


@contextmanager
def connected(
    uri: str, name: str, *, by: str | None = None, password: str | None = None
) -> Iterator[Target]:
    """A connection to database ``name`` of the server at ``uri`` while the block runs.

    ``password`` is used where the address names a user without one. Raises ``ConsoleError``: not
    reachable, refused, an address or a name that cannot be.
    """
    options: dict[str, Any] = {} if password is None else {"password": password}
    try:
        client = MongoClient[Document](
            uri,
            appname="evalconsole-migrations",
            tz_aware=True,
            serverSelectionTimeoutMS=int(SELECT_S * 1000),
            connectTimeoutMS=int(SELECT_S * 1000),
            **options,
        )
    except PyMongoError as error:
        raise explained(error, uri) from error
    with client:
        try:
            facts = _facts(client, uri)
            client.get_database(name)
        except InvalidName as error:
            raise MigrationRefused(
                what=N_("“{name}” cannot be the name of a database."),
                advice=N_("Names have no spaces, dots, slashes, quotes or dollar signs."),
                name=name,
            ) from error
        except PyMongoError as error:
            raise explained(error, uri) from error
        yield Target(client, name, facts, by or whoever_runs_this())


def target_of(client: MongoClient[Document], name: str, by: str) -> Target:
    """Database ``name`` over a client that somebody else opened and will close."""
    addresses = ",".join(f"{host}:{port}" for host, port in sorted(client.nodes))
    return Target(client, name, _facts(client, f"mongodb://{addresses}"), by)


def whoever_runs_this() -> str:
    """The account of this computer, as ``name@computer``."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError, ImportError):
        name = "?"
    return f"{name}@{socket.gethostname()}"


def _facts(client: MongoClient[Document], uri: str) -> ServerFacts:
    hello = client.admin.command("hello")
    client.admin.command("listDatabases", nameOnly=True, authorizedDatabases=True)
    if hello.get("msg") == "isdbgrid":
        topology = Topology.SHARDED
    else:
        topology = Topology.REPLICA_SET if hello.get("setName") else Topology.STANDALONE
    return ServerFacts(
        address=redact(uri), version=client.server_info()["version"], topology=topology
    )
