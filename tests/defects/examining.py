"""Running checks against the defect server, and holding what they found against the registry."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zlib import crc32

from desktop_app.core.tasks import TaskContext
from desktop_app.core.users import Role
from desktop_app.core.validation.events import RunEnded
from desktop_app.core.validation.findings import Finding
from desktop_app.core.validation.report import Stop, ValidationReport
from desktop_app.core.validation.suites import Risk, Suite
from desktop_app.core.verdicts import CheckState
from desktop_app.engines.validation.run import Order, validate
from desktop_app.engines.validation.target import LOCAL, PRODUCTION, Consent, Credential, Target
from tests.defects.registry import Defect
from tests.defects.server import DefectServer

NAME = "the tests' server"
EVERYTHING = Consent(risks=frozenset(Risk), sign_off=NAME)


def target_of(server: DefectServer, environment: str = LOCAL) -> Target:
    """The server with everything that an operator can give."""
    login_id, password = server.admin
    people = ((Role.MANAGER, "manager1"), (Role.SECRETARY, "secretary1"))
    return Target(
        url=server.url,
        environment=environment,
        name=NAME,
        tls=_trusting(server),
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


def _trusting(server: DefectServer) -> ssl.SSLContext | None:
    if server.authority is None:
        return None
    context = ssl.create_default_context(cafile=str(server.authority.file))
    if server.defect is not None and server.defect.untrusted:
        # As an operator who wants to see what else is wrong with such a server.
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def examine(
    server: DefectServer,
    suites: Iterable[Suite],
    checks: Iterable[str] = (),
    subjects: Iterable[str] = (),
) -> ValidationReport:
    """The report of a whole run, of these checks (and subjects) or of all in the suites."""
    production = server.defect is not None and server.defect.production
    order = Order(
        target=target_of(server, PRODUCTION if production else LOCAL),
        suites=tuple(suites),
        checks=frozenset(checks),
        subjects=frozenset(subjects),
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


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Checks to run in a moment, and on which subjects (all where there are none)."""

    checks: frozenset[str]
    subjects: frozenset[str] = frozenset()


_HEAVY = 40
_AFFORDED = 15
"""Requests: the cost from which a check is tried on the named subjects alone; of neighbours."""


def selection(defect: Defect, suites: Sequence[Suite]) -> Selection:
    """The checks that must notice a defect, and some others of their categories.

    Which of the others is by chance, but for one defect always the same; all of them together
    are what ``dev.py honesty`` runs.
    """
    checks = {check.id: (suite.id, check) for suite in suites for check in suite.checks}
    own = [checks[name][1] for name in defect.checks]
    named = {key.partition("[")[0]: key for key in defect.fails | defect.warns if "[" in key}
    subjects = {key.partition("[")[2].rstrip("]") for key in defect.fails | defect.warns} - {""}
    if any(check.costs > _HEAVY and check.id not in named for check in own):
        subjects = set()
    categories = {(checks[check.id][0], check.category) for check in own}
    chosen, afforded = set(defect.checks), _AFFORDED
    others = [c for suite, c in checks.values() if (suite, c.category) in categories]
    for check in sorted(others, key=lambda c: crc32(f"{defect.name} {c.id}".encode())):
        if check.id not in chosen and check.costs <= afforded:
            chosen.add(check.id)
            afforded -= check.costs
    return Selection(checks=frozenset(chosen), subjects=frozenset(subjects))
