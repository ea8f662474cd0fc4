"""The report of one run: what was asked of which target, and every result."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from desktop_app.core.validation.findings import CheckResult, Exchange, Finding, Said
from desktop_app.core.validation.suites import Risk
from desktop_app.core.verdicts import CheckState, worst

FORMAT = 1
"""The version of the report's JSON."""


class Stop(StrEnum):
    """Why a run ended."""

    DONE = "done"
    CANCELLED = "cancelled"
    UNREACHABLE = "unreachable"
    """Nothing answers there: nothing was measured."""
    REFUSED = "refused"
    """The run may not do this: consent or a sign-off is missing."""
    SPENT = "spent"
    """The limit of requests or seconds was reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftBehind:
    """Test data that could not be removed."""

    kind: str
    id: str
    name: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInProven:
    """Whether one role could sign in, and ``said`` why not."""

    role: str
    login_id: str
    ok: bool
    provided: bool
    """Given by the operator; else made by the test bed."""
    said: Said | None = None
    exchange: Exchange | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetFacts:
    """What was tried, and from where: the environment of the measurement.

    ``network_ms`` is the median round trip of a small request, where it was measured.
    """

    url: str
    environment: str
    server: str = ""
    contract: str = ""
    http_version: str = ""
    tls: str = ""
    network_ms: float | None = None
    client: str = ""
    """Program version, Python, operating system."""
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationReport:
    """All of one run. ``suites`` maps to the versions used: id → version."""

    run_id: str
    target: TargetFacts
    by: str
    started_at: datetime
    seconds: float
    stop: Stop
    stop_said: Said | None = None
    suites: dict[str, str] = field(default_factory=dict)
    results: tuple[CheckResult, ...] = ()
    requests: int = 0
    left_behind: tuple[LeftBehind, ...] = ()
    evidence: tuple[Exchange, ...] = ()
    """What showed that the target cannot be reached, or does not sign anybody in."""
    sign_ins: tuple[SignInProven, ...] = ()
    allowed: tuple[Risk, ...] = ()
    """What the operator consented to: other checks were not asked for."""
    subjects: tuple[str, ...] = ()
    """The only subjects looked at, where a check was run again for some of them."""
    format: int = FORMAT

    def findings(self) -> tuple[Finding, ...]:
        """The findings of all results, in order."""
        return tuple(finding for result in self.results for finding in result.findings)

    def by_key(self) -> dict[str, Finding]:
        """The findings by their keys; the worst where several share one."""
        found: dict[str, Finding] = {}
        for finding in self.findings():
            other = found.get(finding.key)
            if other is None or worst([finding.state, other.state]) is not other.state:
                found[finding.key] = finding
        return found

    def count(self, state: CheckState) -> int:
        """How many checks have that state."""
        return sum(result.state is state for result in self.results)

    @property
    def measured(self) -> int:
        """How many checks came to a verdict: pass, warn or fail."""
        return sum(self.count(s) for s in (CheckState.PASS, CheckState.WARN, CheckState.FAIL))

    @property
    def applicable(self) -> int:
        """How many checks were asked for and do apply: what coverage is counted against."""
        return len(self.results) - self.count(CheckState.NOT_APPLICABLE)
