"""The verdict on each row of an import, for a whole chunk with a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from desktop_app.backend.resources import Resource
from desktop_app.backend.rules import RuleBook
from desktop_app.backend.store import Document, Store
from desktop_app.backend.writes import Transaction
from desktop_app.core import business_number
from desktop_app.core.documents import same
from desktop_app.core.imports import ImportRow, Room, Verdict
from desktop_app.core.problems import Problem

Values = dict[str, Any]


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
    """Judges rows in the order of the file; a later row sees what an earlier one would do."""

    def __init__(
        self,
        resource: Resource,
        book: RuleBook,
        existing: dict[str, Document],
        *,
        update_existing: bool,
        actor_id: str,
    ) -> None:
        self._resource = resource
        self._book = book
        self._existing = existing
        self._update_existing = update_existing
        self._actor_id = actor_id
        self._rows: dict[str, int] = {}

    def judge(self, row: int, given: Values, unknown: Sequence[str]) -> Judged:
        """The verdict on the (normalised) values of one row."""
        if unknown:
            found = tuple(Problem(field=key[:100], code="unknown_field") for key in unknown)
            return self._invalid(row, given, found)
        name = given.get(self._resource.match_key)
        if isinstance(name, str) and name in self._rows:
            params = {"row": self._rows[name]}
            problem = Problem(
                field=self._resource.match_key, code="duplicate_in_file", params=dict(params)
            )
            return self._invalid(row, given, (problem,))
        existing = self._existing.get(name) if isinstance(name, str) else None
        judged = (
            self._update(row, given, existing)
            if existing is not None and self._update_existing
            else self._creation(row, given)
        )
        if judged.verdict is not Verdict.INVALID and isinstance(name, str):
            self._rows[name] = row
        return judged

    def _creation(self, row: int, given: Values) -> Judged:
        values = self._resource.with_defaults(given)
        problems = self._resource.check(values)
        problems = problems or self._book.problems(values, None, set(values), self._actor_id)
        if problems:
            return self._invalid(row, values, problems)
        self._book.accept(values, None, f"row {row}")
        changes = {key: value for key, value in values.items() if value is not None}
        return Judged(row=row, verdict=Verdict.CREATE, before={}, changes=changes, values=values)

    def _update(self, row: int, given: Values, existing: Document) -> Judged:
        kept = self._resource.flat(existing)
        values = {**kept, **given}
        changed = {key for key in given if not same(kept[key], given[key])}
        problems = self._resource.check(values, only=changed)
        problems = problems or self._book.problems(values, existing, changed, self._actor_id)
        if problems:
            return self._invalid(row, values, problems)
        if changed:
            self._book.accept(values, existing, existing["_id"])
        return Judged(
            row=row,
            verdict=Verdict.UPDATE if changed else Verdict.UNCHANGED,
            existing=existing,
            before={key: kept[key] for key in sorted(changed)},
            changes={key: values[key] for key in sorted(changed)},
            values=values,
        )

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
    actor_id: str,
) -> tuple[list[Judged], dict[str, Room]]:
    """The verdicts on ``rows``, in their order, and the rooms there were before the first."""
    known = set(resource.keys)
    given = [resource.normalised(row.values) for row in rows]
    await _resolve_companies(store, tx, resource, given)
    existing = await _existing(store, tx, resource, given)
    whole = [
        {**resource.flat(existing[name]), **values}
        if (name := values.get(resource.match_key)) in existing
        else resource.with_defaults(values)
        for values in given
    ]
    book = await resource.load_rules(store, tx, whole)
    rooms = book.rooms()
    judge = Judge(resource, book, existing, update_existing=update_existing, actor_id=actor_id)
    judged = [
        judge.judge(row.row, values, [key for key in row.values if key not in known])
        for row, values in zip(rows, given, strict=True)
    ]
    return judged, rooms


async def _existing(
    store: Store, tx: Transaction, resource: Resource, given: Sequence[Values]
) -> dict[str, Document]:
    key = resource.match_key
    names = sorted({values[key] for values in given if isinstance(values.get(key), str)})
    cursor = store[resource.name].find({key: {"$in": names}}, session=tx.session)
    return {document[key]: document async for document in cursor}


async def _resolve_companies(
    store: Store, tx: Transaction, resource: Resource, given: Sequence[Values]
) -> None:
    """Put ids where a file names companies by id, exact name or business number, in this order."""
    fields = [field.key for field in resource.fields if field.reference == "companies"]
    for field in fields:
        written = {values[field] for values in given if isinstance(values.get(field), str)}
        if not written:
            continue
        numbers = {business_number.formatted(text) for text in written}
        cursor = store.companies.find(
            {
                "$or": [
                    {"_id": {"$in": sorted(written)}},
                    {"name": {"$in": sorted(written)}},
                    {"business_number": {"$in": sorted(numbers - {""})}},
                ]
            },
            {"name": 1, "business_number": 1},
            session=tx.session,
        )
        companies = [company async for company in cursor]
        by_number = {c["business_number"]: c["_id"] for c in companies if c["business_number"]}
        by_name = {company["name"]: company["_id"] for company in companies}
        ids = {company["_id"] for company in companies}
        for values in given:
            text = values.get(field)
            if isinstance(text, str) and text not in ids:
                number = business_number.formatted(text)
                values[field] = by_name.get(text) or by_number.get(number, text)
