"""Rules of scores, what is missing, and receipts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from desktop_app.core.evaluations import Score, check_scores, missing, receipt_hash
from desktop_app.core.problems import TEXTS
from desktop_app.core.templates import Criterion

CRITERIA = (
    Criterion(id="a", name="품질", weight=60, max_score=10, step=0.5),
    Criterion(id="b", name="소통", weight=40, max_score=5),
)


def codes(scores: Any, *, complete: bool = False) -> list[tuple[str, str]]:
    return [(p.field, p.code) for p in check_scores(CRITERIA, scores, complete=complete)]


def given(id_: str, score: Any, **more: Any) -> dict[str, Any]:
    return {"criterion_id": id_, "score": score, **more}


@pytest.mark.parametrize("score", [0, 10, 7.5, None])
def test_scores_within_the_scale_pass(score: Any) -> None:
    assert codes([given("a", score, comment="좋음")]) == []


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (given("a", 10.5), ("scores.a", "too_large")),
        (given("a", -0.5), ("scores.a", "too_small")),
        (given("a", 0.3), ("scores.a", "step")),
        (given("a", "7"), ("scores.a", "type")),
        (given("a", True), ("scores.a", "type")),
        (given("z", 1), ("scores.z", "unknown_field")),
        (given("a", 1, total_score=100), ("scores.a", "unknown_field")),
        (given("a", 1, comment=3), ("scores.a.comment", "type")),
        (given("a", 1, comment="가" * 4001), ("scores.a.comment", "too_long")),
        ({"score": 1}, ("scores", "type")),
        ("a", ("scores", "type")),
    ],
)
def test_a_problem_names_its_criterion(entry: Any, expected: tuple[str, str]) -> None:
    assert codes([entry]) == [expected]
    assert expected[1] in TEXTS


def test_a_criterion_is_scored_once() -> None:
    assert codes([given("a", 1), given("a", 2)]) == [("scores.a", "duplicate")]


def test_a_complete_sheet_has_every_score() -> None:
    assert codes([given("a", 1), given("b", None)], complete=True) == [("scores.b", "required")]
    assert codes([given("a", 0), given("b", 0)], complete=True) == []


def test_missing_names_criteria_in_their_order() -> None:
    assert missing(CRITERIA, [Score(criterion_id="b", score=0)]) == (CRITERIA[0],)
    assert missing(CRITERIA, []) == CRITERIA


def receipt(**changes: Any) -> str:
    values: dict[str, Any] = {
        "evaluation_id": "e1",
        "project_id": "p1",
        "company_id": "c1",
        "evaluator_id": "u1",
        "template_id": "t1",
        "template_revision": 1,
        "scores": (Score(criterion_id="a", score=7.5), Score(criterion_id="b", score=3)),
        "comment": None,
        "total_score": "69.00",
        "submitted_at": datetime(2026, 11, 25, 3, 0, tzinfo=UTC),
    }
    return receipt_hash(**values | changes)


def test_a_receipt_is_the_same_for_the_same_sheet_however_it_is_written() -> None:
    scores = (Score(criterion_id="b", score=3.0, comment=""), Score(criterion_id="a", score=7.50))
    seoul = datetime(2026, 11, 25, 12, 0, tzinfo=timezone(timedelta(hours=9)))
    assert receipt(scores=scores, submitted_at=seoul, comment="") == receipt()


@pytest.mark.parametrize(
    "change",
    [
        {"evaluator_id": "u2"},
        {"total_score": "69.01"},
        {"comment": "다름"},
        {"template_revision": 2},
        {"submitted_at": datetime(2026, 11, 25, 3, 0, 0, 1000, tzinfo=UTC)},
        {"scores": (Score(criterion_id="a", score=7), Score(criterion_id="b", score=3))},
    ],
)
def test_a_receipt_differs_when_anything_does(change: dict[str, Any]) -> None:
    assert receipt(**change) != receipt()
