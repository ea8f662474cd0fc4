"""Ids in place of the names by which a file refers to other documents.

What has no such name stays as it was written, for the rules to call unknown. A name that more than
one document has is a problem of its row: which one is meant is never guessed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from desktop_app.backend.rules import texts_of
from desktop_app.backend.store import Document, Store
from desktop_app.backend.writes import Transaction
from desktop_app.core import business_number
from desktop_app.core.fields import Field
from desktop_app.core.problems import Problem

Values = dict[str, Any]
Names = Mapping[str, set[str]]
Problems = dict[int, tuple[Problem, ...]]
"""By the place of the row."""


async def resolve(
    store: Store, tx: Transaction, fields: Sequence[Field], given: Sequence[Values]
) -> Problems:
    """Put ids into ``given``: companies first, for templates are looked up within them."""
    problems: Problems = {}
    for reference, look_up in _LOOK_UPS.items():
        for field in fields:
            if field.reference == reference:
                for place, problem in (await look_up(store, tx, field.key, given)).items():
                    problems[place] = (*problems.get(place, ()), problem)
    return problems


async def _companies(
    store: Store, tx: Transaction, key: str, given: Sequence[Values]
) -> dict[int, Problem]:
    """By id, exact name or business number, in this order."""
    written = texts_of(given, key)
    if not written:
        return {}
    numbers = {business_number.formatted(text) for text in written} - {""}
    cursor = store.companies.find(
        {
            "$or": [
                {"_id": {"$in": written}},
                {"name": {"$in": written}},
                {"business_number": {"$in": sorted(numbers)}},
            ]
        },
        {"name": 1, "business_number": 1},
        session=tx.session,
    )
    companies = await cursor.to_list()
    ids = {company["_id"] for company in companies}
    by_name, by_number = _by(companies, "name"), _by(companies, "business_number")

    def meant(text: str, _values: Values) -> set[str]:
        if text in ids:
            return {text}
        return by_name.get(text) or by_number.get(business_number.formatted(text)) or set()

    return _put(key, given, meant)


async def _users(
    store: Store, tx: Transaction, key: str, given: Sequence[Values]
) -> dict[int, Problem]:
    """By id or sign-in name."""
    written = texts_of(given, key)
    if not written:
        return {}
    wanted = {"$or": [{"_id": {"$in": written}}, {"login_id": {"$in": written}}]}
    users = await store.users.find(wanted, {"login_id": 1}, session=tx.session).to_list()
    ids, by_login = {user["_id"] for user in users}, _by(users, "login_id")
    return _put(key, given, lambda text, _: {text} if text in ids else by_login.get(text, set()))


async def _templates(
    store: Store, tx: Transaction, key: str, given: Sequence[Values]
) -> dict[int, Problem]:
    """By id, or by a name among those that the row's company may use; active ones come first."""
    written = texts_of(given, key)
    if not written:
        return {}
    wanted = {"$or": [{"_id": {"$in": written}}, {"name": {"$in": written}}]}
    shown = {"name": 1, "company_id": 1, "is_active": 1}
    templates = await store["templates"].find(wanted, shown, session=tx.session).to_list()
    ids = {template["_id"] for template in templates}

    def meant(text: str, values: Values) -> set[str]:
        if text in ids:
            return {text}
        usable = [
            template
            for template in templates
            if template["name"] == text
            and template.get("company_id") in (None, values.get("company_id"))
        ]
        active = {template["_id"] for template in usable if template["is_active"]}
        return active or {template["_id"] for template in usable}

    return _put(key, given, meant)


def _by(documents: Sequence[Document], key: str) -> Names:
    ids: dict[str, set[str]] = defaultdict(set)
    for document in documents:
        if name := document.get(key):
            ids[name].add(document["_id"])
    return ids


def _put(
    key: str, given: Sequence[Values], meant: Callable[[str, Values], set[str]]
) -> dict[int, Problem]:
    """Put the one id that each row means; where it may mean several, the problem."""
    ambiguous: dict[int, Problem] = {}
    for place, values in enumerate(given):
        text = values.get(key)
        if not isinstance(text, str):
            continue
        ids = meant(text, values)
        if len(ids) == 1:
            [values[key]] = ids
        elif ids:
            ambiguous[place] = Problem(field=key, code="reference_ambiguous")
    return ambiguous


_LOOK_UPS: Mapping[
    str, Callable[[Store, Transaction, str, Sequence[Values]], Awaitable[dict[int, Problem]]]
] = {"companies": _companies, "users": _users, "templates": _templates}
