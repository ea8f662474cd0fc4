"""Headers that tell browsers what to forbid, judged by their values, on answers of every kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from desktop_app.core.language import N_
from desktop_app.core.validation.findings import Finding, Said, say
from desktop_app.engines.validation.asking import LOGIN, ME
from desktop_app.engines.validation.client import Answer
from desktop_app.engines.validation.context import Blocked, CheckContext, DoesNotApply
from desktop_app.engines.validation.probes.content_policy import Policy, Verdict, judged
from desktop_app.engines.validation.probes.controls import UNKNOWN_PATH, administrator, undecided
from desktop_app.engines.validation.registry import probe

YEAR_S = 31_536_000


@dataclass(frozen=True, slots=True)
class Sample:
    """One kind of answer; ``private`` is meant for one person only."""

    subject: str
    answer: Answer
    private: bool = False


def samples(work: CheckContext) -> list[Sample]:
    """Answers of success and of every common failure; raises ``Blocked`` where they do not come.

    A proxy often adds its headers to good answers only, and a server to its own routes only.
    """
    admin = administrator(work)
    found = [
        Sample(f"GET {ME}", work.send("GET", ME, by=admin), True),
        Sample("GET /api/users", work.send("GET", "/api/users?page_size=1", by=admin), True),
        Sample("GET /health", work.send("GET", "/health")),
        Sample("401", work.send("GET", ME)),
        Sample("404", work.send("GET", UNKNOWN_PATH, by=admin)),
        Sample("405", work.send("DELETE", "/health")),
        Sample(
            "400",
            work.send("POST", LOGIN, content=b"{", headers={"Content-Type": "application/json"}),
        ),
    ]
    if (said := undecided(one.answer for one in found)) is not None:
        raise Blocked(said)
    for one, wanted in zip(found, (200, 200, 200, 401, 404), strict=False):
        if one.answer.status != wanted:
            raise Blocked(
                say(
                    N_("{subject} was answered {status}, not {wanted}: there is nothing to judge."),
                    subject=one.subject,
                    status=one.answer.status,
                    wanted=wanted,
                )
            )
    return found


Judge = Callable[[Answer], Verdict]


def _each(
    work: CheckContext,
    header: str,
    chosen: list[Sample],
    judge: Judge,
    passed: str = N_("{header} is in order on {count} kinds of answers: {value}"),
) -> Iterator[Finding]:
    """One finding: the worst of the samples, with those answers as evidence."""
    verdicts = [(one, judge(one.answer)) for one in chosen]
    for name, make in (("fail", work.failed), ("warn", work.warned)):
        bad = [(one, verdict) for one, verdict in verdicts if verdict.state == name]
        if not bad:
            continue
        work.forget()
        for one, _verdict in bad:
            work.keep(one.answer)
        first = bad[0][1].said
        where = ", ".join(one.subject for one, _verdict in bad)
        seen = [say(N_("Answers looked at: {where}."), where=where)]
        yield make(*([first] if first else []), *seen, subject=header)
        return
    shown = chosen[0].answer.header(header.partition(":")[0])
    yield work.passed(
        say(
            passed,
            header=header,
            count=len(chosen),
            value=shown[:200] or "-",
        ),
        subject=header,
    )


@probe("headers.csp")
def content_security_policy(work: CheckContext) -> Iterator[Finding]:
    """A policy that lets an answer of an API load and run nothing (ASVS V3.4.3)."""
    yield from _each(work, "Content-Security-Policy", samples(work), judged)


@probe("headers.framing")
def framing(work: CheckContext) -> Iterator[Finding]:
    """No other page may show an answer in a frame (ASVS V3.4.6; RFC 7034)."""

    def judge(answer: Answer) -> Verdict:
        ancestors = Policy.of(answer).values("frame-ancestors", inherits=False)
        options = answer.header("x-frame-options").split(",")[0].strip().upper()
        by_policy = ancestors is not None and set(ancestors) <= {"'none'", "'self'"}
        by_option = options in ("DENY", "SAMEORIGIN")
        if by_policy and by_option:
            return Verdict()
        if by_policy:
            return Verdict("warn", _weak("X-Frame-Options", options))
        if by_option and ancestors is None:
            return Verdict("warn", say(N_("Only X-Frame-Options forbids frames, not the policy.")))
        if by_option:
            return Verdict("fail", _weak("frame-ancestors", " ".join(ancestors or ())))
        return Verdict("fail", say(N_("Neither the policy nor X-Frame-Options forbids frames.")))

    yield from _each(work, "X-Frame-Options", samples(work), judge)


def _weak(header: str, value: str) -> Said:
    if not value:
        return say(N_("{header} is missing."), header=header)
    return say(N_("{header} is weak: {value}"), header=header, value=value[:200])


@probe("headers.nosniff")
def nosniff(work: CheckContext) -> Iterator[Finding]:
    """Browsers do not guess the type of an answer (ASVS V3.4.4)."""
    header = "X-Content-Type-Options"

    def judge(answer: Answer) -> Verdict:
        value = answer.header(header)
        fine = value.split(",")[0].strip().lower() == "nosniff"
        return Verdict() if fine else Verdict("fail", _weak(header, value))

    yield from _each(work, header, samples(work), judge)


_CLOSED = frozenset({"no-referrer", "same-origin", "strict-origin-when-cross-origin"})
_HOST_ONLY = frozenset({"origin", "strict-origin"})
_OPEN = frozenset({"unsafe-url", "no-referrer-when-downgrade", "origin-when-cross-origin"})


@probe("headers.referrer")
def referrer(work: CheckContext) -> Iterator[Finding]:
    """Addresses do not leak to other sites (ASVS V3.4.5). The last value that is known counts."""
    header = "Referrer-Policy"

    def judge(answer: Answer) -> Verdict:
        value = answer.header(header)
        named = [part.strip().lower() for part in value.split(",")]
        known = [part for part in named if part in _CLOSED | _HOST_ONLY | _OPEN]
        if not known or known[-1] in _OPEN:
            return Verdict("fail", _weak(header, value))
        return Verdict() if known[-1] in _CLOSED else Verdict("warn", _weak(header, value))

    yield from _each(work, header, samples(work), judge)


@probe("headers.hsts")
def strict_transport(work: CheckContext) -> Iterator[Finding]:
    """Browsers never come back without TLS (ASVS V3.4.1; RFC 6797)."""
    header = "Strict-Transport-Security"
    found = samples(work)
    if not work.client.target.secure:
        if any(one.answer.header(header) for one in found):
            yield work.warned(
                say(N_("{header} is sent without TLS, where it must not be."), header=header),
                subject=header,
            )
            return
        raise DoesNotApply(
            say(N_("The target is spoken to without TLS, where browsers ignore this header."))
        )

    def judge(answer: Answer) -> Verdict:
        value = answer.header(header)
        parts = [part.strip().lower() for part in value.split(",")[0].split(";")]
        ages = [part.partition("=")[2].strip('" ') for part in parts if part.startswith("max-age")]
        age = int(ages[0]) if ages and ages[0].isdigit() else 0
        if age < YEAR_S:
            return Verdict("fail", _weak(header, value))
        if "includesubdomains" not in parts:
            return Verdict("warn", say(N_("{header} leaves subdomains out."), header=header))
        return Verdict()

    yield from _each(work, header, found, judge)


@probe("headers.cache")
def cache(work: CheckContext) -> Iterator[Finding]:
    """Private answers stay in no cache (ASVS V14.3.2; RFC 9111 §5.2.2.5)."""
    header = "Cache-Control"
    private = [one for one in samples(work) if one.private]
    admin = administrator(work)
    if admin.signed_in is not None and admin.signed_in.status == 200:
        private.append(Sample(f"POST {LOGIN}", admin.signed_in, True))

    def judge(answer: Answer) -> Verdict:
        value = answer.header(header)
        named = {part.partition("=")[0].strip().lower() for part in value.split(",")}
        return Verdict() if "no-store" in named else Verdict("fail", _weak(header, value))

    yield from _each(work, header, private, judge)


@probe("headers.content_type")
def content_type(work: CheckContext) -> Iterator[Finding]:
    """An answer says what it is, and is it (ASVS V4.1.1)."""
    header = "Content-Type"

    def judge(answer: Answer) -> Verdict:
        if not answer.body:
            return Verdict()
        kind = answer.content_type
        if answer.json is not None:
            is_json = kind == "application/json" or kind.endswith("+json")
            return Verdict() if is_json else Verdict("fail", _mismatch(kind))
        if kind == "application/json" or kind.endswith("+json") or not kind:
            return Verdict("fail", _mismatch(kind))
        if kind.startswith("text/") and "charset=" not in answer.header(header).lower():
            return Verdict("warn", say(N_("{type} without a charset."), type=kind))
        return Verdict()

    yield from _each(work, header, samples(work), judge)


def _mismatch(kind: str) -> Said:
    return say(N_("The content is not what Content-Type says: {type}."), type=kind or "-")


_TELLING = (
    "server",
    "x-powered-by",
    "x-aspnet-version",
    "x-aspnetmvc-version",
    "x-generator",
    "x-runtime",
    "via",
)
_LOOKED_AT = 300
_VERSION = re.compile(r"[A-Za-z][\w.-]*[/ ]v?\d+(?:\.\d+)*|^\d+\.\d+")
_IN_PAGE = re.compile(
    r"\b(?:nginx|Apache(?: Tomcat)?|Microsoft-IIS|openresty|Werkzeug|gunicorn|uvicorn|hypercorn|"
    r"Starlette|FastAPI|Django|Flask|Express|PHP|CPython|Python|MongoDB|pymongo|Jetty|Node\.js)"
    r"[/ (]*v?\d+(?:\.\d+)+",
)


@probe("headers.version")
def version(work: CheckContext) -> Iterator[Finding]:
    """No answer tells which version of what serves it (ASVS V13.4.6)."""

    def judge(answer: Answer) -> Verdict:
        for name in _TELLING:
            value = answer.header(name)[:_LOOKED_AT]  # the pattern takes long with long words
            if value and name != "x-runtime" and _VERSION.search(value):
                return Verdict("fail", _told(name, value))
        if answer.status >= 400 and (shown := _IN_PAGE.search(answer.text)):
            return Verdict("fail", _told("body", shown[0]))
        for name in _TELLING[1:-1]:
            if value := answer.header(name):
                return Verdict("warn", _told(name, value))
        return Verdict()

    passed = N_("{count} kinds of answers tell no version.")
    yield from _each(work, "Server", samples(work), judge, passed)


def _told(where: str, value: str) -> Said:
    return say(N_("{where} tells: {value}"), where=where, value=value[:100])
