"""Every check of verifying, as a table: integrity, schema and queries (SYSTEM.md §2).

A check computes on the server, pulls only the documents that it lists, and can fail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from typing import Any

from desktop_app.core.verdicts import CheckState
from desktop_app.db.collections import EVALUATIONS, Index
from desktop_app.db.definitions import collection_options, wanted_index
from desktop_app.db.migrations.canonical import differences
from desktop_app.db.migrations.catalogue import Catalogue, PresentCollection, read_catalogue
from desktop_app.db.migrations.counting import Count, counted, duplicates, violations
from desktop_app.db.migrations.index_plans import plan_indexes
from desktop_app.db.migrations.plan_data import IndexAction, IndexPlan
from desktop_app.db.migrations.queries import QUERIES, Query
from desktop_app.db.migrations.query_plans import plan_of_aggregate
from desktop_app.db.migrations.references import REFERENCES, Reference, dangling, way_of
from desktop_app.db.migrations.server import Documents
from desktop_app.db.migrations.sheets import (
    SheetCounts,
    check_sheets,
)
from desktop_app.db.migrations.verification import Group, QueryPlan
from desktop_app.db.schema import ALL_COLLECTIONS, Collection


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a check saw; ``state`` follows from ``count`` unless it is given."""

    count: Count = field(default_factory=Count)
    state: CheckState | None = None
    plan: QueryPlan | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    proof: str = ""


class Look:
    """What the checks of one verification share: the catalogue, and passes that serve two."""

    def __init__(self, database: Documents, collections: Iterable[Collection]) -> None:
        self.database = database
        self.schemas = {schema.name: schema for schema in collections}
        self.catalogue: Catalogue = read_catalogue(database)
        self._lock = Lock()
        self._sheets: SheetCounts | None = None

    def there(self, name: str) -> PresentCollection | None:
        """A collection that is there and holds documents."""
        found = self.catalogue.get(name)
        return found if found is not None and found.kind == "collection" and found.count else None

    def index_plans(self, name: str) -> tuple[IndexPlan, ...]:
        """The indexes of a collection against the declared ones."""
        found = self.catalogue.get(name)
        return plan_indexes(self.schemas[name], found.indexes if found else {}, {})

    def sheets(self) -> SheetCounts:
        """What is wrong with sheets: one look finds all kinds of it."""
        with self._lock:
            if self._sheets is None:
                self._sheets = check_sheets(self.database)
            return self._sheets


@dataclass(frozen=True, slots=True)
class Check:
    """One check: ``look`` sees, or says with None that there is nothing to look at.

    ``mild``: what it finds is a warning.
    """

    id: str
    group: Group
    collection: str
    look: Callable[[Look], Seen | None]
    mild: bool = False


def checks(collections: Iterable[Collection] = ALL_COLLECTIONS) -> tuple[Check, ...]:
    """All of them: the schema first, the long ones of the large collections early."""
    schemas = tuple(collections)
    return (
        Check("schema.validators", Group.SCHEMA, "", _validators),
        Check("schema.indexes_missing", Group.SCHEMA, "", _indexes_missing),
        Check("schema.indexes_different", Group.SCHEMA, "", _indexes_different),
        Check("schema.indexes_redundant", Group.SCHEMA, "", _indexes_redundant, mild=True),
        # What takes longest begins first.
        _keeps_to_validator(EVALUATIONS),
        Check("evaluations.total_score", Group.INTEGRITY, "evaluations", _totals),
        *(_keeps_to_validator(schema) for schema in schemas if schema is not EVALUATIONS),
        Check("users.email_form", Group.INTEGRITY, "users", _emails),
        # Found by the pass that looked at the totals: by now it is over.
        Check("evaluations.scores", Group.INTEGRITY, "evaluations", _scores),
        *(
            Check(
                f"duplicates:{index.name}",
                Group.INTEGRITY,
                schema.name,
                partial(_duplicates, schema=schema, index=index),
            )
            for schema in schemas
            for index in schema.indexes
            if index.unique
        ),
        Check(
            "templates.weights",
            Group.INTEGRITY,
            "templates",
            partial(_weights, name="templates"),
        ),
        Check(
            "template_revisions.weights",
            Group.INTEGRITY,
            "template_revisions",
            partial(_weights, name="template_revisions"),
        ),
        *(
            Check(
                reference.id,
                Group.INTEGRITY,
                reference.collection,
                partial(_references, reference=reference),
            )
            for reference in REFERENCES
        ),
        Check(
            "references:evaluations.template_revision", Group.INTEGRITY, "evaluations", _revisions
        ),
        *(
            Check(query.id, Group.QUERY, query.collection, partial(_query, query=query))
            for query in QUERIES
        ),
    )


def _keeps_to_validator(schema: Collection) -> Check:
    look = partial(_violations, schema=schema)
    return Check(f"violations:{schema.name}", Group.INTEGRITY, schema.name, look)


def _validators(look: Look) -> Seen:
    found: dict[str, Any] = {}
    for name, schema in look.schemas.items():
        there = look.catalogue.get(name)
        if there is None:
            found[name] = "missing"
        elif differing := differences(there.validation, collection_options(schema)):
            found[name] = [
                {"path": one.path, "present": one.present, "wanted": one.wanted}
                for one in differing
            ]
    return Seen(count=Count(count=len(found)), detail=found)


def _indexes_missing(look: Look) -> Seen:
    found = {
        f"{name}.{plan.name}": [list(key) for key in plan.keys]
        for name in look.schemas
        for plan in look.index_plans(name)
        if plan.action is IndexAction.CREATE
    }
    return Seen(count=Count(count=len(found)), detail=found)


def _indexes_different(look: Look) -> Seen:
    found: dict[str, Any] = {}
    for name, schema in look.schemas.items():
        present = look.catalogue[name].indexes if name in look.catalogue else {}
        wanted = {index.name: wanted_index(index) for index in schema.indexes}
        for plan in look.index_plans(name):
            if plan.action is IndexAction.REPLACE:
                found[f"{name}.{plan.name}"] = {
                    other: [
                        {"path": one.path, "present": one.present, "wanted": one.wanted}
                        for one in differences(present[other], wanted[plan.name])
                    ]
                    for other in plan.replaces
                }
    return Seen(count=Count(count=len(found)), detail=found)


def _indexes_redundant(look: Look) -> Seen:
    found = {
        f"{name}.{plan.name}": plan.redundant_to
        for name in look.schemas
        for plan in look.index_plans(name)
        if plan.redundant_to
    }
    return Seen(count=Count(count=len(found)), detail=found)


def _violations(look: Look, *, schema: Collection) -> Seen | None:
    if not look.there(schema.name):
        return None
    count = violations(look.database, schema.name, schema.schema)
    against = [{"$match": {"$nor": [{"$jsonSchema": dict(schema.schema)}]}}]
    return Seen(count=count, plan=plan_of_aggregate(look.database, schema.name, against))


def _duplicates(look: Look, *, schema: Collection, index: Index) -> Seen | None:
    if not look.there(schema.name):
        return None
    plans = {plan.name: plan for plan in look.index_plans(schema.name)}
    if plans[index.name].action is IndexAction.NONE:
        # While it stands the server takes no duplicate, and it could not be built over one.
        return Seen(proof="unique_index", plan=QueryPlan(indexes=(index.name,)))
    return Seen(count=duplicates(look.database, schema.name, index))


# As ``core.fields.email_form`` has it; a test compares the two.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
EMAIL_FORM = (
    rf"^(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*\.?@"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}\z"
)


def _emails(look: Look) -> Seen | None:
    if not look.there("users"):
        return None
    against: list[Mapping[str, Any]] = [
        {"$match": {"email": {"$not": {"$regex": EMAIL_FORM}}}},
        {"$project": {"email": 1}},
    ]
    return Seen(
        count=counted(look.database, "users", against),
        plan=plan_of_aggregate(look.database, "users", against),
    )


def _weights(look: Look, *, name: str) -> Seen | None:
    if not look.there(name):
        return None
    whole = {
        "$reduce": {
            "input": {"$cond": [{"$isArray": "$criteria"}, "$criteria", []]},
            "initialValue": 0,
            "in": {
                "$add": [
                    "$$value",
                    {
                        "$cond": [
                            {"$isNumber": "$$this.weight"},
                            {"$toDecimal": "$$this.weight"},
                            0,
                        ]
                    },
                ]
            },
        }
    }
    against: list[Mapping[str, Any]] = [
        {"$project": {"name": 1, "total": whole}},
        {"$match": {"total": {"$ne": 100}}},
    ]
    return Seen(
        count=counted(look.database, name, against),
        plan=plan_of_aggregate(look.database, name, against),
    )


def _references(look: Look, *, reference: Reference) -> Seen | None:
    there = look.there(reference.collection)
    if there is None:
        return None
    way = way_of(reference, there)
    name = reference.collection
    return Seen(
        count=dangling(look.database, reference, way),
        plan=plan_of_aggregate(look.database, name, way.pipeline, **way.options),
    )


def _sheets(look: Look, of: Callable[[SheetCounts], Count]) -> Seen | None:
    if not look.there("evaluations"):
        return None
    seen = look.sheets()
    plan = plan_of_aggregate(look.database, "evaluations", seen.pipeline)
    without = {"without_template": seen.unknown.count} if seen.unknown.count else {}
    return Seen(count=of(seen), plan=plan, detail=without)


def _revisions(look: Look) -> Seen | None:
    return _sheets(look, lambda seen: seen.unknown)


def _scores(look: Look) -> Seen | None:
    return _sheets(look, lambda seen: seen.scores)


def _totals(look: Look) -> Seen | None:
    return _sheets(look, lambda seen: seen.totals)


def _query(look: Look, *, query: Query) -> Seen | None:
    if query.collection not in look.catalogue:
        return None
    asked, plan = query.ask(look.database)
    state = CheckState.PASS if plan.uses_index else CheckState.FAIL
    return Seen(state=state, plan=plan, detail=asked)
