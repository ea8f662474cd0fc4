"""Mass assignment: fields that a request has no business to set, sent one by one and read back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from desktop_app.core.language import N_
from desktop_app.core.users import Role
from desktop_app.core.validation.findings import Finding, say
from desktop_app.engines.validation.bed import Actor
from desktop_app.engines.validation.bed_data import business_number, user_body
from desktop_app.engines.validation.client import Answer
from desktop_app.engines.validation.context import Blocked, CheckContext
from desktop_app.engines.validation.made import SINGULAR, if_match, version_of
from desktop_app.engines.validation.registry import probe
from desktop_app.engines.validation.who import inner, prove, taken, unmeasured

_LONG_AGO = "2001-02-03T04:05:06Z"
_HIGH = 77_777
_MADE_UP = "zz-evalcheck-made-up"


def _read(work: CheckContext, path: str) -> Mapping[str, Any]:
    """A document as the administrator sees it now; raises ``Blocked``."""
    answer = work.bed.ask("GET", path, None, {})
    found = inner(answer.json, *SINGULAR.values(), "sheet")
    found = inner(found, "evaluation") if "evaluation" in found else found
    if answer.status != 200 or not found:
        raise Blocked(
            say(N_("It could not be read back: answered {status}."), status=answer.status)
        )
    return found


def _is(document: Mapping[str, Any], field: str, value: Any) -> bool:
    """Whether a document has got a value (of a moment, its seconds)."""
    kept = document.get("id" if field == "_id" and "_id" not in document else field)
    if isinstance(value, str) and isinstance(kept, str) and value == _LONG_AGO:
        return kept[:19] == value[:19]
    return bool(kept == value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A document and a sound change of it, which the fields are smuggled into."""

    method: str
    path: str
    read: str
    """Where it is read back."""
    actor: Actor
    sound: Mapping[str, Any]
    undo: Callable[[str], object] | None = None
    """Puts a field right again that was taken: what stands on it goes on."""

    def change(self, work: CheckContext, fields: Mapping[str, Any]) -> Answer:
        """Ask for the sound change with ``fields`` in it."""
        version = version_of(work.bed.ask("GET", self.read, None, {}))
        body = {**self.sound, **fields}
        headers = if_match(version)
        return work.try_send(self.method, self.path, by=self.actor, json_body=body, headers=headers)


def _smuggled(
    work: CheckContext,
    target: Target,
    fields: Mapping[str, Any],
    subject: str,
    *,
    may_refuse: bool = False,
) -> Finding:
    """Each field alone: whether it is there afterwards. ``may_refuse``: the sound change too."""
    took, shown, unclear = [], [], []
    for field, value in fields.items():
        before = _read(work, target.read)
        if _is(before, field, value):
            continue
        answer = target.change(work, {field: value})
        if unmeasured(answer):
            unclear.append(field)
        if _is(_read(work, target.read), field, value):
            took.append(field)
            shown.append(answer)
            if target.undo is not None:
                target.undo(field)
    if took:
        work.show(*shown[:4])
        return work.failed(
            say(N_("Set from outside: {what}."), what=", ".join(took)), subject=subject
        )
    control = target.change(work, {})
    tried = say(N_("Tried, and not set: {what}."), what=", ".join(fields))
    if unclear or (not taken(control) and not may_refuse) or unmeasured(control):
        return work.inconclusive(
            say(
                N_("The same request without them is answered {status}: that tells nothing."),
                status=control.status,
            ),
            subject=subject,
        )
    return work.passed(tried, subject=subject)


@probe("mass.privilege")
def privilege(work: CheckContext) -> Iterator[Finding]:
    """Nobody gives themselves a role, a company or an active account."""
    user = prove(work, work.bed.new_user(Role.EVALUATOR))
    path = f"/api/users/{user.user_id}"
    fields = {"role": Role.ADMIN.value, "company_id": work.bed.value("other_company_id")}
    if work.wants(subject := "PATCH /api/users/{id}"):
        own = Target(method="PATCH", path=path, read=path, actor=user, sound={"name": "zz"})
        yield _smuggled(work, own, fields, subject, may_refuse=True)
    if work.wants(subject := "POST /api/auth/password"):
        yield _with_password(work, user, path, fields, subject)


def _with_password(
    work: CheckContext, user: Actor, read: str, fields: Mapping[str, Any], subject: str
) -> Finding:
    """The same in the one request by which everybody changes their own document."""
    took = []
    sessions = {"is_active": True, "must_change_password": True, "login_attempts": 3}
    tried = {**fields, **sessions}
    for field, value in tried.items():
        if not _is(_read(work, read), field, value):
            _change_password(work, user, {field: value})
            if _is(_read(work, read), field, value):
                took.append(field)
    control = _change_password(work, user, {})
    if took:
        return work.failed(
            say(N_("Set from outside: {what}."), what=", ".join(took)), subject=subject
        )
    if not taken(control):
        return work.inconclusive(
            say(
                N_("The same request without them is answered {status}: that tells nothing."),
                status=control.status,
            ),
            subject=subject,
        )
    return work.passed(
        say(N_("Tried, and not set: {what}."), what=", ".join(tried)), subject=subject
    )


def _change_password(work: CheckContext, user: Actor, further: Mapping[str, Any]) -> Answer:
    new = work.bed.secret()
    body = {"current_password": user.password, "new_password": new, **further}
    answer = work.try_send("POST", "/api/auth/password", by=user, json_body=body)
    if taken(answer):
        user.password = new
        token = inner(answer.json).get("access_token")
        if isinstance(token, str) and token:
            work.bed.hide(token)
            user.token = token
        else:
            work.bed.sign_in(user)
    return answer


@probe("mass.change")
def changed(work: CheckContext) -> Iterator[Finding]:
    """What the server keeps account of, and whose it is, is not set by a change."""
    manager = prove(work, work.bed.insider(Role.MANAGER))
    bed = work.bed
    kept = {"_id": _MADE_UP, "version": _HIGH, "created_at": _LONG_AGO}
    other = {"company_id": bed.value("other_company_id")}
    cases: tuple[tuple[str, str, Mapping[str, Any], Mapping[str, Any]], ...] = (
        ("companies", "company_id", {"address": "zz-evalcheck"}, {**kept, "is_active": False}),
        ("projects", "project_id", {"description": "zz-evalcheck"}, {**kept, **other}),
        (
            "templates",
            "template_id",
            {"description": "zz-evalcheck"},
            {**kept, **other, "created_by": _MADE_UP, "revision": _HIGH},
        ),
    )
    for kind, name, sound, fields in cases:
        subject = f"PATCH /api/{kind}/{{id}}"
        if not work.wants(subject):
            continue
        path = f"/api/{kind}/{bed.value(name)}"
        target = Target(
            method="PATCH",
            path=path,
            read=path,
            actor=manager,
            sound=sound,
            undo=lambda field, path=path: _put_back(work, path, field),  # type: ignore[misc]
        )
        yield _smuggled(work, target, fields, subject)


def _put_back(work: CheckContext, path: str, field: str) -> None:
    """A company made inactive would keep all test users out."""
    if field == "is_active":
        version = version_of(work.bed.ask("GET", path, None, {}))
        work.bed.ask("POST", f"{path}/activate", None, if_match(version))
    if field == "company_id":
        version = version_of(work.bed.ask("GET", path, None, {}))
        body = {"company_id": work.bed.value("company_id")}
        work.bed.ask("PATCH", path, body, if_match(version))


@probe("mass.create")
def created(work: CheckContext) -> Iterator[Finding]:
    """What is made new gets its bookkeeping from the server, also of an administrator."""
    admin = prove(work, work.bed.actor(Role.ADMIN))
    company = work.bed.value("company_id")
    criteria = [{"id": "one", "name": "One", "weight": 100, "max_score": 100}]

    makers: Mapping[str, Callable[[str], dict[str, Any]]] = {
        "users": lambda name: user_body(name, company),
        "companies": lambda name: {"name": name, "business_number": business_number()},
        "projects": lambda name: {"name": name, "company_id": company},
        "templates": lambda name: {"name": name, "company_id": company, "criteria": criteria},
    }
    fields = {"_id": "", "version": _HIGH, "created_at": _LONG_AGO}
    further: Mapping[str, Mapping[str, Any]] = {
        "users": {"login_attempts": 3},
        "templates": {"created_by": _MADE_UP},
    }
    for kind, body_of in makers.items():
        subject = f"POST /api/{kind}"
        if work.wants(subject):
            yield _made(work, admin, kind, body_of, {**fields, **further.get(kind, {})})


def _made(
    work: CheckContext,
    admin: Actor,
    kind: str,
    body_of: Callable[[str], dict[str, Any]],
    fields: Mapping[str, Any],
) -> Finding:
    path, subject, took = f"/api/{kind}", f"POST /api/{kind}", []
    shown, unclear = [], False
    for field in fields:
        value = work.bed.unique() if field == "_id" else fields[field]
        body = {**body_of(work.bed.unique()), field: value}
        answer = work.try_send("POST", path, by=admin, json_body=body)
        unclear = unclear or unmeasured(answer)
        made = inner(answer.json).get(f"{SINGULAR[kind]}_id")
        if taken(answer) and made and _is(_read(work, f"{path}/{made}"), field, value):
            took.append(field)
            shown.append(answer)
    sound = body_of(work.bed.unique())
    control = work.try_send("POST", path, by=admin, json_body=sound)
    if took:
        work.show(*shown[:4])
        return work.failed(
            say(N_("Set from outside: {what}."), what=", ".join(took)), subject=subject
        )
    made = inner(control.json).get(f"{SINGULAR[kind]}_id")
    if unclear or control.status != 201 or not made:
        return work.inconclusive(
            say(
                N_("The same request without them is answered {status}: that tells nothing."),
                status=control.status,
            ),
            subject=subject,
        )
    if _read(work, f"{path}/{made}").get("name") != sound["name"]:
        return work.inconclusive(
            say(N_("What was made is not what is read back: nothing can be told by it.")),
            subject=subject,
        )
    return work.passed(
        say(N_("Tried, and not set: {what}."), what=", ".join(fields)), subject=subject
    )


@probe("mass.score")
def score(work: CheckContext) -> Iterator[Finding]:
    """The total, the status and whose a sheet is are the server's: an evaluator only scores."""
    me = prove(work, work.bed.insider(Role.EVALUATOR))
    sheet = work.bed.value("evaluation_id")
    read = f"/api/evaluations/{sheet}"
    target = Target(
        method="PUT",
        path=f"{read}/draft",
        read=read,
        actor=me,
        sound={"scores": [], "comment": "zz-evalcheck"},
    )
    fields = {
        "total_score": 99.99,
        "status": "confirmed",
        "submitted_at": _LONG_AGO,
        "evaluator_id": work.bed.value("other_manager_id"),
        "company_id": work.bed.value("other_company_id"),
        "created_at": _LONG_AGO,
        "version": _HIGH,
        "_id": _MADE_UP,
    }
    yield _smuggled(work, target, fields, "PUT /api/evaluations/{id}/draft")
