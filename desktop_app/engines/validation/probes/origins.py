"""Which other web pages a browser lets read the answers (CORS; ASVS 5.0.0 V3.4.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from desktop_app.core.language import N_
from desktop_app.core.validation.findings import Finding, say
from desktop_app.engines.validation.asking import ME
from desktop_app.engines.validation.client import Answer
from desktop_app.engines.validation.context import CheckContext
from desktop_app.engines.validation.probes.controls import known_person, undecided
from desktop_app.engines.validation.raw import address_of
from desktop_app.engines.validation.registry import probe


@dataclass(frozen=True, slots=True)
class _Origin:
    subject: str
    value: str


def _origins(host: str) -> tuple[_Origin, ...]:
    return (
        _Origin("any", "https://evil.example"),
        _Origin("null", "null"),
        _Origin("subdomain", f"https://zz-evalcheck.{host}"),
        _Origin("suffix", f"https://{host}.evil.example"),
        _Origin("prefix", f"https://evil{host}"),
    )


@probe("cors.origins")
def origins(work: CheckContext) -> Iterator[Finding]:
    """No foreign origin is let in, above all none with credentials."""
    admin = known_person(work)
    work.forget()
    for origin in _origins(address_of(work.client)[0]):
        if not work.wants(origin.subject):
            continue
        asking = {"Origin": origin.value}
        before = {
            **asking,
            "Access-Control-Request-Method": "DELETE",
            "Access-Control-Request-Headers": "authorization,content-type",
        }
        answers = [
            work.try_send("GET", ME, by=admin, headers=asking),
            work.try_send("GET", "/health", headers=asking),
            work.try_send("GET", ME, headers=asking),
            work.try_send("OPTIONS", "/api/users", headers=before),
        ]
        yield _verdict(work, origin, answers)


def _verdict(work: CheckContext, origin: _Origin, answers: list[Answer]) -> Finding:
    subject = origin.subject
    reflected = [a for a in answers if _allowed(a) == origin.value]
    if any(_with_credentials(answer) for answer in reflected):
        return work.failed(
            say(
                N_("The origin {origin} is let in with credentials: it may read as the user."),
                origin=origin.value,
            ),
            subject=subject,
        )
    if reflected:
        return work.failed(
            say(
                N_("Whatever origin asks is let in ({origin}), though without credentials."),
                origin=origin.value,
            ),
            subject=subject,
        )
    if (said := undecided(answers)) is not None:
        return work.inconclusive(said, subject=subject)
    if answers[0].status != 200:
        return work.inconclusive(
            say(
                N_("With a good token {path} answers {status}."),
                path=ME,
                status=answers[0].status,
            ),
            subject=subject,
        )
    if any(_allowed(answer) == "*" for answer in (answers[0], answers[3])):
        return work.warned(
            say(N_("Private answers may be read by any origin (*) that gets a token.")),
            subject=subject,
        )
    return work.passed(
        say(N_("The origin {origin} is not let in."), origin=origin.value), subject=subject
    )


def _allowed(answer: Answer) -> str:
    return answer.header("access-control-allow-origin").strip()


def _with_credentials(answer: Answer) -> bool:
    return answer.header("access-control-allow-credentials").strip().lower() == "true"
