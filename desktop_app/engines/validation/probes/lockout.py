"""Guessing passwords: hindered, without telling who exists, and without hindering others."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from desktop_app.core.language import N_
from desktop_app.core.validation.findings import Finding, Said, say
from desktop_app.engines.validation.asking import LOGIN
from desktop_app.engines.validation.bed_data import user_body
from desktop_app.engines.validation.client import Answer
from desktop_app.engines.validation.context import Blocked, CheckContext
from desktop_app.engines.validation.probes.sessions import hide_tokens
from desktop_app.engines.validation.registry import probe
from desktop_app.engines.validation.shared import once
from desktop_app.engines.validation.target import PRODUCTION
from desktop_app.engines.validation.who import taken, unmeasured

_DOCUMENTED = (
    ("admin", "admin123!"),
    ("manager1", "test123!"),
    ("evaluator1", "test123!"),
    ("secretary1", "test123!"),
)
"""The passwords of SYSTEM.md §2, which a production system must not have."""


@dataclass(slots=True)
class Person:
    """A user made to be guessed at, whom nobody has signed in."""

    login_id: str
    password: str
    id: str


def _person(work: CheckContext) -> Person:
    login_id, password = work.bed.unique(), work.bed.secret()
    body = user_body(login_id, work.bed.value("company_id"), password=password)
    return Person(login_id, password, work.bed.create("users", body, name=login_id))


def _try(work: CheckContext, login_id: str, password: str) -> Answer:
    body = {"login_id": login_id, "password": password}
    answer = work.try_send("POST", LOGIN, json_body=body)
    hide_tokens(work, answer)
    return answer


def _wrong(work: CheckContext) -> str:
    return work.bed.secret()


@dataclass(slots=True)
class Guessed:
    """What became of guessing at one person's password."""

    person: Person
    wrong: list[Answer]
    right: Answer


def _guessed(work: CheckContext) -> Guessed:
    """Wrong passwords at a user of the bed until something hinders it, then the right one."""

    def guess() -> Guessed:
        person, wrong = _person(work), list[Answer]()
        for _ in range(int(work.params.get("tries", 10))):
            wrong.append(_try(work, person.login_id, _wrong(work)))
            if _hinders(wrong[-1]):
                break
        return Guessed(person, wrong, _try(work, person.login_id, person.password))

    return once(work.bed, "guessed", guess)


def _slowed(wrong: Sequence[Answer]) -> bool:
    """Whether refusals take ever longer: another way to make guessing slow."""
    slow_ms = max(1000.0, 3 * wrong[0].total_ms)
    return len(wrong) > 2 and all(answer.total_ms >= slow_ms for answer in wrong[-2:])


def _quick_for_others(work: CheckContext, guessed: Guessed) -> bool:
    """Whether a name that nobody guessed at is refused quickly: the whole server is not slow."""
    stranger = _try(work, work.bed.unique(), _wrong(work))
    return not unmeasured(stranger) and stranger.total_ms < guessed.wrong[-1].total_ms / 2


def _hinders(answer: Answer) -> bool:
    return answer.status in (423, 429) or bool(answer.header("retry-after"))


@probe("lockout.guessing")
def guessing(work: CheckContext) -> Iterator[Finding]:
    """After some wrong passwords even the right one is refused for a while."""
    guessed = _guessed(work)
    count, right = len(guessed.wrong), guessed.right
    work.show(guessed.wrong[0], guessed.wrong[-1], right)
    if any(taken(answer) for answer in guessed.wrong):
        yield work.failed(say(N_("A wrong password signs in.")))
    elif guessed.wrong[0].status == 429:
        yield work.inconclusive(say(N_("The requests were limited (429) before it could be seen.")))
    elif taken(right) and _slowed(guessed.wrong):
        make = work.passed if _quick_for_others(work, guessed) else work.inconclusive
        yield make(
            say(
                N_("Refusals take ever longer: {first} ms at first, {last} ms in the end."),
                first=round(guessed.wrong[0].total_ms),
                last=round(guessed.wrong[-1].total_ms),
            ),
            tries=count,
        )
    elif taken(right):
        yield work.failed(
            say(N_("After {count} wrong passwords the right one still signs in."), count=count),
            tries=count,
        )
    elif right.status == 0 or right.status >= 500:
        yield work.inconclusive(
            say(N_("The next request is answered {status}."), status=right.status)
        )
    else:
        yield work.passed(
            say(
                N_("After {count} wrong passwords even the right one is answered {status}."),
                count=count,
                status=right.status,
            ),
            tries=count,
            retry_after=right.header("retry-after")[:20],
        )


@probe("lockout.others")
def others(work: CheckContext) -> Iterator[Finding]:
    """While one account is locked, others sign in: also from the same address."""
    guessed = _guessed(work)
    if taken(guessed.right):
        raise Blocked(say(N_("Nothing was locked: there is nobody whom it could hinder.")))
    other = _person(work)
    answer = _try(work, other.login_id, other.password)
    again = _try(work, guessed.person.login_id, guessed.person.password)
    if taken(again):
        raise Blocked(say(N_("Nothing was locked: there is nobody whom it could hinder.")))
    if taken(answer):
        yield work.passed(say(N_("Another user signs in meanwhile.")))
    elif answer.status == 429 and guessed.wrong[-1].status == 429:
        yield work.warned(
            say(N_("Another user of the same address is hindered too: answered 429."))
        )
    elif unmeasured(answer):
        yield work.inconclusive(
            say(N_("The next request is answered {status}."), status=answer.status)
        )
    else:
        yield work.failed(
            say(N_("Another user is locked out too: answered {status}."), status=answer.status)
        )


@probe("lockout.enumeration")
def enumeration(work: CheckContext) -> Iterator[Finding]:
    """A wrong password and a name that nobody has are answered alike."""
    person = _person(work)
    strangers = [work.bed.unique() for _ in range(2)]
    password = _wrong(work)
    known = _try(work, person.login_id, password)
    unknown = [_try(work, name, password) for name in strangers]
    if unmeasured(known) or any(map(unmeasured, unknown)) or taken(known):
        yield work.inconclusive(_statuses(known, unknown[0]))
        return
    control = _try(work, person.login_id, person.password)
    if not taken(control):
        yield work.inconclusive(
            say(
                N_("The user of the test cannot sign in by the right password: {status}."),
                status=control.status,
            )
        )
        return
    faces = [_face(answer, name) for answer, name in zip(unknown, strangers, strict=True)]
    seen = _face(known, person.login_id)
    work.show(known, unknown[0])
    differs = [name for name in seen if seen[name] != faces[0].get(name)]
    noise = {name for name in faces[0] if faces[0][name] != faces[1].get(name)}
    telling = [name for name in differs if name not in noise]
    telling += [name for name in faces[0] if name not in seen]
    if telling:
        yield work.failed(
            say(N_("They differ in: {what}."), what=", ".join(sorted(set(telling)))),
            _statuses(known, unknown[0]),
        )
    else:
        yield work.passed(_statuses(known, unknown[0]))


def _statuses(known: Answer, unknown: Answer) -> Said:
    return say(
        N_("A wrong password is answered {known}, an unknown name {unknown}."),
        known=known.status,
        unknown=unknown.status,
    )


_VOLATILE = frozenset({"date", "x-request-id", "server-timing", "set-cookie", "content-length"})


def _face(answer: Answer, login_id: str) -> dict[str, object]:
    """What an answer shows but for the name that was asked with: status, headers, body by part."""
    face: dict[str, object] = {"status": answer.status}
    for name, value in answer.headers:
        if name.lower() not in _VOLATILE:
            face[f"header {name.lower()}"] = re.sub(r"\d+", "0", value)
    found = answer.json
    if isinstance(found, dict):
        for key, value in found.items():
            face[f"member {key}"] = str(value).replace(login_id, "")
    else:
        face["body"] = answer.text.replace(login_id, "")
    return face


@probe("lockout.enumeration_by_lock")
def enumeration_by_lock(work: CheckContext) -> Iterator[Finding]:
    """A name that nobody has gets locked like one that somebody has."""
    guessed = _guessed(work)
    hindered = [answer for answer in guessed.wrong if _hinders(answer)]
    if taken(guessed.right) or not hindered:
        yield work.not_applicable(
            say(N_("Wrong passwords change nothing that somebody without the right one could see."))
        )
        return
    stranger, unknown = work.bed.unique(), list[Answer]()
    for _ in guessed.wrong:
        unknown.append(_try(work, stranger, _wrong(work)))
    known = guessed.wrong[-1]
    work.show(known, unknown[-1])
    if any(answer.status == 429 for answer in (known, unknown[-1])):
        yield work.inconclusive(say(N_("The requests were limited (429) before it could be seen.")))
    elif [_kind(a) for a in guessed.wrong] == [_kind(a) for a in unknown]:
        yield work.passed(
            say(N_("Both are answered alike {count} times."), count=len(guessed.wrong))
        )
    elif _hinders(unknown[-1]):
        yield work.inconclusive(
            say(N_("Both are hindered, but not alike: something else hinders them too."))
        )
    else:
        yield work.failed(
            say(
                N_("After {count} wrong passwords the lock tells that the account exists."),
                count=len(guessed.wrong),
            )
        )


def _kind(answer: Answer) -> tuple[int, str, bool]:
    found = answer.json
    kind = found.get("type") if isinstance(found, dict) else None
    return answer.status, str(kind), _hinders(answer)


@probe("lockout.enumeration_by_time")
def enumeration_by_time(work: CheckContext) -> Iterator[Finding]:
    """An unknown name takes as long to refuse as a known one: measured in turns."""
    rounds, each = int(work.params.get("rounds", 6)), int(work.params.get("tries_each", 2))
    people = [_person(work) for _ in range((rounds + each - 1) // each)]
    _try(work, work.bed.unique(), _wrong(work))  # opens the connection
    known: list[Answer] = []
    unknown: list[Answer] = []
    for turn in range(rounds):
        pair = [(known, people[turn // each].login_id), (unknown, work.bed.unique())]
        for kept, login_id in pair if turn % 2 else reversed(pair):
            kept.append(_try(work, login_id, _wrong(work)))
    both = (*known, *unknown)
    work.show(known[-1], unknown[-1])
    if any(unmeasured(a) or taken(a) or _hinders(a) for a in both):
        yield work.inconclusive(_statuses(known[-1], unknown[-1]))
        return
    yield _timed(work, [_ms(a) for a in known], [_ms(a) for a in unknown])


def _ms(answer: Answer) -> float:
    return answer.first_byte_ms or answer.total_ms


def _timed(work: CheckContext, known: Sequence[float], unknown: Sequence[float]) -> Finding:
    """Told apart when every time of one kind is longer than every one of the other, by far."""
    slow, fast = sorted((known, unknown), key=statistics.median, reverse=True)
    high, low = statistics.median(slow), statistics.median(fast)
    facts: dict[str, Any] = {
        "known_ms": round(statistics.median(known), 1),
        "unknown_ms": round(statistics.median(unknown), 1),
    }
    seen = say(
        N_(
            "A known name takes {known_ms} ms, an unknown one {unknown_ms} ms (medians of {count})."
        ),
        count=len(known),
        **facts,
    )
    far = high - low > max(float(work.params.get("least_ms", 10.0)), 0.3 * high)
    apart = min(slow) > max(fast)
    # How far the middle half of the times of one kind lies from its median.
    jitter = max(_spread(known), _spread(unknown))
    if far and apart:
        return work.failed(seen, **facts)
    if far or jitter > max(float(work.params.get("most_jitter_ms", 60.0)), 0.6 * high):
        return work.inconclusive(
            seen,
            say(N_("The times vary by {jitter} ms: too much to tell."), jitter=round(jitter, 1)),
            **facts,
        )
    return work.passed(seen, **facts)


def _spread(times: Sequence[float]) -> float:
    middle = statistics.median(times)
    return statistics.median([abs(time - middle) for time in times]) * 1.5


@probe("lockout.documented_passwords")
def documented_passwords(work: CheckContext) -> Iterator[Finding]:
    """The passwords that stand in the platform's documents open no production system."""
    target = work.client.target
    if target.environment != PRODUCTION:
        yield work.not_applicable(
            say(
                N_("A {environment} system may be seeded with the documented passwords."),
                environment=target.environment,
            )
        )
        return
    given = {(one.login_id, one.password) for one in target.credentials}
    open_to = [name for name, password in _DOCUMENTED if (name, password) in given]
    answers = []
    for login_id, password in _DOCUMENTED:
        # Never a wrong guess at a given account, by whatever spelling of its name.
        if login_id.casefold() not in {name.casefold() for name, _password in given}:
            answers.append(answer := _try(work, login_id, password))
            if taken(answer):
                open_to.append(login_id)
    if open_to:
        yield work.failed(
            say(N_("A documented password signs in: {what}."), what=", ".join(open_to))
        )
    elif any(unmeasured(answer) for answer in answers):
        yield work.inconclusive(say(N_("Not every request was answered.")))
    else:
        yield work.passed(
            say(N_("None of {count} documented passwords signs in."), count=len(_DOCUMENTED))
        )
