"""Runs of validation as the tests need them: an order, its events, its report."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from desktop_app.core.tasks import TaskContext
from desktop_app.core.users import Role
from desktop_app.core.validation.events import Event, RunEnded
from desktop_app.core.validation.report import ValidationReport
from desktop_app.core.validation.suites import Risk, Suite
from desktop_app.core.verdicts import CheckState
from desktop_app.engines.validation.run import Order, validate
from desktop_app.engines.validation.suite_files import of_folder, shipped
from desktop_app.engines.validation.target import Consent, Credential, Limits, Target
from tests.fixtures.server import RunningServer

EVERYTHING = Consent(risks=frozenset(Risk))
QUICK = Limits(connect_s=2.0, answer_s=10.0)


def target(url: str, **options: object) -> Target:
    """A server with the administrator of the initial data."""
    admin = Credential(role=Role.ADMIN, login_id="admin", password="admin123!")
    return Target(url=url, credentials=(admin,), **options)  # type: ignore[arg-type]


def suite(name: str) -> Suite:
    """One of the program's own suites."""
    return next(suite for suite in shipped() if suite.id == name)


def events_of(
    url: str,
    suites: Iterable[Suite],
    *,
    checks: Iterable[str] = (),
    context: TaskContext | None = None,
    consent: Consent = EVERYTHING,
    limits: Limits = QUICK,
) -> list[Event]:
    """All events of a run."""
    order = Order(
        target=target(url),
        suites=tuple(suites),
        checks=frozenset(checks),
        consent=consent,
        limits=limits,
    )
    return list(validate(order, context or TaskContext()))


def report_of(url: str, suites: Iterable[Suite], **options: object) -> ValidationReport:
    """The report of a run."""
    last = events_of(url, suites, **options)[-1]  # type: ignore[arg-type]
    assert isinstance(last, RunEnded)
    return last.report


def states(report: ValidationReport) -> dict[str, CheckState]:
    """What each check came to."""
    return {result.check: result.state for result in report.results}


def unexpected(report: ValidationReport, wanted: CheckState = CheckState.PASS) -> list[str]:
    """What came to something else than ``wanted``, in words."""
    return [
        f"{finding.key}: {finding.state}: {' '.join(said.text() for said in finding.seen)}"
        for finding in report.findings()
        if finding.state is not wanted
    ] + [f"{r.check}: {r.state}" for r in report.results if r.state is not wanted]


def own_suite(folder: Path, checks: str) -> Suite:
    """A suite of a user: ``checks`` is TOML; the rest is there already."""
    text = f"""
schema = 1
id = "mine"
version = "1"
title = {{ en = "Mine", ko = "내 검사" }}
purpose = {{ en = "Tests", ko = "시험" }}
[categories]
all = {{ en = "All", ko = "전체" }}
{checks}
"""
    (folder / "mine.toml").write_text(text, encoding="utf-8")
    [found] = of_folder(folder)
    return found


def own_check(steps: str, *, id_: str = "mine.one", **values: str) -> str:
    """TOML of a check."""
    more = "".join(f'{name} = "{value}"\n' for name, value in values.items())
    return f"""
[[checks]]
id = "{id_}"
category = "all"
severity = "low"
title = {{ en = "t", ko = "t" }}
why = {{ en = "w", ko = "w" }}
fix = {{ en = "f", ko = "f" }}
{more}{steps}
"""


def documents(server: RunningServer) -> dict[str, int]:
    """How many of each kind there are."""
    names = ("users", "companies", "templates", "projects", "evaluations", "files")
    return {name: server.documents[name].count_documents({}) for name in names}
