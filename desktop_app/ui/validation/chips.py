"""Verdicts, severities, risks and changes as icon, word and colour."""

from __future__ import annotations

from collections.abc import Mapping

from desktop_app.core.language import N_, _
from desktop_app.core.validation.gate import Outcome
from desktop_app.core.validation.report import Stop
from desktop_app.core.validation.suites import Risk, Severity
from desktop_app.core.verdicts import CheckState
from desktop_app.services.validation import words
from desktop_app.ui.tables.columns import Chip

Look = tuple[str, str]
"""An icon and a colour token."""

STATE_LOOKS: Mapping[CheckState, Look] = {
    CheckState.FAIL: ("error", "danger"),
    CheckState.WARN: ("warning", "warning"),
    CheckState.INCONCLUSIVE: ("help", "warning"),
    CheckState.NOT_RUN: ("circle", "muted"),
    CheckState.PASS: ("ok", "ok"),
    CheckState.NOT_APPLICABLE: ("minus", "muted"),
}
"""In the order in which they are shown: what is wrong first."""
SEVERITY_LOOKS: Mapping[Severity, Look] = {
    Severity.CRITICAL: ("ban", "danger"),
    Severity.HIGH: ("arrow-up", "danger"),
    Severity.MEDIUM: ("minus", "warning"),
    Severity.LOW: ("arrow-down", "info"),
    Severity.INFO: ("info", "muted"),
}
RISK_LOOKS: Mapping[Risk, Look] = {
    Risk.READS: ("eye", "muted"),
    Risk.WRITES: ("edit", "info"),
    Risk.ATTACKS: ("shield", "warning"),
}
STOP_LOOKS: Mapping[Stop, Look] = {
    Stop.DONE: ("ok", "ok"),
    Stop.CANCELLED: ("stop", "warning"),
    Stop.UNREACHABLE: ("unlink", "danger"),
    Stop.REFUSED: ("ban", "danger"),
    Stop.SPENT: ("clock", "warning"),
}
OUTCOME_LOOKS: Mapping[Outcome, Look] = {
    Outcome.PASSED: ("ok", "ok"),
    Outcome.NOT_PASSED: ("error", "danger"),
    Outcome.NOT_MEASURED: ("help", "warning"),
    Outcome.REFUSED: ("ban", "danger"),
    Outcome.INTERRUPTED: ("stop", "warning"),
}
CHANGES: Mapping[str, tuple[str, Look]] = {
    "new": (N_("Newly found"), ("plus", "danger")),
    "fixed": (N_("Fixed"), ("ok", "ok")),
    "still": (N_("Still there"), ("error", "warning")),
    "not_observed": (N_("Not observed"), ("help", "muted")),
}


def state_chip(state: CheckState) -> Chip:
    """The verdict of a check or a finding."""
    return Chip(_(words.STATES[state]), *STATE_LOOKS[state])


def severity_chip(severity: Severity) -> Chip:
    """How bad it is when it fails."""
    return Chip(_(words.SEVERITIES[severity]), *SEVERITY_LOOKS[severity])


def risk_chip(risk: Risk) -> Chip:
    """What a check does to the target."""
    return Chip(_(words.RISKS[risk]), *RISK_LOOKS[risk])


def stop_chip(stop: Stop) -> Chip:
    """How a run ended."""
    return Chip(_(words.STOPS[stop]), *STOP_LOOKS[stop])


def change_chip(change: str) -> Chip:
    """What became of a finding between two runs."""
    text, look = CHANGES[change]
    return Chip(_(text), *look)


def outcome_chip(outcome: Outcome) -> Chip:
    """What a run came to."""
    return Chip(_(words.OUTCOMES[outcome]), *OUTCOME_LOOKS[outcome])
