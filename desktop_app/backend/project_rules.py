"""What speaks against a project or a template that looks beyond its own document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from desktop_app.backend.rules import Asker, Values, known_companies, texts_of
from desktop_app.backend.store import Document, Store
from desktop_app.backend.writes import Transaction
from desktop_app.core.imports import Room
from desktop_app.core.problems import Problem, Scalar
from desktop_app.core.projects import STATUS_STEPS, ProjectStatus
from desktop_app.core.users import Role


class ProjectRules:
    """Projects: an active company with room, a manager of it, a template within its reach."""

    def __init__(self) -> None:
        self._companies: dict[str, Document] = {}
        self._counts: dict[str, int] = {}
        self._joined: Counter[str] = Counter()
        self._managers: dict[str, Document] = {}
        self._templates: dict[str, Document] = {}
        self._with_sheets: set[str] = set()

    @classmethod
    async def load(
        cls, store: Store, tx: Transaction, candidates: Sequence[Values]
    ) -> ProjectRules:
        """A rule book for ``candidates``; those of existing projects carry their ``_id``."""
        book = cls()
        book._companies = await known_companies(store, tx, candidates)
        for id_, company in book._companies.items():
            # No further than the limit.
            book._counts[id_] = await store["projects"].count_documents(
                {"company_id": id_}, session=tx.session, limit=_limit(company, 0) + 1
            )
        managers = {"_id": {"$in": texts_of(candidates, "manager_id")}}
        shown = {"role": 1, "company_id": 1, "is_active": 1}
        async for user in store.users.find(managers, shown, session=tx.session):
            book._managers[user["_id"]] = user
        templates = {"_id": {"$in": texts_of(candidates, "template_id")}}
        shown = {"company_id": 1, "is_active": 1, "revision": 1}
        async for template in store["templates"].find(templates, shown, session=tx.session):
            book._templates[template["_id"]] = template
        if ids := texts_of(candidates, "_id"):
            book._with_sheets = set(
                await store["evaluations"].distinct(
                    "project_id", {"project_id": {"$in": ids}}, session=tx.session
                )
            )
        return book

    def problems(
        self, values: Values, before: Document | None, changed: set[str], asker: Asker
    ) -> tuple[Problem, ...]:
        """See ``RuleBook``."""
        if before is not None:
            if before["status"] == ProjectStatus.ARCHIVED:
                return (Problem(field="", code="archived"),) if changed else ()
            if found := tuple(self._history_problems(values, before, changed)):
                return found
        found = tuple(self._company_problems(values, before, changed, asker))
        if found:
            return found
        if changed & {"company_id", "manager_id"} and values.get("manager_id"):
            found += tuple(self._manager_problems(values, asker))
        if changed & {"company_id", "template_id"} and values.get("template_id"):
            found += tuple(self._template_problems(values, changed))
        return found

    def accept(self, values: Values, before: Document | None, id_: str) -> None:  # noqa: ARG002
        """See ``RuleBook``."""
        company = values["company_id"]
        if before is None or before["company_id"] != company:
            self._counts[company] = self._counts.get(company, 0) + 1
            self._joined[company] += 1

    def rooms(self) -> dict[str, Room]:
        """See ``RuleBook``."""
        limits = {id_: _limit(company) for id_, company in self._companies.items()}
        return {
            id_: Room(maximum=most, free=max(0, most - self._counts[id_]))
            for id_, most in limits.items()
            if most is not None
        }

    def derived(self, values: Values, changed: set[str]) -> dict[str, Any]:
        """See ``RuleBook``: a template that is chosen is bound at its newest revision."""
        if "template_id" not in changed:
            return {}
        template = self._templates.get(values.get("template_id") or "")
        return {"template_revision": template["revision"] if template else None}

    def _history_problems(
        self, values: Values, before: Document, changed: set[str]
    ) -> Iterable[Problem]:
        """What the sheets that there are, and the status so far, do not allow."""
        has_sheets = before["_id"] in self._with_sheets
        if has_sheets:
            for field in sorted(changed & FIXED_BY_SHEETS):
                yield Problem(field=field, code="has_sheets")
        if "status" in changed:
            wanted = ProjectStatus(values["status"])
            if wanted not in STATUS_STEPS[ProjectStatus(before["status"])]:
                yield Problem(field="status", code="status_order")
            elif wanted is ProjectStatus.DRAFT and has_sheets:
                yield Problem(field="status", code="has_sheets")

    def _company_problems(
        self, values: Values, before: Document | None, changed: set[str], asker: Asker
    ) -> Iterable[Problem]:
        id_ = values["company_id"]
        if "company_id" not in changed or (before and before["company_id"] == id_):
            return
        company = self._companies.get(id_)
        if company is None or not asker.reaches(id_):
            yield Problem(field="company_id", code="reference_unknown")
            return
        if not company["is_active"]:
            yield Problem(field="company_id", code="reference_inactive")
        most = _limit(company)
        if most is not None and self._counts[id_] >= most:
            params: dict[str, Scalar] = {"maximum": most}
            if joined := self._joined[id_]:  # it had room before this request
                params["free"] = joined
            code = "projects_full_in_file" if joined else "projects_full"
            yield Problem(field="company_id", code=code, params=params)

    def _manager_problems(self, values: Values, asker: Asker) -> Iterable[Problem]:
        user = self._managers.get(values["manager_id"])
        if user is None or not asker.reaches(user.get("company_id")):
            yield Problem(field="manager_id", code="reference_unknown")
            return
        if not user["is_active"]:
            yield Problem(field="manager_id", code="reference_inactive")
        of_company = user.get("company_id") == values["company_id"]
        if not (user["role"] == Role.ADMIN or (user["role"] == Role.MANAGER and of_company)):
            yield Problem(field="manager_id", code="not_a_manager")

    def _template_problems(self, values: Values, changed: set[str]) -> Iterable[Problem]:
        template = self._templates.get(values["template_id"])
        reachable = template and template.get("company_id") in (None, values["company_id"])
        if template is None or not reachable:
            yield Problem(field="template_id", code="reference_unknown")
        elif "template_id" in changed and not template["is_active"]:
            yield Problem(field="template_id", code="reference_inactive")


class TemplateRules:
    """Templates: of an active company or shared, and within reach of the projects they serve."""

    def __init__(self) -> None:
        self._companies: dict[str, Document] = {}
        self._users_of: dict[str, set[str]] = {}

    @classmethod
    async def load(
        cls, store: Store, tx: Transaction, candidates: Sequence[Values]
    ) -> TemplateRules:
        """A rule book for ``candidates``; those of existing templates carry their ``_id``."""
        book = cls()
        book._companies = await known_companies(store, tx, candidates)
        bound = {"template_id": {"$in": texts_of(candidates, "_id")}}
        shown = {"template_id": 1, "company_id": 1}
        async for project in store["projects"].find(bound, shown, session=tx.session):
            users = book._users_of.setdefault(project["template_id"], set())
            users.add(project["company_id"])
        return book

    def problems(
        self, values: Values, before: Document | None, changed: set[str], asker: Asker
    ) -> tuple[Problem, ...]:
        """See ``RuleBook``."""
        if "company_id" not in changed:
            return ()
        id_ = values.get("company_id")
        if id_ is None:
            return () if asker.company is None else (Problem(field="company_id", code="required"),)
        company = self._companies.get(id_)
        if company is None or not asker.reaches(id_):
            return (Problem(field="company_id", code="reference_unknown"),)
        if not company["is_active"]:
            return (Problem(field="company_id", code="reference_inactive"),)
        if before is not None and self._users_of.get(before["_id"], set()) - {id_}:
            return (Problem(field="company_id", code="in_use"),)
        return ()

    def accept(self, values: Values, before: Document | None, id_: str) -> None:
        """See ``RuleBook``: no template stands in another one's way."""

    def rooms(self) -> dict[str, Room]:
        """See ``RuleBook``: the number of templates is not limited."""
        return {}

    def derived(self, values: Values, changed: set[str]) -> dict[str, Any]:  # noqa: ARG002
        """See ``RuleBook``."""
        return {}


FIXED_BY_SHEETS = frozenset({"company_id", "template_id"})
"""What of a project cannot change any more once it has sheets."""


def _limit(company: Document, default: int | None = None) -> Any:
    most = (company.get("settings") or {}).get("max_projects")
    return default if most is None else most
