"""Guessing at a server that limits it: what is measured, waited for, and left behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from desktop_app.backend.config import RateLimits, ServerConfig
from desktop_app.core.validation.findings import Finding
from desktop_app.core.validation.report import ValidationReport
from desktop_app.core.verdicts import CheckState
from desktop_app.engines.validation.retrying import retry_after_s
from tests.fixtures.server import RunningServer
from tests.validation.running import report_of, suite

SECURITY = suite("security")
CHECK = "rate.sign_in"


def guessed(server: RunningServer) -> ValidationReport:
    return report_of(server.url, [SECURITY], checks=[CHECK])


def by_subject(report: ValidationReport) -> dict[str, Finding]:
    return {finding.subject: finding for finding in report.findings()}


class TestAShortLimit:
    """A limit that is over within the time that the check waits."""

    @pytest.fixture
    def server_config(self, server_config: ServerConfig) -> ServerConfig:
        limits = RateLimits(failed_sign_in_per_client="20/2 seconds")
        return replace(server_config, rate_limits=limits)

    def test_it_is_met_and_told_and_waited_for(self, api_server: RunningServer) -> None:
        report = guessed(api_server)

        found = by_subject(report)
        assert {finding.state for finding in found.values()} == {CheckState.PASS}
        said = [said.text() for said in found["Retry-After"].seen]
        assert said[-1] == "After that time sign-ins are taken again."
        assert report.left_behind == ()

    def test_the_next_run_waits_until_it_may_sign_in(self, api_server: RunningServer) -> None:
        api_server.platform.limiter.sign_in_failed("127.0.0.1")
        for _ in range(20):
            api_server.platform.limiter.sign_in_failed("127.0.0.1")

        report = report_of(api_server.url, [SECURITY], checks=["headers.nosniff"])

        assert [proven.ok for proven in report.sign_ins] == [True]


class TestOneAddressForAll:
    """A server that takes every client's word for its address."""

    @pytest.fixture
    def server_config(self, server_config: ServerConfig) -> ServerConfig:
        limits = RateLimits(failed_sign_in_per_client="20/minute")
        return replace(server_config, rate_limits=limits, trusted_proxies=("127.0.0.1",))

    def test_it_is_got_around_by_claiming_another(self, api_server: RunningServer) -> None:
        found = by_subject(guessed(api_server))

        assert found["limit"].state is CheckState.PASS
        assert found["forwarded addresses"].state is CheckState.FAIL


class TestNoLimit:
    def test_it_is_missed(self, api_server: RunningServer) -> None:
        found = by_subject(guessed(api_server))

        assert {subject: f.state for subject, f in found.items()} == {"limit": CheckState.FAIL}
        assert found["limit"].facts["attempts"] == 120
        locked = api_server.documents["users"].count_documents({"login_attempts": {"$gt": 0}})
        assert locked == 0  # nobody who exists was guessed at


NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("30", 30.0),
        (" 0 ", 0.0),
        ("Sun, 01 Mar 2026 12:01:30 GMT", 90.0),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("9999999999999999", None),
    ],
)
def test_when_to_come_back(value: str, seconds: float | None) -> None:
    assert retry_after_s(value, NOW) == seconds
