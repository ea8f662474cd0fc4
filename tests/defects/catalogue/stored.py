"""A database that holds what it should not, or lacks what it should have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from hashlib import md5, sha256
from typing import Any

from pymongo import ASCENDING, MongoClient

from desktop_app.backend.writes import Writer
from tests.defects.backdoor import Backdoor
from tests.defects.exchange import Answered, Asked, Fault, Sound
from tests.defects.matching import on
from tests.defects.patching import replaced
from tests.defects.registry import breaks

_LOGIN = on("POST", "/api/auth/login")
_OLD = "user-of-another-time"


@contextmanager
def _database(backdoor: Backdoor) -> Iterator[Any]:
    config = backdoor.platform.config
    with MongoClient[dict[str, Any]](config.mongo_uri) as client:
        yield client[config.database]


def _kept_as(encoded: str) -> Callable[[Backdoor], AbstractContextManager[object]]:
    """Somebody whose password was stored so, by an earlier version of the platform."""

    @contextmanager
    def patch(backdoor: Backdoor) -> Iterator[None]:
        with _database(backdoor) as database:
            users = database.get_collection("users")
            like = users.find_one({"login_id": "evaluator1"})
            assert like is not None
            old = {
                **like,
                "_id": _OLD,
                "login_id": "old1",
                "email": "old1@example.com",
                "password_hash": encoded,
                "must_change_password": False,
            }
            users.insert_one(old, bypass_document_validation=True)
            try:
                yield
            finally:
                users.delete_one({"_id": _OLD})

    return patch


def _logging(collection: str, field: str) -> Callable[[Backdoor], Fault]:
    """Each sign-in is written down, with what was sent or what was answered."""

    def made(backdoor: Backdoor) -> Fault:
        async def fault(asked: Asked, sound: Sound) -> Answered:
            if not _LOGIN(asked):
                return await sound(asked)
            sent = (await asked.body()).decode("utf-8", "replace")
            answered = await sound(asked)
            log = backdoor.platform.store.client[backdoor.platform.config.database][collection]
            told = sent if field == "request" else answered.body.decode("utf-8", "replace")
            await log.insert_one({field: told})
            return answered

        return fault

    return made


def _leaving(collection: str) -> Callable[[Backdoor], AbstractContextManager[object]]:
    """What the defect writes there goes with it."""

    @contextmanager
    def patch(backdoor: Backdoor) -> Iterator[None]:
        try:
            yield
        finally:
            with _database(backdoor) as database:
                database.drop_collection(collection)

    return patch


def _without_index(
    collection: str, name: str
) -> Callable[[Backdoor], AbstractContextManager[None]]:
    @contextmanager
    def patch(backdoor: Backdoor) -> Iterator[None]:
        with _database(backdoor) as database:
            found = database[collection].index_information()[name]
            database[collection].drop_index(name)
            try:
                yield
            finally:
                options = {"unique": True} if found.get("unique") else {}
                database[collection].create_index(found["key"], name=name, **options)

    return patch


@contextmanager
def _not_unique(backdoor: Backdoor) -> Iterator[None]:
    """The index of sign-in names is there, but two may have the same."""
    with _database(backdoor) as database:
        name = "idx_users_login_id"
        database["users"].drop_index(name)
        database["users"].create_index([("login_id", ASCENDING)], name=name)
        try:
            yield
        finally:
            database["users"].drop_index(name)
            database["users"].create_index([("login_id", ASCENDING)], name=name, unique=True)


def _forgetful(*kinds: str) -> Callable[[Backdoor], AbstractContextManager[object]]:
    """Changes whose operation ends so leave no entry in the audit trail; "" for none at all."""

    def patch(_backdoor: Backdoor) -> AbstractContextManager[object]:
        append = Writer._append

        async def some(self: Writer, transaction: Any) -> None:
            entries = transaction.entries
            transaction.entries = [e for e in entries if not e["operation"].endswith(kinds)]
            await append(self, transaction)

        return replaced(Writer, "_append", some)

    return patch


def _archiving(backdoor: Backdoor) -> Fault:
    """Who is deleted is moved to an archive, with everything that was known of them."""
    users = backdoor.platform.store.users
    archive = backdoor.platform.store.client[backdoor.platform.config.database]["deleted_users"]

    async def fault(asked: Asked, sound: Sound) -> Answered:
        if asked.method != "DELETE" or not asked.path.startswith("/api/users/"):
            return await sound(asked)
        kept = await users.find_one({"_id": asked.path.rpartition("/")[2]})
        answered = await sound(asked)
        if answered.status in (200, 204) and kept is not None:
            await archive.insert_one(kept)
        return answered

    return fault


_MD5 = md5(b"test123!", usedforsecurity=False).hexdigest()
_SHA256 = sha256(b"test123!").hexdigest()

breaks(
    "stored.plain_passwords",
    "somebody's password is stored as it is",
    "stored.passwords[scheme]",
    patch=_kept_as("summer-of-2019"),
)
breaks(
    "stored.md5_passwords",
    "somebody's password is stored as MD5",
    "stored.passwords[scheme]",
    patch=_kept_as(_MD5),
)
breaks(
    "stored.fast_passwords",
    "somebody's password is stored as SHA-256 without a salt",
    "stored.passwords[scheme]",
    patch=_kept_as(_SHA256),
)
breaks(
    "stored.cheap_passwords",
    "somebody's password is stored at bcrypt's least cost",
    warns=["stored.passwords[cost]"],
    patch=_kept_as("$2b$04$" + "a" * 53),
)
breaks(
    "stored.sign_in_log",
    "sign-ins are written down with the password",
    "stored.secrets[sign_in_log.request]",
    fault=_logging("sign_in_log", "request"),
    patch=_leaving("sign_in_log"),
)
breaks(
    "stored.token_log",
    "sign-ins are written down with the token",
    "stored.secrets[token_log.answer]",
    fault=_logging("token_log", "answer"),
    patch=_leaving("token_log"),
)
breaks(
    "stored.no_unique_index",
    "two users may have the same e-mail",
    "stored.indexes[idx_users_email]",
    patch=_without_index("users", "idx_users_email"),
)
breaks(
    "stored.index_not_unique",
    "the index of sign-in names is not unique",
    "stored.indexes[idx_users_login_id]",
    patch=_not_unique,
)
breaks(
    "stored.no_list_index",
    "projects are not indexed by status",
    warns=["stored.indexes[idx_projects_status_created]"],
    patch=_without_index("projects", "idx_projects_status_created"),
)
breaks(
    "stored.no_audit",
    "nothing is recorded",
    "stored.audit",
    patch=_forgetful(""),
)
breaks(
    "stored.no_audit_of_deletions",
    "deletions are not recorded",
    "stored.audit",
    patch=_forgetful("delete"),
)
breaks(
    "stored.archive",
    "deleted users are kept with all they had",
    "stored.deleted",
    fault=_archiving,
    patch=_leaving("deleted_users"),
)
