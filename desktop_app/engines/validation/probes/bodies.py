"""Broken bodies at every endpoint that takes one: refused with the right status, nothing made."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from desktop_app.core.language import N_
from desktop_app.core.users import Role
from desktop_app.core.validation.findings import Finding, say
from desktop_app.engines.validation.bed import Actor, BedProblem
from desktop_app.engines.validation.context import Blocked, CheckContext
from desktop_app.engines.validation.made import if_match, version_of
from desktop_app.engines.validation.probes.attempts import Attempts
from desktop_app.engines.validation.probes.broken_bodies import KINDS
from desktop_app.engines.validation.probes.samples import CREATABLE, control, sound_body
from desktop_app.engines.validation.registry import probe

JSON = {"Content-Type": "application/json"}
_OVERSIZE = 2 * 1024 * 1024
_MEDIA = (
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/xml",
    "",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taker:
    """An endpoint that takes a body, which is seen to take a sound one."""

    kind: str
    method: str
    path: str
    subject: str
    by: Actor | None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def new(self) -> bool:
        """Whether it makes something new."""
        return self.method == "POST"

    def sound(self, work: CheckContext) -> dict[str, Any]:
        """A body that it would take, if nothing were wrong with it."""
        if self.kind == "login":
            return {"login_id": work.bed.unique(), "password": work.bed.secret()}
        if self.kind == "files":
            name = f"{work.bed.unique()}.txt"
            return {"file_name": name, "size": 1, "company_id": work.bed.value("company_id")}
        return sound_body(work.bed, self.kind) if self.new else {"name": work.bed.unique()}


def takers(work: CheckContext) -> Iterator[Taker | Finding]:
    """Each endpoint, or why none could be had: who refuses everything proves nothing."""
    makers = [("login", "POST", "/api/auth/login")]
    makers += [(kind, "POST", f"/api/{kind}") for kind in CREATABLE]
    makers += [(kind, "PATCH", f"/api/{kind}/{{id}}") for kind in CREATABLE]
    makers += [("files", "POST", "/api/files/upload")]
    for kind, method, path in makers:
        subject = f"{method} {path}"
        if work.wants(subject):
            try:
                yield _taker(work, kind, method, path)
            except (Blocked, BedProblem) as blocked:
                yield work.inconclusive(blocked.said, subject=subject)


def _taker(work: CheckContext, kind: str, method: str, path: str) -> Taker:
    subject, headers = f"{method} {path}", {}
    admin = work.bed.actor(Role.ADMIN)
    if kind == "files":
        work.bed.value("upload_id")
    elif kind != "login":
        made = control(work.bed, kind)
        if method == "PATCH":
            path = path.replace("{id}", made)
            found = work.send("GET", path, by=admin)
            if found.status != 200:
                raise Blocked(
                    say(N_("{path} was answered {status}."), path=subject, status=found.status)
                )
            headers = if_match(version_of(found))
    return Taker(
        kind=kind,
        method=method,
        path=path,
        subject=subject,
        by=None if kind == "login" else admin,
        headers=headers,
    )


@probe("bodies.refused")
def refused(work: CheckContext) -> Iterator[Finding]:
    """Bodies of the kind that ``broken`` names are answered as ``status`` says."""
    broken = KINDS[str(work.params["broken"])]
    expected = frozenset(work.params["status"])
    for taker in takers(work):
        if isinstance(taker, Finding):
            yield taker
            continue
        attempts = Attempts(work, taker.subject, expected)
        for what, body in broken(taker.kind, taker.sound(work), taker.new):
            attempts.send(
                what,
                taker.method,
                taker.path,
                by=taker.by,
                content=body,
                headers={**JSON, **taker.headers},
            )
        if attempts.tried:
            yield attempts.finding()


@probe("bodies.oversize")
def oversize(work: CheckContext) -> Iterator[Finding]:
    """A body of some megabytes is refused with 413, and not held in memory."""
    for taker in takers(work):
        if isinstance(taker, Finding):
            yield taker
            continue
        body = {**taker.sound(work), "padding": "x" * _OVERSIZE}
        attempts = Attempts(work, taker.subject, (413,))
        attempts.send(
            f"{_OVERSIZE // 1024**2} MiB",
            taker.method,
            taker.path,
            by=taker.by,
            content=json.dumps(body).encode(),
            headers={**JSON, **taker.headers},
            fresh=True,
        )
        yield attempts.finding()


@probe("bodies.media_types")
def media_types(work: CheckContext) -> Iterator[Finding]:
    """Sound content under another media type is refused with 415."""
    for taker in takers(work):
        if isinstance(taker, Finding):
            yield taker
            continue
        attempts = Attempts(work, taker.subject, (415,))
        for media in _MEDIA:
            headers = {**taker.headers, **({"Content-Type": media} if media else {})}
            attempts.send(
                media or "no Content-Type",
                taker.method,
                taker.path,
                by=taker.by,
                content=json.dumps(taker.sound(work)).encode(),
                headers=headers,
            )
        yield attempts.finding()
