"""Whether the contract's endpoints are there, and answer as the target itself describes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from desktop_app.core.language import N_
from desktop_app.core.validation.findings import Finding, Said, say
from desktop_app.core.validation.suites import Expected
from desktop_app.engines.validation.client import Answer
from desktop_app.engines.validation.context import Blocked, CheckContext
from desktop_app.engines.validation.expectations import (
    called,
    is_limited,
    limited,
    problems_of,
)
from desktop_app.engines.validation.probes.controls import administrator
from desktop_app.engines.validation.probes.readable import read, readable
from desktop_app.engines.validation.registry import probe
from desktop_app.engines.validation.schemas import NoSchema, schema_problems
from desktop_app.engines.validation.who import again

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class _Endpoint:
    """One of the 14 (SYSTEM.md §3): asked so that nothing changes, with what it must answer then.

    ``who``: nobody, the administrator, or the administrator in a session of its own, so that
    signing out ends nothing that the run needs.
    """

    method: str
    path: str
    who: str
    expect: Expected
    body: object = None


def _has(*keys: str) -> Expected:
    return Expected(status=(200,), keys=keys)


_REFUSED = Expected(status=(400, 415, 422))
"""An empty object is refused by whoever knows what belongs there."""

ENDPOINTS = (
    _Endpoint("GET", "/health", "nobody", _has("status")),
    _Endpoint("GET", "/api/health", "nobody", _has("status")),
    _Endpoint("POST", "/api/auth/login", "nobody", _REFUSED, {}),
    _Endpoint("POST", "/api/auth/logout", "own session", _has("message")),
    _Endpoint("GET", "/api/auth/me", "admin", _has("login_id")),
    _Endpoint("GET", "/api/users", "admin", _has("users")),
    _Endpoint("POST", "/api/users", "admin", _REFUSED, {}),
    _Endpoint("GET", "/api/companies", "admin", _has("companies")),
    _Endpoint("GET", "/api/projects", "admin", _has("projects")),
    _Endpoint("POST", "/api/projects", "admin", _REFUSED, {}),
    _Endpoint("GET", "/api/templates", "admin", _has("templates")),
    _Endpoint("GET", "/api/evaluations", "admin", _has("evaluations")),
    _Endpoint("GET", "/api/files", "admin", _has("files")),
    _Endpoint("POST", "/api/files/upload", "admin", _REFUSED, {}),
)


@probe("contract.endpoints")
def endpoints(work: CheckContext) -> Iterator[Finding]:
    """Each endpoint that a production verdict needs answers with a documented status."""
    admin = administrator(work)
    for one in ENDPOINTS:
        subject = f"{one.method} {one.path}"
        if not work.wants(subject):
            continue
        by = again(work, admin) if one.who == "own session" else admin
        answer = work.try_send(
            one.method, one.path, by=None if one.who == "nobody" else by, json_body=one.body
        )
        if is_limited(answer):
            yield work.inconclusive(limited(), subject=subject)
            continue
        problems = problems_of(answer, one.expect, work.contract)
        if answer.failure:
            problems = [_silent(answer)]
        yield (
            work.failed(*problems, subject=subject)
            if problems
            else work.passed(_answered(answer), subject=subject)
        )


@probe("contract.openapi")
def openapi(work: CheckContext) -> Iterator[Finding]:
    """/openapi.json is there, and describes every operation of the contract."""
    answer = work.try_send("GET", "/openapi.json")
    if is_limited(answer):
        raise Blocked(limited())
    found = answer.json
    version = found.get("openapi") if isinstance(found, dict) else None
    paths = found.get("paths") if isinstance(found, dict) else None
    if answer.status != 200 or not isinstance(version, str) or not isinstance(paths, dict):
        yield work.failed(
            say(
                N_("{request} was answered {status}, and is no OpenAPI description."),
                request=called(answer),
                status=answer.status,
            )
        )
        return
    if not version.startswith("3."):
        yield work.failed(say(N_("The description is of version {version}."), version=version[:20]))
        return
    missing = [
        f"{operation.method} {operation.path}"
        for operation in work.contract.operations.values()
        if not isinstance(paths.get(operation.path), dict)
        or operation.method.lower() not in paths[operation.path]
    ]
    if missing:
        yield work.failed(
            *(say(N_("{endpoint} is not described."), endpoint=endpoint) for endpoint in missing),
            missing=len(missing),
        )
        return
    count = len(work.contract.operations)
    yield work.passed(say(N_("All {count} operations are described."), count=count))


@probe("contract.schemas")
def schemas(work: CheckContext) -> Iterator[Finding]:
    """What every readable operation answers is as /openapi.json says."""
    for one in readable(work):
        answer = read(work, one)
        if answer.failure:
            yield work.failed(_silent(answer), subject=one.endpoint)
            continue
        if answer.status >= 400:
            yield work.inconclusive(_answered(answer), subject=one.endpoint)
            continue
        try:
            problems = schema_problems(work.contract, answer)
        except NoSchema as none:
            yield work.inconclusive(
                say(N_("The answer cannot be held against a schema: {reason}."), reason=str(none)),
                subject=one.endpoint,
            )
            continue
        if problems:
            yield work.failed(
                *(
                    say(
                        N_("The answer of {request} is not as /openapi.json says: {problem}."),
                        request=called(answer),
                        problem=problem,
                    )
                    for problem in problems
                ),
                subject=one.endpoint,
            )
        else:
            yield work.passed(_answered(answer), subject=one.endpoint)


_TYPES = {
    "metrics.read": ("text/plain", "application/openmetrics-text"),
    "files.download": ("text/plain", "application/octet-stream"),
}
"""Where it is not JSON. The bed's file is a text."""


@probe("contract.content_types")
def content_types(work: CheckContext) -> Iterator[Finding]:
    """Every readable operation says truly what its answer is."""
    for one in readable(work):
        answer = read(work, one)
        wanted = _TYPES.get(one.operation, (JSON,))
        if answer.failure or answer.status >= 400:
            said = _silent(answer) if answer.failure else _answered(answer)
            yield work.inconclusive(said, subject=one.endpoint)
        elif answer.content_type not in wanted:
            yield work.failed(
                say(
                    N_("The content type of {request} is “{found}”, not “{expected}”."),
                    request=called(answer),
                    found=answer.content_type[:200],
                    expected=" / ".join(wanted),
                ),
                subject=one.endpoint,
            )
        elif JSON in wanted and answer.json is None:
            yield work.failed(
                say(N_("{request} says it is JSON, and is not."), request=called(answer)),
                subject=one.endpoint,
            )
        elif not answer.body or (JSON in wanted and not _tells(answer)):
            yield work.inconclusive(
                say(N_("The answer of {request} is empty."), request=called(answer)),
                subject=one.endpoint,
            )
        else:
            yield work.passed(_answered(answer), subject=one.endpoint)


def _tells(answer: Answer) -> bool:
    """Whether it is an object that holds something: no contract answers with less."""
    return isinstance(answer.json, dict) and bool(answer.json)


def _answered(answer: Answer) -> Said:
    return say(N_("{request} was answered {status}."), request=called(answer), status=answer.status)


def _silent(answer: Answer) -> Said:
    return say(
        N_("{request} was not answered: {reason}."),
        request=called(answer),
        reason=answer.failure,
    )
