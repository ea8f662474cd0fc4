"""Rules that look beyond one document: references, uniqueness, limits, protected accounts.

A rule book is loaded once for any number of candidates with a fixed number of queries, inside
the transaction that will write them. Single edits and imports of thousands of rows are judged by
the same book; what it accepts it remembers, so the next row sees it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from desktop_app.backend.store import Document, Store
from desktop_app.backend.writes import Transaction
from desktop_app.core.imports import Room
from desktop_app.core.problems import Problem, Scalar
from desktop_app.core.users import Role

Values = Mapping[str, Any]
ROLES = [role.value for role in Role]
"""Named beside a company in queries, so that idx_users_role_company serves."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who wants a change: ``company`` is the only one within their reach, None for no limit."""

    id: str
    company: str | None = None

    def reaches(self, company_id: str | None) -> bool:
        """Whether what belongs to a company exists for the asker."""
        return self.company is None or self.company == company_id


class RuleBook(Protocol):
    """What judges candidates: flat values as they would be afterwards."""

    def rooms(self) -> dict[str, Room]:
        """How many more the companies that candidates refer to can take, by their ids."""
        ...

    def problems(
        self, values: Values, before: Document | None, changed: set[str], asker: Asker
    ) -> tuple[Problem, ...]:
        """What speaks against ``values`` for a new document, or for ``before`` with a change."""
        ...

    def accept(self, values: Values, before: Document | None, id_: str) -> None:
        """Count in what was judged good."""
        ...

    def derived(self, values: Values, changed: set[str]) -> dict[str, Any]:
        """Fields that follow from a change and that no form sets."""
        ...


def texts_of(candidates: Iterable[Values], key: str) -> list[str]:
    """The values of one field that are texts, each once."""
    values = {candidate.get(key) for candidate in candidates}
    return sorted(value for value in values if isinstance(value, str))


async def known_companies(
    store: Store, tx: Transaction, candidates: Sequence[Values]
) -> dict[str, Document]:
    """The companies that candidates refer to, by id, with their limits."""
    ids = texts_of(candidates, "company_id")
    cursor = store.companies.find(
        {"_id": {"$in": ids}}, {"is_active": 1, "settings": 1}, session=tx.session
    )
    return {company["_id"]: company async for company in cursor}


class UserRules:
    """Users: known active company with room, own sign-in name and e-mail, an administrator left."""

    def __init__(self) -> None:
        self._companies: dict[str, Document] = {}
        self._members: dict[str, int] = {}
        self._joined: Counter[str] = Counter()
        self._logins: dict[str, str] = {}
        self._emails: dict[str, str] = {}
        self._active_admins = 0

    @classmethod
    async def load(cls, store: Store, tx: Transaction, candidates: Sequence[Values]) -> UserRules:
        """A rule book for ``candidates``."""
        book = cls()
        logins, emails = texts_of(candidates, "login_id"), texts_of(candidates, "email")
        book._companies = await known_companies(store, tx, candidates)
        for id_, company in book._companies.items():
            # No further than the limit: a company may hold a million users.
            most = (company.get("settings") or {}).get("max_users", 0)
            book._members[id_] = await store.users.count_documents(
                {"role": {"$in": ROLES}, "company_id": id_}, session=tx.session, limit=most + 1
            )
        async for user in store.users.find(
            {"$or": [{"login_id": {"$in": logins}}, {"email": {"$in": emails}}]},
            {"login_id": 1, "email": 1},
            session=tx.session,
        ):
            book._logins[user["login_id"]] = user["_id"]
            book._emails[user["email"]] = user["_id"]
        book._active_admins = await store.users.count_documents(
            {"role": Role.ADMIN.value, "is_active": True}, session=tx.session
        )
        return book

    def problems(
        self, values: Values, before: Document | None, changed: set[str], asker: Asker
    ) -> tuple[Problem, ...]:
        """See ``RuleBook``."""
        found: list[Problem] = []
        own_id = before["_id"] if before else None
        if "login_id" in changed and self._logins.get(values["login_id"], own_id) != own_id:
            found.append(Problem(field="login_id", code="duplicate"))
        if "email" in changed and self._emails.get(values["email"], own_id) != own_id:
            found.append(Problem(field="email", code="duplicate"))
        if "company_id" in changed and values.get("company_id"):
            found += self._company_problems(values["company_id"])
        if before is not None and "role" in changed:
            found += self.leaving_problems(before, asker.id, field="role")
        return tuple(found)

    def rooms(self) -> dict[str, Room]:
        """See ``RuleBook``."""
        limits = {
            id_: (company.get("settings") or {}).get("max_users")
            for id_, company in self._companies.items()
        }
        return {
            id_: Room(maximum=most, free=max(0, most - self._members[id_]))
            for id_, most in limits.items()
            if most is not None
        }

    def leaving_problems(
        self, user: Document, actor_id: str, field: str = ""
    ) -> tuple[Problem, ...]:
        """What speaks against ``user`` ceasing to be what they are: role, activity, existence."""
        if user["_id"] == actor_id:
            return (Problem(field=field, code="own_account"),)
        is_admin = user["role"] == Role.ADMIN.value and user["is_active"]
        if is_admin and self._active_admins <= 1:
            return (Problem(field=field, code="last_administrator"),)
        return ()

    def accept(self, values: Values, before: Document | None, id_: str) -> None:
        """See ``RuleBook``."""
        self._logins[values["login_id"]] = id_
        self._emails[values["email"]] = id_
        company = values.get("company_id")
        if company and (before is None or before.get("company_id") != company):
            self._members[company] = self._members.get(company, 0) + 1
            self._joined[company] += 1
        if before and before["role"] == Role.ADMIN.value and before["is_active"]:
            self._active_admins -= values["role"] != Role.ADMIN.value

    def derived(self, values: Values, changed: set[str]) -> dict[str, Any]:  # noqa: ARG002
        """See ``RuleBook``."""
        return {}

    def _company_problems(self, company_id: str) -> Iterable[Problem]:
        company = self._companies.get(company_id)
        if company is None:
            yield Problem(field="company_id", code="reference_unknown")
            return
        if not company["is_active"]:
            yield Problem(field="company_id", code="reference_inactive")
        most = (company.get("settings") or {}).get("max_users")
        if most is not None and self._members.get(company_id, 0) >= most:
            params: dict[str, Scalar] = {"maximum": most}
            if joined := self._joined[company_id]:  # it had room before this request
                params["free"] = joined
            code = "company_full_in_file" if joined else "company_full"
            yield Problem(field="company_id", code=code, params=params)


class CompanyRules:
    """Companies: a name of their own."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def rooms(self) -> dict[str, Room]:
        """See ``RuleBook``: companies are in no company."""
        return {}

    @classmethod
    async def load(
        cls, store: Store, tx: Transaction, candidates: Sequence[Values]
    ) -> CompanyRules:
        """A rule book for ``candidates``."""
        book = cls()
        names = texts_of(candidates, "name")
        async for company in store.companies.find(
            {"name": {"$in": names}}, {"name": 1}, session=tx.session
        ):
            book._names[company["name"]] = company["_id"]
        return book

    def problems(
        self,
        values: Values,
        before: Document | None,
        changed: set[str],
        asker: Asker,  # noqa: ARG002  one signature for every rule book
    ) -> tuple[Problem, ...]:
        """See ``RuleBook``."""
        own_id = before["_id"] if before else None
        if "name" in changed and self._names.get(values["name"], own_id) != own_id:
            return (Problem(field="name", code="duplicate"),)
        return ()

    def accept(
        self,
        values: Values,
        before: Document | None,  # noqa: ARG002
        id_: str,
    ) -> None:
        """See ``RuleBook``."""
        self._names[values["name"]] = id_

    def derived(self, values: Values, changed: set[str]) -> dict[str, Any]:  # noqa: ARG002
        """See ``RuleBook``."""
        return {}
