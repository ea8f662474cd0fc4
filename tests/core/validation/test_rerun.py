"""A check run again: what takes the place of what."""

from __future__ import annotations

from dataclasses import replace

from desktop_app.core.validation.findings import say
from desktop_app.core.validation.rerun import Changed, changes, merged
from desktop_app.core.verdicts import CheckState
from tests.core.validation.reports import finding, report, result

PASS, FAIL, WARN = CheckState.PASS, CheckState.FAIL, CheckState.WARN


def test_a_whole_check_takes_the_place_of_the_old_one() -> None:
    before = report(
        result("a", finding("a", FAIL, subject="x"), finding("a", FAIL, subject="y")),
        result("b", finding("b", WARN)),
    )
    again = report(result("a", finding("a", PASS)))
    now = merged(before, again)
    assert [one.key for one in now.findings()] == ["a", "b"]
    assert [one.state for one in now.results] == [PASS, WARN]
    assert now.run_id == before.run_id


def test_one_subject_leaves_the_others_as_they_were() -> None:
    before = report(
        result(
            "a",
            finding("a", PASS, subject="w"),
            finding("a", FAIL, subject="x"),
            finding("a", FAIL, subject="y"),
        )
    )
    again = replace(report(result("a", finding("a", PASS, subject="x"))), subjects=("x",))
    now = merged(before, again)
    assert [(one.subject, one.state) for one in now.findings()] == [
        ("w", PASS),
        ("x", PASS),
        ("y", FAIL),
    ]
    assert now.results[0].state is FAIL
    assert changes(before, now, {"a"}) == (Changed(key="a[x]", before=FAIL, now=PASS),)


def test_a_subject_that_is_gone_goes() -> None:
    before = report(result("a", finding("a", FAIL, subject="x"), finding("a", PASS, subject="y")))
    again = replace(report(result("a", finding("a", CheckState.INCONCLUSIVE))), subjects=("x",))
    now = merged(before, again)
    assert [one.key for one in now.findings()] == ["a", "a[y]"]
    gone = Changed(key="a[x]", before=FAIL, now=None)
    assert gone in changes(before, now, {"a"})


def test_a_check_that_was_not_run_changes_nothing() -> None:
    before = report(result("a", finding("a", FAIL)))
    not_run = result("a", state=CheckState.NOT_RUN, reason=say("stopped"))
    assert merged(before, report(not_run)).results == before.results


def test_a_check_that_the_run_did_not_have_is_added() -> None:
    before = report(result("a", finding("a", PASS)))
    now = merged(before, report(result("b", finding("b", FAIL))))
    assert [one.check for one in now.results] == ["a", "b"]
