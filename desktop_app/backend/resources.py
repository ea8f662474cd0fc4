"""Users and companies as the server treats them: one declaration of each, one engine for both."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from desktop_app.backend.parts import Platform
from desktop_app.backend.rules import CompanyRules, RuleBook, UserRules, Values
from desktop_app.backend.store import Document, Store
from desktop_app.backend.views import company_views, user_views
from desktop_app.backend.writes import Transaction
from desktop_app.core import business_number
from desktop_app.core.companies import COMPANY_FIELDS, check_company
from desktop_app.core.documents import flatten, nest
from desktop_app.core.fields import Field, Kind, normalised
from desktop_app.core.problems import Problem
from desktop_app.core.users import USER_FIELDS, check_user

Check = Callable[..., tuple[Problem, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """How documents of one collection are edited.

    ``match_key`` finds the document that an imported row updates; ``usage`` names, by collection,
    the fields that refer to a document, any of them where there are several; ``born_with`` are
    values that no form sets; ``ends_sessions`` are fields whose change ends the sessions of the
    user.
    """

    name: str
    singular: str
    fields: tuple[Field, ...]
    check: Check
    load_rules: Callable[[Store, Transaction, Sequence[Values]], Awaitable[RuleBook]]
    views: Callable[[Platform, Iterable[Document]], Awaitable[list[dict[str, Any]]]]
    match_key: str
    usage: tuple[tuple[str, str], ...]
    born_with: Callable[[], dict[str, Any]]
    ends_sessions: frozenset[str] = frozenset()

    @property
    def keys(self) -> tuple[str, ...]:
        """The dotted keys of the editable fields."""
        return tuple(field.key for field in self.fields)

    def normalised(self, values: Values) -> dict[str, Any]:
        """``values`` as they are kept; only keys of this resource's fields."""
        return {f.key: _kept(f, values[f.key]) for f in self.fields if f.key in values}

    def with_defaults(self, values: Values) -> dict[str, Any]:
        """All fields: ``values`` (normalised), and defaults for what they leave out."""
        given = self.normalised(values)
        return {f.key: given.get(f.key, f.default) for f in self.fields}

    def flat(self, document: Document) -> dict[str, Any]:
        """A document's editable values by dotted key."""
        values = flatten(document)
        return {key: values.get(key) for key in self.keys}

    def document(self, values: Values, at: datetime) -> Document:
        """A new document; ids rise, so that of equal sort keys the first made is the first."""
        return {
            "_id": str(ObjectId()),
            **nest(values),
            **self.born_with(),
            "version": 1,
            "created_at": at,
            "updated_at": at,
        }

    async def view(self, platform: Platform, document: Document) -> dict[str, Any]:
        """One document as the API gives it."""
        return (await self.views(platform, [document]))[0]


def _kept(field: Field, value: Any) -> Any:
    kept = normalised(field, value)
    if field.kind is Kind.BUSINESS_NUMBER and isinstance(kept, str):
        # A wrong one stays as it was typed, for the rules to judge.
        return kept if business_number.problem_code(kept) else business_number.formatted(kept)
    return kept


def _new_user() -> dict[str, Any]:
    return {
        "password_hash": None,
        "is_active": True,
        "must_change_password": False,
        "last_login": None,
        "login_attempts": 0,
        "locked_until": None,
        "session_epoch": 0,
    }


USERS = Resource(
    name="users",
    singular="user",
    fields=USER_FIELDS,
    check=check_user,
    load_rules=UserRules.load,
    views=user_views,
    match_key="login_id",
    usage=(
        ("projects", "manager_id"),
        ("projects", "panel_ids"),
        ("templates", "created_by"),
        ("evaluations", "evaluator_id"),
        ("files", "uploaded_by"),
        ("files", "places.uploaded_by"),
    ),
    born_with=_new_user,
    ends_sessions=frozenset({"role", "company_id"}),
)

COMPANIES = Resource(
    name="companies",
    singular="company",
    fields=COMPANY_FIELDS,
    check=check_company,
    load_rules=CompanyRules.load,
    views=company_views,
    match_key="name",
    usage=(
        ("users", "company_id"),
        ("projects", "company_id"),
        ("projects", "candidate_ids"),
        ("templates", "company_id"),
        ("evaluations", "company_id"),
        ("files", "company_id"),
        ("files", "places.company_id"),
        ("files", "places.owner_id"),
    ),
    born_with=lambda: {"is_active": True},
)
