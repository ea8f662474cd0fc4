"""Whether a run passed."""

from __future__ import annotations

import pytest

from desktop_app.core.validation.findings import say
from desktop_app.core.validation.gate import Outcome, judge
from desktop_app.core.validation.report import SignInProven, Stop
from desktop_app.core.validation.suites import Risk, Severity
from desktop_app.core.verdicts import CheckState
from tests.core.validation.reports import finding, report, result, states

FAIL, WARN, PASS = CheckState.FAIL, CheckState.WARN, CheckState.PASS


def test_a_failure_counts_whatever_its_severity() -> None:
    run = report(result("a", finding("a", FAIL), severity=Severity.INFO), result("b", state=PASS))
    assert (judge(run).outcome, judge(run).counting) == (Outcome.NOT_PASSED, ("a",))


def test_a_warning_is_said_and_counts_where_it_is_asked_to() -> None:
    run = states(("a", WARN), ("b", PASS))
    assert judge(run).outcome is Outcome.PASSED
    assert [said.text() for said in judge(run).beside] == ["Warnings: 1."]
    assert judge(run, strict=True).outcome is Outcome.NOT_PASSED


@pytest.mark.parametrize("state", [CheckState.INCONCLUSIVE, CheckState.NOT_RUN])
@pytest.mark.parametrize(
    ("severity", "outcome"),
    [(Severity.CRITICAL, Outcome.NOT_PASSED), (Severity.HIGH, Outcome.PASSED)],
)
def test_a_critical_check_without_a_result_is_no_pass(
    state: CheckState, severity: Severity, outcome: Outcome
) -> None:
    run = report(result("a", state=state, severity=severity), result("b", state=PASS))
    assert judge(run).outcome is outcome
    assert judge(run, strict=True).outcome is Outcome.NOT_PASSED


def test_a_critical_check_passes_only_where_all_of_it_was_measured() -> None:
    some = (finding("a", WARN, "x"), finding("a", CheckState.INCONCLUSIVE, "y"))
    run = report(result("a", *some, severity=Severity.CRITICAL))
    assert judge(run).outcome is Outcome.NOT_PASSED


def test_what_was_not_allowed_was_not_asked_for() -> None:
    attack = result("a", state=CheckState.NOT_RUN, severity=Severity.CRITICAL, risk=Risk.ATTACKS)
    run = report(attack, result("b", state=PASS), allowed=(Risk.READS,))
    assert judge(run).outcome is Outcome.PASSED
    assert [said.text() for said in judge(run).beside] == ["Not allowed for this run: 1 checks."]


def test_a_sign_in_that_was_given_and_did_not_work_is_no_pass() -> None:
    refused = SignInProven(role="manager", login_id="m", ok=False, provided=True)
    run = report(result("b", state=PASS), sign_ins=(refused,))
    assert judge(run).outcome is Outcome.NOT_PASSED


@pytest.mark.parametrize(
    ("stop", "outcome"),
    [
        (Stop.DONE, Outcome.PASSED),
        (Stop.SPENT, Outcome.NOT_PASSED),
        (Stop.CANCELLED, Outcome.INTERRUPTED),
        (Stop.REFUSED, Outcome.REFUSED),
        (Stop.UNREACHABLE, Outcome.NOT_MEASURED),
    ],
)
def test_a_run_passes_only_at_its_end(stop: Stop, outcome: Outcome) -> None:
    assert judge(report(result("a", state=PASS), stop=stop)).outcome is outcome


def test_a_run_that_could_do_only_a_part_is_no_pass() -> None:
    """A server that is not trusted is asked nothing; its handshakes may still be in order."""
    rest = result("b", state=CheckState.NOT_RUN)
    said = say("No trust.")
    run = report(result("a", state=PASS), rest, stop_said=said)
    assert judge(run).outcome is Outcome.NOT_PASSED
    assert judge(run).reasons == (said,)
    whole = report(result("a", state=PASS), stop_said=said)
    assert judge(whole).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    "state", [CheckState.INCONCLUSIVE, CheckState.NOT_RUN, CheckState.NOT_APPLICABLE]
)
def test_nothing_measured_is_no_verdict(state: CheckState) -> None:
    assert judge(states(("a", state))).outcome is Outcome.NOT_MEASURED
    assert judge(report()).outcome is Outcome.NOT_MEASURED
