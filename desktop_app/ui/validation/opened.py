"""A run as it is opened on screen: its report, weighed and judged, beside the one before it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from desktop_app.core.language import language
from desktop_app.core.validation.baseline import Accepted, Weighed
from desktop_app.core.validation.comparison import Comparison
from desktop_app.core.validation.gate import Judgement
from desktop_app.core.validation.report import ValidationReport
from desktop_app.core.validation.suites import Suite
from desktop_app.services.validation.desk import Desk
from desktop_app.ui.validation.finding_rows import FindingRow, rows_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """``before`` is what it is compared with; both None where there is no earlier run.

    ``rows`` are its findings as they are listed, by ``suites`` and in ``language``.
    """

    report: ValidationReport
    judgement: Judgement
    weighed: Weighed
    before: ValidationReport | None = None
    comparison: Comparison | None = None
    suites: tuple[Suite, ...] = ()
    language: str = ""
    rows: tuple[FindingRow, ...] = ()


def opened(desk: Desk, report: ValidationReport, before: ValidationReport | None = None) -> Opened:
    """Look at a run; ``before`` is what to compare it with, else the one before it.

    Reads files: call it from a worker. Raises ``LocalFailure``.
    """
    judgement, weighed = desk.judge(report, date.today())
    before = before or desk.before(report)
    suites = desk.shelf().suites
    return Opened(
        report=report,
        judgement=judgement,
        weighed=weighed,
        before=before,
        comparison=desk.compared(report, before) if before is not None else None,
        suites=suites,
        language=language(),
        rows=rows_of(report, suites, weighed),
    )


def by_id(desk: Desk, run_id: str, before_id: str = "") -> Opened:
    """A kept run, compared with another kept one; raises ``LocalFailure``."""
    before = desk.runs.report(before_id) if before_id else None
    return opened(desk, desk.runs.report(run_id), before)


def accepting(desk: Desk, shown: Opened, entry: Accepted) -> Opened:
    """Accept a finding, and weigh the run anew; raises ``LocalFailure``."""
    desk.set_baseline(desk.baseline().with_accepted(entry))
    return weighed_anew(desk, shown)


def withdrawing(desk: Desk, shown: Opened, key: str) -> Opened:
    """Accept a finding no longer; raises ``LocalFailure``."""
    desk.set_baseline(desk.baseline().without(key))
    return weighed_anew(desk, shown)


def weighed_anew(desk: Desk, shown: Opened) -> Opened:
    """The same run by the baseline as it is now; raises ``LocalFailure``."""
    judgement, weighed = desk.judge(shown.report, date.today())
    suites = desk.shelf().suites
    return replace(
        shown,
        judgement=judgement,
        weighed=weighed,
        suites=suites,
        language=language(),
        rows=rows_of(shown.report, suites, weighed),
    )


def rows_in_use(shown: Opened, suites: tuple[Suite, ...]) -> tuple[FindingRow, ...]:
    """Its rows, made anew where they are of other suites or in another language."""
    if shown.suites is suites and shown.language == language():
        return shown.rows
    return rows_of(shown.report, suites, shown.weighed)
