"""The access half of the security suite: what a run of it cannot tell."""

from __future__ import annotations

import httpx
import pytest

from desktop_app.core.tasks import TaskContext
from desktop_app.core.users import Role
from desktop_app.core.validation.events import RunEnded
from desktop_app.core.validation.report import ValidationReport
from desktop_app.core.verdicts import CheckState
from desktop_app.engines.validation.run import Order, validate
from desktop_app.engines.validation.target import PRODUCTION, Consent, Credential, Target
from tests.fixtures.server import RunningServer
from tests.validation.running import EVERYTHING, report_of, states, suite

SIGNED = {f"jwt.{name}" for name in ("expired", "not_yet", "type", "audience", "issuer")}
"""Checks that need the key that tokens are signed with."""
NEW_PASSWORD = "correct horse battery"


def report_with(
    target: Target, checks: set[str], consent: Consent = EVERYTHING
) -> ValidationReport:
    """The report of a run at a target that is not the tests' usual one."""
    order = Order(
        target=target, suites=(suite("security"),), checks=frozenset(checks), consent=consent
    )
    *_, last = validate(order, TaskContext())
    assert isinstance(last, RunEnded)
    return last.report


@pytest.fixture
def admin(api_server: RunningServer) -> Credential:
    login_id, password = api_server.admin
    return Credential(role=Role.ADMIN, login_id=login_id, password=password)


def test_without_the_signing_key_claims_out_of_order_are_not_judged(
    api_server: RunningServer,
) -> None:
    found = states(report_of(api_server.url, [suite("security")], checks=SIGNED))

    assert found == dict.fromkeys(SIGNED, CheckState.INCONCLUSIVE)


def test_another_key_than_the_servers_judges_nothing(
    api_server: RunningServer, admin: Credential
) -> None:
    target = Target(url=api_server.url, credentials=(admin,), signing_key="another key" * 4)

    assert states(report_with(target, SIGNED)) == dict.fromkeys(SIGNED, CheckState.INCONCLUSIVE)


def test_documented_passwords_must_not_open_production(
    api_server: RunningServer, admin: Credential
) -> None:
    check = {"lockout.documented_passwords"}
    signed_off = Consent(risks=EVERYTHING.risks, sign_off="the platform")

    def found(password: str) -> CheckState:
        given = Credential(role=Role.ADMIN, login_id=admin.login_id, password=password)
        target = Target(
            url=api_server.url, environment=PRODUCTION, credentials=(given,), name="the platform"
        )
        return states(report_with(target, check, signed_off))["lockout.documented_passwords"]

    assert found(admin.password) is CheckState.FAIL
    with httpx.Client(base_url=api_server.url) as client:
        body = {"login_id": admin.login_id, "password": admin.password}
        token = client.post("/api/auth/login", json=body).json()["access_token"]
        changed = {"current_password": admin.password, "new_password": NEW_PASSWORD}
        headers = {"Authorization": f"Bearer {token}"}
        client.post("/api/auth/password", json=changed, headers=headers).raise_for_status()
    assert found(NEW_PASSWORD) is CheckState.FAIL  # the test users are still there
    api_server.documents["users"].delete_many({"login_id": {"$ne": admin.login_id}})
    assert found(NEW_PASSWORD) is CheckState.PASS
