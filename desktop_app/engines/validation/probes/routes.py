"""Wrong addresses: methods not offered, ids that nothing has, questions that make no sense."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from desktop_app.core.language import N_
from desktop_app.core.permissions import Operation
from desktop_app.core.users import Role
from desktop_app.core.validation.findings import Finding, Said, say
from desktop_app.engines.validation.bed import MARK
from desktop_app.engines.validation.client import Answer
from desktop_app.engines.validation.context import CheckContext
from desktop_app.engines.validation.contract import fits
from desktop_app.engines.validation.expectations import called
from desktop_app.engines.validation.made import if_match, version_of
from desktop_app.engines.validation.probes.attempts import Attempts
from desktop_app.engines.validation.probes.readable import read, readable
from desktop_app.engines.validation.probes.samples import CREATABLE, control
from desktop_app.engines.validation.registry import probe

NONE = f"{MARK}-none"
"""An id that nothing has."""

_HARMLESS = ("PATCH", "PUT", "POST")
"""Methods to try where they are not offered. Never DELETE: a server might mean it."""

_HOSTILE_IDS = (
    NONE,
    "000000000000000000000000",
    "-1",
    "a" * 300,
    "..%2F..%2F..%2Fetc%2Fpasswd",
    "%00",
    quote('{"$ne": null}', safe=""),
    quote("' OR '1'='1", safe=""),
    "%EF%BF%BE",
    "%FF",
)
_NOT_THERE = frozenset({400, 404, 414, 422})
_REFUSED = frozenset({400, 414, 422})


@probe("routes.methods")
def methods(work: CheckContext) -> Iterator[Finding]:
    """A method that a path is not offered with is answered 405, and Allow says which are."""
    admin = work.bed.actor(Role.ADMIN)
    for path in dict.fromkeys(one.path for one in work.contract.operations.values()):
        asked = path.replace("{id}", NONE)
        offered = {
            one.method
            for one in work.contract.operations.values()
            if fits(one.path.split("/"), asked.split("/"))
        }
        method = next((method for method in _HARMLESS if method not in offered), None)
        if method is None or not work.wants(f"{method} {path}"):
            continue
        attempts = Attempts(work, f"{method} {path}", (405,))
        answer = work.try_send(method, asked, by=admin)
        attempts.judge("a method that is not offered", answer, *_allow(answer, offered))
        yield attempts.finding()


def _allow(answer: Answer, offered: set[str]) -> Iterator[Said]:
    """What is wrong with Allow (RFC 9110 §15.5.6)."""
    if answer.status != 405:
        return
    told = {one.strip().upper() for one in answer.header("allow").split(",")} - {""}
    if not told:
        yield say(N_("{request} came without {header}."), request=called(answer), header="Allow")
    elif told - {"HEAD", "OPTIONS"} != offered:
        yield say(
            N_("Allow of {request} says {found}, offered is {expected}."),
            request=called(answer),
            found=", ".join(sorted(told))[:200],
            expected=", ".join(sorted(offered)),
        )


@probe("routes.unknown_ids")
def unknown_ids(work: CheckContext) -> Iterator[Finding]:
    """An id that nothing has is answered 404; one that can be none is refused."""
    admin = work.bed.actor(Role.ADMIN)
    for one in readable(work):
        operation = work.contract.operations[one.operation]
        if "{id}" not in operation.path:
            continue
        there = read(work, one)
        if there.status != 200:
            yield work.inconclusive(
                say(N_("{path} was answered {status}."), path=one.endpoint, status=there.status),
                subject=one.endpoint,
            )
            continue
        attempts = Attempts(work, one.endpoint, _NOT_THERE)
        for id_ in _HOSTILE_IDS:
            attempts.expected = (404,) if id_ == NONE else _NOT_THERE
            attempts.send(f"id {id_[:40]}", "GET", operation.path.replace("{id}", id_), by=admin)
        yield attempts.finding()
    yield from _unknown_to_writes(work)


def _unknown_to_writes(work: CheckContext) -> Iterator[Finding]:
    """The same of what writes, where the sound request is known: a change and a removal."""
    admin = work.bed.actor(Role.ADMIN)
    for kind in CREATABLE:
        control(work.bed, kind)
        for method in ("PATCH", "DELETE"):
            subject = f"{method} /api/{kind}/{{id}}"
            if not work.wants(subject):
                continue
            attempts = Attempts(work, subject, (404,))
            body = {"name": work.bed.unique()} if method == "PATCH" else None
            attempts.send(
                f"id {NONE}",
                method,
                f"/api/{kind}/{NONE}",
                by=admin,
                json_body=body,
                headers=if_match(1),
            )
            yield attempts.finding()


_NONSENSE = {
    "page=0": "page=0",
    "page=-1": "page=-1",
    "page=x": "page=x",
    "page=1.5": "page=1.5",
    "page_size=0": "page_size=0",
    "page_size=x": "page_size=x",
    "page_size=1000000000": "page_size=1000000000",
    "sort=no_such_field": "sort=no_such_field",
    "sort=$where": "sort=%24where",
    "no_such_filter=1": "no_such_filter=1",
    "page twice": "page=1&page=2",
    "a NUL in q": "q=%00",
    "q: 5000 characters": "q=" + "a" * 5_000,
}


@probe("routes.queries")
def queries(work: CheckContext) -> Iterator[Finding]:
    """Questions that a list cannot be asked are refused, not answered by something else."""
    admin = work.bed.actor(Role.ADMIN)
    for operation in _lists(work):
        subject = f"GET {operation.path}"
        if not work.wants(subject):
            continue
        plain = work.try_send("GET", operation.path, by=admin)
        if plain.status != 200 or not plain.json:
            yield work.inconclusive(
                say(N_("{path} was answered {status}."), path=subject, status=plain.status),
                subject=subject,
            )
            continue
        attempts = Attempts(work, subject, _REFUSED)
        for what, query in _NONSENSE.items():
            attempts.send(what, "GET", f"{operation.path}?{query}", by=admin)
        yield attempts.finding()


def _lists(work: CheckContext) -> Iterator[Operation]:
    names = (*CREATABLE, "evaluations", "files", "audit")
    return (work.contract.operations[f"{name}.list"] for name in names)


_VERSIONS = {
    "no If-Match": None,
    "If-Match: abc": "abc",
    "If-Match: -1": '"-1"',
    "If-Match: 30 digits": '"' + "9" * 30 + '"',
    'If-Match: {"$ne":0}': '{"$ne":0}',
}


@probe("routes.versions")
def versions(work: CheckContext) -> Iterator[Finding]:
    """A change without a version, or with one that is none, is refused and changes nothing."""
    admin = work.bed.actor(Role.ADMIN)
    for kind in CREATABLE:
        subject = f"PATCH /api/{kind}/{{id}}"
        if not work.wants(subject):
            continue
        path = f"/api/{kind}/{control(work.bed, kind)}"
        before = work.send("GET", path, by=admin)
        attempts = Attempts(work, subject, (400, 409, 412, 422, 428))
        for what, version in _VERSIONS.items():
            attempts.send(
                what,
                "PATCH",
                path,
                by=admin,
                json_body={"name": work.bed.unique()},
                headers={} if version is None else {"If-Match": version},
            )
        after = work.send("GET", path, by=admin)
        if version_of(after) != version_of(before):
            attempts.judge(
                "the version",
                after,
                say(N_("A change that was refused changed the document.")),
            )
        work.forget(last=1)
        yield attempts.finding()
