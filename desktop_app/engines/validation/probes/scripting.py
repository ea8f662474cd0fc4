"""Markers of scripts, read back: what matters is as what a browser would take the answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from desktop_app.core.language import N_
from desktop_app.core.validation.findings import Finding, Said, say
from desktop_app.engines.validation.asking import LOGIN
from desktop_app.engines.validation.bed import MARK, Actor
from desktop_app.engines.validation.bed_data import business_number
from desktop_app.engines.validation.client import Answer
from desktop_app.engines.validation.context import Blocked, CheckContext
from desktop_app.engines.validation.probes.controls import (
    administrator,
    known_person,
    not_refused,
    undecided,
    unknown_path,
)
from desktop_app.engines.validation.registry import probe

_DATA = ("application/json", "text/csv", "application/octet-stream")
_SCRIPTED = ("text/html", "application/xhtml+xml", "image/svg+xml", "text/xml", "application/xml")


def executed_as(answer: Answer, marker: str) -> Said | None:
    """Why a browser could run ``marker`` in this answer; None where it would not (ASVS V1.2.1).

    Escaped, or as data with a type that no browser renders, it is in order.
    """
    if marker not in answer.text:
        return None
    kind = answer.content_type
    if "attachment" in answer.header("content-disposition").lower():
        return None
    if kind in _SCRIPTED or (kind.endswith("+xml") and kind):
        return say(N_("A script came back as it was sent, in an answer of {type}."), type=kind)
    nosniff = answer.header("x-content-type-options").strip().lower() == "nosniff"
    is_data = kind in _DATA or kind.endswith("+json")
    if not is_data and not nosniff:
        return say(
            N_(
                "A script came back as it was sent, in an answer whose type ({type}) a browser may "
                "guess anew: nosniff is missing."
            ),
            type=kind or "-",
        )
    return None


@probe("xss.reflected")
def reflected(work: CheckContext) -> Iterator[Finding]:
    """A script in a request does not come back as one."""
    admin = known_person(work)
    unknown = unknown_path(work)
    work.forget()
    marker = f"<script>zz{work.bed.unique()}</script>"
    coded, html = quote(marker, safe=""), {"Accept": "text/html,*/*"}
    both = {**html, "X-Request-ID": marker, "Referer": f"https://x/{marker}", "User-Agent": marker}
    answers = [
        work.try_send("GET", f"/zz-evalcheck/{coded}", headers=html),
        work.try_send("GET", f"/api/users/{coded}", by=admin, headers=html),
        work.try_send("GET", f"/api/users?q={coded}&{coded}=1", by=admin, headers=html),
        work.try_send("GET", f"/api/users?sort={coded}", by=admin, headers=html),
        work.try_send("GET", f"/health?callback={coded}", headers=both),
        work.try_send("POST", LOGIN, content=marker.encode(), headers={"Content-Type": marker}),
        work.try_send(
            "POST",
            LOGIN,
            content=f"{{{marker}".encode(),
            headers={"Content-Type": "application/json", "Accept": "text/html"},
        ),
        work.try_send("POST", LOGIN, json_body={"login_id": marker, marker: marker}, headers=html),
    ]
    yield _verdict(work, [unknown, *answers], marker, N_("{count} answers held no script to run."))


@probe("xss.stored")
def stored(work: CheckContext) -> Iterator[Finding]:
    """A script kept as a name comes back as data, not as a script."""
    admin = administrator(work)
    name = work.bed.unique()
    marker = f"<script>{name}</script>"
    made = _contaminated(work, admin, f"{MARK} {marker}", name)
    if made.status in (400, 422):
        yield work.passed(say(N_("A script as a name is refused ({status})."), status=made.status))
        return
    if made.status != 201 or not isinstance(made.json, dict):
        raise Blocked(
            say(N_("A company with such a name was answered {status}."), status=made.status)
        )
    company_id = str(made.json.get("company_id"))
    html = {"Accept": "text/html,*/*"}
    answers = [
        made,
        work.try_send("GET", f"/api/companies/{company_id}", by=admin, headers=html),
        work.try_send("GET", "/api/companies", by=admin, query={"q": name}, headers=html),
        work.try_send("GET", "/api/companies/names", by=admin, headers=html),
        _contaminated(work, admin, f"{MARK} {marker}", name),
    ]
    if not any(name in answer.text for answer in answers[1:]):
        raise Blocked(say(N_("What was kept does not come back: nothing can be told by it.")))
    yield _verdict(
        work, answers, marker, N_("The script comes back as data ({count} answers looked at).")
    )


def _contaminated(work: CheckContext, admin: Actor, name: str, unique: str) -> Answer:
    body: dict[str, Any] = {
        "name": name,
        "business_number": business_number(),
        "contact_email": f"{unique}@example.com",
        "address": name,
    }
    return work.try_send("POST", "/api/companies", by=admin, json_body=body)


def _verdict(work: CheckContext, answers: list[Answer], marker: str, passed: str) -> Finding:
    for answer in answers:
        if (said := executed_as(answer, marker)) or (said := not_refused(answer)):
            work.show(answer)
            return work.failed(said)
    if (said := undecided(answers)) is not None:
        return work.inconclusive(said)
    return work.passed(say(passed, count=len(answers)))
