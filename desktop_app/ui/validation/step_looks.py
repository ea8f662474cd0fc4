"""How each step of the wizard stands, as icon and colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.core.validation.report import Stop, ValidationReport
from desktop_app.ui.validation.chips import OUTCOME_LOOKS, STOP_LOOKS, Look

if TYPE_CHECKING:
    from desktop_app.ui.validation.screen import ValidationScreen


def step_looks(
    screen: ValidationScreen, looked: ValidationReport | None, *, busy: bool
) -> tuple[Look | None, ...]:
    """One for each step, None where there is nothing to say yet."""
    proven = screen.sign_ins.proven
    opened = screen.findings.opened
    target = sign_ins = suites = run = findings = comparison = None
    if looked is not None:
        reached = looked.stop is not Stop.UNREACHABLE
        target = ("ok", "ok") if reached else ("unlink", "danger")
    if any(not one.ok for one in proven):
        sign_ins = ("error", "danger")
    elif screen.sign_ins.all_proven:
        sign_ins = ("ok", "ok")
    if screen.suites.checks:
        suites = ("ok", "ok") if screen.suites.consent.ready else ("lock", "warning")
    if busy:
        run = ("activity", "info")
    elif screen.run.report is not None:
        run = STOP_LOOKS[screen.run.report.stop]
    if opened is not None:
        findings = OUTCOME_LOOKS[opened.judgement.outcome]
        if opened.comparison is not None:
            comparison = ("plus", "danger") if opened.comparison.new else ("ok", "ok")
    return target, sign_ins, suites, run, findings, comparison
