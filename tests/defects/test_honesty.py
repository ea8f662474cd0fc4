"""Each defect is noticed by the checks that it breaks, and by no other."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict
from fnmatch import fnmatchcase

import pytest

from desktop_app.core.validation.report import ValidationReport
from desktop_app.core.verdicts import CheckState
from desktop_app.engines.validation.suite_files import shipped
from tests.defects.examining import examine, judge, selection
from tests.defects.lighter import lighter
from tests.defects.registry import defects
from tests.defects.server import DefectServer
from tests.fixtures.server import SECRET

pytestmark = pytest.mark.logs("Invalid HTTP request received")  # checks send such, and are refused

SUITES = lighter(shipped())
SHIPPED = frozenset(check.id for suite in SUITES for check in suite.checks)
OVER_TLS = frozenset(
    check.id
    for suite in SUITES
    for check in suite.checks
    if check.category in ("transport", "browsers")
)
_TLS = "a server's way of listening, not of answering: proven in tests/validation/test_tls.py"
UNPROVEN = {"tls.used": _TLS, "tls.redirect": _TLS}
"""Checks that no defect proves, and why."""
_TIMED = frozenset({"injection.where", "lockout.enumeration_by_time"})
"""What may come to no verdict where the machine is busy."""


def _names(*, secure: bool) -> list[str]:
    return [name for name, defect in defects().items() if defect.secure is secure]


def _prove(name: str, server: DefectServer) -> None:
    defect = defects()[name]
    chosen = selection(defect, SUITES)
    # Where a machine is too busy to tell, a check of speed says so: then once more.
    for _ in range(2 if name.startswith("performance.") else 1):
        with server.broken_by(defect):
            report = examine(server, SUITES, chosen.checks, chosen.subjects)
        judgement = judge(defect, report)
        if judgement.honest:
            break
    assert judgement.honest, f"{defect.does}\n{judgement.text()}"


@pytest.mark.parametrize("name", _names(secure=False))
def test_a_defect_is_noticed_by_the_right_checks_and_no_other(
    name: str, defect_server: DefectServer
) -> None:
    _prove(name, defect_server)


@pytest.mark.parametrize("name", _names(secure=True))
def test_a_defect_of_tls_is_noticed_by_the_right_checks_and_no_other(
    name: str, secure_defect_server: DefectServer
) -> None:
    _prove(name, secure_defect_server)


def _security(server: DefectServer, checks: Collection[str] = ()) -> ValidationReport:
    """The sound server's report of the security suite.

    Of the functional and the errors suite tests/validation/test_sound_server.py asks the same;
    performance is a matter of the machine that a test runs on.
    """
    suites = [suite for suite in SUITES if suite.id == "security"]
    server.calm()
    return examine(server, suites, checks)


def _noticed(report: ValidationReport) -> list[str]:
    """Failures and warnings, and what should say something and does not."""
    return [
        f"{finding.key}: {' '.join(said.text() for said in finding.seen)}"
        for finding in report.findings()
        if finding.state in (CheckState.FAIL, CheckState.WARN)
        or (finding.state is CheckState.INCONCLUSIVE and finding.check not in _TIMED)
    ]


def _amounts(server: DefectServer) -> dict[str, int]:
    """How many documents of each kind there are, unfinished uploads among them."""
    kinds = ("users", "companies", "templates", "projects", "evaluations", "files")
    amounts = {kind: server.documents[kind].count_documents({}) for kind in kinds}
    return {
        **amounts,
        "begun": server.documents["uploads"].count_documents({"finished_as": None}),
    }


@pytest.mark.long
def test_the_sound_server_has_no_failure_and_keeps_nothing_of_the_run(
    defect_server: DefectServer,
) -> None:
    before = _amounts(defect_server)

    report = _security(defect_server)

    assert _noticed(report) == []
    assert not [one.check for one in report.results if one.state is CheckState.NOT_RUN]
    assert report.left_behind == ()
    assert _amounts(defect_server) == before
    shown = json.dumps(asdict(report), default=str, ensure_ascii=False)
    people = (defect_server.admin[1], *defect_server.users.values())
    assert not [secret for secret in (SECRET, "Bearer ey", *people) if secret in shown], (
        "a secret is shown"
    )


def test_nor_has_it_over_tls(secure_defect_server: DefectServer) -> None:
    assert _noticed(_security(secure_defect_server, OVER_TLS)) == []


def test_every_check_is_proven_by_a_defect() -> None:
    noticing = frozenset[str]().union(*(defect.checks for defect in defects().values()))

    assert noticing - SHIPPED == set()
    assert SHIPPED - noticing == set(UNPROVEN)


def test_what_defects_are_said_to_break_beside_are_checks_that_exist() -> None:
    patterns = {key.partition("[")[0] for defect in defects().values() for key in defect.also}

    assert {p for p in patterns if not any(fnmatchcase(check, p) for check in SHIPPED)} == set()
