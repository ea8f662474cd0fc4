"""Known findings: accepted for a while, never passes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from desktop_app.core.validation.baseline import (
    LONGEST_DAYS,
    Accepted,
    Baseline,
    Standing,
    check_accepted,
    weigh,
)
from desktop_app.core.validation.findings import say
from desktop_app.core.validation.gate import Outcome, judge
from desktop_app.core.validation.suites import Severity
from desktop_app.core.verdicts import CheckState
from tests.core.validation.reports import finding, report, result, states

TODAY = date(2026, 11, 25)
FAIL, WARN, PASS = CheckState.FAIL, CheckState.WARN, CheckState.PASS


def accepted(key: str, **more: object) -> Accepted:
    values: dict[str, object] = {
        "key": key,
        "reason": "until the new proxy",
        "owner": "이보안",
        "expires": TODAY + timedelta(days=30),
    }
    return Accepted(**{**values, **more})  # type: ignore[arg-type]


def test_an_accepted_finding_does_not_count_and_is_no_pass() -> None:
    run = states(("a", FAIL), ("b", PASS))
    weighed = weigh(run, Baseline(accepted=(accepted("a"),)), TODAY)
    assert judge(run).outcome is Outcome.NOT_PASSED
    judged = judge(run, weighed)
    assert judged.outcome is Outcome.PASSED
    assert [said.text() for said in judged.beside] == ["Known findings: 1."]
    assert run.count(PASS) == 1


@pytest.mark.parametrize(
    ("days", "standing", "outcome"),
    [
        (0, Standing.ACCEPTED, Outcome.PASSED),
        (-1, Standing.EXPIRED, Outcome.NOT_PASSED),
    ],
)
def test_acceptance_ends_after_its_day(days: int, standing: Standing, outcome: Outcome) -> None:
    run = states(("a", FAIL))
    known = Baseline(accepted=(accepted("a", expires=TODAY + timedelta(days=days)),))
    weighed = weigh(run, known, TODAY)
    assert weighed.standings["a"][0] is standing
    assert judge(run, weighed).outcome is outcome


def test_what_got_worse_counts_again() -> None:
    run = states(("a", FAIL))
    weighed = weigh(run, Baseline(accepted=(accepted("a", state=WARN),)), TODAY)
    assert weighed.standings["a"][0] is Standing.WORSE
    assert judge(run, weighed).outcome is Outcome.NOT_PASSED


def test_one_subject_accepted_leaves_the_others_counting() -> None:
    run = report(result("a", finding("a", FAIL, "GET /x"), finding("a", FAIL, "GET /y")))
    weighed = weigh(run, Baseline(accepted=(accepted("a[GET /x]"),)), TODAY)
    assert judge(run, weighed).outcome is Outcome.NOT_PASSED
    known = Baseline(accepted=(accepted("a[GET /x]"), accepted("a[GET /y]")))
    assert judge(run, weigh(run, known, TODAY)).outcome is Outcome.PASSED


def test_what_could_not_be_measured_can_be_accepted() -> None:
    run = report(
        result("a", finding("a", PASS)),
        result("b", finding("b", CheckState.INCONCLUSIVE), severity=Severity.CRITICAL),
        result("c", state=CheckState.NOT_RUN, severity=Severity.CRITICAL),
    )
    assert judge(run).counting == ("b", "c")
    known = Baseline(accepted=(accepted("b"), accepted("c")))
    assert judge(run, weigh(run, known, TODAY)).outcome is Outcome.PASSED


def test_entries_that_help_nobody_are_told() -> None:
    run = states(("a", PASS), ("b", CheckState.INCONCLUSIVE))
    known = Baseline(accepted=tuple(accepted(key) for key in ("a", "b", "other", "typing.error")))
    weighed = weigh(run, known, TODAY, checks={"other"})
    assert [one.key for one in weighed.unneeded] == ["a"]
    assert [one.key for one in weighed.unknown] == ["typing.error"]


def test_entries_are_kept_in_order_and_once() -> None:
    known = Baseline().with_accepted(accepted("b")).with_accepted(accepted("a"))
    known = known.with_accepted(accepted("b", owner="another"))
    assert [(one.key, one.owner) for one in known.accepted] == [("a", "이보안"), ("b", "another")]
    assert known.without("a").get("a") is None


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"reason": " "}, "reason", "required"),
        ({"owner": ""}, "owner", "required"),
        ({"expires": TODAY - timedelta(days=1)}, "expires", "day_passed"),
        ({"expires": TODAY + timedelta(days=LONGEST_DAYS + 1)}, "expires", "too_far"),
    ],
)
def test_what_a_person_has_to_say(change: dict[str, object], field: str, code: str) -> None:
    (problem,) = check_accepted(accepted("a", **change), TODAY)
    assert (problem.field, problem.code) == (field, code)
    assert problem.text() != code
    assert check_accepted(accepted("a"), TODAY) == ()


@pytest.mark.parametrize(
    ("said", "standing", "outcome"),
    [
        (("Weak: {value}.",), Standing.ACCEPTED, Outcome.PASSED),
        ((), Standing.ACCEPTED, Outcome.PASSED),
        (("Missing.",), Standing.OTHER, Outcome.NOT_PASSED),
    ],
)
def test_something_else_at_the_same_place_was_not_accepted(
    said: tuple[str, ...], standing: Standing, outcome: Outcome
) -> None:
    now = finding("a", FAIL, seen=(say("Weak: {value}.", value=7),))
    run = report(result("a", now))
    weighed = weigh(run, Baseline(accepted=(accepted("a", said=said),)), TODAY)
    assert weighed.standings["a"][0] is standing
    assert judge(run, weighed).outcome is outcome
