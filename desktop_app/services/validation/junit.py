"""A run as JUnit XML, which continuous integration reads: a test case for each check.

Failed: ``failure``. Inconclusive, or a critical check that was not run: ``error``. Otherwise not
run, not applicable, or nothing but known findings: ``skipped``, with the reason. A warning passes
(unless warnings count), and is told in ``system-out``. The first suite says whether the run itself
came to its end: a server that does not answer is an error, and so is whatever else no check is to
blame for. Of very many findings of one check some are told: the JSON has them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from desktop_app.core.language import _
from desktop_app.core.validation.findings import CheckResult, Finding
from desktop_app.core.validation.gate import Outcome
from desktop_app.core.validation.report import Stop
from desktop_app.core.verdicts import CheckState
from desktop_app.services.report_document import plain_text
from desktop_app.services.validation import evidence, words
from desktop_app.services.validation.reports import SHEETS_OF_A_CHECK, Reported, replay_line

_EXCHANGES = 2
_OUTCOMES = {"failure": "failures", "error": "errors", "skipped": "skipped"}


def as_junit(reported: Reported) -> str:
    """The report as XML; well-formed whatever a server has sent."""
    report = reported.report
    suites = [_run_itself(reported)]
    for suite in dict.fromkeys(result.suite for result in report.results):
        results = [result for result in report.results if result.suite == suite]
        suites.append(_suite(reported, suite, results))
    root = ET.Element("testsuites", {"name": "evalconsole validate"})
    for one in suites:
        one.set("timestamp", report.started_at.strftime("%Y-%m-%dT%H:%M:%S"))
        root.append(one)
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(one.get(name, "0")) for one in suites)))
    root.set("time", f"{report.seconds:.3f}")
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, "unicode") + "\n"


def _run_itself(reported: Reported) -> ET.Element:
    report = reported.report
    case = _case("run", plain_text(report.target.url), report.seconds)
    judged = reported.judgement
    # No check is to blame where a sign-in did not work, say: the gate is not greener than this.
    unblamed = judged.outcome is not Outcome.PASSED and not judged.counting
    if report.stop is not Stop.DONE or unblamed:
        said = words.verdict(judged)
        _say(case, "error", _(words.STOPS[report.stop]), said)
    return _counted("run", [case])


def _suite(reported: Reported, suite: str, results: Sequence[CheckResult]) -> ET.Element:
    return _counted(suite, [_check(reported, result) for result in results])


def _check(reported: Reported, result: CheckResult) -> ET.Element:
    title = words.check_title(reported.shelf, result.check)
    case = _case(f"{result.suite}.{result.category}", f"{result.check} {title}", result.seconds)
    counting = [one for one in result.findings if reported.weighed.counts(one)]
    failed = [one for one in counting if one.state is CheckState.FAIL]
    warned = [one for one in counting if one.state is CheckState.WARN]
    unsure = [one for one in counting if one.state is CheckState.INCONCLUSIVE]
    known = [one for one in result.findings if reported.weighed.accepted(one.key)]
    counts = result.check in reported.judgement.counting
    state = _(words.STATES[result.state])
    if failed:
        _say(case, "failure", _severity(result), _told(reported, result, failed))
    elif unsure:
        _say(case, "error", state, _told(reported, result, unsure))
    elif warned and counts:
        _say(case, "failure", state, _told(reported, result, warned))
    elif result.state is CheckState.NOT_RUN:
        why = result.reason.text() if result.reason else state
        _say(case, "error" if counts else "skipped", why)
    elif result.state is CheckState.NOT_APPLICABLE:
        _say(case, "skipped", " ".join(words.seen(one) for one in result.findings))
    elif known:
        texts = (words.standing_text(reported.weighed, one.key) for one in known)
        _say(case, "skipped", "\n".join(texts))
    if warned:
        text = _told(reported, result, warned)
        out = ET.SubElement(case, "system-out")
        out.text = plain_text(f"{_(words.STATES[CheckState.WARN])}: {text}")
    return case


def _severity(result: CheckResult) -> str:
    return _(words.SEVERITIES[result.severity])


def _told(reported: Reported, result: CheckResult, findings: Sequence[Finding]) -> str:
    check = reported.shelf.check(result.check)
    parts: list[str] = []
    for finding in findings[:SHEETS_OF_A_CHECK]:
        parts.append(words.seen_of(finding))
        for exchange in finding.exchanges[:_EXCHANGES]:
            parts.append(exchange.as_curl())
            parts.append(evidence.answer_text(exchange))
    if (more := len(findings) - SHEETS_OF_A_CHECK) > 0:
        parts.append(_("{check}: {n} more").format(check=result.check, n=more))
    if check is not None:
        parts.append(_("How to mend it") + ": " + check.fix.text())
        parts.append(_("Reference") + ": " + check.reference)
    parts.append(_("Run it again") + ": " + replay_line(result.check))
    return "\n".join(part for part in parts if part)


def _case(group: str, name: str, seconds: float) -> ET.Element:
    attributes = {"classname": group, "name": plain_text(name), "time": f"{seconds:.3f}"}
    return ET.Element("testcase", attributes)


def _say(case: ET.Element, kind: str, message: str, text: str = "") -> None:
    said = ET.SubElement(case, kind, {"message": plain_text(message)})
    if kind != "skipped":
        said.set("type", kind)
    if text:
        said.text = plain_text(text)


def _counted(name: str, cases: Sequence[ET.Element]) -> ET.Element:
    suite = ET.Element("testsuite", {"name": plain_text(name), "tests": str(len(cases))})
    for kind, attribute in _OUTCOMES.items():
        suite.set(attribute, str(sum(case.find(kind) is not None for case in cases)))
    suite.set("time", f"{sum(float(case.get('time', '0')) for case in cases):.3f}")
    suite.extend(cases)
    return suite
