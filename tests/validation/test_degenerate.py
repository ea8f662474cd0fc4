"""Servers that are no platform: a report without one false pass, and without an exception."""

from __future__ import annotations

import socket

import pytest

from desktop_app.core.validation.report import Stop, ValidationReport
from desktop_app.core.verdicts import CheckState
from desktop_app.engines.validation.suite_files import shipped
from desktop_app.engines.validation.target import Limits
from tests.validation.running import report_of
from tests.validation.strange_servers import (
    Behaviour,
    MakeServer,
    always,
    answer,
    babbling,
    dropping,
    hanging,
    scripted,
    signing_in,
)

IMPATIENT = Limits(connect_s=1.0, answer_s=0.5, requests=5_000, seconds=60.0)
HTML = b"<!doctype html><title>Welcome</title><p>It works!"
SUITES = tuple(suite for suite in shipped() if not suite.optional)


ALIKE = {
    "401 to everything": always(401, {"type": "t", "title": "t", "status": 401}),
    "401 as problem details": always(
        401, {"type": "t", "title": "t", "status": 401}, "application/problem+json"
    ),
    "200 {} to everything": always(200, {}),
    "200 [] to everything": always(200, []),
    "404 to everything": always(404, {}),
    "404 as problem details": always(
        404, {"type": "t", "title": "t", "status": 404}, "application/problem+json"
    ),
    "422 to everything": always(
        422,
        {"type": "t", "title": "t", "status": 422, "problems": [{"field": "x"}]},
        "application/problem+json",
    ),
    "500 to everything": always(500, b"Traceback (most recent call last)", "text/plain"),
    "204 to everything": scripted(lambda _method, _path: b"HTTP/1.1 204 No\r\n\r\n"),
    "a web site": always(200, HTML, "text/html"),
    "null to everything": always(200, b"null"),
    "signs in, then 200 {}": signing_in(lambda _method, _path: answer(200, {})),
    "signs in, then 401": signing_in(lambda _method, _path: answer(401, {})),
    "signs in, then 404": signing_in(lambda _method, _path: answer(404, {})),
    "signs in, then 422": signing_in(lambda _method, _path: answer(422, {})),
    "signs in, then 429": signing_in(lambda _method, _path: answer(429, {})),
}
SIGN_IN = "[POST /api/auth/login]"
"""What of it is true of whoever signs the administrator in."""


@pytest.mark.parametrize("name", list(ALIKE))
def test_who_answers_all_alike_passes_nothing(strange_server: MakeServer, name: str) -> None:
    server = strange_server(ALIKE[name])

    report = report_of(server.url, SUITES, limits=IMPATIENT)

    false = {key for key in passes(report) if "signs in" not in name or SIGN_IN not in key}
    assert false - {"auth_001"} == set()
    assert report.stop is Stop.DONE
    assert len(report.results) == sum(len(suite.checks) for suite in SUITES)
    assert errors_of_checks(report) == []


def test_who_limits_the_rate_is_blamed_for_nothing_by_it(strange_server: MakeServer) -> None:
    server = strange_server(signing_in(lambda _method, _path: answer(429, {})))

    report = report_of(server.url, SUITES, limits=IMPATIENT)

    failed = {f.key for f in report.findings() if f.state is CheckState.FAIL}
    assert {key for key in failed if "/api/auth/login]" not in key} == set()


@pytest.mark.parametrize(
    "behaviour",
    [hanging, dropping, babbling],
    ids=["hangs", "drops connections", "sends garbage"],
)
def test_who_never_answers_is_unreachable(strange_server: MakeServer, behaviour: Behaviour) -> None:
    server = strange_server(behaviour)

    report = report_of(server.url, SUITES, limits=IMPATIENT)

    assert report.stop is Stop.UNREACHABLE
    assert report.stop_said is not None
    assert {result.state for result in report.results} == {CheckState.NOT_RUN}
    assert report.evidence[0].failure


def test_a_closed_port_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    report = report_of(f"http://127.0.0.1:{port}", SUITES, limits=IMPATIENT)

    assert report.stop is Stop.UNREACHABLE
    assert report.measured == 0
    assert len(report.results) == sum(len(suite.checks) for suite in SUITES)


def passes(report: ValidationReport) -> set[str]:
    """What is said to be in order."""
    findings = {f.key for f in report.findings() if f.state is CheckState.PASS}
    return findings | {r.check for r in report.results if r.state is CheckState.PASS}


def errors_of_checks(report: ValidationReport) -> list[str]:
    """Checks that ended by an exception of their own."""
    return [
        finding.check
        for finding in report.findings()
        for said in finding.seen
        if said.message.startswith("The check itself failed")
    ]
