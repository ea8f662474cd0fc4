"""The functional suite against the sound server."""

from __future__ import annotations

from desktop_app.core.verdicts import CheckState
from tests.fixtures.server import RunningServer
from tests.validation.running import report_of, states, suite, unexpected


def test_the_sound_server_passes_every_check(api_server: RunningServer) -> None:
    functional = suite("functional")

    report = report_of(api_server.url, [functional])

    assert unexpected(report) == []
    assert set(states(report)) == {check.id for check in functional.checks}
    assert report.left_behind == ()
    admin = api_server.documents["users"].find_one({"login_id": "admin"})
    assert admin is not None
    assert admin["login_attempts"] == 0
    assert set(states(report).values()) == {CheckState.PASS}
