"""Every step of a migration in its order, and how a step stands between journal and database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from desktop_app.db.definitions import collection_options, wanted_index
from desktop_app.db.migrations.canonical import canonical, checksum
from desktop_app.db.migrations.data_steps import DATA_STEPS, DataStep
from desktop_app.db.schema import ALL_COLLECTIONS, Collection


class Kind(StrEnum):
    """What a step works on."""

    DATA = "data"
    COLLECTION = "collection"
    """A collection with its validator."""
    INDEXES = "indexes"
    """All indexes of one collection: MongoDB builds them in one pass over it."""
    SEEDS = "seeds"


SEEDS_STEP = "seeds"


@dataclass(frozen=True)
class Step:
    """One step: what it makes of the database, as data."""

    id: str
    kind: Kind
    collection: str
    definition: Mapping[str, Any]
    reversible: bool = True
    data: DataStep | None = None
    schema: Collection | None = None

    @cached_property
    def text(self) -> str:
        """The definition as canonical text, as the journal keeps it."""
        return canonical(self.definition)

    @cached_property
    def checksum(self) -> str:
        """SHA-256 of the definition."""
        return checksum(self.definition)


@dataclass(frozen=True, slots=True)
class Migration:
    """All steps in their order: data, collections, indexes, data that needs them, seeds."""

    steps: tuple[Step, ...]

    def step(self, id_: str) -> Step:
        """The step of that id; raises ``KeyError``."""
        return {step.id: step for step in self.steps}[id_]

    def of_kind(self, *kinds: Kind) -> tuple[Step, ...]:
        """The steps of those kinds, in their order."""
        return tuple(step for step in self.steps if step.kind in kinds)


def migration(
    collections: Iterable[Collection] = ALL_COLLECTIONS,
    data_steps: Iterable[DataStep] = DATA_STEPS,
    *,
    seeds: bool = True,
) -> Migration:
    """The migration to a schema; the defaults are the platform's."""
    schemas = tuple(collections)
    data = [
        Step(
            id=f"data:{step.id}",
            kind=Kind.DATA,
            collection=step.collection,
            definition=step.definition(),
            reversible=step.reversible,
            data=step,
        )
        for step in data_steps
    ]
    made = [
        Step(
            id=f"collection:{schema.name}",
            kind=Kind.COLLECTION,
            collection=schema.name,
            definition=collection_options(schema),
            schema=schema,
        )
        for schema in schemas
    ]
    indexed = [
        Step(
            id=f"indexes:{schema.name}",
            kind=Kind.INDEXES,
            collection=schema.name,
            definition={index.name: wanted_index(index) for index in schema.indexes},
            schema=schema,
        )
        for schema in schemas
        if schema.indexes
    ]
    last = [Step(id=SEEDS_STEP, kind=Kind.SEEDS, collection="", definition={})] if seeds else []
    before = [step for step in data if step.data and not step.data.joins]
    after = [step for step in data if step.data and step.data.joins]
    return Migration((*before, *made, *indexed, *after, *last))


class Standing(StrEnum):
    """How something stands between what was applied, what is there and what is declared."""

    IN_PLACE = "in_place"
    PENDING = "pending"
    """Not applied yet, or declared otherwise since."""
    DRIFTED = "drifted"
    """It was applied, and somebody altered it since by hand."""


def standing(recorded: Any, present: Any, wanted: Any) -> Standing:
    """Compare three definitions; None where there is none.

    What is there as declared is in place, whoever made it. Otherwise, what is no longer as it was
    applied was altered by hand; what still is, waits for this version's change.
    """
    if present is not None and canonical(present) == canonical(wanted):
        return Standing.IN_PLACE
    if recorded is None:
        return Standing.PENDING
    if present is not None and canonical(present) == canonical(recorded):
        return Standing.PENDING
    return Standing.DRIFTED
