"""Creating a collection with its validator, or changing the validator; and the way back."""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import Any

from pymongo.errors import CollectionInvalid

from desktop_app.db.definitions import present_options
from desktop_app.db.migrations.canonical import canonical
from desktop_app.db.migrations.events import Event, Outcome, StepEnded, StepStarted
from desktop_app.db.migrations.run import MigrationRun, StepFailed
from desktop_app.db.migrations.server import Documents
from desktop_app.db.migrations.steps import Step


def enforce(run: MigrationRun, step: Step) -> Generator[Event, None, StepEnded]:
    """Bring a collection's validator to what is declared; verified by asking again."""
    started = time.monotonic()
    yield from run.alive()
    earlier = yield from run.ask(lambda: run.journal.record(step.id))
    present = yield from run.ask(lambda: validation_of(run.database, step.collection))
    before = earlier.before if earlier is not None and earlier.holds else present
    yield from run.ask(lambda: run.journal.begin(step, run.run_id, run.target.by, before))
    yield StepStarted(
        step=step.id,
        kind=step.kind.value,
        collection=step.collection,
        resumed=earlier is not None and not earlier.holds,
    )
    yield from run.ask(lambda: _put(run.database, step.collection, dict(step.definition)))
    now = yield from run.ask(lambda: validation_of(run.database, step.collection))
    if now is None or canonical(now) != step.text:
        raise StepFailed(step.collection)
    yield from run.ask(lambda: run.journal.finish(step.id, 1))
    return StepEnded(
        step=step.id, outcome=Outcome.APPLIED, changed=1, seconds=time.monotonic() - started
    )


def validation_of(database: Documents, name: str) -> dict[str, Any] | None:
    """The validator of a collection with its level and action; None where it is not there."""
    for found in database.list_collections(filter={"name": name}):
        return present_options(found.get("options", {}))
    return None


def _put(database: Documents, name: str, wanted: dict[str, Any]) -> None:
    if validation_of(database, name) is None:
        try:
            database.create_collection(name, **wanted)
        except CollectionInvalid:  # made a moment ago, by a live system or a lost attempt
            database.command("collMod", name, **wanted)
    else:
        database.command("collMod", name, **wanted)


def withdraw(database: Documents, name: str, before: dict[str, Any] | None) -> bool:
    """Give a collection the validator that it had; false where it must stay as it is.

    One that was not there before is dropped, unless there are documents in it by now: those are
    nobody's to throw away.
    """
    if before is not None:
        if validation_of(database, name) is not None:
            database.command("collMod", name, **before)
        return True
    if database[name].find_one({}, {"_id": 1}) is not None:
        return False
    database.drop_collection(name)
    return True
