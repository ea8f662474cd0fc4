"""Paths that leave where they belong, and addresses that the server is to fetch."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from desktop_app.core.language import N_
from desktop_app.core.validation.findings import Finding, say
from desktop_app.engines.validation.client import Answer, NoAnswer
from desktop_app.engines.validation.context import Blocked, CheckContext, DoesNotApply
from desktop_app.engines.validation.probes.controls import (
    known_person,
    not_refused,
    undecided,
    unknown_path,
)
from desktop_app.engines.validation.raw import address_of, host_header, is_loopback, send_raw
from desktop_app.engines.validation.registry import probe

_SYSTEM_FILES = re.compile(
    r"root:[^\n]{0,20}:0:0:|\[(?:boot loader|fonts|extensions)\]", re.IGNORECASE
)
_STEPS = (
    "..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
    "..%5c..%5c..%5c..%5cwindows%5cwin.ini",
    "%2e%2e%2f%2e%2e%2f%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "..%252f..%252f..%252f..%252fetc%252fpasswd",
    "%c0%ae%c0%ae%c0%af%c0%ae%c0%ae%c0%afetc%c0%afpasswd",
    "..%00",
    "....%2f%2f....%2f%2fetc%2fpasswd",
)
_PLACES = ("/api/users/{}", "/api/files/{}", "/api/files/{}/content", "/{}")
_AROUND = (
    "/api/auth/login/../../users",
    "/api/auth/login/..%2f..%2fusers",
    "/health/..;/api/users",
    "/api/./users",
    "//api/users",
    "/api//users",
    "/API/users",
    "/api/users/.",
    "/api/users%20",
    "/api/users;x=1",
)
"""Ways to the list of users that a guard by prefix may miss; sent without a token."""


@probe("injection.path")
def path(work: CheckContext) -> Iterator[Finding]:
    """Steps upwards in a path show no file, and lead around no sign-in."""
    admin = known_person(work)
    known = work.send("GET", f"/api/users/{admin.user_id}", by=admin)
    if known.status != 200:
        raise Blocked(say(N_("A user who exists was answered {status}."), status=known.status))
    unknown_path(work)
    work.forget()
    answers = [
        work.try_send("GET", place.format(step), by=admin) for place in _PLACES for step in _STEPS
    ]
    for answer in answers:
        if _SYSTEM_FILES.search(answer.text):
            work.show(answer)
            yield work.failed(say(N_("A file of the server's own system came back.")))
            return
        if (said := not_refused(answer)) is not None:
            yield work.failed(said)
            return
        if answer.status == 200:
            yield work.failed(say(N_("A path with steps upwards was answered 200.")))
            return
    around = [came for target in _AROUND if (came := _raw(work, target)) is not None]
    for answer in around:
        found = answer.json
        if answer.status == 200 and isinstance(found, dict) and "users" in found:
            yield work.failed(
                say(
                    N_("{path} gave the list of users without a token."),
                    path=answer.request.path,
                )
            )
            return
    if (said := undecided(answers)) is not None:
        yield work.inconclusive(said)
        return
    yield work.passed(
        say(
            N_("{count} paths with steps upwards or odd spellings led nowhere."),
            count=len(answers) + len(around),
        )
    )


def _raw(work: CheckContext, target: str) -> Answer | None:
    head = f"GET {target} HTTP/1.1\r\nHost: {host_header(work.client)}\r\n"
    head += "Connection: close\r\n\r\n"
    try:
        [answer, *_] = send_raw(work.client, head.encode("latin-1"))
    except NoAnswer as none:
        work.keep(none.answer)
        return None
    work.keep(answer)
    return answer


_ADDRESS_NAMES = re.compile(
    r"(?:^|_)(?:url|uri|webhook|callback|endpoint|href|link)s?$", re.IGNORECASE
)
_ASKED = ("url", "uri", "callback", "webhook", "image_url", "redirect", "next")


@probe("injection.ssrf")
def ssrf(work: CheckContext) -> Iterator[Finding]:
    """The server fetches no address that a client names."""
    admin = known_person(work)
    work.forget()
    fields = sorted(_address_fields(work.contract.described or {}))
    if work.contract.described is None:
        raise Blocked(
            say(N_("There is no /openapi.json that would say which fields hold addresses."))
        )
    host = address_of(work.client)[0]
    if not is_loopback(host):
        if fields:
            yield work.inconclusive(
                say(
                    N_(
                        "Fields for addresses are described ({fields}), but this computer cannot "
                        "see from here whether the server fetches them."
                    ),
                    fields=", ".join(fields[:5]),
                )
            )
            return
        raise DoesNotApply(
            say(N_("No field or parameter of /openapi.json holds an address to fetch."))
        )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        port = listener.getsockname()[1]
        answers = [
            work.try_send("GET", target, by=admin, answer_s=3.0)
            for target in _targets(f"http://127.0.0.1:{port}/zz-evalcheck")
        ]
        came = _came(listener)
    if came:
        yield work.failed(say(N_("The server fetched an address that the client had named.")))
        return
    if (said := undecided(answers)) is not None:
        yield work.inconclusive(said)
        return
    if fields:
        yield work.inconclusive(
            say(
                N_("Fields for addresses are described and were not tried: {fields}."),
                fields=", ".join(fields[:5]),
            )
        )
        return
    yield work.passed(
        say(
            N_(
                "No field is described as an address to fetch, and {count} requests that named one "
                "made the server fetch nothing."
            ),
            count=len(answers),
        )
    )


def _targets(address: str) -> Iterator[str]:
    for place in ("/api/users", "/api/files", "/health"):
        yield f"{place}?{urlencode(dict.fromkeys(_ASKED, address))}"
    yield f"/api/files/{quote(address, safe='')}/content"


def _came(listener: socket.socket) -> bool:
    try:
        connection, _ = listener.accept()
    except TimeoutError:
        return False
    connection.close()
    return True


def _address_fields(described: Mapping[str, Any], depth: int = 0) -> set[str]:
    """Names of properties and parameters that look like addresses to fetch."""
    found: set[str] = set()
    if depth > 30:
        return found
    for key, value in described.items():
        if key == "properties" and isinstance(value, dict):
            found |= {
                name
                for name, shape in value.items()
                if _ADDRESS_NAMES.search(name)
                or (isinstance(shape, dict) and shape.get("format") in ("uri", "url"))
            }
        if key == "parameters" and isinstance(value, list):
            names = [str(one.get("name")) for one in value if isinstance(one, dict)]
            found |= {name for name in names if _ADDRESS_NAMES.search(name)}
        if isinstance(value, dict):
            found |= _address_fields(value, depth + 1)
        elif isinstance(value, list):
            for one in value:
                if isinstance(one, dict):
                    found |= _address_fields(one, depth + 1)
    return found
