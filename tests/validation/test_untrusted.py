"""A server whose TLS cannot be trusted: it gets no password, and is told what is wrong."""

from __future__ import annotations

import ssl
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_app.core.tasks import TaskContext
from desktop_app.core.validation.events import RunEnded, RunStarted
from desktop_app.core.validation.gate import Outcome, judge
from desktop_app.core.validation.report import Stop, ValidationReport
from desktop_app.core.verdicts import CheckState
from desktop_app.engines.validation.run import Order, validate
from desktop_app.engines.validation.target import Limits
from tests.fixtures.odd_server import MakeServer, answer, odd_server
from tests.services.certificates import Authority
from tests.validation.running import EVERYTHING, suite, target

__all__ = ["odd_server"]

SUITES = (suite("functional"), suite("security"))
IN_TLS = ("tls.certificate", "tls.versions", "auth_001", "jwt.none")


def report_of(url: str, *checks: str, patience_s: float = 5.0) -> ValidationReport:
    order = Order(
        target=replace(target(url), tls=ssl.create_default_context()),
        suites=SUITES,
        checks=frozenset(checks),
        consent=EVERYTHING,
        limits=Limits(connect_s=patience_s, answer_s=patience_s),
    )
    events = list(validate(order, TaskContext()))
    assert isinstance(events[-1], RunEnded)
    started = [event for event in events if isinstance(event, RunStarted)]
    assert all(check.startswith("tls.") for event in started for check in event.checks)
    return events[-1].report


@pytest.mark.parametrize("defect", [{"until_days": -1}, {"self_signed": True}, {}])
def test_its_certificate_is_found_wrong_and_nothing_was_sent(
    odd_server: MakeServer, tmp_path: Path, defect: dict[str, int]
) -> None:
    context = Authority(tmp_path).server(**defect)  # type: ignore[arg-type]
    server = odd_server(lambda _request: answer(200, {"status": "healthy"}), context)
    report = report_of(server.url, *IN_TLS)
    states = {one.check: one.state for one in report.results}
    assert states["tls.certificate"] is CheckState.FAIL
    assert {states["auth_001"], states["jwt.none"]} == {CheckState.NOT_RUN}
    assert server.requests == []
    assert report.sign_ins == ()
    judged = judge(report)
    assert judged.outcome is Outcome.NOT_PASSED
    assert "its certificate" in judged.reasons[0].text()


def test_without_a_check_of_tls_it_is_out_of_reach(odd_server: MakeServer, tmp_path: Path) -> None:
    server = odd_server(lambda _request: answer(200, {}), Authority(tmp_path).server())
    report = report_of(server.url, "auth_001")
    assert (report.stop, report.measured) == (Stop.UNREACHABLE, 0)
    assert server.requests == []


def test_a_port_without_tls_is_out_of_reach(odd_server: MakeServer) -> None:
    server = odd_server(lambda _request: None)
    url = server.url.replace("http:", "https:")
    report = report_of(url, "tls.versions", "auth_001", patience_s=0.3)
    assert (report.stop, report.measured) == (Stop.UNREACHABLE, 0)
