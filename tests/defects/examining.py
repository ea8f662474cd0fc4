"""Running checks against the defect server, and holding what they found against the registry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from desktop_app.core.tasks import TaskContext
from desktop_app.core.users import Role
from desktop_app.core.validation.events import RunEnded
from desktop_app.core.validation.findings import Finding
from desktop_app.core.validation.report import Stop, ValidationReport
from desktop_app.core.validation.suites import Risk, Suite
from desktop_app.core.verdicts import CheckState
from desktop_app.engines.validation.run import Order, validate
from desktop_app.engines.validation.target import Consent, Credential, Target
from tests.defects.registry import Defect
from tests.defects.server import DefectServer

EVERYTHING = Consent(risks=frozenset(Risk))


def target_of(server: DefectServer) -> Target:
    """The server with everything that an operator can give."""
    login_id, password = server.admin
    people = ((Role.MANAGER, "manager1"), (Role.SECRETARY, "secretary1"))
    return Target(
        url=server.url,
        credentials=(
            Credential(role=Role.ADMIN, login_id=login_id, password=password),
            *(Credential(role=r, login_id=n, password=server.users[n]) for r, n in people),
            Credential(
                role=Role.EVALUATOR, login_id="evaluator1", password=server.users["evaluator1"]
            ),
        ),
        signing_key=server.config.secret_key,
        mongo_uri=server.config.mongo_uri,
        database=server.database,
    )


def examine(
    server: DefectServer, suites: Iterable[Suite], checks: Iterable[str] = ()
) -> ValidationReport:
    """The report of a whole run, of these checks or of all in the suites."""
    order = Order(
        target=target_of(server),
        suites=tuple(suites),
        checks=frozenset(checks),
        consent=EVERYTHING,
        by="tests",
    )
    *_, last = validate(order, TaskContext())
    assert isinstance(last, RunEnded)
    assert last.report.stop is Stop.DONE, last.report
    return last.report


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What is wrong with what the checks said of a defect."""

    missed: tuple[str, ...]
    """What had to notice the defect and did not, with the state that it had instead."""
    surprises: tuple[Finding, ...]
    """Failures and warnings that the registry does not explain."""

    @property
    def honest(self) -> bool:
        """Whether all of it is as the registry says."""
        return not self.missed and not self.surprises

    def text(self) -> str:
        """All of it for people, a line each."""
        lines = [f"missed it: {each}" for each in self.missed]
        lines += [
            f"{finding.state.value}: {finding.key}: "
            + " ".join(said.text() for said in finding.seen)[:300]
            for finding in self.surprises
        ]
        return "\n".join(lines)


def judge(defect: Defect, report: ValidationReport) -> Judgement:
    """Whether the right checks noticed the defect, and no other."""
    states = {result.check: result.state for result in report.results}
    found = {finding.key: finding.state for finding in report.findings()}
    missed = []
    for wanted, names in (
        (CheckState.FAIL, defect.fails),
        (CheckState.WARN, defect.warns),
    ):
        for name in sorted(names):
            state = found.get(name) if "[" in name else states.get(name)
            if state is not wanted:
                missed.append(f"{name} is {state.value if state else 'not there'}")
    return Judgement(
        missed=tuple(missed),
        surprises=tuple(f for f in report.findings() if not defect.expects(f)),
    )


def neighbours(defect: Defect, suites: Sequence[Suite]) -> frozenset[str]:
    """The checks that must notice a defect, and all others of their categories."""
    checks = [(suite.id, check) for suite in suites for check in suite.checks]
    categories = {(suite, c.category) for suite, c in checks if c.id in defect.checks}
    return frozenset(c.id for suite, c in checks if (suite, c.category) in categories)
