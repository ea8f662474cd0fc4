"""Two runs against each other: what is new, fixed, still there, and what was not looked at."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_app.core.validation.findings import CheckResult, Finding
from desktop_app.core.validation.report import ValidationReport
from desktop_app.core.validation.suites import Severity
from desktop_app.core.verdicts import CheckState

PROBLEMS = frozenset({CheckState.FAIL, CheckState.WARN})
"""What counts as something wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One finding in both runs. ``before`` and ``now`` are None where a run has nothing by it.

    ``now_state`` says how the check stands now, also where it has no finding by this key.
    """

    key: str
    check: str
    subject: str
    severity: Severity
    before: Finding | None
    now: Finding | None
    before_state: CheckState
    now_state: CheckState


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How a run differs from an earlier one, each part in the order of its run.

    ``new`` are problems that the earlier run did not find (``before_state`` tells whether it had
    looked); ``fixed`` were problems and are measured passes now; ``still`` are problems in both;
    ``not_observed`` were problems, and this run did not measure them.
    """

    before_id: str
    now_id: str
    same_target: bool
    same_suites: bool
    new: tuple[Compared, ...] = ()
    fixed: tuple[Compared, ...] = ()
    still: tuple[Compared, ...] = ()
    not_observed: tuple[Compared, ...] = ()


def compare(before: ValidationReport, now: ValidationReport) -> Comparison:
    """What changed from ``before`` to ``now``, by the findings' keys."""
    first, second = _Run(before), _Run(now)
    new: list[Compared] = []
    still: list[Compared] = []
    fixed: list[Compared] = []
    not_observed: list[Compared] = []
    for key in second.problems():
        pair = _compared(key, first, second)
        (still if pair.before_state in PROBLEMS else new).append(pair)
    for key in first.problems():
        if key in second.problems():
            continue
        pair = _compared(key, first, second)
        (fixed if pair.now_state is CheckState.PASS else not_observed).append(pair)
    return Comparison(
        before_id=before.run_id,
        now_id=now.run_id,
        same_target=before.target.url == now.target.url,
        same_suites=before.suites == now.suites,
        new=tuple(new),
        fixed=tuple(fixed),
        still=tuple(still),
        not_observed=tuple(not_observed),
    )


class _Run:
    """A run by the keys of its findings."""

    def __init__(self, report: ValidationReport) -> None:
        self.report = report
        self.results = {result.check: result for result in report.results}
        self.findings = report.by_key()

    def problems(self) -> dict[str, Finding]:
        """The findings that say something is wrong, by key."""
        return {key: one for key, one in self.findings.items() if one.state in PROBLEMS}

    def state_of(self, check: str, subject: str, key: str) -> CheckState:
        """How a subject stands: measured itself, or as part of a check that passed as a whole.

        A check that found other subjects wrong, or looked at others alone, says nothing of one
        that it does not name.
        """
        if key in self.findings:
            return self.findings[key].state
        result = self.results.get(check)
        if result is None or (self.report.subjects and subject not in self.report.subjects):
            return CheckState.NOT_RUN
        if result.state in PROBLEMS:
            return CheckState.NOT_RUN
        if result.findings and all(one.subject for one in result.findings):
            return CheckState.NOT_RUN
        return result.state


def _compared(key: str, before: _Run, now: _Run) -> Compared:
    known = now.findings.get(key) or before.findings[key]
    result: CheckResult = now.results.get(known.check) or before.results[known.check]
    return Compared(
        key=key,
        check=known.check,
        subject=known.subject,
        severity=result.severity,
        before=before.findings.get(key),
        now=now.findings.get(key),
        before_state=before.state_of(known.check, known.subject, key),
        now_state=now.state_of(known.check, known.subject, key),
    )
