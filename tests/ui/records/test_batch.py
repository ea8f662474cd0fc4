"""The same work on several entries: one refusal is one refusal, a lost connection ends it."""

from __future__ import annotations

import pytest

from desktop_app.core.errors import (
    Cancelled,
    ConsoleError,
    InUse,
    SessionExpired,
    TooManyRequests,
    Unreachable,
)
from desktop_app.core.tasks import Progress, TaskContext
from desktop_app.ui.records.batch import run_batch


def test_a_refusal_of_one_does_not_stop_the_others() -> None:
    def operate(item: str) -> None:
        if item == "b":
            raise InUse({"projects": 1})

    outcome = run_batch("abc", operate, str, TaskContext())
    assert (outcome.done, outcome.untried) == (("a", "c"), ())
    assert [(item, type(error)) for item, error in outcome.failed] == [("b", InUse)]


@pytest.mark.parametrize("error", [Unreachable(address="x", reason="y"), SessionExpired()])
def test_what_ends_everything_leaves_the_rest_untried(error: ConsoleError) -> None:
    def operate(item: str) -> None:
        if item == "b":
            raise error

    outcome = run_batch("abcd", operate, str, TaskContext())
    assert outcome.done == ("a",)
    assert outcome.failed == (("b", error),)
    assert outcome.untried == ("c", "d")


def test_a_stop_between_two_entries_is_told_with_what_was_done() -> None:
    context = TaskContext()

    def operate(item: str) -> None:
        if item == "b":
            context.cancel()

    outcome = run_batch("abcd", operate, str, context)
    assert outcome.done == ("a", "b")
    assert isinstance(outcome.failed[0][1], Cancelled)
    assert outcome.untried == ("d",)


def test_a_busy_server_is_waited_for_and_asked_again() -> None:
    refusals = [TooManyRequests(0.01), TooManyRequests(0.01)]
    asked: list[str] = []

    def operate(item: str) -> None:
        asked.append(item)
        if refusals:
            raise refusals.pop()

    reports: list[Progress] = []
    outcome = run_batch("ab", operate, str, TaskContext(reports.append))
    assert outcome.done == ("a", "b")
    assert asked == ["a", "a", "a", "b"]
    assert [report.text for report in reports] == ["a", "b"]
