"""Each defect is noticed by the checks that it breaks, and by no other."""

from __future__ import annotations

import pytest

from desktop_app.core.verdicts import CheckState
from desktop_app.engines.validation.suite_files import shipped
from tests.defects.examining import examine, judge, selection
from tests.defects.lighter import lighter
from tests.defects.registry import defects
from tests.defects.server import DefectServer

pytestmark = pytest.mark.logs("Invalid HTTP request received")  # checks send such, and are refused

SUITES = lighter(shipped())
SHIPPED = frozenset(check.id for suite in SUITES for check in suite.checks)
PROVABLE = [name for name, defect in defects().items() if defect.checks <= SHIPPED]


@pytest.mark.parametrize("name", PROVABLE)
def test_a_defect_is_noticed_by_the_right_checks_and_no_other(
    name: str, request: pytest.FixtureRequest
) -> None:
    defect = defects()[name]
    chosen = selection(defect, SUITES)
    fixture = "secure_defect_server" if defect.secure else "defect_server"
    server: DefectServer = request.getfixturevalue(fixture)
    with server.broken_by(defect):
        report = examine(server, SUITES, chosen.checks, chosen.subjects)
    judgement = judge(defect, report)
    assert judgement.honest, f"{defect.does}\n{judgement.text()}"


@pytest.mark.parametrize("fixture", ["defect_server", "secure_defect_server"])
def test_the_sound_server_has_no_failure_and_no_warning(
    fixture: str, request: pytest.FixtureRequest
) -> None:
    server: DefectServer = request.getfixturevalue(fixture)
    over_tls = {c.id for s in SUITES for c in s.checks if c.category in ("transport", "browsers")}
    server.calm()
    report = examine(
        server,
        [suite for suite in SUITES if not suite.optional],
        over_tls if server.authority else (),
    )

    noticed = [f for f in report.findings() if f.state in (CheckState.FAIL, CheckState.WARN)]
    assert not noticed, [(f.key, [said.text() for said in f.seen]) for f in noticed]


def test_every_check_is_proven_by_a_defect() -> None:
    noticing = frozenset[str]().union(*(defect.checks for defect in defects().values()))

    assert noticing | set(UNPROVEN) >= SHIPPED


_TLS = "a server's way of listening, not of answering: proven in tests/validation/test_tls.py"
UNPROVEN: dict[str, str] = {"tls.used": _TLS, "tls.redirect": _TLS}
"""Checks that no defect proves, and why."""
