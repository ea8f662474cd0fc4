"""Reports of runs that tests make up: what the engine would have found."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from desktop_app.core.validation.findings import CheckResult, Finding, Said
from desktop_app.core.validation.report import Stop, TargetFacts, ValidationReport
from desktop_app.core.validation.suites import Risk, Severity
from desktop_app.core.verdicts import CheckState, worst

AT = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


def finding(check: str, state: CheckState, subject: str = "", **more: Any) -> Finding:
    """A finding of a check."""
    return Finding(check=check, subject=subject, state=state, **more)


def result(
    check: str,
    *findings: Finding,
    state: CheckState | None = None,
    severity: Severity = Severity.HIGH,
    risk: Risk = Risk.READS,
    reason: Said | None = None,
) -> CheckResult:
    """A check with its findings; without any, in ``state``."""
    return CheckResult(
        check=check,
        suite="security",
        category="headers",
        severity=severity,
        risk=risk,
        state=state or worst([one.state for one in findings]),
        findings=findings,
        reason=reason,
        requests=len(findings),
        seconds=0.25 * len(findings),
    )


def report(*results: CheckResult, **more: Any) -> ValidationReport:
    """A run of these checks."""
    values: dict[str, Any] = {
        "run_id": "1a2b3c4d",
        "target": TargetFacts(url="http://127.0.0.1:8000", environment="local"),
        "by": "김운영",
        "started_at": AT,
        "seconds": 12.5,
        "stop": Stop.DONE,
        "results": results,
        "allowed": tuple(Risk),
        "requests": sum(one.requests for one in results),
    }
    return ValidationReport(**{**values, **more})


def states(*pairs: tuple[str, CheckState]) -> ValidationReport:
    """A run where each check has one finding without a subject."""
    return report(*(result(check, finding(check, state)) for check, state in pairs))


def keys(compared: Iterable[Any]) -> list[str]:
    """The keys of a part of a comparison."""
    return [one.key for one in compared]
