"""Resources as the server treats them: one declaration of each, one engine for all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bson import ObjectId

from desktop_app.backend.list_changes import list_changes
from desktop_app.backend.parts import Platform
from desktop_app.backend.project_rules import FIXED_BY_SHEETS, ProjectRules, TemplateRules
from desktop_app.backend.project_views import project_views
from desktop_app.backend.rules import CompanyRules, RuleBook, UserRules, Values
from desktop_app.backend.store import Document, Store
from desktop_app.backend.template_revisions import kept_criteria, save_revision
from desktop_app.backend.template_views import template_views
from desktop_app.backend.views import company_views, user_views
from desktop_app.backend.writes import Transaction
from desktop_app.core import business_number
from desktop_app.core.companies import COMPANY_FIELDS, check_company
from desktop_app.core.documents import flatten, nest, same
from desktop_app.core.fields import Field, Kind, normalised
from desktop_app.core.moments import moment_of, written_moment
from desktop_app.core.problems import Problem
from desktop_app.core.projects import PROJECT_FIELDS, check_project
from desktop_app.core.templates import TEMPLATE_FIELDS, check_template
from desktop_app.core.users import USER_FIELDS, check_user

Check = Callable[..., tuple[Problem, ...]]
Saving = Callable[
    [Store, Transaction, Document | None, Document, Iterable[str]], Awaitable[dict[str, Any]]
]
"""Writes what goes along with a document (None before: a new one) whose ``changed`` fields are
set, and returns further fields to set."""


def _of_company(company_id: str) -> dict[str, Any]:
    return {"company_id": company_id}


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """How documents of one collection are edited.

    ``match_key`` finds the document that an imported row updates, within ``match_within``;
    ``lists`` are fields that hold a list, each with how it is kept; ``usage`` names, by
    collection, the fields that may refer to a document; ``belongings`` are documents, by collection
    and field, that go with it; ``fixed_when_used`` are fields that stay while something refers to
    it; ``born_with`` are values that no form sets; ``reach`` limits documents to a company;
    ``shared`` ones, which have none, are read by all and changed by administrators;
    ``ends_sessions`` are fields whose change ends the sessions of the user.
    """

    name: str
    singular: str
    fields: tuple[Field, ...]
    check: Check
    load_rules: Callable[[Store, Transaction, Sequence[Values]], Awaitable[RuleBook]]
    views: Callable[[Platform, Iterable[Document]], Awaitable[list[dict[str, Any]]]]
    match_key: str
    match_within: tuple[str, ...] = ()
    usage: tuple[tuple[str, ...], ...]
    born_with: Callable[[], dict[str, Any]]
    lists: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    belongings: tuple[tuple[str, str], ...] = ()
    fixed_when_used: frozenset[str] = frozenset()
    reach: Callable[[str], dict[str, Any]] = _of_company
    shared: bool = False
    saving: Saving | None = None
    ends_sessions: frozenset[str] = frozenset()

    @property
    def keys(self) -> tuple[str, ...]:
        """The dotted keys of the editable fields."""
        return (*(field.key for field in self.fields), *self.lists)

    def normalised(self, values: Values, *, written: bool = False) -> dict[str, Any]:
        """``values`` as they are kept; only keys of this resource's fields.

        ``written``: by a person in a file, where times are Korean unless they say otherwise.
        """
        given = {
            f.key: _kept(f, values[f.key], written=written) for f in self.fields if f.key in values
        }
        return given | {key: kept(values[key]) for key, kept in self.lists.items() if key in values}

    def with_defaults(self, values: Values, home: str | None = None) -> dict[str, Any]:
        """All fields: ``values`` (normalised), and defaults for what they leave out.

        ``home`` is the company that a document belongs to where none is said.
        """
        given = self.normalised(values)
        whole = {f.key: given.get(f.key, f.default) for f in self.fields}
        whole |= {key: given.get(key, []) for key in self.lists}
        if home is not None and "company_id" in whole and whole["company_id"] is None:
            whole["company_id"] = home
        return whole

    def flat(self, document: Document) -> dict[str, Any]:
        """A document's editable values by dotted key."""
        values = flatten(document)
        kept = {f.key: values.get(f.key) for f in self.fields}
        return kept | {key: as_kept(values.get(key) or []) for key, as_kept in self.lists.items()}

    def identity(self, values: Values) -> tuple[str, ...] | None:
        """What tells one document from others in a file; None where a part of it is missing."""
        parts = [values.get(key) for key in (*self.match_within, self.match_key)]
        texts = tuple(part for part in parts if isinstance(part, str) and part)
        return texts if len(texts) == len(parts) else None

    def told(self, before: Values, after: Values) -> dict[str, list[Any]]:
        """The fields of ``after`` that differ, as the audit trail tells them."""
        told: dict[str, list[Any]] = {}
        for key, value in after.items():
            if key in self.lists:
                told |= list_changes(key, before.get(key) or [], value or [])
            elif not same(before.get(key), value):
                told[key] = [before.get(key), value]
        return told

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


def _kept(field: Field, value: Any, *, written: bool) -> Any:
    kept = normalised(field, value)
    if field.kind is Kind.DATETIME and isinstance(kept, str):
        # What is no moment stays as it was sent, for the rules to judge.
        return moment_of(kept) or (written_moment(kept) if written else None) or kept
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
        ("projects", "manager_id", "panel_ids"),
        ("templates", "created_by"),
        ("evaluations", "evaluator_id"),
        ("files", "uploaded_by", "places.uploaded_by"),
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
        ("projects", "company_id", "candidate_ids"),
        ("templates", "company_id"),
        ("evaluations", "company_id"),
        ("files", "company_id", "places.company_id", "places.owner_id"),
    ),
    born_with=lambda: {"is_active": True},
    reach=lambda company_id: {"_id": company_id},
)

TEMPLATES = Resource(
    name="templates",
    singular="template",
    fields=TEMPLATE_FIELDS,
    check=check_template,
    load_rules=TemplateRules.load,
    views=template_views,
    match_key="name",
    match_within=("company_id",),
    usage=(("projects", "template_id"), ("evaluations", "template_id")),
    born_with=lambda: {"is_active": True, "revision": 1},
    lists={"criteria": kept_criteria},
    belongings=(("template_revisions", "template_id"),),
    reach=lambda company_id: {"company_id": {"$in": [None, company_id]}},
    shared=True,
    saving=save_revision,
)

PROJECTS = Resource(
    name="projects",
    singular="project",
    fields=PROJECT_FIELDS,
    check=check_project,
    load_rules=ProjectRules.load,
    views=project_views,
    match_key="name",
    match_within=("company_id",),
    usage=(("evaluations", "project_id"), ("files", "project_id", "places.project_id")),
    born_with=lambda: {"candidate_ids": [], "panel_ids": []},
    belongings=(("conflicts_of_interest", "project_id"),),
    fixed_when_used=FIXED_BY_SHEETS,
)
