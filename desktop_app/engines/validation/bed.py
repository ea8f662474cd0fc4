"""The test bed: who signs in, and marked test data, made when first needed and removed at the end.

Everything it makes carries ``MARK`` and the run's id in its name, so that what could not be
removed is recognised by people. It never signs in with a wrong password by a name that the
operator gave, so it cannot lock that account out.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from desktop_app.core.business_number import check_digit, formatted
from desktop_app.core.language import N_
from desktop_app.core.users import Role
from desktop_app.core.validation.findings import Said, say
from desktop_app.core.validation.report import LeftBehind, SignInProven
from desktop_app.core.validation.suites import Risk
from desktop_app.engines.validation.client import Answer, Client, NoAnswer, Request
from desktop_app.engines.validation.recording import exchange_of
from desktop_app.engines.validation.target import Consent, Credential

MARK = "zz-evalcheck"
"""How the name of all test data begins: last in any list, and found by a search."""


class BedProblem(Exception):
    """Something that a check stands on cannot be had: why."""

    def __init__(self, said: Said) -> None:
        super().__init__(said.message)
        self.said = said


@dataclass(slots=True, kw_only=True)
class Actor:
    """Somebody who is signed in. ``company`` is "own" (the test company) or another's id."""

    name: str
    """How evidence calls them: "admin", "manager", "manager (other company)"."""
    role: Role
    login_id: str
    password: str = field(repr=False)
    token: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    user_id: str = ""
    provided: bool = False
    version: int = 1
    signed_in: Answer | None = field(default=None, repr=False)
    """What the last sign-in was answered: evidence of cookies and headers."""


@dataclass(slots=True, kw_only=True)
class Made:
    """One document that the run made: how it is removed."""

    kind: str
    id: str
    name: str
    path: str


class TestBed:
    """Actors and test data of one run."""

    __test__ = False

    def __init__(
        self, client: Client, credentials: tuple[Credential, ...], consent: Consent, run_id: str
    ) -> None:
        self.client = client
        self.run_id = run_id
        self.consent = consent
        self._credentials = {one.role: one for one in credentials}
        self._actors: dict[str, Actor] = {}
        self._values: dict[str, str] = {}
        self._made: list[Made] = []
        self._secrets: set[str] = {one.password for one in credentials if one.password}
        self._count = 0

    # Who

    def given(self, role: Role) -> bool:
        """Whether the operator gave a sign-in for this role."""
        return role in self._credentials

    def sign_in_given(self, role: Role) -> SignInProven:
        """Try the operator's sign-in for a role, once, and say how it went."""
        credential = self._credentials[role]
        actor = Actor(
            name=role.value,
            role=role,
            login_id=credential.login_id,
            password=credential.password,
            provided=True,
        )
        said: Said | None = None
        try:
            answer = self.sign_in(actor)
        except NoAnswer as none:
            answer = none.answer
        if actor.token:
            self._actors[role.value] = actor
            if (found := _role_of(answer)) and found != role.value:
                said = say(N_("{login} signs in as {found}."), login=actor.login_id, found=found)
        elif answer.failure:
            said = say(N_("No answer: {reason}."), reason=answer.failure)
        else:
            said = say(N_("The sign-in was answered {status}."), status=answer.status)
        return SignInProven(
            role=role.value,
            login_id=credential.login_id,
            ok=bool(actor.token) and said is None,
            provided=True,
            said=said,
            exchange=exchange_of(answer, self.client.limits.kept_text, self.secrets()),
        )

    def actor(self, role: Role) -> Actor:
        """Somebody of this role, of the test company unless given; raises ``BedProblem``."""
        if role.value in self._actors:
            return self._actors[role.value]
        if role is Role.ADMIN or self.given(role):
            raise BedProblem(say(N_("Nobody is signed in as {role}."), role=role.value))
        made = self.new_user(role, name=role.value, company=self.value("company_id"))
        self._actors[role.value] = made
        return made

    def stranger(self, role: Role) -> Actor:
        """Somebody of this role in the *other* test company."""
        name = f"{role.value} (other company)"
        if name not in self._actors:
            self._actors[name] = self.new_user(
                role, name=name, company=self.value("other_company_id")
            )
        return self._actors[name]

    def new_user(self, role: Role, *, name: str = "", company: str | None = None) -> Actor:
        """A fresh marked user, signed in: to be locked, deactivated, changed by one check."""
        login_id = self.unique()
        actor = Actor(
            name=name or f"test {role.value}",
            role=role,
            login_id=login_id,
            password=self.secret(),
        )
        created = self.create(
            "users",
            {
                "login_id": login_id,
                "name": f"{MARK} {role.value}",
                "email": f"{login_id}@example.com",
                "role": role.value,
                "company_id": None if role is Role.ADMIN else company or self.value("company_id"),
                "password": actor.password,
            },
            name=login_id,
        )
        actor.user_id = str(created.get("user_id") or created.get("id"))
        self.sign_in(actor)
        if not actor.token:
            raise BedProblem(
                say(N_("A new {role} could be created but not signed in."), role=role.value)
            )
        return actor

    def sign_in(self, actor: Actor) -> Answer:
        """Sign an actor in by the right password; fills in the tokens where it works."""
        body = {"login_id": actor.login_id, "password": actor.password}
        answer = self.client.send(_json_request("POST", "/api/auth/login", body))
        actor.signed_in = answer
        found = answer.json if answer.status == 200 else None
        if (
            isinstance(found, dict)
            and isinstance(token := found.get("access_token"), str)
            and token
        ):
            actor.token = token
            actor.refresh_token = str(found.get("refresh_token") or "")
            self._secrets |= {token, actor.refresh_token} - {""}
            user = found.get("user")
            if isinstance(user, dict):
                actor.user_id = str(user.get("id") or user.get("_id") or actor.user_id)
        return answer

    # What

    def value(self, name: str) -> str:
        """The id of something that exists for checks, made when first asked for.

        ``company_id``, ``other_company_id`` (see ``_MAKERS`` for all names). Raises
        ``BedProblem`` where it cannot be made, ``KeyError`` for a name that nobody knows.
        """
        if name not in self._values:
            self._values[name] = _MAKERS[name](self)
        return self._values[name]

    def unique(self) -> str:
        """A name that nothing else has, marked."""
        self._count += 1
        return f"{MARK}-{self.run_id}-{self._count}"

    def secret(self) -> str:
        """A good password that evidence never shows."""
        made = f"Ev-{secrets.token_urlsafe(15)}"
        self._secrets.add(made)
        return made

    def hide(self, secret: str) -> None:
        """Evidence never shows this value."""
        if len(secret) >= 6:
            self._secrets.add(secret)

    def secrets(self) -> frozenset[str]:
        """Values that evidence must not show."""
        return frozenset(self._secrets)

    def create(self, kind: str, body: Mapping[str, Any], *, name: str) -> dict[str, Any]:
        """Create a document as the administrator and remember to remove it; its answer.

        Raises ``BedProblem`` where that is not consented to or does not work.
        """
        if Risk.WRITES not in self.consent.risks:
            raise BedProblem(say(N_("It needs test data, and writing was not allowed.")))
        admin = self.actor(Role.ADMIN)
        try:
            answer = self.client.send(_json_request("POST", f"/api/{kind}", body, admin))
        except NoAnswer as none:
            raise BedProblem(
                say(N_("Creating test data was not answered: {reason}."), reason=none.reason)
            ) from none
        found = answer.json
        id_key = f"{_SINGULAR[kind]}_id"
        if answer.status != 201 or not isinstance(found, dict) or not found.get(id_key):
            raise BedProblem(
                say(
                    N_("Test data could not be created: {path} answered {status}."),
                    path=f"POST /api/{kind}",
                    status=answer.status,
                )
            )
        self.remember(kind, str(found[id_key]), name)
        return found

    def remember(self, kind: str, id: str, name: str) -> None:  # noqa: A002
        """Remove this at the end: somebody made it by a check of their own."""
        self._made.append(Made(kind=kind, id=id, name=name, path=f"/api/{kind}/{id}"))

    def forget(self, kind: str, id: str) -> None:  # noqa: A002
        """It is gone already."""
        self._made = [one for one in self._made if (one.kind, one.id) != (kind, id)]

    @property
    def left(self) -> int:
        """How much is to be removed."""
        return len(self._made)

    def clean_up(self, told: Callable[[int], object] = lambda _left: None) -> list[LeftBehind]:
        """Remove all that was made, newest first; what could not be removed, and why.

        The limits of the run do not hold here. What has to go stays known if it is interrupted.
        """
        self.client.counter.exempt = True
        remaining: list[LeftBehind] = []
        while self._made:
            told(len(self._made))
            one = self._made[-1]
            if reason := self._removed(one):
                remaining.append(LeftBehind(kind=one.kind, id=one.id, name=one.name, reason=reason))
            self._made.pop()
        return remaining

    def _removed(self, one: Made) -> str:
        """ "" once it is gone, else why it is not."""
        admin = self._actors.get(Role.ADMIN.value)
        if admin is None:
            return "nobody is signed in"
        try:
            found = self.client.send(_json_request("GET", one.path, None, admin))
            if found.status == 404:
                return ""
            document = found.json
            inner = (
                document.get(_SINGULAR[one.kind], document) if isinstance(document, dict) else {}
            )
            version = inner.get("version", 1) if isinstance(inner, dict) else 1
            gone = self.client.send(
                _json_request("DELETE", one.path, None, admin, {"If-Match": f'"{version}"'})
            )
        except NoAnswer as none:
            return none.reason
        return "" if gone.status in (200, 204, 404) else f"DELETE answered {gone.status}"


_SINGULAR = {
    "users": "user",
    "companies": "company",
    "projects": "project",
    "templates": "template",
    "evaluations": "evaluation",
    "files": "file",
}


def _company(bed: TestBed) -> str:
    name = bed.unique()
    nine = f"{secrets.randbelow(10**9):09}"
    created = bed.create(
        "companies",
        {
            "name": name,
            "business_number": formatted(f"{nine}{check_digit(nine)}"),
            "contact_email": f"{name}@example.com",
        },
        name=name,
    )
    return str(created["company_id"])


_MAKERS: Mapping[str, Callable[[TestBed], str]] = {
    "company_id": _company,
    "other_company_id": _company,
}


def _json_request(
    method: str,
    path: str,
    body: Any,
    actor: Actor | None = None,
    headers: Mapping[str, str] | None = None,
) -> Request:
    sent = dict(headers or {})
    if body is not None:
        sent["Content-Type"] = "application/json"
    if actor is not None:
        sent["Authorization"] = f"Bearer {actor.token}"
    return Request(
        method=method,
        path=path,
        headers=tuple(sent.items()),
        content=json.dumps(body, ensure_ascii=False).encode() if body is not None else b"",
        by=actor.name if actor else "nobody",
    )


def _role_of(answer: Answer) -> str:
    found = answer.json
    user = found.get("user") if isinstance(found, dict) else None
    return str(user.get("role") or "") if isinstance(user, dict) else ""
