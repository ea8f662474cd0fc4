"""A check run again, put in the place of what an earlier run said of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from desktop_app.core.validation.findings import CheckResult, Finding
from desktop_app.core.validation.report import ValidationReport
from desktop_app.core.verdicts import CheckState, worst


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """One finding before and after: None where there was, or is, nothing by its key."""

    key: str
    before: CheckState | None
    now: CheckState | None


def merged(report: ValidationReport, again: ValidationReport) -> ValidationReport:
    """``report`` with the results of ``again``; of its ``subjects`` alone where it has some.

    Checks that did not run again stay as they were, and so does all else of the run. A check
    that is not in ``report`` is added at the end.
    """
    fresh = {one.check: one for one in again.results if one.reason is None}
    results = [
        _merged(one, fresh.pop(one.check), again.subjects) if one.check in fresh else one
        for one in report.results
    ]
    return replace(
        report,
        results=(*results, *fresh.values()),
        left_behind=(*report.left_behind, *again.left_behind),
    )


def changes(
    before: ValidationReport, after: ValidationReport, checks: Collection[str]
) -> tuple[Changed, ...]:
    """How the findings of these checks changed, those that did, in the order of their keys."""
    first = {key: one.state for key, one in before.by_key().items() if one.check in checks}
    second = {key: one.state for key, one in after.by_key().items() if one.check in checks}
    pairs = [
        Changed(key=key, before=first.get(key), now=second.get(key))
        for key in sorted({*first, *second})
    ]
    return tuple(one for one in pairs if one.before is not one.now)


def _merged(before: CheckResult, now: CheckResult, subjects: Collection[str]) -> CheckResult:
    if not subjects or not before.findings:
        return now
    replaced = {one.key for one in now.findings}
    kept: list[Finding] = []
    fresh = list(now.findings)
    for one in before.findings:
        if one.subject in subjects or one.key in replaced:
            # What is new stands where the old one stood.
            kept += fresh
            fresh = []
        else:
            kept.append(one)
    findings = (*kept, *fresh)
    return replace(now, findings=findings, state=worst([one.state for one in findings]))
