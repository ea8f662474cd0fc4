"""The whole report as JSON, for programs::

    format      1
    language    of the texts
    verdict     {outcome, text, reasons[], beside[], counting[]}; outcome is one of passed,
                not_passed, not_measured, refused, interrupted; counting are ids of checks
    coverage    {measured, applicable}: how many checks
    states      {pass: n, fail: n, …}: how many checks are in each state
    failed      {critical: n, …}: failed checks by severity, known findings included
    report      all that was measured: core.validation.report.ValidationReport, field by field;
                a sentence is {message, params, text}
    checks      {id: {title, why, fix: {en, ko}, reference, suite, category, severity, risk}}
    baseline    {standings: {finding: {standing, reason, owner, expires}}, unneeded[], unknown[]}
    comparison  null, or {before, same_target, same_suites, new[], fixed[], still[], not_observed[]}

A finding is called ``check`` or ``check[subject]``. ``evalconsole validate --compare FILE`` reads
this file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import msgspec

from desktop_app.core.language import _, language
from desktop_app.core.validation.baseline import Weighed
from desktop_app.core.validation.cleaning import Cleaner
from desktop_app.core.validation.comparison import Compared, Comparison
from desktop_app.core.validation.findings import Said
from desktop_app.core.validation.report import FORMAT
from desktop_app.core.validation.suites import Check
from desktop_app.services.validation import words
from desktop_app.services.validation.reports import Reported
from desktop_app.services.validation.runs import head_of


def as_json(reported: Reported) -> str:
    """The report as text, indented, ending with a line end."""
    return json.dumps(plain(reported), ensure_ascii=False, indent=2) + "\n"


def plain(reported: Reported) -> dict[str, Any]:
    """The report as JSON can hold it, without secrets."""
    report = Cleaner().report(reported.report)
    head = head_of(report)
    judged = reported.judgement
    return {
        "format": FORMAT,
        "language": language(),
        "verdict": {
            "outcome": judged.outcome.value,
            "text": words.verdict(judged),
            "reasons": [said.text() for said in judged.reasons],
            "beside": [said.text() for said in judged.beside],
            "counting": list(judged.counting),
        },
        "coverage": {"measured": report.measured, "applicable": report.applicable},
        "states": {state.value: count for state, count in head.states.items()},
        "failed": {severity.value: count for severity, count in head.failed.items()},
        "report": _with_texts(msgspec.to_builtins(report, enc_hook=str, str_keys=True)),
        "checks": {result.check: _check(reported, result.check) for result in report.results},
        "baseline": _baseline(reported.weighed),
        "comparison": _comparison(reported.comparison),
    }


def _with_texts(value: Any) -> Any:
    """Every sentence with its text beside its message id."""
    if isinstance(value, list | tuple):
        return [_with_texts(one) for one in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == _SAID:
        said = Said(message=value["message"], params=value["params"])
        return {**value, "text": said.text()}
    return {key: _with_texts(one) for key, one in value.items()}


_SAID = {"message", "params"}


def _check(reported: Reported, check_id: str) -> dict[str, Any]:
    check: Check | None = reported.shelf.check(check_id)
    suite = reported.shelf.suite_of(check_id)
    if check is None or suite is None:
        return {}
    return {
        "suite": suite.id,
        "category": check.category,
        "severity": check.severity.value,
        "risk": check.risk.value,
        "title": {"en": check.title.en, "ko": check.title.ko},
        "why": {"en": check.why.en, "ko": check.why.ko},
        "fix": {"en": check.fix.en, "ko": check.fix.ko},
        "reference": check.reference,
    }


def _baseline(weighed: Weighed) -> dict[str, Any]:
    return {
        "standings": {
            key: {
                "standing": standing.value,
                "text": _(words.STANDINGS[standing]),
                "reason": one.reason,
                "owner": one.owner,
                "expires": one.expires.isoformat(),
            }
            for key, (standing, one) in weighed.standings.items()
        },
        "unneeded": [one.key for one in weighed.unneeded],
        "unknown": [one.key for one in weighed.unknown],
    }


def _comparison(comparison: Comparison | None) -> dict[str, Any] | None:
    if comparison is None:
        return None

    def keys(part: Iterable[Compared]) -> list[str]:
        return [one.key for one in part]

    return {
        "before": comparison.before_id,
        "same_target": comparison.same_target,
        "same_suites": comparison.same_suites,
        "new": keys(comparison.new),
        "fixed": keys(comparison.fixed),
        "still": keys(comparison.still),
        "not_observed": keys(comparison.not_observed),
    }
