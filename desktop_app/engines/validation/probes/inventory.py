"""What answers, against what is documented (API9:2023; ASVS 5.0.0 V13.4)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from desktop_app.core.language import N_
from desktop_app.core.validation.findings import Finding, say
from desktop_app.engines.validation.client import Answer
from desktop_app.engines.validation.context import Blocked, CheckContext
from desktop_app.engines.validation.probes.controls import (
    administrator,
    undecided,
    unknown_path,
)
from desktop_app.engines.validation.registry import probe

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_NOBODY = "zz-evalcheck-nobody"
_ABSENT = frozenset({404, 405, 501})
_MOST_NAMED = 8
_SILENCES = 3
_KEPT_BYTES = 8192
_MOST_ROUTES = 400
"""Of a description, which a target may make as long as it likes."""


def described_routes(work: CheckContext) -> list[tuple[str, str]]:
    """Methods and paths of /openapi.json; raises ``Blocked`` where there is none."""
    paths = (work.contract.described or {}).get("paths")
    if not isinstance(paths, dict) or not paths:
        raise Blocked(say(N_("There is no /openapi.json that documents the routes.")))
    return [
        (method, path)
        for path, item in paths.items()
        if isinstance(item, dict) and path.startswith("/")
        for method in METHODS
        if method.lower() in item
    ][:_MOST_ROUTES]


def _filled(path: str) -> str:
    return re.sub(r"\{[^}]*\}", _NOBODY, path)


def _ask_all(work: CheckContext, routes: Iterable[tuple[str, str]]) -> dict[str, Answer]:
    """What each route answers ("GET /path"), asked without a token, about nobody.

    A sound route refuses, and nothing is changed. Who keeps silent is not asked to the end.
    """
    answers: dict[str, Answer] = {}
    silent = 0
    for method, path in routes:
        answer = work.try_send(method, _filled(path))
        answer.body = answer.body[:_KEPT_BYTES]
        answers[f"{method} {path}"] = answer
        silent += answer.status == 0
        if silent >= _SILENCES:
            break
    return answers


def _told_apart(work: CheckContext) -> None:
    """Raises ``Blocked`` where routes cannot be told from what is none."""
    administrator(work)
    unknown_path(work)
    wrong = work.send("PUT", "/health")
    if wrong.status not in _ABSENT:
        raise Blocked(
            say(
                N_("A method that cannot exist was answered {status}, not 405."),
                status=wrong.status,
            )
        )
    work.forget()


def _named(routes: Iterable[str]) -> str:
    found = list(routes)
    more = f" (+{len(found) - _MOST_NAMED})" if len(found) > _MOST_NAMED else ""
    return ", ".join(found[:_MOST_NAMED]) + more


@probe("inventory.documented")
def documented(work: CheckContext) -> Iterator[Finding]:
    """What is documented is there."""
    routes = described_routes(work)
    _told_apart(work)
    answers = _ask_all(work, routes)
    absent = {
        route: answer
        for route, answer in answers.items()
        # A public route may say 404 of what it is asked about; a guarded one asks who asks first.
        if answer.status in (405, 501)
        or (answer.status == 404 and ("{" not in route or _guarded(work, route)))
    }
    if absent:
        work.show(*absent.values())
        yield work.failed(
            say(N_("Documented, but not there: {routes}."), routes=_named(absent)),
            documented=len(routes),
            absent=len(absent),
        )
        return
    if (said := undecided(answers.values())) is not None:
        yield work.inconclusive(said)
        return
    yield work.passed(
        say(N_("All {count} documented operations are there."), count=len(routes)),
        documented=len(routes),
    )


def _guarded(work: CheckContext, route: str) -> bool:
    """Whether the description says that this route needs a token."""
    method, _, path = route.partition(" ")
    operation = work.contract.described_operation(method, path) or {}
    everywhere = (work.contract.described or {}).get("security")
    return bool(operation.get("security", everywhere))


@probe("inventory.contract")
def contract(work: CheckContext) -> Iterator[Finding]:
    """What the contract holds is there and documented."""
    described = set(described_routes(work))
    places = {(method, _filled(path)) for method, path in described}
    _told_apart(work)
    operations = [(one.method, one.path) for one in work.contract.operations.values()]
    answers = _ask_all(work, operations)
    absent = {route: answer for route, answer in answers.items() if answer.status in _ABSENT}
    undocumented = {
        route: answers[route]
        for method, path in operations
        if (route := f"{method} {path}") in answers.keys() - absent.keys()
        and (method, _filled(path)) not in places
        and answers[route].status not in (0, 429)
    }
    silent = undecided(answers.values())
    for subject, wrong, message, passed in (
        (
            "undocumented",
            undocumented,
            N_("They answer, but are not documented: {routes}."),
            N_("Of {count} operations of the contract none answers without being documented."),
        ),
        (
            "absent",
            absent,
            N_("The contract holds them, but they are not there: {routes}."),
            N_("All {count} operations of the contract are there."),
        ),
    ):
        if not work.wants(subject):
            continue
        if wrong:
            work.show(*wrong.values())
            yield work.failed(say(message, routes=_named(wrong)), subject=subject)
        elif silent is not None:
            yield work.inconclusive(silent, subject=subject)
        else:
            yield work.passed(say(passed, count=len(answers)), subject=subject)


@probe("inventory.methods")
def methods(work: CheckContext) -> Iterator[Finding]:
    """A documented path takes no method that is not documented (ASVS V4.1.4)."""
    routes = described_routes(work)
    _told_apart(work)
    offered: dict[str, set[str]] = {}
    for method, path in routes:
        offered.setdefault(path, set()).add(method)
    answers = _ask_all(
        work,
        (
            (method, path)
            for path in offered
            for method in METHODS
            if not _taken(method, path, offered)
        ),
    )
    wrong = {
        route: answer
        for route, answer in answers.items()
        if answer.status not in (*_ABSENT, 0, 429, 400)
    }
    if wrong:
        work.show(*wrong.values())
        yield work.failed(
            say(N_("They answer, but are not documented: {routes}."), routes=_named(wrong))
        )
        return
    if (said := undecided(answers.values())) is not None:
        yield work.inconclusive(said)
        return
    yield work.passed(
        say(N_("{count} methods that are not documented are refused."), count=len(answers))
    )


def _taken(method: str, path: str, offered: dict[str, set[str]]) -> bool:
    """Whether a documented route takes it: /users/import is an id of /users/{id} too."""
    plain = _filled(path)
    return any(
        method in known and _pattern(other).fullmatch(plain) for other, known in offered.items()
    )


@lru_cache(maxsize=_MOST_ROUTES)
def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"(\{[^}]*\})", path)
    return re.compile("".join("[^/]+" if p.startswith("{") else re.escape(p) for p in parts))


@dataclass(frozen=True, slots=True)
class _Group:
    """Paths that no stranger should find; ``warns``: being found is bad, but no hole by itself."""

    subject: str
    paths: tuple[str, ...]
    warns: bool = False


GROUPS = (
    _Group(
        "documentation",
        ("/docs", "/redoc", "/swagger", "/swagger-ui", "/swagger-ui.html", "/swagger-ui/index.html",
         "/api/docs", "/api/redoc", "/api-docs", "/v2/api-docs", "/v3/api-docs"),
        warns=True,
    ),
    _Group(
        "debug",
        ("/debug", "/api/debug", "/debug/pprof/", "/console", "/_debug", "/__debug__/",
         "/_profiler", "/trace.axd", "/elmah.axd", "/phpinfo.php", "/info.php", "/test",
         "/api/test", "/graphql", "/graphiql"),
    ),
    _Group(
        "monitoring",
        ("/metrics", "/actuator", "/actuator/env", "/actuator/health", "/actuator/heapdump",
         "/env", "/status", "/server-status", "/api/health/detailed", "/jolokia"),
    ),
    _Group(
        "files",
        ("/.env", "/.git/config", "/.git/HEAD", "/.svn/entries", "/.DS_Store", "/.aws/credentials",
         "/config.json", "/config.yml", "/web.config", "/package.json", "/requirements.txt",
         "/backup.zip", "/dump.sql", "/backup.sql", "/.htaccess", "/id_rsa"),
    ),
    _Group(
        "administration",
        ("/admin", "/administrator", "/api/admin", "/api/internal", "/internal", "/manage",
         "/phpmyadmin/", "/mongo-express", "/api/setup", "/install"),
    ),
)  # fmt: skip


@probe("inventory.debug")
def debug(work: CheckContext) -> Iterator[Finding]:
    """No page for makers, and no file of theirs, is open to strangers (ASVS V13.4.1, .2, .5)."""
    administrator(work)
    unknown_path(work)
    bare = work.send("GET", "/zz-evalcheck-nothing")
    if bare.status != 404:
        raise Blocked(
            say(
                N_(
                    "A path that cannot exist was answered {status}, not 404: what is there cannot "
                    "be told from what is not."
                ),
                status=bare.status,
            )
        )
    for group in GROUPS:
        if not work.wants(group.subject):
            continue
        work.forget()
        yield _searched(work, group)
    if work.wants("directory listing"):
        work.forget()
        yield _listings(work)


def _searched(work: CheckContext, group: _Group) -> Finding:
    answers = _ask_all(work, (("GET", path) for path in group.paths))
    opened = {path: answer for path, answer in answers.items() if 200 <= answer.status < 300}
    led = {
        path: answer
        for path, answer in answers.items()
        if 300 <= answer.status < 400 and answer.status != 304
    }
    if opened:
        work.show(*opened.values())
        make = work.warned if group.warns else work.failed
        return make(
            say(N_("Open to everybody: {paths}."), paths=_named(opened)), subject=group.subject
        )
    if led:
        work.show(*led.values())
        return work.warned(
            say(N_("Something is there and leads elsewhere: {paths}."), paths=_named(led)),
            subject=group.subject,
        )
    if (said := undecided(answers.values())) is not None:
        return work.inconclusive(said, subject=group.subject)
    guarded = [path for path, answer in answers.items() if answer.status in (401, 403)]
    seen = [say(N_("None of {count} paths is open."), count=len(answers))]
    if guarded:
        seen.append(say(N_("These ask for a sign-in: {paths}."), paths=_named(guarded)))
    return work.passed(*seen, subject=group.subject)


_LISTING = re.compile(
    r"<title>\s*(?:Index of|Directory listing for)|\bParent Directory\b", re.IGNORECASE
)


def _listings(work: CheckContext) -> Finding:
    subject = "directory listing"
    answers = [
        work.try_send("GET", path)
        for path in ("/", "/static/", "/files/", "/uploads/", "/api/files/upload/", "/media/")
    ]
    for answer in answers:
        if _LISTING.search(answer.text):
            work.show(answer)
            return work.failed(
                say(N_("{path} lists a folder."), path=answer.request.path), subject=subject
            )
    if (said := undecided(answers)) is not None:
        return work.inconclusive(said, subject=subject)
    return work.passed(say(N_("No folder is listed.")), subject=subject)


@probe("inventory.trace")
def trace(work: CheckContext) -> Iterator[Finding]:
    """TRACE gives nothing back (ASVS V13.4.4; RFC 9110 §9.3.8)."""
    administrator(work)
    unknown_path(work)
    work.forget()
    told = work.bed.unique()
    answers = [
        work.try_send(method, path, headers={"X-Evalcheck": told})
        for method, path in (("TRACE", "/"), ("TRACE", "/health"), ("TRACK", "/health"))
    ]
    for answer in answers:
        if told in answer.text or 200 <= answer.status < 300:
            work.show(answer)
            yield work.failed(
                say(
                    N_("{method} is answered {status}."),
                    method=answer.request.method,
                    status=answer.status,
                )
            )
            return
    if (said := undecided(answers)) is not None:
        yield work.inconclusive(said)
        return
    yield work.passed(say(N_("TRACE and TRACK are refused.")))


_VERSIONS = ("v0", "v1", "v2", "v3", "v1.0", "beta", "old", "dev", "test", "staging", "legacy")


@probe("inventory.versions")
def old_versions(work: CheckContext) -> Iterator[Finding]:
    """No older or unfinished version of the interface answers beside the documented one."""
    administrator(work)
    unknown_path(work)
    described = (work.contract.described or {}).get("paths")
    known = set(described) if isinstance(described, dict) else set()
    work.forget()
    paths = [
        ("GET", path)
        for version in _VERSIONS
        for path in (f"/api/{version}/users", f"/{version}/users", f"/{version}/api/users")
        if path not in known
    ]
    answers = _ask_all(work, paths)
    found = {path: answer for path, answer in answers.items() if answer.status not in (404, 0, 429)}
    if found:
        work.show(*found.values())
        yield work.failed(
            say(N_("They answer, but are not documented: {routes}."), routes=_named(found))
        )
        return
    if (said := undecided(answers.values())) is not None:
        yield work.inconclusive(said)
        return
    yield work.passed(
        say(N_("None of {count} paths of other versions answers."), count=len(answers))
    )
