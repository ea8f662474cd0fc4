"""Cookies' flags (ASVS 5.0.0 V3.3.1 to V3.3.5; RFC 6265)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from desktop_app.core.language import N_
from desktop_app.core.validation.findings import Finding, Said, say
from desktop_app.core.verdicts import CheckState
from desktop_app.engines.validation.asking import LOGIN
from desktop_app.engines.validation.context import CheckContext, DoesNotApply
from desktop_app.engines.validation.probes.controls import administrator
from desktop_app.engines.validation.probes.headers import Sample, samples
from desktop_app.engines.validation.registry import probe

_LARGEST = 4096
_MOST = 50
"""So many are judged; browsers keep hardly more of one host."""
_SESSION = re.compile(r"sess|sid|auth|token|jwt|login|remember", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cookie:
    """One Set-Cookie, read as browsers do."""

    name: str
    value: str
    flags: Mapping[str, str]

    @classmethod
    def read(cls, header: str) -> Cookie:
        """What a header sets."""
        first, *rest = header.split(";")
        name, _, value = first.partition("=")
        pairs = (part.partition("=") for part in rest)
        flags = {key.strip().lower(): told.strip() for key, _, told in pairs}
        return cls(name.strip(), value.strip(), flags)


@probe("cookies.flags")
def flags(work: CheckContext) -> Iterator[Finding]:
    """Each cookie that is set is kept from scripts, plain text and foreign pages."""
    admin = administrator(work)
    found = samples(work)
    if admin.signed_in is not None:
        found.append(Sample(f"POST {LOGIN}", admin.signed_in, True))
    cookies: dict[str, tuple[Cookie, Sample]] = {}
    for one in found:
        for header in one.answer.all_headers("set-cookie"):
            cookie = Cookie.read(header)
            if len(cookies) < _MOST:
                work.bed.hide(cookie.value)
                cookies.setdefault(cookie.name, (cookie, one))
    if not cookies:
        if admin.signed_in is not None:
            work.keep(admin.signed_in)
        raise DoesNotApply(
            say(N_("{count} answers, the sign-in among them, set no cookie."), count=len(found))
        )
    for name, (cookie, one) in cookies.items():
        if not work.wants(name):
            continue
        work.show(one.answer)
        tokens = {admin.token, admin.refresh_token} - {""}
        secret = bool(_SESSION.search(name)) or cookie.value in tokens
        wrong = list(problems_of(cookie, secret=secret, by_tls=work.client.target.secure))
        state = CheckState.PASS
        if wrong:
            state = (
                CheckState.FAIL if any(s is CheckState.FAIL for s, _ in wrong) else CheckState.WARN
            )
        said = [said for _state, said in wrong] or [say(N_("Its flags are in order."))]
        yield work.finding(state, *said, subject=name[:100])


def problems_of(cookie: Cookie, *, secret: bool, by_tls: bool) -> Iterator[tuple[CheckState, Said]]:
    """What is wrong with a cookie, and how badly; ``secret``: it signs somebody in."""
    named = cookie.flags
    site = named.get("samesite", "").lower()
    if "secure" not in named:
        yield CheckState.FAIL, say(N_("Secure is missing: it is sent without TLS too."))
    if secret and "httponly" not in named:
        yield CheckState.FAIL, say(N_("HttpOnly is missing: scripts can read it."))
    if site == "none":
        yield CheckState.FAIL, say(N_("SameSite is None: foreign pages send it along."))
    elif site not in ("lax", "strict"):
        yield CheckState.WARN if not secret else CheckState.FAIL, say(N_("SameSite is missing."))
    if by_tls and not cookie.name.startswith(("__Host-", "__Secure-")):
        yield CheckState.WARN, say(N_("Its name begins with neither __Host- nor __Secure-."))
    if "domain" in named:
        yield CheckState.WARN, say(N_("Domain hands it to all subdomains."))
    if len(cookie.name) + len(cookie.value) > _LARGEST:
        yield CheckState.WARN, say(N_("It is longer than {most} bytes."), most=_LARGEST)
