"""Rules of projects."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from desktop_app.core.fields import Kind
from desktop_app.core.problems import TEXTS
from desktop_app.core.projects import PROJECT_FIELDS, Progress, check_project

PROJECT: dict[str, Any] = {
    **{field.key: field.default for field in PROJECT_FIELDS},
    "name": "2026 AI 모델 평가",
    "company_id": "company-test",
}
START, END = "2026-11-01T00:00:00+00:00", "2026-11-30T09:00:00+00:00"


def codes(only: Any = None, **changes: Any) -> list[tuple[str, str]]:
    found = check_project(PROJECT | changes, only=only)
    assert all(problem.code in TEXTS for problem in found)
    return [(problem.field, problem.code) for problem in found]


def test_a_project_may_begin_with_little() -> None:
    assert codes() == []


def test_an_active_project_needs_template_and_deadline() -> None:
    assert codes(status="active") == [
        ("template_id", "needed_when_active"),
        ("deadline", "needed_when_active"),
    ]
    assert codes(status="active", template_id="t", deadline=END) == []
    # What was let through before is not asked again of a change that has nothing to do with it.
    assert codes({"name"}, status="active") == []


@pytest.mark.parametrize("late", [START, datetime(2026, 10, 1, tzinfo=UTC)])
def test_the_deadline_comes_after_the_start(late: Any) -> None:
    assert codes(start_date=START, deadline=late) == [("deadline", "before_start")]
    assert codes(start_date=START, deadline=END) == []


def test_rules_of_results_are_bounded() -> None:
    assert codes(**{"results.minimum_panel": 2}) == [("results.minimum_panel", "too_small")]
    assert codes(**{"results.cut_line": 100.5}) == [("results.cut_line", "too_large")]
    assert codes(**{"results.basis": "best"}) == [("results.basis", "choice")]


def test_every_reference_says_what_it_refers_to() -> None:
    references = {f.key: f.reference for f in PROJECT_FIELDS if f.kind is Kind.REFERENCE}
    assert references == {
        "company_id": "companies",
        "manager_id": "users",
        "template_id": "templates",
    }


def test_progress_counts_what_is_handed_in() -> None:
    progress = Progress(assigned=1, in_progress=2, submitted=3, confirmed=4)
    assert (progress.total, progress.finished) == (10, 7)
