"""What errors say: problem details everywhere, and nothing of the server's insides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from desktop_app.core.language import N_
from desktop_app.core.users import Role
from desktop_app.core.validation.findings import Finding, Said, say
from desktop_app.engines.validation.client import Answer
from desktop_app.engines.validation.context import CheckContext
from desktop_app.engines.validation.contract import endpoint
from desktop_app.engines.validation.expectations import (
    called,
    is_limited,
    problem_details_problems,
)
from desktop_app.engines.validation.made import if_match
from desktop_app.engines.validation.probes.routes import NONE
from desktop_app.engines.validation.probes.samples import control, sound_body
from desktop_app.engines.validation.registry import probe

_JSON = {"Content-Type": "application/json"}
_HUGE = b'{"padding": "' + b"x" * 2 * 1024 * 1024 + b'"}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Provoked:
    """A request that a sound server answers with ``status``. ``by`` is a role, or nobody."""

    status: int
    method: str
    path: str
    by: Role | None = Role.ADMIN
    headers: dict[str, str] = field(default_factory=dict)
    json: Any = None
    content: bytes | None = None


def _provoked(work: CheckContext) -> Iterator[Provoked]:
    """One of each status. Raises ``BedProblem``."""
    company = control(work.bed, "companies")
    yield Provoked(
        status=400, method="POST", path="/api/companies", headers=_JSON, content=b'{"name": '
    )
    yield Provoked(status=401, method="GET", path="/api/users", by=None)
    yield Provoked(status=403, method="GET", path="/api/audit", by=Role.EVALUATOR)
    yield Provoked(status=404, method="GET", path=f"/api/companies/{NONE}")
    yield Provoked(status=405, method="PUT", path="/api/companies", json={})
    yield Provoked(
        status=409,
        method="PATCH",
        path=f"/api/companies/{company}",
        headers=if_match(999_999),
        json={"name": work.bed.unique()},
    )
    yield Provoked(status=413, method="POST", path="/api/companies", headers=_JSON, content=_HUGE)
    yield Provoked(
        status=415,
        method="POST",
        path="/api/companies",
        headers={"Content-Type": "text/plain"},
        content=b"{}",
    )
    yield Provoked(status=422, method="POST", path="/api/companies", json={})


def _send(work: CheckContext, one: Provoked) -> Answer:
    by = None
    if one.by is not None:
        by = work.bed.actor(one.by) if one.by is Role.ADMIN else work.bed.insider(one.by)
    return work.try_send(
        one.method,
        one.path,
        by=by,
        headers=one.headers,
        json_body=one.json,
        content=one.content,
        fresh=one.status == 413,
    )


@probe("errors.problem_details")
def problem_details(work: CheckContext) -> Iterator[Finding]:
    """One of each error, held against RFC 9457; the subject is the status."""
    for one in _provoked(work):
        subject = str(one.status)
        if not work.wants(subject):
            continue
        answer = _send(work, one)
        if answer.status != one.status:
            yield work.inconclusive(_not_as_meant(answer, one.status), subject=subject)
        elif problems := list(problem_details_problems(answer)):
            yield work.failed(*problems, subject=subject)
        else:
            yield work.passed(
                say(N_("The error of {request} is in order."), request=called(answer)),
                subject=subject,
            )


def _not_as_meant(answer: Answer, status: int) -> Said:
    return say(
        N_("{request} was answered {status}, not {expected}."),
        request=called(answer),
        status=answer.status,
        expected=status,
    )


LEAKS = (
    r"Traceback \(most recent call last\)",
    r'File "[^"]+", line \d+',
    r"\bat [\w.$]+\([\w.]+(?:\.java|\.kt|\.cs|\.js|\.ts)?:\d+",
    r"(?<![\w.:/])/(?:usr|home|opt|var|app|srv|tmp|root)/[\w./-]+",
    r"[A-Za-z]:\\(?:[\w .-]+\\)+",
    r"\bsite-packages\b|\bnode_modules\b",
    r"\b(?:pymongo|bson|starlette|fastapi|uvicorn|pydantic|sqlalchemy|django|werkzeug)\.[\w.]+",
    r"\b(?:Mongo|Operation|Duplicate|BulkWrite|Programming|Integrity|SQL)\w*(?:Error|Exception)\b",
    r"\bE11000\b|\bcollection: \w+|\bindex: idx_",
    r"mongodb(?:\+srv)?://|postgres(?:ql)?://|mysql://|redis://",
    r"\$argon2(?:id|i|d)\$|\$2[aby]\$\d\d\$|pbkdf2_sha256\$|\bpassword_hash\b",
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    r"\b0x[0-9a-f]{8,16}\b",
    r"\bSyntaxError\b|\bNullPointerException\b|\bStackTrace\b|\bstack trace\b",
)
"""What an error must not hold: traces, paths, modules, the database's words, keys, hashes."""

_LEAK = re.compile("|".join(f"(?:{pattern})" for pattern in LEAKS))


_LOOKED_AT = 256 * 1024


def _hostile(work: CheckContext, secret: str) -> Iterator[Provoked]:
    """Requests that make careless servers talk; every one holds ``secret`` where it has a body."""
    name, password = work.bed.unique(), {"password": secret}
    yield Provoked(
        status=401,
        method="POST",
        path="/api/auth/login",
        by=None,
        json={"login_id": name, "password": secret},
    )
    yield Provoked(
        status=400,
        method="POST",
        path="/api/auth/login",
        by=None,
        headers=_JSON,
        content=f'{{"login_id": "{name}", "password": "{secret}"'.encode(),
    )
    yield Provoked(
        status=422,
        method="POST",
        path="/api/auth/login",
        by=None,
        json={"login_id": {"$ne": None}, "password": secret},
    )
    yield Provoked(
        status=422,
        method="POST",
        path="/api/users",
        json={**password, "email": "broken", "role": 7},
    )
    yield Provoked(
        status=422,
        method="POST",
        path="/api/users",
        json={**sound_body(work.bed, "users"), "password": secret, "company_id": {"$gt": ""}},
    )
    yield Provoked(
        status=401,
        method="GET",
        path="/api/auth/me",
        by=None,
        headers={"Authorization": f"Bearer {secret}"},
    )
    for path in (
        "/api/nonexistent",
        f"/api/users/{NONE}",
        f"/api/users/{NONE}%00",
        f"/api/companies/{NONE}%27",
        "/api/users?sort=%24where",
        "/api/users?q=%5B%5D%7B%7D%28%22%27%60%24",
        "/api/users?page=NaN",
        "/api/companies?created_at=2026-99-99",
        "/api/evaluations?status=%7B%24ne%3A1%7D",
        f"/api/files/{NONE}/content",
    ):
        yield Provoked(status=404, method="GET", path=path)
    yield Provoked(status=405, method="PUT", path="/api/users", json=password)
    yield Provoked(
        status=415,
        method="POST",
        path="/api/users",
        headers={"Content-Type": "application/xml"},
        content=f"<a>{secret}</a>".encode(),
    )
    yield Provoked(
        status=400,
        method="POST",
        path="/api/projects",
        headers=_JSON,
        content=b'{"name": ' + b"[" * 3_000,
    )


@probe("errors.no_leaks")
def no_leaks(work: CheckContext) -> Iterator[Finding]:
    """Errors tell nothing of the server's insides, and do not repeat secrets that were sent."""
    secret = work.bed.secret()
    groups: dict[str, list[Provoked]] = {}
    for one in _hostile(work, secret):
        subject = endpoint(one.method, one.path.replace(NONE, "{id}"))
        groups.setdefault(subject, []).append(one)
    for subject, group in groups.items():
        if work.wants(subject):
            yield _judged(work, subject, group, secret)


def _judged(work: CheckContext, subject: str, group: list[Provoked], secret: str) -> Finding:
    """What the errors of one endpoint tell; evidence is kept of those that tell too much."""
    errors, leaks = 0, []
    for one in group:
        answer = _send(work, one)
        found = list(_leaks(answer, secret)) if answer.status >= 400 else []
        errors += answer.status >= 400 and not is_limited(answer)
        leaks += found
        if not found and (errors > 1 or answer.status < 400):
            work.forget(last=1)
    if leaks:
        return work.failed(*leaks[:10], subject=subject)
    if not errors:
        said = say(N_("No request was answered with an error."))
        return work.inconclusive(said, subject=subject)
    said = say(N_("{count} errors hold nothing of the kind."), count=errors)
    return work.passed(said, subject=subject)


def _leaks(answer: Answer, secret: str) -> Iterator[Said]:
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers)
    for text in (answer.text[:_LOOKED_AT], headers):
        if found := _LEAK.search(text):
            yield say(
                N_("The answer of {request} holds “{found}”."),
                request=called(answer),
                found=found[0][:80],
            )
        if secret in text:
            yield say(
                N_("The error of {request} repeats the secret that was sent."),
                request=called(answer),
            )
