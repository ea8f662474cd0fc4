"""Two runs against each other."""

from __future__ import annotations

import pytest

from desktop_app.core.validation.comparison import compare
from desktop_app.core.verdicts import CheckState
from tests.core.validation.reports import finding, keys, report, result, states

FAIL, WARN, PASS = CheckState.FAIL, CheckState.WARN, CheckState.PASS


def test_each_problem_is_new_fixed_or_still_there() -> None:
    before = states(("a", FAIL), ("b", WARN), ("c", PASS), ("d", PASS))
    now = states(("a", PASS), ("b", FAIL), ("c", WARN), ("d", PASS))
    compared = compare(before, now)
    assert keys(compared.fixed) == ["a"]
    assert keys(compared.still) == ["b"]
    assert keys(compared.new) == ["c"]
    assert keys(compared.not_observed) == []
    assert (compared.still[0].before_state, compared.still[0].now_state) == (WARN, FAIL)


@pytest.mark.parametrize(
    "state", [CheckState.INCONCLUSIVE, CheckState.NOT_RUN, CheckState.NOT_APPLICABLE]
)
def test_what_was_not_measured_is_not_fixed(state: CheckState) -> None:
    compared = compare(states(("a", FAIL)), states(("a", state)))
    assert (keys(compared.fixed), keys(compared.not_observed)) == ([], ["a"])
    assert compared.not_observed[0].now_state is state


def test_a_check_that_was_not_asked_for_is_not_fixed() -> None:
    assert keys(compare(states(("a", FAIL)), states(("b", PASS))).not_observed) == ["a"]


def test_subjects_are_compared_one_by_one() -> None:
    before = report(result("a", finding("a", FAIL, "GET /x"), finding("a", FAIL, "GET /y")))
    now = report(result("a", finding("a", PASS, "GET /x"), finding("a", FAIL, "GET /z")))
    compared = compare(before, now)
    assert keys(compared.fixed) == ["a[GET /x]"]
    assert keys(compared.new) == ["a[GET /z]"]
    assert keys(compared.not_observed) == ["a[GET /y]"], "it was not named, and others failed"


def test_a_check_that_passed_as_a_whole_fixed_its_subjects() -> None:
    before = report(result("a", finding("a", FAIL, "GET /x")))
    assert keys(compare(before, states(("a", PASS))).fixed) == ["a[GET /x]"]


def test_what_other_subjects_pass_fixes_none_that_is_gone() -> None:
    before = report(result("a", finding("a", FAIL, "GET /x"), finding("a", PASS, "GET /y")))
    now = report(result("a", finding("a", PASS, "GET /y")))
    assert keys(compare(before, now).not_observed) == ["a[GET /x]"]


def test_a_replay_of_one_subject_says_nothing_of_the_others() -> None:
    before = report(result("a", finding("a", FAIL, "GET /x"), finding("a", FAIL, "GET /y")))
    now = report(result("a", finding("a", PASS, "GET /x")), subjects=("GET /x",))
    compared = compare(before, now)
    assert keys(compared.fixed) == ["a[GET /x]"]
    assert keys(compared.not_observed) == ["a[GET /y]"]


def test_the_worst_of_findings_with_one_key_is_compared() -> None:
    before = report(result("a", finding("a", FAIL), finding("a", PASS)))
    now = report(result("a", finding("a", PASS), finding("a", FAIL), finding("a", PASS)))
    assert keys(compare(before, now).still) == ["a"]
