"""Guessing at a server that limits it: what is measured, waited for, and left behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from desktop_app.backend.config import RateLimits, ServerConfig
from desktop_app.core.validation.events import Pulse, RunEnded, RunStarted
from desktop_app.core.validation.findings import Finding
from desktop_app.core.validation.report import ValidationReport
from desktop_app.core.verdicts import CheckState
from desktop_app.engines.validation.retrying import retry_after_s
from desktop_app.services.validation.lines import line_of
from desktop_app.services.validation.shelf import open_shelf
from tests.fixtures.server import RunningServer
from tests.validation.running import events_of, report_of, states, suite, unexpected

SECURITY = suite("security")
CHECK = "rate.sign_in"


def guessed(server: RunningServer) -> ValidationReport:
    return report_of(server.url, [SECURITY], checks=[CHECK])


def used_up(server: RunningServer, guesses: int) -> None:
    """An earlier run guessed so often."""
    for _ in range(guesses):
        server.platform.limiter.sign_in_failed("127.0.0.1")


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

    def test_the_next_run_waits_until_it_may_sign_in_and_says_so(
        self, api_server: RunningServer
    ) -> None:
        used_up(api_server, 20)
        url = api_server.url.replace("127.0.0.1", "localhost")  # which has no other addresses

        events = events_of(url, [SECURITY], checks=["headers.nosniff"])

        begun = next(event for event in events if isinstance(event, RunStarted))
        assert [proven.ok for proven in begun.sign_ins] == [True]
        waiting = [one for one in events[: events.index(begun)] if isinstance(one, Pulse)]
        assert waiting
        assert 0 < waiting[0].waiting_s < 3
        line = line_of(waiting[0], open_shelf(Path("nowhere")))
        assert line.startswith("The server limits sign-ins after many wrong ones: waiting for ")
        assert not any(one.waiting_s for one in events[-3:] if isinstance(one, Pulse))


class TestALongLimit:
    """A limit that nobody wants to wait for."""

    @pytest.fixture
    def server_config(self, server_config: ServerConfig) -> ServerConfig:
        limits = RateLimits(failed_sign_in_per_client="20/minute")
        return replace(server_config, rate_limits=limits)

    def test_the_next_run_comes_from_another_address_of_this_computer(
        self, api_server: RunningServer
    ) -> None:
        used_up(api_server, 20)

        events = events_of(api_server.url, [SECURITY], checks=["headers.nosniff", CHECK])

        assert not any(one.waiting_s for one in events if isinstance(one, Pulse))
        last = events[-1]
        assert isinstance(last, RunEnded)
        assert [proven.ok for proven in last.report.sign_ins] == [True]
        # What it says of the limit is still said of the usual address.
        assert by_subject(last.report)["limit"].facts["attempts"] == 0
        assert states(last.report)[CHECK] is CheckState.PASS

    def test_a_check_that_it_gets_in_the_way_of_is_tried_again(
        self, api_server: RunningServer
    ) -> None:
        used_up(api_server, 18)

        report = report_of(api_server.url, [SECURITY], checks=["lockout.guessing"])

        assert unexpected(report) == []


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
