"""Requests that another web page makes a browser send (CSRF; ASVS 5.0.0 V3.5.1 to V3.5.3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from desktop_app.core.language import N_
from desktop_app.core.validation.findings import Finding, say
from desktop_app.engines.validation.asking import ME
from desktop_app.engines.validation.bed import Actor
from desktop_app.engines.validation.bed_data import company_body
from desktop_app.engines.validation.context import Blocked, CheckContext, DoesNotApply
from desktop_app.engines.validation.made import if_match, version_of
from desktop_app.engines.validation.probes.controls import administrator, known_person
from desktop_app.engines.validation.registry import probe

EVIL = "https://evil.example"
_USUAL = ("session", "sessionid", "token", "access_token", "jwt", "auth")


@probe("csrf.cookies")
def cookies(work: CheckContext) -> Iterator[Finding]:
    """What a browser adds by itself, cookies, does not make a foreign page's request anybody's."""
    admin = known_person(work)
    if admin.signed_in is None:
        raise Blocked(say(N_("How the sign-in was answered is not known.")))
    work.keep(admin.signed_in)
    given = [value.partition(";")[0] for value in admin.signed_in.all_headers("set-cookie")]
    for cookie in given:
        work.bed.hide(cookie.partition("=")[2])
    sent = "; ".join(given or [f"{name}={admin.token}" for name in _USUAL])
    alone = work.try_send("GET", ME, headers={"Cookie": sent}, caller="cookie of the administrator")
    if alone.status == 401:
        raise DoesNotApply(
            say(
                N_(
                    "Cookies sign nobody in: the sign-in sets {count}, and with cookies alone "
                    "{path} answers 401."
                ),
                count=len(given),
                path=ME,
            )
        )
    if alone.status != 200:
        raise Blocked(
            say(
                N_("With cookies alone {path} answers {status}: neither in nor out."),
                path=ME,
                status=alone.status,
            )
        )
    yield _forged(work, admin, sent)


def _forged(work: CheckContext, admin: Actor, cookie: str) -> Finding:
    """A form on a foreign page: a simple request, which asks for no permission before."""
    plain = work.try_send(
        "POST", "/api/companies", by=admin, json_body=_company(work), headers={"Cookie": cookie}
    )
    if plain.status != 201:
        return work.inconclusive(
            say(N_("A sound request with the cookies was answered {status}."), status=plain.status)
        )
    for kind in ("application/json", "text/plain"):
        headers = {"Cookie": cookie, "Origin": EVIL, "Content-Type": kind}
        headers["Sec-Fetch-Site"] = "cross-site"
        answer = work.try_send(
            "POST", "/api/companies", json_body=_company(work), headers=headers, caller="evil page"
        )
        if 200 <= answer.status < 300:
            return work.failed(
                say(
                    N_("A foreign page's request ({type}) was executed with the cookies alone."),
                    type=kind,
                )
            )
        if answer.status in (0, 429) or answer.status >= 500:
            return work.inconclusive(
                say(N_("The forged request was answered {status}."), status=answer.status)
            )
    return work.passed(
        say(N_("Cookies sign in, but a foreign page's request with them is refused."))
    )


def _company(work: CheckContext) -> dict[str, Any]:
    return company_body(work.bed.unique())


@probe("csrf.simple_requests")
def simple_requests(work: CheckContext) -> Iterator[Finding]:
    """What changes something cannot be sent by a form or a link."""
    admin = administrator(work)
    # One of its own: another that is in use could not be deleted, whoever tried.
    body = _company(work)
    company = f"/api/companies/{work.bed.create('companies', body, name=str(body['name']))}"
    read = work.send("GET", company, by=admin)
    if read.status != 200:
        raise Blocked(say(N_("The test company cannot be read.")))
    version = if_match(version_of(read))
    forms = (
        ("text/plain", None),
        ("application/x-www-form-urlencoded", b"name=zz&business_number=000-00-00000"),
        ("multipart/form-data; boundary=zz", b"--zz--\r\n"),
    )
    for kind, content in forms:
        options = {"content": content} if content else {"json_body": _company(work)}
        headers = {"Content-Type": kind, "Origin": EVIL}
        answer = work.try_send("POST", "/api/companies", by=admin, headers=headers, **options)
        if 200 <= answer.status < 300:
            yield work.failed(
                say(N_("A body of {type}, which any form can send, was taken."), type=kind)
            )
            return
        if answer.status in (0, 429) or answer.status >= 500:
            yield work.inconclusive(
                say(N_("A body of {type} was answered {status}."), type=kind, status=answer.status)
            )
            return
    disguised: tuple[tuple[str, str, dict[str, str]], ...] = (
        ("GET", f"{company}?_method=DELETE", {}),
        ("GET", company, {"X-HTTP-Method-Override": "DELETE"}),
        ("POST", company, {"X-HTTP-Method-Override": "DELETE"}),
        ("POST", f"{company}?_method=DELETE", {"X-Method-Override": "DELETE"}),
    )
    for method, path, headers in disguised:
        work.try_send(method, path, by=admin, headers={**headers, **version})
        still = work.send("GET", company, by=admin)
        if still.status not in (200, 404, 410):
            yield work.inconclusive(
                say(N_("The test company was answered {status}."), status=still.status)
            )
            return
        if still.status != 200:
            work.bed.forget("companies", company.rpartition("/")[2])
            yield work.failed(
                say(N_("A {method} that calls itself DELETE removed a document."), method=method)
            )
            return
    yield work.passed(
        say(
            N_("Bodies of {forms} form types are refused, and no method poses as another."),
            forms=len(forms),
        )
    )
