"""A run as a report to hand on: the verdict first, then what it rests on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from desktop_app.core.language import _
from desktop_app.core.validation.baseline import NOTHING_ACCEPTED, Weighed
from desktop_app.core.validation.comparison import Compared, Comparison
from desktop_app.core.validation.findings import CheckResult, Exchange, Finding
from desktop_app.core.validation.gate import Judgement, judge
from desktop_app.core.validation.reasons import reason_text
from desktop_app.core.validation.report import ValidationReport
from desktop_app.core.validation.suites import Severity
from desktop_app.core.verdicts import CheckState
from desktop_app.services.report_document import (
    Heading,
    Pair,
    Part,
    ReportDocument,
    Row,
    Sheet,
    Table,
)
from desktop_app.services.validation import evidence, words
from desktop_app.services.validation.shelf import Shelf

_HARMLESS = re.compile(r"[\w /.{}:,@*-]+", re.ASCII)
"""In double quotes these mean themselves to the shells of Windows and of POSIX alike."""

SHEETS_OF_A_CHECK = 25
"""So many findings of one check are told at length; the JSON has them all."""

_UNMEASURED = (CheckState.INCONCLUSIVE, CheckState.NOT_RUN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A run with all that is said about it."""

    report: ValidationReport
    shelf: Shelf
    weighed: Weighed = NOTHING_ACCEPTED
    comparison: Comparison | None = None
    strict: bool = False
    judgement: Judgement = field(init=False)

    def __post_init__(self) -> None:
        judged = judge(self.report, self.weighed, strict=self.strict)
        object.__setattr__(self, "judgement", judged)


def validation_report(reported: Reported) -> ReportDocument:
    """The whole report, in the language in use."""
    return ReportDocument(
        title=_("API validation · {url}").format(url=reported.report.target.url),
        verdict=words.verdict(reported.judgement),
        facts=tuple(_facts(reported)),
        tables=tuple(_parts(reported)),
    )


def finding_sheet(reported: Reported, result: CheckResult, finding: Finding) -> Sheet:
    """One finding at length: what was seen, why it matters, how to mend it, and the evidence."""
    check = reported.shelf.check(result.check)
    facts = [
        (_("State"), _(words.STATES[finding.state])),
        (_("Severity"), _(words.SEVERITIES[result.severity])),
        (_("Group"), words.category_title(reported.shelf, result)),
        (_("Seen"), words.seen(finding)),
        (_("Figures"), ", ".join(f"{key}: {_figure(one)}" for key, one in finding.facts.items())),
        (_("Known"), words.standing_text(reported.weighed, finding.key)),
        (_("Why it matters"), check.why.text() if check else ""),
        (_("How to mend it"), check.fix.text() if check else ""),
        (_("Reference"), check.reference if check else ""),
        (_("Run it again"), replay_line(result.check, finding.subject)),
    ]
    parts = (result.check, check.title.text() if check else "", finding.subject)
    return Sheet(
        title=" · ".join(part for part in parts if part),
        facts=tuple((name, text) for name, text in facts if text),
        pairs=tuple(_pair(exchange) for exchange in finding.exchanges),
        tone="danger" if finding.state is CheckState.FAIL else "warning",
    )


def replay_line(check: str, subject: str = "") -> str:
    """The words of ``evalconsole validate`` that run it again; safe to copy into any shell.

    A subject may hold what a server said: one that a shell might take for more than a word is left
    out, and the whole check runs again.
    """
    if subject and _HARMLESS.fullmatch(subject):
        return f'--check {check} --subject "{subject}"'
    return f"--check {check}"


def _facts(reported: Reported) -> Iterable[tuple[str, str]]:
    report, target = reported.report, reported.report.target
    network = "" if target.network_ms is None else evidence.milliseconds(target.network_ms)
    known = (
        (_("To know"), words.beside(reported.judgement)),
        (_("Measured"), words.coverage(report)),
        (_("Checks"), words.states_text(report)),
        (_("Ended"), _(words.STOPS[report.stop])),
        (_("Address"), target.url),
        (_("Environment"), _(words.ENVIRONMENTS.get(target.environment, target.environment))),
        (_("Server"), target.server),
        (_("Protocol"), " · ".join(part for part in (target.http_version, target.tls) if part)),
        (_("Contract"), target.contract),
        (_("Round trip"), network),
        (_("Suites"), ", ".join(f"{name} {version}" for name, version in report.suites.items())),
        (_("Allowed"), ", ".join(_(words.RISKS[risk]) for risk in report.allowed)),
        (_("Subjects"), ", ".join(report.subjects)),
        (_("Requests"), f"{report.requests:,}"),
        (_("Began"), report.started_at.strftime("%Y-%m-%d %H:%M:%S UTC")),
        (_("Time"), words.duration(report.seconds)),
        (_("By"), report.by),
        (_("Run"), report.run_id),
        (_("Measured from"), target.client),
    )
    return ((name, text) for name, text in known if text)


def _parts(reported: Reported) -> Iterable[Part]:
    report = reported.report
    if report.evidence and not report.measured:
        yield Sheet(
            title=_("What the server answered"),
            pairs=tuple(_pair(exchange) for exchange in report.evidence),
            tone="danger",
        )
    if report.sign_ins:
        yield _sign_ins(report)
    yield _coverage(reported)
    if reported.comparison is not None:
        yield _comparison(reported, reported.comparison)
    yield from _problems(reported, CheckState.FAIL)
    yield from _problems(reported, CheckState.WARN)
    yield from _known(reported)
    yield from _unmeasured(reported)
    if report.left_behind:
        yield _left_behind(report)
    yield _all_checks(reported)


def _sign_ins(report: ValidationReport) -> Table:
    rows = tuple(
        (
            words.role(one.role),
            one.login_id,
            _("given") if one.provided else _("made for the run"),
            _("signed in") if one.ok else _("not signed in"),
            one.said.text() if one.said else "",
        )
        for one in report.sign_ins
    )
    headers = (_("Role"), _("Sign-in name"), _("Where from"), _("Result"), _("Why"))
    return Table(title=_("Sign-ins"), headers=headers, rows=rows)


def _coverage(reported: Reported) -> Table:
    groups: dict[tuple[str, str], list[CheckResult]] = {}
    for result in reported.report.results:
        group = words.category_title(reported.shelf, result)
        groups.setdefault((words.suite_title(reported.shelf, result.suite), group), []).append(
            result
        )
    rows = [(*group, *_counts(results)) for group, results in groups.items()]
    rows.append((_("All"), "", *_counts(reported.report.results)))
    return Table(
        title=_("Coverage"),
        note=_(
            "Only what was measured passes. What was not run, and what was inconclusive, lowers "
            "the coverage; what does not apply here does not."
        ),
        headers=(_("Suite"), _("Group"), *map(_, words.STATES.values()), _("Measured")),
        rows=tuple(rows),
    )


def _counts(results: Sequence[CheckResult]) -> Row:
    counts = {state: sum(one.state is state for one in results) for state in CheckState}
    applicable = len(results) - counts[CheckState.NOT_APPLICABLE]
    measured = sum(counts[one] for one in (CheckState.PASS, CheckState.WARN, CheckState.FAIL))
    share = f"{measured} / {applicable}"
    return (*(f"{counts[CheckState(state)]:,}" for state in words.STATES), share)


def _comparison(reported: Reported, comparison: Comparison) -> Table:
    def rows(what: str, part: Iterable[Compared]) -> list[Row]:
        return [
            (
                what,
                one.check,
                words.check_title(reported.shelf, one.check),
                one.subject,
                _(words.SEVERITIES[one.severity]),
                _(words.STATES[one.before_state]),
                _(words.STATES[one.now_state]),
            )
            for one in part
        ]

    note = _("Against the run {run}.").format(run=comparison.before_id)
    if not comparison.same_suites:
        note += " " + _("That run had other suites, or other versions of them.")
    if not comparison.same_target:
        note += " " + _("That run was of another address.")
    return Table(
        title=_("Compared with the run before"),
        note=note,
        headers=(
            _("Change"),
            _("Check"),
            _("Title"),
            _("Subject"),
            _("Severity"),
            _("In the run before"),
            _("Now"),
        ),
        rows=(
            *rows(_("Newly found"), comparison.new),
            *rows(_("Still there"), comparison.still),
            *rows(_("Fixed"), comparison.fixed),
            *rows(_("Not observed"), comparison.not_observed),
        ),
    )


def _problems(reported: Reported, state: CheckState) -> Iterable[Part]:
    for severity in Severity:
        found = [
            (result, finding)
            for result in reported.report.results
            if result.severity is severity
            for finding in result.findings
            if finding.state is state and reported.weighed.counts(finding)
        ]
        if not found:
            continue
        yield Heading(
            title=_("{state} · {severity} ({n})").format(
                state=_(words.STATES[state]), severity=_(words.SEVERITIES[severity]), n=len(found)
            )
        )
        yield from _sheets(reported, found)


def _sheets(reported: Reported, found: Sequence[tuple[CheckResult, Finding]]) -> Iterable[Part]:
    told: dict[str, int] = {}
    for result, finding in found:
        told[result.check] = told.get(result.check, 0) + 1
        if told[result.check] <= SHEETS_OF_A_CHECK:
            yield finding_sheet(reported, result, finding)
    for check, count in told.items():
        if (more := count - SHEETS_OF_A_CHECK) > 0:
            yield Heading(title=_("{check}: {n} more").format(check=check, n=more))


def _known(reported: Reported) -> Iterable[Table]:
    weighed = reported.weighed
    rows = [
        (one.key, _(words.STANDINGS[standing]), one.reason, one.owner, one.expires.isoformat())
        for standing, one in weighed.standings.values()
    ]
    for text, entries in (
        (_("Not there any more: the entry can go"), weighed.unneeded),
        (_("No check has this name"), weighed.unknown),
    ):
        rows += [(one.key, text, one.reason, one.owner, one.expires.isoformat()) for one in entries]
    if rows:
        yield Table(
            title=_("Known findings"),
            note=_("Accepted for a while. They do not count against the run, and are no passes."),
            headers=(_("Finding"), _("State"), _("Reason"), _("Owner"), _("Until")),
            rows=tuple(rows),
        )


def _unmeasured(reported: Reported) -> Iterable[Table]:
    rows: list[Row] = []
    for result in reported.report.results:
        title = words.check_title(reported.shelf, result.check)
        start = (result.check, title, _(words.SEVERITIES[result.severity]))
        if result.state is CheckState.NOT_RUN and not result.findings:
            why = result.reason.text() if result.reason else ""
            rows.append((*start, "", _(words.STATES[result.state]), why))
        rows += [
            (*start, one.subject, _(words.STATES[one.state]), words.seen(one))
            for one in result.findings
            if one.state in (*_UNMEASURED, CheckState.NOT_APPLICABLE)
        ]
    if rows:
        yield Table(
            title=_("Not measured"),
            headers=(
                _("Check"),
                _("Title"),
                _("Severity"),
                _("Subject"),
                _("State"),
                _("Why"),
            ),
            rows=tuple(rows),
        )


def _left_behind(report: ValidationReport) -> Table:
    return Table(
        title=_("Test data left behind"),
        note=_("The run could not remove these: remove them by hand."),
        headers=(_("Kind"), _("Id"), _("Name"), _("Why")),
        rows=tuple(
            (one.kind, one.id, one.name, reason_text(one.reason)) for one in report.left_behind
        ),
    )


def _all_checks(reported: Reported) -> Table:
    return Table(
        title=_("All checks"),
        headers=(
            _("Check"),
            _("Title"),
            _("Severity"),
            _("State"),
            _("Requests"),
            _("Time"),
            _("Reference"),
        ),
        rows=tuple(
            (
                result.check,
                words.check_title(reported.shelf, result.check),
                _(words.SEVERITIES[result.severity]),
                _(words.STATES[result.state]),
                f"{result.requests:,}",
                words.duration(result.seconds) if result.requests else "",
                check.reference if (check := reported.shelf.check(result.check)) else "",
            )
            for result in reported.report.results
        ),
    )


def _pair(exchange: Exchange) -> Pair:
    return Pair(
        titles=(evidence.request_title(exchange), evidence.answer_title(exchange)),
        texts=(evidence.request_text(exchange), evidence.answer_text(exchange)),
        line=exchange.as_curl(),
    )


def _figure(value: float | int | str) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else str(value)
