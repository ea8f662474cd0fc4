"""Operators of MongoDB, patterns and SQL where plain values belong (ASVS 5.0.0 V1.2.4, V1.2.9)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from desktop_app.core.language import N_
from desktop_app.core.validation.findings import Finding, Said, say
from desktop_app.engines.validation.asking import LOGIN
from desktop_app.engines.validation.bed import MARK, Actor
from desktop_app.engines.validation.bed_data import user_body
from desktop_app.engines.validation.client import Answer
from desktop_app.engines.validation.context import Blocked, CheckContext
from desktop_app.engines.validation.made import if_match, version_of
from desktop_app.engines.validation.probes.controls import (
    administrator,
    gives_token,
    not_refused,
    total_of,
    undecided,
)
from desktop_app.engines.validation.registry import probe
from desktop_app.engines.validation.who import inner

OPERATORS: tuple[dict[str, Any], ...] = (
    {"$ne": None},
    {"$gt": ""},
    {"$regex": ".*"},
    {"$nin": []},
)
NOTHING = f"{MARK}-nobody-is-called-this"

DATABASE_ERRORS = re.compile(
    r"SQL syntax|sqlite3?\.|psycopg|ORA-\d{5}|SQLSTATE|unterminated quoted string|"
    r"MongoServerError|pymongo\.|BSON|unknown (?:top level )?operator|\$where|CastError|"
    r"Traceback \(most recent call last\)",
)


@probe("injection.nosql_sign_in")
def nosql_sign_in(work: CheckContext) -> Iterator[Finding]:
    """Operators in place of a name or a password sign nobody in."""
    subject = f"POST {LOGIN}"
    administrator(work)
    victim = _somebody(work)
    _wrong_sign_in(work, work.bed.unique())
    answers = []
    for operator in OPERATORS:
        for login_id in (operator, victim):
            body = {"login_id": login_id, "password": operator}
            answers.append(work.try_send("POST", LOGIN, json_body=body))
    form = urlencode({"login_id[$ne]": "", "password[$ne]": ""}).encode()
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answers.append(work.try_send("POST", LOGIN, content=form, headers=kind))
    for answer in answers:
        if gives_token(answer):
            yield work.failed(
                say(N_("Operators in place of name or password signed somebody in.")),
                subject=subject,
            )
            return
        if (said := not_refused(answer)) is not None:
            yield work.failed(said, subject=subject)
            return
    if (said := _undecided(answers)) is not None:
        yield work.inconclusive(said, subject=subject)
        return
    yield work.passed(
        say(N_("{count} sign-ins with operators were refused."), count=len(answers)),
        subject=subject,
    )


def _somebody(work: CheckContext) -> str:
    """The name of somebody who exists: never of a given account, which guesses might lock."""
    login_id = work.bed.unique()
    body = user_body(login_id, work.bed.value("company_id"), password=work.bed.secret())
    work.bed.create("users", body, name=login_id)
    return login_id


def _wrong_sign_in(work: CheckContext, name: str) -> Answer:
    control = work.send("POST", LOGIN, json_body={"login_id": name, "password": "Wrong-guess-1"})
    if control.status != 401:
        raise Blocked(
            say(
                N_("A wrong sign-in was answered {status}, not 401: nothing can be told by it."),
                status=control.status,
            )
        )
    return control


@probe("injection.nosql_fields")
def nosql_fields(work: CheckContext) -> Iterator[Finding]:
    """Operators in place of fields are neither executed nor kept."""
    admin = administrator(work)
    if work.wants(subject := "POST /api/auth/refresh"):
        yield _refresh(work, subject)
    if work.wants(subject := "POST /api/companies"):
        yield _create(work, admin, subject)
    if work.wants(subject := "PATCH /api/companies/{id}"):
        yield _change(work, admin, subject)


def _refresh(work: CheckContext, subject: str) -> Finding:
    path = "/api/auth/refresh"
    control = work.try_send("POST", path, json_body={"refresh_token": "no-such-token"})
    answers = [
        work.try_send("POST", path, json_body={"refresh_token": operator}) for operator in OPERATORS
    ]
    for answer in answers:
        if gives_token(answer):
            return work.failed(
                say(N_("An operator in place of the refresh token gave a session.")),
                subject=subject,
            )
        if (said := not_refused(answer)) is not None:
            return work.failed(said, subject=subject)
    if (said := undecided([control]) or _undecided(answers)) is not None:
        return work.inconclusive(said, subject=subject)
    if control.status not in (400, 401, 403, 422):
        return work.inconclusive(
            say(N_("A wrong token was answered {status}."), status=control.status), subject=subject
        )
    return work.passed(_refused(len(answers)), subject=subject)


def _create(work: CheckContext, admin: Actor, subject: str) -> Finding:
    work.bed.value("company_id")  # a plain one can be created: what is refused is the operator
    answers = []
    for operator in OPERATORS:
        body = {"name": operator, "business_number": operator}
        answer = work.try_send("POST", "/api/companies", by=admin, json_body=body)
        answers.append(answer)
        if answer.status == 201:
            return work.failed(
                say(N_("An operator was kept as the value of a field.")), subject=subject
            )
        if (said := not_refused(answer)) is not None:
            return work.failed(said, subject=subject)
    return _all_refused(work, answers, subject)


def _change(work: CheckContext, admin: Actor, subject: str) -> Finding:
    path = f"/api/companies/{work.bed.value('company_id')}"
    plain = work.try_send(
        "PATCH", path, by=admin, json_body={"address": MARK}, headers=_version_of(work, path, admin)
    )
    if plain.status != 200:
        return work.inconclusive(
            say(N_("A plain change was answered {status}."), status=plain.status), subject=subject
        )
    answers = []
    for body in (
        {"$set": {"address": f"{MARK} set"}},
        {"address": {"$set": f"{MARK} set"}},
        {"address": {"$gt": ""}},
    ):
        headers = _version_of(work, path, admin)
        answer = work.try_send("PATCH", path, by=admin, json_body=body, headers=headers)
        answers.append(answer)
        if (said := not_refused(answer)) is not None:
            return work.failed(said, subject=subject)
        if answer.status == 200 and _address(work.send("GET", path, by=admin)) != MARK:
            return work.failed(
                say(N_("An operator in the body changed the document.")), subject=subject
            )
    if (said := undecided(answers)) is not None:
        return work.inconclusive(said, subject=subject)
    return work.passed(_refused(len(answers)), subject=subject)


def _version_of(work: CheckContext, path: str, by: Actor) -> dict[str, str]:
    return if_match(version_of(work.send("GET", path, by=by)))


def _address(answer: Answer) -> Any:
    return inner(answer.json, "company").get("address")


def _refused(count: int) -> Said:
    return say(N_("{count} bodies with operators were refused or changed nothing."), count=count)


def _undecided(answers: list[Answer]) -> Said | None:
    """Why answers do not say that all was refused."""
    if (said := undecided(answers)) is not None:
        return said
    taken = next((answer for answer in answers if not 400 <= answer.status < 500), None)
    if taken is None:
        return None
    return say(N_("It was answered {status}, which says nothing."), status=taken.status)


def _all_refused(work: CheckContext, answers: list[Answer], subject: str) -> Finding:
    if (said := _undecided(answers)) is not None:
        return work.inconclusive(said, subject=subject)
    return work.passed(_refused(len(answers)), subject=subject)


@dataclass(frozen=True, slots=True)
class _List:
    """A list, a field that filters it, and what the test bed puts into it when it is empty."""

    path: str
    field: str
    example: str

    @property
    def subject(self) -> str:
        return f"GET {self.path}"


LISTS = (
    _List("/api/users", "login_id", "evaluator_id"),
    _List("/api/companies", "name", "company_id"),
    _List("/api/projects", "name", "project_id"),
    _List("/api/templates", "name", "template_id"),
    _List("/api/evaluations", "status", "evaluation_id"),
    _List("/api/files", "file_name", "file_id"),
)


@probe("injection.nosql_query")
def nosql_query(work: CheckContext) -> Iterator[Finding]:
    """Operators in query strings are refused, or mean no more than any unknown parameter."""
    admin = administrator(work)
    for one in LISTS:
        if work.wants(one.subject):
            yield _query(work, admin, one)


def _query(work: CheckContext, admin: Actor, one: _List) -> Finding:
    def ask(query: str) -> Answer:
        return work.try_send("GET", f"{one.path}?page_size=1{query}", by=admin)

    plain = ask("")
    if total_of(plain) == 0:
        work.bed.value(one.example)  # in an empty list all questions are answered alike
        plain = ask("")
    unknown, nothing = ask("&zz_evalcheck=1"), ask(f"&{one.field}={NOTHING}")
    total = total_of(plain)
    if total is None:
        return work.inconclusive(
            say(N_("The list itself was answered {status}."), status=plain.status),
            subject=one.subject,
        )
    answers = []
    for key, value in (
        (f"{one.field}[$eq]", NOTHING),
        (f"{one.field}[$regex]", f"^{NOTHING}"),
        ("q[$ne]", ""),
        ("q[$gt]", "~~~~"),
    ):
        answer = ask("&" + urlencode({key: value}))
        answers.append(answer)
        if (said := not_refused(answer)) is not None:
            return work.failed(said, subject=one.subject)
        if answer.status == 200 and total_of(answer) != total_of(unknown):
            return work.failed(
                say(
                    N_("{parameter} was answered otherwise than an unknown parameter is."),
                    parameter=key,
                ),
                subject=one.subject,
            )
    as_value = ask("&" + urlencode({one.field: '{"$ne": null}'}))
    answers.append(as_value)
    if (said := not_refused(as_value)) is not None:
        return work.failed(said, subject=one.subject)
    if total and total_of(nothing) == 0 and total_of(as_value) == total:
        return work.failed(
            say(N_("An operator as the value of {parameter} found all."), parameter=one.field),
            subject=one.subject,
        )
    if (said := undecided(answers)) is not None:
        return work.inconclusive(said, subject=one.subject)
    if total == 0 and any(answer.status == 200 for answer in answers):
        return work.inconclusive(
            say(N_("The list is empty: whether operators work in it cannot be seen.")),
            subject=one.subject,
        )
    return work.passed(
        say(N_("{count} queries with operators found nothing by them."), count=len(answers)),
        subject=one.subject,
    )


@probe("injection.regex")
def patterns(work: CheckContext) -> Iterator[Finding]:
    """What is searched for is letters: patterns find nothing, and broken ones break nothing."""
    admin = administrator(work)
    subject = "GET /api/companies"
    company = work.send("GET", f"/api/companies/{work.bed.value('company_id')}", by=admin)
    name = str(inner(company.json, "company").get("name") or "")

    def found(text: str) -> Answer:
        return work.try_send("GET", "/api/companies", by=admin, query={"q": text, "page_size": 1})

    if not name or not total_of(found(name)):
        raise Blocked(say(N_("A search for a name that exists finds nothing.")))
    if total_of(found(NOTHING)) != 0:
        raise Blocked(
            say(N_("A search for what does not exist was not answered by an empty list."))
        )
    answers = [found(text) for text in (f"^{name[:-1]}.$", ".*", "[", "(((", "*", "\\")]
    for answer in answers:
        if (said := not_refused(answer)) is not None:
            yield work.failed(said, subject=subject)
            return
    if total_of(answers[0]):
        yield work.failed(
            say(N_("A search takes what is typed for a pattern, not for letters.")),
            subject=subject,
        )
        return
    if (said := undecided(answers)) is not None:
        yield work.inconclusive(said, subject=subject)
        return
    yield work.passed(say(N_("Patterns are searched for as letters.")), subject=subject)


SQL = ("' OR '1'='1", "' OR '1'='1' -- ", '" OR ""="', "'; --", "1') OR ('1'='1", "' || '1'=='1")


@probe("injection.sql")
def sql(work: CheckContext) -> Iterator[Finding]:
    """Pieces of SQL are plain text: they sign nobody in, find nothing, show no error of SQL."""
    admin = administrator(work)
    if work.wants(subject := f"POST {LOGIN}"):
        _wrong_sign_in(work, work.bed.unique())
        answers = [
            work.try_send("POST", LOGIN, json_body={"login_id": text, "password": text})
            for text in (SQL[0], SQL[-1])
        ]
        yield _sql_verdict(work, answers, any(map(gives_token, answers)), subject)
    if work.wants(subject := "GET /api/users"):
        nothing = work.send("GET", "/api/users", by=admin, query={"q": NOTHING, "page_size": 1})
        if total_of(nothing) != 0:
            yield work.inconclusive(
                say(N_("A search for what does not exist was not answered by an empty list.")),
                subject=subject,
            )
        else:
            answers = [
                work.try_send("GET", "/api/users", by=admin, query={"q": text, "page_size": 1})
                for text in SQL
            ]
            yield _sql_verdict(work, answers, any(map(total_of, answers)), subject)
    if work.wants(subject := "GET /api/users/{id}"):
        known = work.send("GET", f"/api/users/{admin.user_id}", by=admin)
        answers = [
            work.try_send("GET", f"/api/users/{quote(text, safe='')}", by=admin) for text in SQL
        ]
        if known.status != 200:
            yield work.inconclusive(
                say(N_("A user who exists was answered {status}."), status=known.status),
                subject=subject,
            )
        else:
            taken = any(answer.status == 200 for answer in answers)
            yield _sql_verdict(work, answers, taken, subject)


def _sql_verdict(work: CheckContext, answers: list[Answer], worked: bool, subject: str) -> Finding:
    if worked:
        return work.failed(say(N_("A piece of SQL was executed or matched.")), subject=subject)
    for answer in answers:
        if (said := not_refused(answer)) is not None:
            return work.failed(said, subject=subject)
        if (shown := DATABASE_ERRORS.search(answer.text)) is not None:
            return work.failed(
                say(N_("The answer shows an error of the database: {text}."), text=shown[0][:80]),
                subject=subject,
            )
    if (said := undecided(answers)) is not None:
        return work.inconclusive(said, subject=subject)
    return work.passed(
        say(N_("{count} pieces of SQL were taken for plain text."), count=len(answers)),
        subject=subject,
    )
