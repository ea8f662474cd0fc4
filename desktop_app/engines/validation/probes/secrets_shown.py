"""Secrets in answers: hashes, tokens, keys and passwords in lists, documents and errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from desktop_app.core.language import N_
from desktop_app.core.permissions import Operation, Scope
from desktop_app.core.users import Role
from desktop_app.core.validation.findings import Finding, say
from desktop_app.engines.validation.bed import MARK, BedProblem
from desktop_app.engines.validation.client import Answer
from desktop_app.engines.validation.context import CheckContext
from desktop_app.engines.validation.harmless import ABSENT, STALE, path_of, subject_of
from desktop_app.engines.validation.registry import probe
from desktop_app.engines.validation.who import prove, unmeasured

_SHAPES = {
    "password hash": re.compile(
        r"\$argon2(?:id|i|d)?\$|\$2[abxy]?\$\d\d\$|\$scrypt\$|\$pbkdf2|pbkdf2_sha\d+\$|\$[156]\$\w+\$"
        r"|\{(?:SSHA|SHA|MD5|CRYPT)\}"
    ),
    "private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY"),
    "token": re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+"),
    "password in an address": re.compile(r"\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@\"]+:[^\s/@\"]+@"),
    "cloud key": re.compile(r"\bAKIA[0-9A-Z]{16}\b"),
}
_KEYS = re.compile(
    r"(?:(?:hashed|encrypted|plain|initial|temporary)_?)?(?:password|passwd|pwd)(?:_?(?:hash|salt|digest))?"
    r"|(?:client|jwt|signing|app|webhook|totp|otp|mfa)?_?secret(?:_?key)?|(?:api|private|signing|encryption)_?key"
    r"|(?:access|refresh|session|reset|id|csrf|auth|api|bearer)_?token|refresh_?hash|token|salt|session_?id"
    r"|connection_?string|credentials?",
    re.IGNORECASE,
)
_DESCRIPTION = "openapi.read"
_WALKS_ALL = frozenset({"audit.verify"})
"""Reads that take long where there is much."""

_IDS = {
    "users": "manager_id",
    "companies": "company_id",
    "templates": "template_id",
    "projects": "project_id",
    "results": "project_id",
    "evaluations": "evaluation_id",
    "files": "file_id",
}


@probe("secrets.answers")
def in_answers(work: CheckContext) -> Iterator[Finding]:
    """Everything that an administrator can read, looked through for secrets."""
    prove(work, work.bed.actor(Role.ADMIN))
    for operation in work.contract.operations.values():
        subject = subject_of(operation)
        if operation.method != "GET" or operation.id in _WALKS_ALL or not work.wants(subject):
            continue
        path = _path(work, operation)
        if path is not None:
            yield _looked_through(work, operation, path)


def _path(work: CheckContext, operation: Operation) -> str | None:
    """What is to be read; None where the bed has nothing of the kind."""
    if "{id}" not in operation.path:
        return operation.path
    name = _IDS.get(operation.id.partition(".")[0])
    if name is None or operation.allowed.get(Role.ADMIN) is not Scope.ALL:
        return None
    if operation.path.startswith("/api/files/upload/"):
        return None
    try:
        return path_of(operation, work.bed.value(name))
    except BedProblem:
        return None


def _looked_through(work: CheckContext, operation: Operation, path: str) -> Finding:
    subject = subject_of(operation)
    admin = None if operation.public else work.bed.actor(Role.ADMIN)
    answer = work.try_send("GET", path, by=admin)
    found = secrets_in(answer, work.bed.secrets(), keys=operation.id != _DESCRIPTION)
    if found:
        return work.failed(
            say(N_("The answer holds: {what}."), what=", ".join(found)), subject=subject
        )
    if answer.status in (404, 405, 501) and "{id}" not in operation.path:
        return work.not_applicable(
            say(
                N_("It is not offered here: with a sound token it is answered {status}."),
                status=answer.status,
            ),
            subject=subject,
        )
    if answer.status != 200 or not answer.whole or answer.json in ({}, []) or not answer.body:
        return work.inconclusive(
            say(
                N_("It is answered {status} with {size} bytes: there was nothing to look through."),
                status=answer.status,
                size=len(answer.body),
            ),
            subject=subject,
        )
    return work.passed(
        say(N_("No secret in {size} bytes."), size=len(answer.body)), subject=subject
    )


def secrets_in(answer: Answer, known: frozenset[str], *, keys: bool = True) -> list[str]:
    """What kinds of secrets an answer holds, never the secrets themselves.

    ``known`` are passwords and tokens that must not be anywhere. ``keys``: also what is named as
    a secret, whatever it looks like.
    """
    text = answer.text
    found = [name for name, shape in _SHAPES.items() if shape.search(text)]
    if any(secret in text for secret in known if len(secret) >= 8):
        found.append("a password or token of this run")
    if keys:
        found += sorted(set(_named(answer.json)))
    headers = " ".join(value for name, value in answer.headers if name.lower() != "set-cookie")
    found += [f"{name} (header)" for name, shape in _SHAPES.items() if shape.search(headers)]
    return found


def _named(value: Any, depth: int = 0) -> Iterator[str]:
    if depth > 12:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, str) and inner and set(inner) != {"*"} and _KEYS.fullmatch(key):
                yield key
            yield from _named(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value[:500]:
            yield from _named(inner, depth + 1)


@probe("secrets.errors")
def in_errors(work: CheckContext) -> Iterator[Finding]:
    """A password in a request that is refused does not come back in the answer."""
    admin = prove(work, work.bed.actor(Role.ADMIN))
    # Never a given account: a server that asks for no current password would change it.
    user = work.bed.new_user(Role.EVALUATOR)
    canary = work.bed.secret()
    name = work.bed.unique()
    person = {"login_id": name, "name": MARK, "email": "no address", "role": "evaluator"}
    broken = f'{{"login_id": "{name}", "password": "{canary}", '.encode()
    requests: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("POST", "/api/auth/login", {"json_body": {"login_id": name, "password": canary}}),
        ("POST", "/api/auth/login", {"json_body": {"login_id": name, "password": [canary]}}),
        (
            "POST",
            "/api/auth/login",
            {"content": broken, "headers": {"Content-Type": "application/json"}},
        ),
        ("POST", "/api/users", {"json_body": {**person, "password": canary}, "by": admin}),
        ("POST", "/api/auth/password", {"json_body": {"new_password": canary}, "by": user}),
        (
            "PATCH",
            f"/api/users/{ABSENT}",
            {"json_body": {"password": canary}, "by": admin, "headers": STALE},
        ),
    )
    answers = [work.try_send(method, path, **options) for method, path, options in requests]
    echoing = [answer for answer in answers if canary in answer.text]
    told = ", ".join(f"{a.request.method} {a.request.path} {a.status}" for a in answers)
    told = told.replace(ABSENT, "{id}")
    if echoing:
        work.show(*echoing[:4])
        yield work.failed(say(N_("The password comes back in the answer.")))
    elif any(unmeasured(answer) or answer.status < 400 for answer in answers):
        yield work.inconclusive(say(N_("Answered: {told}."), told=told))
    else:
        yield work.passed(say(N_("Answered: {told}."), told=told))
