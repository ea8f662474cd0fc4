"""Whether a run passed: one rule for window, command line and reports.

Not passed is a run where a check failed outside the baseline; where a *critical* check that was
allowed came to no verdict (inconclusive, not run); where a given sign-in did not work; that
reached its limit before its end; or that could do only a part (a server that is not trusted).
Warnings, and what is not critical and could not be measured, are said and counted in the coverage;
``strict`` has them count too. A run that measured nothing has no verdict at all.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from enum import StrEnum

from desktop_app.core.language import N_
from desktop_app.core.validation.baseline import NOTHING_ACCEPTED, Standing, Weighed
from desktop_app.core.validation.findings import CheckResult, Said, say
from desktop_app.core.validation.report import Stop, ValidationReport
from desktop_app.core.validation.suites import Severity
from desktop_app.core.verdicts import CheckState

_UNMEASURED = frozenset({CheckState.INCONCLUSIVE, CheckState.NOT_RUN})


class Outcome(StrEnum):
    """What a run came to."""

    PASSED = "passed"
    NOT_PASSED = "not_passed"
    NOT_MEASURED = "not_measured"
    """The target does not answer, or no check came to a verdict."""
    REFUSED = "refused"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The outcome, and every reason for it; ``beside`` is what does not count but should be known.

    ``counting`` are the checks that count against the run.
    """

    outcome: Outcome
    reasons: tuple[Said, ...] = ()
    beside: tuple[Said, ...] = ()
    counting: tuple[str, ...] = ()


def judge(
    report: ValidationReport, weighed: Weighed = NOTHING_ACCEPTED, *, strict: bool = False
) -> Judgement:
    """Whether a run passed."""
    failed = [one for one in report.results if _counts(one, weighed, {CheckState.FAIL})]
    warned = [
        one
        for one in report.results
        if one not in failed and _counts(one, weighed, {CheckState.WARN})
    ]
    asked = [one for one in report.results if one.risk in report.allowed]
    unmeasured = [one for one in asked if _counts(one, weighed, _UNMEASURED)]
    critical = [one for one in unmeasured if one.severity is Severity.CRITICAL]
    others = [one for one in unmeasured if one.severity is not Severity.CRITICAL]

    against: list[Said] = []
    beside: list[Said] = []
    if failed:
        against.append(say(N_("Checks failed: {n}."), n=len(failed)))
    if critical:
        against.append(say(N_("Critical checks without a result: {n}."), n=len(critical)))
    against += [
        say(N_("The sign-in of {login} did not work."), login=one.login_id)
        for one in report.sign_ins
        if one.provided and not one.ok
    ]
    if report.stop is Stop.SPENT and report.stop_said is None:
        against.append(say(N_("The limit of requests or seconds of this run was reached.")))
    # The reason why the rest was not measured is told as the run's own.
    cut_short = report.stop_said is not None and bool(unmeasured)
    lesser = against if strict else beside
    if warned:
        lesser.append(say(N_("Warnings: {n}."), n=len(warned)))
    if others:
        lesser.append(say(N_("Other checks without a result: {n}."), n=len(others)))
    if not_allowed := len(report.results) - len(asked):
        beside.append(say(N_("Not allowed for this run: {n} checks."), n=not_allowed))
    if known := sum(one is Standing.ACCEPTED for one, _ in weighed.standings.values()):
        beside.append(say(N_("Known findings: {n}."), n=known))
    if report.left_behind:
        beside.append(say(N_("Test data left behind: {n}."), n=len(report.left_behind)))

    counting = [*failed, *critical, *([*warned, *others] if strict else [])]
    return Judgement(
        outcome=_outcome(report, failed=bool(against) or cut_short or report.stop is Stop.SPENT),
        reasons=((report.stop_said,) if report.stop_said else ()) + tuple(against),
        beside=tuple(beside),
        counting=tuple(one.check for one in counting),
    )


def _outcome(report: ValidationReport, *, failed: bool) -> Outcome:
    if report.stop is Stop.CANCELLED:
        return Outcome.INTERRUPTED
    if report.stop is Stop.REFUSED:
        return Outcome.REFUSED
    if report.stop is Stop.UNREACHABLE or not report.measured:
        return Outcome.NOT_MEASURED
    return Outcome.NOT_PASSED if failed else Outcome.PASSED


def _counts(result: CheckResult, weighed: Weighed, states: Set[CheckState]) -> bool:
    """Whether a check has a finding of these states that is not accepted, or is so without one."""
    if not result.findings:
        return result.state in states and weighed.accepted(result.check) is None
    return any(one.state in states and weighed.counts(one) for one in result.findings)
