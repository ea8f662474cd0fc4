"""Uploads: how large, of what type, by what name, and how they come back (ASVS 5.0.0 V5)."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from desktop_app.core.language import N_
from desktop_app.core.validation.findings import Finding, say
from desktop_app.engines.validation.bed import MARK, Actor
from desktop_app.engines.validation.client import Answer, NoAnswer
from desktop_app.engines.validation.context import Blocked, CheckContext
from desktop_app.engines.validation.probes.controls import administrator, not_refused
from desktop_app.engines.validation.raw import TooLate, host_header, send_raw
from desktop_app.engines.validation.registry import probe

UPLOAD = "/api/files/upload"
PART_TYPE = "application/offset+octet-stream"
_HUGE = 8 * 1024**3
_TOO_LARGE = 2**42
_SLOW_MS = 500.0
"""A server that takes so long for anything may be about to refuse."""


@dataclass(slots=True)
class Sent:
    """How far an upload came: the last answer, and the file that it became."""

    answer: Answer
    file_id: str = ""
    file: dict[str, Any] | None = None

    @property
    def refused(self) -> bool:
        """Whether it was refused in order."""
        return 400 <= self.answer.status < 500 and self.answer.status not in (401, 403, 404, 429)


def upload(work: CheckContext, by: Actor, name: str, content: bytes) -> Sent:
    """Announce, send and finish a file; ends at the first refusal."""
    begun = work.try_send(
        "POST", UPLOAD, by=by, json_body={"file_name": name, "size": len(content)}
    )
    upload_id = _upload_id(begun)
    if begun.status != 201 or not upload_id:
        return Sent(begun)
    headers = {"Content-Type": PART_TYPE, "Upload-Offset": "0"}
    path = f"{UPLOAD}/{upload_id}"
    part = work.try_send("PATCH", path, by=by, content=content, headers=headers)
    if part.status != 200:
        return Sent(part)
    told = {"file_hash": sha256(content).hexdigest()}
    done = work.try_send("POST", f"{path}/finish", by=by, json_body=told)
    found = done.json
    if done.status != 201 or not isinstance(found, dict) or not found.get("file_id"):
        return Sent(done)
    work.bed.forget("uploads", upload_id)
    file = found.get("file")
    return Sent(done, str(found["file_id"]), file if isinstance(file, dict) else {})


def _upload_id(answer: Answer) -> str:
    found = answer.json
    inner = found.get("upload") if isinstance(found, dict) else None
    return str(inner.get("id") or "") if isinstance(inner, dict) else ""


def _content(text: str = "") -> bytes:
    """Content that nobody has uploaded before."""
    return f"{text}{MARK} {secrets.token_hex(12)}\n".encode()


def _sound(work: CheckContext) -> tuple[Actor, Sent]:
    """A harmless upload that works: what is refused then is refused for what it is."""
    admin = administrator(work)
    sent = upload(work, admin, f"{work.bed.unique()}.txt", _content())
    if not sent.file_id:
        raise Blocked(
            say(
                N_("A harmless upload does not work: {path} answered {status}."),
                path=sent.answer.request.path,
                status=sent.answer.status,
            )
        )
    return admin, sent


@probe("upload.size")
def size(work: CheckContext) -> Iterator[Finding]:
    """What is too large is refused when it is declared, and what is longer than declared too."""
    admin, _ = _sound(work)
    if work.wants(subject := "announced"):
        answer = work.try_send(
            "POST", UPLOAD, by=admin, json_body={"file_name": "zz.txt", "size": _TOO_LARGE}
        )
        if answer.status in (413, 422, 400):
            yield work.passed(
                say(
                    N_("A file of {size} bytes is refused ({status})."),
                    size=_TOO_LARGE,
                    status=answer.status,
                ),
                subject=subject,
            )
        elif answer.status in (200, 201):
            yield work.failed(
                say(N_("A file of {size} bytes may be sent."), size=_TOO_LARGE), subject=subject
            )
        else:
            yield work.inconclusive(
                say(N_("It was answered {status}, which says nothing."), status=answer.status),
                subject=subject,
            )
    if work.wants(subject := "part"):
        yield _huge_part(work, admin, subject)
    if work.wants(subject := "longer"):
        yield _longer(work, admin, subject)


def _begun(work: CheckContext, admin: Actor, size: int) -> str:
    """The path of an upload that was begun; raises ``Blocked``."""
    told = {"file_name": f"{work.bed.unique()}.txt", "size": size}
    answer = work.send("POST", UPLOAD, by=admin, json_body=told)
    upload_id = _upload_id(answer)
    if answer.status != 201 or not upload_id:
        raise Blocked(
            say(
                N_("A harmless upload does not work: {path} answered {status}."),
                path=UPLOAD,
                status=answer.status,
            )
        )
    return f"{UPLOAD}/{upload_id}"


def _huge_part(work: CheckContext, admin: Actor, subject: str) -> Finding:
    """A body of 8 GiB is declared; none of it is sent."""
    path = _begun(work, admin, 1000)
    head = (
        f"PATCH {path} HTTP/1.1\r\nHost: {host_header(work.client)}\r\n"
        f"Authorization: Bearer {admin.token}\r\nContent-Type: {PART_TYPE}\r\n"
        f"Upload-Offset: 0\r\nContent-Length: {_HUGE}\r\n\r\n"
    )
    try:
        [answer, *_] = send_raw(work.client, head.encode("latin-1"), by=admin.name, answer_s=2.0)
    except TooLate as late:
        work.keep(late.answer)
        control = work.try_send("GET", "/health")
        if not control.status or control.total_ms > _SLOW_MS:
            return work.inconclusive(
                say(
                    N_("The server is slow just now: GET /health took {ms:.0f} ms."),
                    ms=control.total_ms,
                ),
                subject=subject,
            )
        return work.warned(
            say(N_("A body declared as {size} bytes is not refused before it comes."), size=_HUGE),
            subject=subject,
        )
    except NoAnswer as none:
        work.keep(none.answer)
        return work.warned(
            say(
                N_("A body declared as {size} bytes ends the connection without a 413."), size=_HUGE
            ),
            subject=subject,
        )
    work.keep(answer)
    if answer.status == 413:
        return work.passed(
            say(N_("A body declared as {size} bytes is answered 413 at once."), size=_HUGE),
            subject=subject,
        )
    return work.failed(
        say(
            N_("A body declared as {size} bytes is answered {status}, not 413."),
            size=_HUGE,
            status=answer.status,
        ),
        subject=subject,
    )


def _longer(work: CheckContext, admin: Actor, subject: str) -> Finding:
    path = _begun(work, admin, 4)
    headers = {"Content-Type": PART_TYPE, "Upload-Offset": "0"}
    answer = work.try_send("PATCH", path, by=admin, content=_content() * 50, headers=headers)
    if Sent(answer).refused:
        return work.passed(
            say(N_("More than was announced is refused ({status})."), status=answer.status),
            subject=subject,
        )
    if (said := not_refused(answer)) is not None:
        return work.failed(said, subject=subject)
    if answer.status == 0:
        return work.inconclusive(
            say(N_("No answer came: {reason}."), reason=answer.failure), subject=subject
        )
    if not 200 <= answer.status < 300:
        return work.inconclusive(
            say(N_("It was answered {status}, which says nothing."), status=answer.status),
            subject=subject,
        )
    return work.failed(
        say(N_("More than was announced is taken ({status})."), status=answer.status),
        subject=subject,
    )


_PE = b"MZ" + bytes(58) + b"\x40\x00\x00\x00" + b"PE\x00\x00" + bytes(240)
_ELF = b"\x7fELF\x02\x01\x01" + bytes(120)
_SCRIPT = b"#!/bin/sh\necho zz-evalcheck\n"
_RUNNABLE = ("exe", "bat", "cmd", "ps1", "vbs", "js", "scr", "lnk", "msi", "hta")


@probe("upload.types")
def types(work: CheckContext) -> Iterator[Finding]:
    """Programs are not taken: not by their name, not under two endings, not in disguise."""
    admin, _ = _sound(work)
    name = work.bed.unique()
    cases = (
        ("program's name", [(f"{name}.{ending}", _content()) for ending in _RUNNABLE]),
        ("double ending", [(f"{name}.pdf.exe", _content()), (f"{name}.png.js", _content())]),
        (
            "program's content",
            [(f"{name}.pdf", _PE + _content()), (f"{name}.png", _ELF + _content())],
        ),
        ("script's content", [(f"{name}.txt", _SCRIPT + _content())]),
    )
    for subject, files in cases:
        if work.wants(subject):
            work.forget()
            yield _refused_types(work, admin, subject, files)
    if work.wants(subject := "disguise"):
        yield _disguise(work, admin, subject, name)


def _refused_types(
    work: CheckContext, admin: Actor, subject: str, files: list[tuple[str, bytes]]
) -> Finding:
    for file_name, content in files:
        sent = upload(work, admin, file_name, content)
        if sent.file_id:
            return work.failed(say(N_("{name} was taken."), name=file_name), subject=subject)
        if (said := not_refused(sent.answer)) is not None:
            return work.failed(said, subject=subject)
        if not sent.refused:
            return work.inconclusive(
                say(N_("It was answered {status}, which says nothing."), status=sent.answer.status),
                subject=subject,
            )
    return work.passed(
        say(N_("{count} files of this kind were refused."), count=len(files)), subject=subject
    )


def _disguise(work: CheckContext, admin: Actor, subject: str, name: str) -> Finding:
    """A web page that calls itself a picture: refused, or known for what it is."""
    page = _content("<!DOCTYPE html><html><body><script>zz</script>")
    sent = upload(work, admin, f"{name}.png", page)
    if sent.refused:
        return work.passed(
            say(N_("A web page called .png is refused ({status})."), status=sent.answer.status),
            subject=subject,
        )
    if sent.file is None:
        return work.inconclusive(
            say(N_("It was answered {status}, which says nothing."), status=sent.answer.status),
            subject=subject,
        )
    kind = str(sent.file.get("file_type") or "")
    if kind.startswith("image/"):
        return work.failed(
            say(N_("A web page called .png is kept as {type}: the name is believed."), type=kind),
            subject=subject,
        )
    return work.passed(
        say(N_("A web page called .png is kept as what it is: {type}."), type=kind or "-"),
        subject=subject,
    )


_NAMES = (
    "../../../etc/zz-evalcheck.txt",
    "..\\..\\windows\\zz-evalcheck.txt",
    "C:\\zz-evalcheck.txt",
    "zz-evalcheck\r\nX-Evalcheck: yes.txt",
    "zz-evalcheck\u202etxt.fdp",
)


@probe("upload.names")
def names(work: CheckContext) -> Iterator[Finding]:
    """A file's name is neither a path nor a header."""
    admin, _ = _sound(work)
    for file_name in _NAMES:
        work.forget()
        sent = upload(work, admin, file_name, _content())
        if (said := not_refused(sent.answer)) is not None:
            yield work.failed(said)
            return
        if sent.file is None:
            if not sent.refused:
                yield work.inconclusive(
                    say(
                        N_("It was answered {status}, which says nothing."),
                        status=sent.answer.status,
                    )
                )
                return
            continue
        kept = str(sent.file.get("file_name") or "")
        if is_path(kept):
            yield work.failed(say(N_("The name was kept as a path: {name}"), name=repr(kept)))
            return
        back = work.try_send("GET", f"/api/files/{sent.file_id}/content", by=admin)
        if back.header("x-evalcheck"):
            yield work.failed(say(N_("A line end in the name began a header of the download.")))
            return
    yield work.passed(
        say(
            N_(
                "{count} names with paths, line ends or turned text became harmless or were "
                "refused."
            ),
            count=len(_NAMES),
        )
    )


def is_path(name: str) -> bool:
    """Whether a name leads somewhere, or holds what is not seen."""
    hidden = any(unicodedata.category(c) in ("Cc", "Cf") for c in name)
    return hidden or bool(re.search(r"[\\/]|^[A-Za-z]:|^\.\.$", name))


@probe("upload.download")
def download(work: CheckContext) -> Iterator[Finding]:
    """What somebody uploaded comes back as a file to keep, never as a page to show."""
    admin, _ = _sound(work)
    name = work.bed.unique()
    page = _content(f"<!DOCTYPE html><html><body><script>{name}</script>")
    drawing = _content(f'<svg xmlns="http://www.w3.org/2000/svg"><script>{name}</script></svg>')
    for subject, file_name, content in (
        ("page", f'{name}";evil="x.html', page),
        ("drawing", f"{name}.svg", drawing),
    ):
        if work.wants(subject):
            work.forget()
            yield _downloaded(work, admin, subject, file_name, content)


_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')


def _downloaded(
    work: CheckContext, admin: Actor, subject: str, file_name: str, content: bytes
) -> Finding:
    sent = upload(work, admin, file_name, content)
    if sent.refused:
        return work.passed(
            say(N_("Such a file is refused ({status})."), status=sent.answer.status),
            subject=subject,
        )
    back = work.try_send("GET", f"/api/files/{sent.file_id}/content", by=admin)
    if not sent.file_id or back.status != 200 or back.body != content:
        return work.inconclusive(
            say(N_("What was uploaded does not come back ({status})."), status=back.status),
            subject=subject,
        )
    disposition = back.header("content-disposition")
    if not disposition.lower().lstrip().startswith("attachment"):
        return work.failed(
            say(
                N_("It comes to be shown, not kept: Content-Disposition is {value}."),
                value=disposition[:100] or "-",
            ),
            subject=subject,
        )
    if back.header("x-content-type-options").strip().lower() != "nosniff":
        return work.failed(
            say(N_("{header} is missing."), header="X-Content-Type-Options"), subject=subject
        )
    if re.search(r";\s*evil\s*=", _QUOTED.sub('""', disposition)):
        return work.failed(
            say(N_("The name broke out of its header: {value}"), value=disposition[:200]),
            subject=subject,
        )
    return work.passed(
        say(
            N_("It comes as an attachment, as {type}, with nosniff."), type=back.content_type or "-"
        ),
        subject=subject,
    )
