"""Fuzzing touches what the run made alone, does the same again, and never blames the unreached."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from desktop_app.core.tasks import TaskContext
from desktop_app.core.validation.events import CheckStarted, Event, Pulse, RunEnded
from desktop_app.core.validation.findings import CheckResult
from desktop_app.core.validation.report import Stop, ValidationReport
from desktop_app.core.verdicts import CheckState
from desktop_app.engines.validation.bed import MARK
from desktop_app.engines.validation.run import Order, validate
from desktop_app.engines.validation.suite_files import shipped
from tests.defects.backdoor import Backdoor
from tests.defects.examining import EVERYTHING, target_of
from tests.defects.exchange import Answered, Asked, Fault, Sound
from tests.defects.lighter import lighter
from tests.defects.matching import answering, on, status
from tests.defects.registry import Defect
from tests.defects.server import DefectServer

FUZZ = next(suite for suite in lighter(shipped()) if suite.id == "fuzz")
ERRORS = frozenset({"fuzz.server_error"})
NAMES = "GET /api/companies/names"
WRITING = ["POST /api/companies", "PATCH /api/files/{id}"]


def _fuzzed(
    server: DefectServer,
    heard: Callable[[Event], object] = lambda _event: None,
    context: TaskContext | None = None,
    **params: Any,
) -> ValidationReport:
    checks = tuple(replace(c, params={**c.params, **params}) for c in FUZZ.checks)
    order = Order(
        target=target_of(server),
        suites=(replace(FUZZ, checks=checks),),
        checks=ERRORS,
        consent=EVERYTHING,
        by="tests",
    )
    last: Event | None = None
    for last in validate(order, context or TaskContext()):
        heard(last)
    assert isinstance(last, RunEnded)
    return last.report


def _defect(fault: Callable[[Backdoor], Fault]) -> Defect:
    return Defect(name="made up", does="", fails=ERRORS, fault=fault)


def _recording(asked: list[str]) -> Defect:
    async def fault(request: Asked, sound: Sound) -> Answered:
        asked.append(f"{request.method} {request.path} {request.query}")
        return await sound(request)

    return _defect(lambda _backdoor: fault)


def _said(result: CheckResult) -> str:
    return " ".join(said.text() for finding in result.findings for said in finding.seen)


def _everything(server: DefectServer) -> Mapping[str, list[str]]:
    """What is in the database, but for sessions, the audit trail and when somebody signed in."""
    kinds = ("users", "companies", "projects", "templates", "evaluations", "files")
    volatile = {"last_login": 0, "login_attempts": 0, "locked_until": 0}
    return {kind: list(map(str, server.documents[kind].find({}, volatile))) for kind in kinds}


def test_what_was_there_is_there_unchanged_afterwards(defect_server: DefectServer) -> None:
    before, asked = _everything(defect_server), list[str]()
    with defect_server.broken_by(_recording(asked)):
        report = _fuzzed(defect_server, endpoints=WRITING, requests=200)

    assert _everything(defect_server) == before
    assert not report.left_behind
    findings = {finding.subject: finding for finding in report.results[0].findings}
    assert findings["POST /api/companies"].facts["answered 201"], "nothing was created"
    facts = findings["PATCH /api/files/{id}"].facts
    assert facts["answered 200"], "no change was let through to what the run made"
    assert MARK not in str(_everything(defect_server))


def test_the_same_seed_asks_the_same(defect_server: DefectServer) -> None:
    runs: list[list[str]] = [[], []]
    for asked in runs:
        with defect_server.broken_by(_recording(asked)):
            _fuzzed(defect_server, endpoints=[NAMES], seed=7, requests=40)

    made_up = [[one for one in asked if "/names" in one] for asked in runs]
    assert len(made_up[0]) > 30
    assert made_up[0] == made_up[1]


def test_who_is_never_let_in_has_shown_nothing(defect_server: DefectServer) -> None:
    shut = _defect(answering(on("GET", "/api/companies/names"), status(403)))
    with defect_server.broken_by(shut):
        report = _fuzzed(defect_server, endpoints=[NAMES])

    assert report.results[0].state is CheckState.INCONCLUSIVE
    assert "turned away" in _said(report.results[0])


def test_a_description_of_no_use_is_told_and_harms_nobody(defect_server: DefectServer) -> None:
    broken = {
        "openapi": "3.1.0",
        "info": {"title": "x", "version": "1"},
        "paths": {
            "/api/a": {"get": {"responses": 3, "parameters": "none"}},
            "/api/b": {"get": {"parameters": [{"$ref": "#/nowhere"}], "responses": {}}},
            "/api/c": 7,
        },
    }
    described = on("GET", "/openapi.json")
    with defect_server.broken_by(
        _defect(answering(described, lambda answered: answered.with_json(broken)))
    ):
        report = _fuzzed(defect_server, endpoints=None, seconds=2)

    assert report.stop is Stop.DONE
    assert report.results[0].state is CheckState.INCONCLUSIVE
    assert "The check itself failed" not in _said(report.results[0])


def test_without_a_description_nothing_is_made_up(defect_server: DefectServer) -> None:
    with defect_server.broken_by(_defect(answering(on("GET", "/openapi.json"), status(404)))):
        report = _fuzzed(defect_server, endpoints=None)

    assert report.results[0].state is CheckState.INCONCLUSIVE


def test_a_run_that_is_stopped_ends_the_fuzzer(defect_server: DefectServer) -> None:
    context = TaskContext()

    def stop(event: Event) -> None:
        if isinstance(event, CheckStarted | Pulse):
            context.cancel()

    report = _fuzzed(defect_server, stop, context, endpoints=[NAMES], seconds=60, requests=5000)

    assert report.stop is Stop.CANCELLED
