"""The server's door to MongoDB: one client with timeouts, acknowledged and journaled writes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bson.codec_options import CodecOptions
from pymongo import AsyncMongoClient, WriteConcern
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.monitoring import ConnectionPoolListener

from desktop_app.backend.config import ServerConfig

Document = dict[str, Any]
Documents = AsyncCollection[Document]

ACKNOWLEDGED = WriteConcern("majority", j=True)
"""What an answered write has survived: a majority, on disk (no kill -9 loses it)."""


def utc_now() -> datetime:
    """Now in UTC, to the millisecond that BSON keeps."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


class Store:
    """The database and its collections, by name."""

    def __init__(self, config: ServerConfig, listeners: tuple[ConnectionPoolListener, ...]) -> None:
        timeouts = config.mongo_timeouts
        self.conflict_s = timeouts.conflict_ms / 1000
        self.client: AsyncMongoClient[Document] = AsyncMongoClient(
            config.mongo_uri,
            appname="evalconsole-api",
            tz_aware=True,
            serverSelectionTimeoutMS=timeouts.select_ms,
            connectTimeoutMS=timeouts.connect_ms,
            socketTimeoutMS=timeouts.socket_ms,
            waitQueueTimeoutMS=timeouts.socket_ms,
            maxPoolSize=config.mongo_pool,
            event_listeners=list(listeners),
        )
        self.database: AsyncDatabase[Document] = self.client.get_database(
            config.database,
            codec_options=CodecOptions(tz_aware=True, tzinfo=UTC),
            write_concern=ACKNOWLEDGED,
        )
        self.users: Documents = self.database["users"]
        self.companies: Documents = self.database["companies"]
        self.projects: Documents = self.database["projects"]
        self.templates: Documents = self.database["templates"]
        self.template_revisions: Documents = self.database["template_revisions"]
        self.evaluations: Documents = self.database["evaluations"]
        self.conflicts: Documents = self.database["conflicts_of_interest"]
        self.sessions: Documents = self.database["sessions"]
        self.audit_log: Documents = self.database["audit_log"]
        self.audit_head: Documents = self.database["audit_head"]
        self.idempotency_keys: Documents = self.database["idempotency_keys"]
        self.sign_in_attempts: Documents = self.database["sign_in_attempts"]
        self.import_batches: Documents = self.database["import_batches"]
        self.import_rows: Documents = self.database["import_rows"]
        self.uploads: Documents = self.database["uploads"]
        self.contents: Documents = self.database["fs.files"]
        self.chunks: Documents = self.database["fs.chunks"]

    def __getitem__(self, name: str) -> Documents:
        return self.database[name]

    async def ping(self) -> None:
        """Raise ``pymongo.errors.PyMongoError`` unless MongoDB answers."""
        await self.client.admin.command("ping")

    async def close(self) -> None:
        """Close every connection."""
        await self.client.close()
