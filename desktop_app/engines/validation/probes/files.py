"""A file's round trip: sent in parts, read back byte for byte, deleted."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from typing import Any

from desktop_app.core.language import N_
from desktop_app.core.users import Role
from desktop_app.core.validation.findings import Finding, Said, say
from desktop_app.core.validation.suites import Expected
from desktop_app.engines.validation.client import Answer
from desktop_app.engines.validation.context import Blocked, CheckContext
from desktop_app.engines.validation.expectations import is_limited, limited, problems_of
from desktop_app.engines.validation.made import if_match, version_of
from desktop_app.engines.validation.places import at
from desktop_app.engines.validation.registry import probe

_SUBJECT = "POST /api/files/upload"
_PART = "application/offset+octet-stream"


@probe("files.round_trip")
def round_trip(work: CheckContext) -> Iterator[Finding]:
    """One finding: the first step that went wrong, or that none did."""
    problems = list(_problems(work))
    if problems:
        yield work.failed(*problems, subject=_SUBJECT)
    else:
        yield work.passed(
            say(N_("The file came back byte for byte, and was gone once deleted.")),
            subject=_SUBJECT,
        )


def _problems(work: CheckContext) -> Iterator[Said]:
    name = f"{work.bed.unique()}.txt"
    content = f"{name} 한글 \U0001f4c4\n{secrets.token_hex(64)}\n".encode()
    digest = hashlib.sha256(content).hexdigest()
    company = work.bed.value("company_id")
    told = {"file_name": name, "size": len(content), "company_id": company}
    begun = _sent(work, "POST", "/api/files/upload", json_body=told)
    yield from (problems := _of(work, begun, 201, "upload.id"))
    if problems:
        return
    where = f"/api/files/upload/{at(begun.json, 'upload.id')}"
    headers = {"Content-Type": _PART, "Upload-Offset": "0"}
    taken = _sent(work, "PATCH", where, content=content, headers=headers)
    yield from (problems := _of(work, taken, 200, "upload.offset"))
    if problems:
        return
    done = _sent(work, "POST", f"{where}/finish", json_body={"file_hash": digest})
    yield from (problems := _of(work, done, 201, "file_id", "message"))
    if problems:
        return
    if at(done.json, "file.file_hash") != digest:
        yield say(N_("The hash that the server tells is not the file's SHA-256."))
    if at(done.json, "file.file_name") != name:
        yield say(N_("The file is not called as it was sent."))
    yield from _read_and_delete(work, f"/api/files/{at(done.json, 'file_id')}", content)


def _read_and_delete(work: CheckContext, path: str, content: bytes) -> Iterator[Said]:
    back = _sent(work, "GET", f"{path}/content")
    yield from _of(work, back, 200)
    if back.status == 200 and back.body != content:
        yield say(
            N_("{found} bytes came back that are not the {expected} bytes sent."),
            found=len(back.body),
            expected=len(content),
        )
    found = _sent(work, "GET", path)
    yield from _of(work, found, 200, "file.id")
    gone = _sent(work, "DELETE", path, headers=if_match(version_of(found)))
    yield from _of(work, gone, 204)
    yield from _of(work, _sent(work, "GET", f"{path}/content"), 404)


def _of(work: CheckContext, answer: Answer, status: int, *keys: str) -> list[Said]:
    return problems_of(answer, Expected(status=(status,), keys=keys), work.contract)


def _sent(work: CheckContext, method: str, path: str, **options: Any) -> Answer:
    answer = work.try_send(method, path, by=work.bed.actor(Role.ADMIN), **options)
    if is_limited(answer):
        raise Blocked(limited())
    return answer
