"""The verdict on each row of an import, for a whole chunk with a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from desktop_app.backend.import_references import resolve
from desktop_app.backend.resources import Resource
from desktop_app.backend.rules import Asker, RuleBook
from desktop_app.backend.store import Document, Store
from desktop_app.backend.writes import Transaction
from desktop_app.core.documents import same
from desktop_app.core.imports import ImportRow, Room, Verdict
from desktop_app.core.problems import Problem, Scalar

Values = dict[str, Any]
Identity = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A row with its verdict; ``existing`` is what it updates, ``changes`` are new values."""

    row: int
    verdict: Verdict
    problems: tuple[Problem, ...] = ()
    existing: Document | None = None
    before: Values
    changes: Values
    values: Values


class Judge:
    """Judges rows in the order of the file; a later row sees what an earlier one would do.

    ``existing`` are the documents that rows may mean; where there is more than one, none is.
    """

    def __init__(
        self,
        resource: Resource,
        book: RuleBook,
        existing: Mapping[Identity, Sequence[Document]],
        *,
        update_existing: bool,
        asker: Asker,
    ) -> None:
        self._resource = resource
        self._book = book
        self._existing = existing
        self._update_existing = update_existing
        self._asker = asker
        self._rows: dict[Identity, int] = {}

    def judge(self, row: int, given: Values, problems: tuple[Problem, ...]) -> Judged:
        """The verdict on the (normalised) values of one row, whose cells have ``problems``."""
        if problems:
            return self._invalid(row, given, problems)
        identity = self._resource.identity(given)
        if identity in self._rows and identity is not None:
            params: dict[str, Scalar] = {"row": self._rows[identity]}
            return self._invalid(row, given, (self._repeated("duplicate_in_file", params),))
        existing = self._existing.get(identity, ()) if identity is not None else ()
        judged = (
            self._update(row, given, existing)
            if existing and self._update_existing
            else self._creation(row, given, existing)
        )
        if judged.verdict is not Verdict.INVALID and identity is not None:
            self._rows[identity] = row
        return judged

    def _creation(self, row: int, given: Values, existing: Sequence[Document]) -> Judged:
        values = self._resource.with_defaults(given)
        problems = self._resource.check(values)
        problems = problems or self._book.problems(values, None, set(values), self._asker)
        if existing and not problems:
            # Names need not be unique, but the same file twice is no intention.
            problems = (self._repeated("duplicate"),)
        if problems:
            return self._invalid(row, values, problems)
        self._book.accept(values, None, f"row {row}")
        values |= self._book.derived(values, set(values))
        changes = {key: value for key, value in values.items() if value is not None}
        return Judged(row=row, verdict=Verdict.CREATE, before={}, changes=changes, values=values)

    def _update(self, row: int, given: Values, meant: Sequence[Document]) -> Judged:
        if len(meant) > 1:
            return self._invalid(row, given, (self._repeated("name_ambiguous"),))
        [existing] = meant
        kept = self._resource.flat(existing)
        values = {**kept, **given}
        changed = {key for key in given if not same(kept[key], given[key])}
        problems = self._resource.check(values, only=changed)
        problems = problems or self._book.problems(values, existing, changed, self._asker)
        if problems:
            return self._invalid(row, values, problems)
        if changed:
            self._book.accept(values, existing, existing["_id"])
        further = self._book.derived(values, changed)
        return Judged(
            row=row,
            verdict=Verdict.UPDATE if changed else Verdict.UNCHANGED,
            existing=existing,
            before={key: kept[key] for key in sorted(changed)}
            | {key: existing.get(key) for key in further},
            changes={key: values[key] for key in sorted(changed)} | further,
            values=values,
        )

    def _repeated(self, code: str, params: dict[str, Scalar] | None = None) -> Problem:
        return Problem(field=self._resource.match_key, code=code, params=params or {})

    def _invalid(self, row: int, values: Values, problems: tuple[Problem, ...]) -> Judged:
        return Judged(
            row=row,
            verdict=Verdict.INVALID,
            problems=problems,
            before={},
            changes={},
            values=values,
        )


async def judge_rows(
    store: Store,
    tx: Transaction,
    resource: Resource,
    rows: Sequence[ImportRow],
    *,
    update_existing: bool,
    asker: Asker,
) -> tuple[list[Judged], dict[str, Room]]:
    """The verdicts on ``rows``, in their order, and the rooms there were before the first."""
    known = set(resource.keys)
    given = [resource.normalised(row.values, written=True) for row in rows]
    _bring_home(resource, given, asker)
    ambiguous = await resolve(store, tx, resource.fields, given)
    existing = await _existing(store, tx, resource, given, asker)
    whole = [_candidate(resource, values, existing) for values in given]
    book = await resource.load_rules(store, tx, whole)
    rooms = {id_: room for id_, room in book.rooms().items() if asker.reaches(id_)}
    judge = Judge(resource, book, existing, update_existing=update_existing, asker=asker)
    judged = []
    for place, (row, values) in enumerate(zip(rows, given, strict=True)):
        unknown = [key for key in row.values if key not in known]
        problems = tuple(Problem(field=key[:100], code="unknown_field") for key in unknown)
        judged.append(judge.judge(row.row, values, problems or ambiguous.get(place, ())))
    return judged, rooms


def _bring_home(resource: Resource, given: Sequence[Values], asker: Asker) -> None:
    """What says no company belongs to that of somebody who has but one within reach."""
    if asker.company is not None and "company_id" in resource.keys:
        for values in given:
            values["company_id"] = values.get("company_id") or asker.company


def _candidate(
    resource: Resource, values: Values, existing: Mapping[Identity, Sequence[Document]]
) -> Values:
    identity = resource.identity(values)
    found = existing.get(identity, ()) if identity is not None else ()
    if len(found) != 1:
        return resource.with_defaults(values)
    return {**resource.flat(found[0]), **values, "_id": found[0]["_id"]}


async def _existing(
    store: Store, tx: Transaction, resource: Resource, given: Sequence[Values], asker: Asker
) -> dict[Identity, list[Document]]:
    """The documents that the rows mean, within the asker's reach."""
    identities = {resource.identity(values) for values in given} - {None}
    keys = (*resource.match_within, resource.match_key)
    wanted: dict[str, Any] = {
        key: {"$in": sorted({identity[place] for identity in identities if identity})}
        for place, key in enumerate(keys)
    }
    if asker.company is not None:
        wanted = {"$and": [wanted, resource.reach(asker.company)]}
    found: dict[Identity, list[Document]] = defaultdict(list)
    async for document in store[resource.name].find(wanted, session=tx.session):
        identity = resource.identity(document)
        if identity in identities and identity is not None:
            found[identity].append(document)
    return found
