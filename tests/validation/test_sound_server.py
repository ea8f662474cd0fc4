"""The functional and the errors suites against the sound server."""

from __future__ import annotations

import pytest

from desktop_app.core.validation.suites import Risk
from desktop_app.core.verdicts import CheckState
from desktop_app.engines.validation.target import Consent
from tests.fixtures.server import RunningServer
from tests.validation.running import report_of, states, suite, unexpected


@pytest.mark.parametrize("name", ["functional", "errors"])
def test_it_passes_every_check(api_server: RunningServer, name: str) -> None:
    report = report_of(api_server.url, [suite(name)])

    assert unexpected(report) == []
    assert set(states(report)) == {check.id for check in suite(name).checks}
    assert report.left_behind == ()
    admin = api_server.documents["users"].find_one({"login_id": "admin"})
    assert admin is not None
    assert admin["login_attempts"] == 0


def test_without_consent_to_write_nothing_is_written(api_server: RunningServer) -> None:
    kept = ("companies", "templates", "projects", "evaluations", "files", "idempotency_keys")
    before = {name: list(api_server.documents[name].find()) for name in kept}
    consent = Consent(risks=frozenset({Risk.READS}))

    report = report_of(api_server.url, [suite("functional")], consent=consent)

    assert {name: list(api_server.documents[name].find()) for name in kept} == before
    assert api_server.documents["users"].count_documents({}) == 4
    found = states(report)
    assert found["auth_003"] is CheckState.PASS
    assert found["users_002"] is CheckState.NOT_RUN
    assert found["auth_002"] is CheckState.INCONCLUSIVE  # no manager was given, none may be made
    assert CheckState.FAIL not in found.values()
