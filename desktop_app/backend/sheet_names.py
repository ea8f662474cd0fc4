"""What sheets are called where people read of them: company and evaluator."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from desktop_app.backend.store import Document, Store
from desktop_app.backend.writes import Transaction

_LONGEST = 200


def sheet_name(sheet: Document, companies: Mapping[str, str], evaluators: Mapping[str, str]) -> str:
    """What the audit trail calls a sheet."""
    company, evaluator = sheet["company_id"], sheet["evaluator_id"]
    return f"{companies.get(company, company)} / {evaluators.get(evaluator, evaluator)}"[:_LONGEST]


class SheetNames:
    """The names for any number of sheets, read by two queries."""

    def __init__(self, companies: Mapping[str, str], evaluators: Mapping[str, str]) -> None:
        self._companies = companies
        self._evaluators = evaluators

    @classmethod
    async def load(cls, store: Store, tx: Transaction, sheets: Sequence[Document]) -> SheetNames:
        """The names of ``sheets``."""
        companies = {sheet["company_id"] for sheet in sheets}
        evaluators = {sheet["evaluator_id"] for sheet in sheets}
        return cls(
            await _names(store, tx, "companies", companies),
            await _names(store, tx, "users", evaluators),
        )

    def of(self, sheet: Document) -> str:
        """What the audit trail calls ``sheet``."""
        return sheet_name(sheet, self._companies, self._evaluators)


async def _names(
    store: Store, tx: Transaction, collection: str, ids: Iterable[str]
) -> dict[str, str]:
    cursor = store[collection].find({"_id": {"$in": sorted(ids)}}, {"name": 1}, session=tx.session)
    return {document["_id"]: document["name"] async for document in cursor}
