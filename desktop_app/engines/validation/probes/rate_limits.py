"""Limits of rate at the sign-in: guesses by unknown names, counted, until the target says stop.

It is the last check of a run, and leaves given accounts alone: only names that nobody has are
guessed at. For a while afterwards the target refuses sign-ins from this address.
"""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

from desktop_app.core.language import N_
from desktop_app.core.validation.findings import Finding, Said, say
from desktop_app.engines.validation.asking import LOGIN, ME
from desktop_app.engines.validation.bed import Actor
from desktop_app.engines.validation.client import Answer, NoAnswer, Request
from desktop_app.engines.validation.context import Blocked, CheckContext
from desktop_app.engines.validation.probes.controls import known_person
from desktop_app.engines.validation.raw import address_of, host_header, is_loopback, send_raw
from desktop_app.engines.validation.registry import probe
from desktop_app.engines.validation.retrying import retry_after_s
from desktop_app.engines.validation.who import unmeasured

ATTEMPTS = 120
WAITED_S = 3.0
_AT_ONCE = 4
_WINDOW_S = 60.0
_LONGEST_WAIT_S = 3600.0
_OTHER_ADDRESS = "127.0.0.2"
_FORWARDED = (
    {"X-Forwarded-For": "203.0.113.7"},
    {"Forwarded": "for=203.0.113.8;proto=https"},
    {"X-Real-IP": "203.0.113.9"},
    {"X-Client-IP": "203.0.113.10", "True-Client-IP": "203.0.113.10"},
    {"CF-Connecting-IP": "203.0.113.11", "X-Originating-IP": "203.0.113.11"},
    {"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Host": "localhost"},
)


@dataclass(slots=True)
class _Guesses:
    """What guessing came to: ``refusal`` is the 429, None where none came.

    ``count`` are guesses that were judged; ``odd`` is an answer that is neither that nor a limit.
    """

    count: int = 0
    odd: Answer | None = None
    seconds: float = 0.0
    refusal: Answer | None = None


@probe("rate.sign_in")
def sign_in(work: CheckContext) -> Iterator[Finding]:
    """Guessing is answered 429, for as long as it says, whatever address the guesser claims.

    All of it comes from this computer's usual address, as many a server trusts that one more.
    """
    admin = known_person(work)
    work.forget()
    with work.client.at_home():
        yield from _limited(work, admin)


def _limited(work: CheckContext, admin: Actor) -> Iterator[Finding]:
    first = _guess(work, work.bed.unique())
    work.keep(first)
    if first.status not in (401, 429):
        raise Blocked(
            say(
                N_("A wrong sign-in was answered {status}, not 401: nothing can be told by it."),
                status=first.status,
            )
        )
    guesses = _guessed(work)
    if guesses.refusal is None:
        yield _unlimited(work, guesses)
        return
    work.keep(guesses.refusal)
    yield work.passed(
        say(
            N_("After {count} wrong sign-ins in {seconds} s the next one was answered 429."),
            count=guesses.count,
            seconds=round(guesses.seconds, 1),
        ),
        subject="limit",
        attempts=guesses.count,
        seconds=round(guesses.seconds, 2),
    )
    work.keep(guesses.refusal)
    yield _problem_details(work, guesses.refusal)
    yield _bypasses(work)
    yield _others(work, admin)
    work.keep(guesses.refusal)
    yield _retry_after(work, guesses.refusal)


def _guess(work: CheckContext, name: str, headers: dict[str, str] | None = None) -> Answer:
    body = json.dumps({"login_id": name, "password": "Wrong-guess-1"}).encode()
    sent = {"Content-Type": "application/json", **(headers or {})}
    request = Request(method="POST", path=LOGIN, headers=tuple(sent.items()), content=body)
    try:
        return work.client.send(request)
    except NoAnswer as none:
        return none.answer


def _guessed(work: CheckContext) -> _Guesses:
    """Guess at a few names, which an account's own lock makes cheap, then at ever new ones.

    A limit that holds for one name alone lets a guesser try one password at many names: only a
    refusal that meets a new name too is one.
    """
    most = int(work.params.get("attempts", ATTEMPTS))
    few = itertools.cycle([work.bed.unique() for _ in range(4)])
    new = (work.bed.unique() for _ in itertools.count())
    found, began, spraying = _Guesses(), time.monotonic(), False
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="validation-guess") as pool:
        while found.count < most:
            names = [next(new if spraying else few) for _ in range(_AT_ONCE)]
            for answer in pool.map(lambda name: _guess(work, name), names):
                if answer.status == 429:
                    found.refusal = found.refusal or answer
                    continue
                found.count += 1
                if unmeasured(answer):
                    found.odd = found.odd or answer
            if found.refusal is not None:
                if spraying or (again := _guess(work, next(new))).status == 429:
                    found.refusal = found.refusal if spraying else again
                    break
                found.refusal, spraying = None, True
    found.seconds = time.monotonic() - began
    return found


def _unlimited(work: CheckContext, guesses: _Guesses) -> Finding:
    facts = {"attempts": guesses.count, "seconds": round(guesses.seconds, 2)}
    if guesses.odd is not None:
        work.keep(guesses.odd)
        return work.inconclusive(
            say(
                N_("A further guess was answered {status}."),
                status=guesses.odd.status or guesses.odd.failure,
            ),
            subject="limit",
            **facts,
        )
    if guesses.seconds > _WINDOW_S:
        return work.inconclusive(
            say(
                N_("{count} wrong sign-ins took {seconds} s: too slow to meet a limit a minute."),
                count=guesses.count,
                seconds=round(guesses.seconds),
            ),
            subject="limit",
            **facts,
        )
    return work.failed(
        say(
            N_("{count} wrong sign-ins in {seconds} s met no limit (429)."),
            count=guesses.count,
            seconds=round(guesses.seconds, 1),
        ),
        subject="limit",
        **facts,
    )


def _problem_details(work: CheckContext, refusal: Answer) -> Finding:
    subject = "problem details"
    found = refusal.json
    if refusal.content_type == "application/problem+json" and isinstance(found, dict):
        return work.passed(say(N_("The 429 is told as problem details.")), subject=subject)
    return work.failed(
        say(N_("The 429 is no problem details: {type}."), type=refusal.content_type or "-"),
        subject=subject,
    )


def _bypasses(work: CheckContext) -> Finding:
    subject = "forwarded addresses"
    for headers in _FORWARDED:
        answer = _guess(work, work.bed.unique(), headers)
        work.keep(answer)
        if answer.status in (401, 403, 422):
            if _guess(work, work.bed.unique()).status != 429:
                return work.inconclusive(
                    say(N_("The limit was over before all of it was tried.")), subject=subject
                )
            return work.failed(
                say(
                    N_("Who claims another address ({header}) is let go on guessing."),
                    header=", ".join(headers),
                ),
                subject=subject,
            )
        if answer.status != 429:
            return work.inconclusive(
                say(N_("A further guess was answered {status}."), status=answer.status),
                subject=subject,
            )
    return work.passed(
        say(
            N_("{count} headers that claim another address change nothing."), count=len(_FORWARDED)
        ),
        subject=subject,
    )


def _others(work: CheckContext, admin: Actor) -> Finding:
    """Who is signed in goes on working; and so does who signs in from another address."""
    subject = "other users"
    known = work.try_send("GET", ME, by=admin)
    if known.status == 0 or known.status >= 500:
        return work.inconclusive(
            say(N_("The next request is answered {status}."), status=known.status), subject=subject
        )
    if known.status != 200:
        return work.failed(
            say(
                N_("Somebody who was signed in is answered {status} meanwhile."),
                status=known.status,
            ),
            subject=subject,
        )
    seen = [say(N_("Who is signed in goes on working."))]
    elsewhere = _from_elsewhere(work)
    if elsewhere is None:
        seen.append(say(N_("Sign-ins from another address were not measured.")))
    elif elsewhere.status == 429:
        return work.failed(
            say(N_("Sign-ins from other addresses are refused too: one guesser locks out all.")),
            subject=subject,
        )
    elif elsewhere.status == 401:
        seen.append(say(N_("Sign-ins from another address are taken.")))
    return work.passed(*seen, subject=subject)


def _from_elsewhere(work: CheckContext) -> Answer | None:
    """A guess from another address; None where this computer has none for this target."""
    if not is_loopback(address_of(work.client)[0]) or work.client.target.proxy:
        return None
    body = json.dumps({"login_id": work.bed.unique(), "password": "Wrong-guess-1"})
    head = f"POST {LOGIN} HTTP/1.1\r\nHost: {host_header(work.client)}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    try:
        [answer, *_] = send_raw(
            work.client, (head + body).encode(), source=_OTHER_ADDRESS, by="another address"
        )
    except NoAnswer:
        return None
    work.keep(answer)
    return answer


def _retry_after(work: CheckContext, refusal: Answer) -> Finding:
    subject = "Retry-After"
    value = refusal.header("retry-after")
    wait_s = retry_after_s(value, datetime.now(UTC))
    if wait_s is None:
        return work.failed(
            say(N_("{header} is missing."), header=subject)
            if not value
            else say(N_("{header} is weak: {value}"), header=subject, value=value[:100]),
            subject=subject,
        )
    if wait_s > _LONGEST_WAIT_S:
        return work.warned(
            say(N_("The target wants {seconds} s to be waited."), seconds=round(wait_s)),
            subject=subject,
        )
    told = say(N_("The 429 says when to come back: in {seconds} s."), seconds=round(wait_s))
    if wait_s > float(work.params.get("wait_s", WAITED_S)):
        unmeasured = say(N_("Whether sign-ins work again then was not waited for."))
        return work.passed(told, unmeasured, subject=subject, retry_after_s=round(wait_s))
    return _recovered(work, told, wait_s)


def _recovered(work: CheckContext, told: Said, wait_s: float) -> Finding:
    subject = "Retry-After"
    # A moment more: whole seconds were rounded, and clocks differ.
    work.client.wait(wait_s + 0.3)
    answer = _guess(work, work.bed.unique())
    work.keep(answer)
    if answer.status == 429:
        return work.failed(
            told, say(N_("After that time sign-ins are still refused.")), subject=subject
        )
    if answer.status != 401:
        return work.inconclusive(
            say(N_("A further guess was answered {status}."), status=answer.status),
            subject=subject,
        )
    return work.passed(
        told,
        say(N_("After that time sign-ins are taken again.")),
        subject=subject,
        retry_after_s=round(wait_s),
    )
