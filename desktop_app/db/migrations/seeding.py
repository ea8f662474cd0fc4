"""The initial data as a step: put in once, taken back only where nobody has touched it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Generator
from hashlib import sha256

import bson

from desktop_app.core.users import Role
from desktop_app.db import seeds
from desktop_app.db.migrations.converting import entries_of
from desktop_app.db.migrations.events import (
    Event,
    Outcome,
    SecretMade,
    StepEnded,
    StepStarted,
)
from desktop_app.db.migrations.journal import UNDO
from desktop_app.db.migrations.run import MigrationRun
from desktop_app.db.migrations.server import Document, Documents
from desktop_app.db.migrations.steps import Step

HashPassword = Callable[[str], str]


def plant(
    run: MigrationRun, step: Step, hash_password: HashPassword
) -> Generator[Event, None, StepEnded]:
    """Insert what is missing of the initial data."""
    started = time.monotonic()
    database = run.database
    yield from run.alive()
    earlier = yield from run.ask(lambda: run.journal.record(step.id))
    missing = yield from run.ask(lambda: seeds.pending(database, run.environment))
    wanted = [[seed.collection, seed.id] for seed in missing]
    record = yield from run.ask(lambda: run.journal.begin(step, run.run_id, run.target.by, wanted))
    resumed = earlier is not None and not earlier.holds and earlier.run_id != run.run_id
    yield StepStarted(
        step=step.id,
        kind=step.kind.value,
        collection="",
        total=len(record.before),
        resumed=resumed,
    )
    result = yield from run.ask(lambda: seeds.seed(database, run.environment, hash_password))
    password = result.admin_password
    if password is None and run.environment == seeds.PRODUCTION:
        # An earlier attempt made the administrator and was cut short before it could say how to
        # sign in. Nobody has, so that nothing is lost by another password.
        password = yield from run.ask(lambda: _renewed_password(database, hash_password))
    if password is not None:
        yield SecretMade(login_id="admin", password=password)
    inserted = [(str(collection), str(id_)) for collection, id_ in record.before]
    changed = yield from run.ask(lambda: _remember(database, step.id, inserted))
    yield from run.ask(lambda: run.journal.finish(step.id, changed))
    return StepEnded(
        step=step.id, outcome=Outcome.APPLIED, changed=changed, seconds=time.monotonic() - started
    )


def _renewed_password(database: Documents, hash_password: HashPassword) -> str | None:
    password = secrets.token_urlsafe(18)
    untouched = {
        "_id": seeds.ADMIN_ID,
        "role": Role.ADMIN.value,
        "must_change_password": True,
        "last_login": None,
        "version": 1,
    }
    change = {"$set": {"password_hash": hash_password(password)}}
    done = database["users"].update_one(untouched, change).modified_count
    return password if done else None


def _remember(database: Documents, step: str, inserted: list[tuple[str, str]]) -> int:
    """Keep a digest of each document that was inserted: it tells later whether it was touched."""
    count = 0
    for collection, id_ in inserted:
        found = database[collection].find_one({"_id": id_})
        if found is None:
            continue
        count += 1
        database[UNDO].replace_one(
            {"_id": {"step": step, "id": f"{collection}/{id_}"}},
            {"collection": collection, "id": id_, "digest": _digest(found)},
            upsert=True,
        )
    return count


def uproot(database: Documents, step: str) -> tuple[int, int]:
    """Take the initial data back; returns how many documents, and how many were left alone
    because somebody has changed them since."""
    removed = kept = 0
    for entry in list(database[UNDO].find(entries_of(step))):
        collection = database[entry["collection"]]
        found = collection.find_one({"_id": entry["id"]})
        if found is not None and _digest(found) == entry["digest"]:
            collection.delete_one(found)
            removed += 1
        elif found is not None:
            kept += 1
        database[UNDO].delete_one({"_id": entry["_id"]})
    return removed, kept


def _digest(document: Document) -> str:
    return sha256(bson.encode(dict(sorted(document.items())))).hexdigest()
