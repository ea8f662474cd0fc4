"""What validation's codes mean to people: states, severities, stops, outcomes, durations."""

from __future__ import annotations

from collections.abc import Mapping

from desktop_app.config.profiles import ENVIRONMENT_LABELS
from desktop_app.core.language import N_, NN_, _, ngettext
from desktop_app.core.users import ROLE_LABELS
from desktop_app.core.validation.baseline import Standing, Weighed
from desktop_app.core.validation.findings import CheckResult, Exchange, Finding
from desktop_app.core.validation.gate import Judgement, Outcome
from desktop_app.core.validation.reasons import reason_text
from desktop_app.core.validation.report import Stop, ValidationReport
from desktop_app.core.validation.suites import Risk, Severity, Suite
from desktop_app.services.validation.shelf import Shelf
from desktop_app.services.verdict_words import STATES as STATES

SEVERITIES: Mapping[str, str] = {
    Severity.CRITICAL: N_("Critical"),
    Severity.HIGH: N_("High"),
    Severity.MEDIUM: N_("Medium"),
    Severity.LOW: N_("Low"),
    Severity.INFO: N_("Information"),
}
RISKS: Mapping[str, str] = {
    Risk.READS: N_("Reads"),
    Risk.WRITES: N_("Writes test data"),
    Risk.ATTACKS: N_("Attacks"),
}
STOPS: Mapping[str, str] = {
    Stop.DONE: N_("Done"),
    Stop.CANCELLED: N_("Stopped"),
    Stop.UNREACHABLE: N_("The server does not answer"),
    Stop.REFUSED: N_("Refused"),
    Stop.SPENT: N_("Its limit was reached"),
}
OUTCOMES: Mapping[str, str] = {
    Outcome.PASSED: N_("Passed"),
    Outcome.NOT_PASSED: N_("Not passed"),
    Outcome.NOT_MEASURED: N_("Nothing was measured"),
    Outcome.REFUSED: N_("Refused"),
    Outcome.INTERRUPTED: N_("Stopped before its end"),
}
STANDINGS: Mapping[str, str] = {
    Standing.ACCEPTED: N_("Known finding"),
    Standing.EXPIRED: N_("Known, but its acceptance has expired"),
    Standing.WORSE: N_("Known, but it got worse"),
    Standing.OTHER: N_("Known, but something else is wrong now"),
}
ENVIRONMENTS: Mapping[str, str] = {
    environment.value: label for environment, label in ENVIRONMENT_LABELS.items()
}
_CHECKS = NN_("{n} check", "{n} checks")
_REQUESTS = NN_("{n} request", "{n} requests")


def checks(count: int) -> str:
    """``count`` checks."""
    return ngettext(*_CHECKS, count).format(n=f"{count:,}")


def requests(count: int) -> str:
    """``count`` requests."""
    return ngettext(*_REQUESTS, count).format(n=f"{count:,}")


def duration(seconds: float) -> str:
    """A time as people read it: "45 ms", "3.2 s", "48 s", "2 min 5 s"."""
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    return _("{m} min {s} s").format(m=whole // 60, s=whole % 60)


def time_left(seconds: float) -> str:
    """About how long it still takes, in whole seconds."""
    whole = max(1, round(seconds))
    return f"{whole} s" if whole < 60 else duration(whole)


def waiting(seconds: float) -> str:
    """How long the target still refuses sign-ins; "" where it does not."""
    if seconds <= 0:
        return ""
    return _("The server limits sign-ins after many wrong ones: waiting for {time} more").format(
        time=time_left(seconds)
    )


def role(code: str) -> str:
    """Who asked, in words: a role, nobody, or what the test bed calls somebody."""
    known = {one.value: label for one, label in ROLE_LABELS.items()}
    if code == "nobody":
        return _("without signing in")
    return _(known[code]) if code in known else code


def check_title(shelf: Shelf, check_id: str) -> str:
    """A check's title; its id where no suite has it (any more)."""
    check = shelf.check(check_id)
    return check.title.text() if check is not None else check_id


def category_title(shelf: Shelf, result: CheckResult) -> str:
    """The group that a check is in."""
    suite: Suite | None = shelf.suite(result.suite)
    words = suite.categories.get(result.category) if suite is not None else None
    return words.text() if words is not None else result.category


def suite_title(shelf: Shelf, suite_id: str) -> str:
    """A suite's title; its id where there is none (any more)."""
    suite = shelf.suite(suite_id)
    return suite.title.text() if suite is not None else suite_id


def seen(finding: Finding) -> str:
    """What a finding says was observed."""
    return " ".join(said.text() for said in finding.seen)


def seen_of(finding: Finding) -> str:
    """The same after the finding's subject, where what was observed does not begin with it."""
    text = seen(finding)
    if not finding.subject or text.startswith(finding.subject):
        return text
    return f"{finding.subject}: {text}" if text else finding.subject


def standing_text(weighed: Weighed, key: str) -> str:
    """What the baseline says of a finding; "" where it says nothing."""
    known = weighed.standings.get(key)
    if known is None:
        return ""
    standing, one = known
    return _("{standing}: {reason} ({owner}, until {day})").format(
        standing=_(STANDINGS[standing]),
        reason=one.reason,
        owner=one.owner,
        day=one.expires.isoformat(),
    )


def answer_text(exchange: Exchange) -> str:
    """What came back, in a few words: "HTTP/1.1 404 Not Found", or why nothing came."""
    why = reason_text(exchange.failure)
    if not exchange.status:
        return why or _("no answer")
    line = f"{exchange.http_version} {exchange.status} {exchange.reason}".strip()
    return f"{line} ({why})" if why else line


def verdict(judgement: Judgement) -> str:
    """A run in one line: its outcome, and every reason for it."""
    said = " ".join(said.text() for said in judgement.reasons)
    outcome = _(OUTCOMES[judgement.outcome])
    return f"{outcome}. {said}" if said else f"{outcome}."


def beside(judgement: Judgement) -> str:
    """What does not count but should be known, in one line; may be empty."""
    return " ".join(said.text() for said in judgement.beside)


def coverage(report: ValidationReport) -> str:
    """How much of what applies was measured: "87 of 92 (95 %)"."""
    if not report.applicable:
        return _("nothing applies")
    return _("{measured} of {applicable} ({percent} %)").format(
        measured=f"{report.measured:,}",
        applicable=f"{report.applicable:,}",
        # Rounded down: it is not called complete before it is.
        percent=report.measured * 100 // report.applicable,
    )


def states_text(report: ValidationReport) -> str:
    """How many checks are in which state; states that none is in are left out."""
    return " · ".join(
        f"{_(text)} {count:,}" for state, text in STATES.items() if (count := _count(report, state))
    )


def _count(report: ValidationReport, state: str) -> int:
    return sum(one.state == state for one in report.results)
