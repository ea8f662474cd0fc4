"""The test bed: who signs in, and marked test data, made when first needed and removed at the end.

Everything it makes carries ``MARK`` and the run's id in its name, so that what could not be
removed is recognised by people. It never signs in with a wrong password by a name that the
operator gave, so it cannot lock that account out.
"""

from __future__ import annotations

import math
import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from desktop_app.core.language import N_
from desktop_app.core.redaction import spellings
from desktop_app.core.users import Role
from desktop_app.core.validation.findings import Said, say
from desktop_app.core.validation.report import LeftBehind, SignInProven
from desktop_app.core.validation.suites import Risk
from desktop_app.engines.validation import bed_data, retrying
from desktop_app.engines.validation.asking import (
    HEALTH,
    LOGIN,
    json_request,
    login_of,
    must_change_password,
    role_of,
    unsent,
)
from desktop_app.engines.validation.client import Answer, Client, NoAnswer, Request
from desktop_app.engines.validation.made import SESSION, SINGULAR, Ledger, created_by
from desktop_app.engines.validation.recording import exchange_of
from desktop_app.engines.validation.retrying import Patience, comes_back
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
    signed_in: Answer | None = field(default=None, repr=False)
    """What the last sign-in was answered: evidence of cookies and headers."""
    renew_at: float = math.inf
    """When the token is so old that it is renewed before it is used: ``time.monotonic()``."""


_LIFETIME_S = 900.0
"""How long a token is taken to live that does not say."""


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
        self._sessions: dict[str, Actor] = {}
        self._values: dict[str, str] = {}
        self._ledger = Ledger(MARK)
        self.left_behind: list[LeftBehind] = []
        self.kept: dict[str, Any] = {}
        """What checks of one run share: found out once."""
        self._secrets: set[str] = set()
        for secret in (*(one.password for one in credentials), *client.target.secrets()):
            self._know(secret)
        self._count = 0
        self.patience = Patience(client)
        self._waited_for_it = False

    # Who

    def given(self, role: Role) -> bool:
        """Whether the operator gave a sign-in for this role."""
        return role in self._credentials

    def credential(self, role: Role) -> Credential | None:
        """The sign-in that the operator gave for this role."""
        return self._credentials.get(role)

    def sign_in_given(self, role: Role) -> SignInProven:
        """Try the operator's sign-in for a role, once, and say how it went.

        Refused for a while for the guesses of an earlier run (429), it comes from another address
        of this computer where there is one, else it waits as long, once.
        """
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
            while self.patience.let_again(answer):
                answer = self.sign_in(actor)
        except NoAnswer as none:
            answer = none.answer
        if not actor.token:
            if answer.failure:
                said = say(N_("No answer: {reason}."), reason=answer.failure)
            elif answer.status == 401:
                said = say(N_("Wrong name or password."))
            else:
                said = say(N_("The sign-in was answered {status}."), status=answer.status)
        elif (found := role_of(answer)) and found != role.value:
            said = say(N_("{login} signs in as {found}."), login=actor.login_id, found=found)
        elif must_change_password(answer):
            said = say(N_("{login} has to change the password first."), login=actor.login_id)
        if said is None:
            self._actors[role.value] = actor
        return SignInProven(
            role=role.value,
            login_id=credential.login_id,
            ok=said is None,
            provided=True,
            said=said,
            exchange=exchange_of(answer, self.client.limits.kept_text, self.secrets()),
        )

    def actor(self, role: Role) -> Actor:
        """Who the operator gave for this role, else ``insider``; raises ``BedProblem``."""
        if role is not Role.ADMIN and not self.given(role):
            return self.insider(role)
        if role.value not in self._actors:
            raise BedProblem(say(N_("Nobody is signed in as {role}."), role=role.value))
        return self.fresh(self._actors[role.value])

    def insider(self, role: Role) -> Actor:
        """Somebody of this role in the test company (the administrator is the one given)."""
        if role is Role.ADMIN:
            return self.actor(role)
        name = f"{role.value} (test company)" if self.given(role) else role.value
        if name not in self._actors:
            self._actors[name] = self.new_user(role, name=name, company=self.value("company_id"))
        return self.fresh(self._actors[name])

    def stranger(self, role: Role) -> Actor:
        """Somebody of this role in the *other* test company."""
        name = f"{role.value} (other company)"
        if name not in self._actors:
            self._actors[name] = self.new_user(
                role, name=name, company=self.value("other_company_id")
            )
        return self.fresh(self._actors[name])

    def new_user(self, role: Role, *, name: str = "", company: str | None = None) -> Actor:
        """A fresh marked user, signed in: to be locked, deactivated, changed by one check."""
        login_id = self.unique()
        actor = Actor(
            name=name or f"test {role.value}",
            role=role,
            login_id=login_id,
            password=self.secret(),
        )
        company_id = None if role is Role.ADMIN else company or self.value("company_id")
        body = bed_data.user_body(login_id, company_id, role=role, password=actor.password)
        actor.user_id = self.create("users", body, name=login_id)
        self.sign_in(actor)
        if not actor.token:
            raise BedProblem(
                say(N_("A new {role} could be created but not signed in."), role=role.value)
            )
        return actor

    def sign_in(self, actor: Actor) -> Answer:
        """Sign an actor in by the right password; fills in the tokens where it works."""
        body = {"login_id": actor.login_id, "password": actor.password}
        answer = self.client.send(json_request("POST", LOGIN, body))
        actor.signed_in = answer
        found = answer.json if answer.status == 200 else None
        if (
            isinstance(found, dict)
            and isinstance(token := found.get("access_token"), str)
            and token
        ):
            actor.token = token
            self.opened(actor, token)
            actor.refresh_token = str(found.get("refresh_token") or "")
            lifetime = found.get("expires_in")
            if not isinstance(lifetime, int | float) or lifetime <= 0:
                lifetime = _LIFETIME_S
            actor.renew_at = time.monotonic() + lifetime / 2
            self._know(token)
            self._know(actor.refresh_token)
            user = found.get("user")
            if isinstance(user, dict):
                actor.user_id = str(user.get("id") or user.get("_id") or actor.user_id)
        return answer

    def opened(self, actor: Actor, token: str) -> None:
        """A session of somebody whom the operator gave: it is ended with the run."""
        if actor.provided:
            self._sessions[token] = replace(actor, token=token)

    def fresh(self, actor: Actor) -> Actor:
        """The actor, signed in anew where the token is past half of its life."""
        if actor.token and time.monotonic() >= actor.renew_at:
            self.sign_in(actor)
        return actor

    # What

    def value(self, name: str) -> str:
        """Something that exists for checks, made when first asked for.

        ``company_id``, ``template_id``, ``project_id``, ``evaluation_id`` (a sheet assigned to
        ``insider(EVALUATOR)``, on which checks may write drafts but never submit: what was handed
        in cannot be removed), ``file_id``, ``upload_id``, each also of the other company
        (``other_project_id``); ``candidate_company_id``; ``manager_id``, ``manager_login_id``,
        ``manager_password`` and so on of each ``actor`` (``other_manager_id`` …: of each
        ``stranger``). Raises ``BedProblem`` where it cannot be made, ``KeyError`` for a name that
        nobody knows.
        """
        if name not in self._values:
            self._values[name] = bed_data.make(self, name)
        return self._values[name]

    @staticmethod
    def problem(said: Said) -> BedProblem:
        """Why something that a check stands on cannot be had."""
        return BedProblem(said)

    def unique(self) -> str:
        """A name that nothing else has, marked."""
        self._count += 1
        return f"{MARK}-{self.run_id}-{self._count}"

    def secret(self) -> str:
        """A good password that evidence never shows."""
        made = f"Ev-{secrets.token_urlsafe(15)}"
        self._know(made)
        return made

    def hide(self, secret: str) -> None:
        """Evidence never shows this value."""
        if len(secret) >= 6:
            self._know(secret)

    def _know(self, secret: str) -> None:
        if secret:
            self._secrets |= spellings(secret)

    def secrets(self) -> frozenset[str]:
        """Values that evidence must not show."""
        return frozenset(self._secrets)

    def create(self, kind: str, body: Mapping[str, Any], *, name: str) -> str:
        """Create a document as the administrator, to be removed at the end; its id.

        Raises ``BedProblem`` where that is not consented to or does not work.
        """
        if Risk.WRITES not in self.consent.risks:
            raise BedProblem(say(N_("It needs test data, and writing was not allowed.")))
        answer = self.ask("POST", f"/api/{kind}", body, {})
        found = answer.json
        made = found.get(f"{SINGULAR[kind]}_id") if isinstance(found, dict) else None
        if answer.status != 201 or not made:
            raise BedProblem(
                say(
                    N_("Test data could not be created: {path} answered {status}."),
                    path=f"POST /api/{kind}",
                    status=answer.status,
                )
            )
        self.remember(kind, str(made), name)
        return str(made)

    def ask(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> Answer:
        """Ask for something as the administrator; raises ``BedProblem`` without an answer."""
        request = json_request(method, path, body, self.actor(Role.ADMIN), headers)
        return self._sent(request)

    def ask_raw(self, method: str, path: str, content: bytes, headers: Mapping[str, str]) -> Answer:
        """The same, with a body as it is."""
        admin = self.actor(Role.ADMIN)
        sent = {**headers, "Authorization": f"Bearer {admin.token}"}
        request = Request(
            method=method, path=path, headers=tuple(sent.items()), content=content, by=admin.name
        )
        return self._sent(request)

    def _sent(self, request: Request) -> Answer:
        try:
            return self.client.send(request)
        except NoAnswer as none:
            raise BedProblem(
                say(N_("Creating test data was not answered: {reason}."), reason=none.reason)
            ) from none

    def notice(self, answer: Answer) -> None:
        """Remember to remove what this answer says was created, whoever asked for it.

        A session of somebody whom the operator gave is ended, too.
        """
        path = answer.request.path.partition("?")[0]
        for kind, made in created_by(answer):
            if kind == SESSION:
                self._notice_session(answer.request, made)
            else:
                self.remember(kind, made, f"by {path}"[:100])

    def _notice_session(self, request: Request, token: str) -> None:
        login_id = login_of(request)
        for one in self._credentials.values():
            if one.login_id == login_id:
                self.opened(
                    Actor(
                        name=one.role.value,
                        role=one.role,
                        login_id=one.login_id,
                        password=one.password,
                        provided=True,
                    ),
                    token,
                )

    def remember(self, kind: str, id: str, name: str) -> None:  # noqa: A002
        """Remove this at the end."""
        self._ledger.remember(kind, id, name)

    def forget(self, kind: str, id: str) -> None:  # noqa: A002
        """It is gone already."""
        self._ledger.forget(kind, id)

    @property
    def left(self) -> int:
        """How much is to be removed."""
        return len(self._ledger)

    def clean_up(self) -> Iterator[int]:
        """Remove all that was made, giving before each removal how many are left.

        The limits of the run do not hold here. What could not be removed is in ``left_behind``;
        what has to go stays known if this is interrupted.
        """
        self.client.counter.exempt = True
        yield from self._ledger.remove(
            self._cleaning, lambda made, ask: bed_data.free_sheet(self, made, ask), self.left_behind
        )

    def sign_out(self) -> None:
        """End the sessions of those whom the operator gave; the others are gone with their users.

        A server that does not answer is not waited for again.
        """
        while self._sessions:
            _token, actor = self._sessions.popitem()
            try:
                self.client.send(json_request("POST", "/api/auth/logout", None, actor))
            except NoAnswer:
                self._sessions.clear()

    def _cleaning(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> Answer:
        """Ask as the administrator; once a server that has gone away is given time to come back."""
        try:
            return self._asked(method, path, body, headers)
        except NoAnswer:
            if self._waited_for_it or not self._actors:
                raise
            self._waited_for_it = True
            if not comes_back(self.client, HEALTH, retrying.AWAY_S):
                raise
            return self._asked(method, path, body, headers)

    def _asked(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> Answer:
        """Ask as the administrator, whose session a check may have ended: then in a new one."""
        admin = self._actors.get(Role.ADMIN.value)
        if admin is None:
            raise NoAnswer("nobody is signed in", unsent(method, path))
        self.fresh(admin)
        answer = self.client.send(json_request(method, path, body, admin, headers))
        if answer.status == 401:
            self.sign_in(admin)
            answer = self.client.send(json_request(method, path, body, admin, headers))
        return answer
