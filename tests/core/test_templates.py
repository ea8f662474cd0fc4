"""Rules of templates and their criteria."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.problems import TEXTS
from desktop_app.core.templates import MOST_CRITERIA, check_criteria, check_template, weight_sum


def plain(**changes: Any) -> dict[str, Any]:
    return {"id": "a", "name": "품질", "weight": 100, "max_score": 100, "step": 1} | changes


def codes(criteria: Any) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in check_criteria(criteria)]


def test_a_sound_template_has_no_problem() -> None:
    values = {
        "name": "기본",
        "criteria": [plain(weight=33.3), plain(id="b", name="b", weight=66.7)],
    }
    assert check_template(values) == ()


def test_only_what_changes_is_checked() -> None:
    assert check_template({"name": "", "criteria": []}, only={"category"}) == ()
    assert check_template({"name": "a", "criteria": []}, only={"criteria"}) != ()


@given(st.lists(st.decimals("0.01", "50", places=2), min_size=2, max_size=30))
def test_weights_pass_exactly_when_their_decimals_sum_to_100(weights: list[Decimal]) -> None:
    criteria = [
        plain(id=str(n), name=str(n), weight=float(weight)) for n, weight in enumerate(weights)
    ]
    fits = sum(weights) == 100
    assert (codes(criteria) == []) == fits
    last = 100 - sum(weights[:-1])
    if 0 < last <= 100:
        criteria[-1]["weight"] = float(last)
        assert codes(criteria) == []


def test_the_sum_says_what_it_is() -> None:
    (problem,) = check_criteria([plain(weight=33.3), plain(id="b", name="b", weight=66.6)])
    assert problem.params == {"total": "99.9"}
    assert weight_sum([0.1] * 10) == 1


@pytest.mark.parametrize(
    ("criterion", "expected"),
    [
        (plain(weight=0), ("criteria.0.weight", "not_positive")),
        (plain(weight=101), ("criteria.0.weight", "too_large")),
        (plain(weight="100"), ("criteria.0.weight", "type")),
        (plain(weight=True), ("criteria.0.weight", "type")),
        (plain(weight=float("nan")), ("criteria.0.weight", "type")),
        (plain(max_score=float("inf")), ("criteria.0.max_score", "type")),
        (plain(max_score=0), ("criteria.0.max_score", "not_positive")),
        (plain(step=0), ("criteria.0.step", "not_positive")),
        (plain(max_score=10, step=3), ("criteria.0.step", "step_unfit")),
        (plain(name=" "), ("criteria.0.name", "required")),
        (plain(id=""), ("criteria.0.id", "type")),
        (plain(colour="red"), ("criteria.0.colour", "unknown_field")),
        ("품질", ("criteria.0", "type")),
    ],
)
def test_a_problem_names_its_place(criterion: Any, expected: tuple[str, str]) -> None:
    assert codes([criterion]) == [expected]
    assert expected[1] in TEXTS


def test_names_and_ids_are_unique() -> None:
    two = [plain(weight=50), plain(weight=50)]
    assert codes(two) == [("criteria.1.id", "duplicate"), ("criteria.1.name", "duplicate")]


@pytest.mark.parametrize("criteria", [None, {}, "abc", 3])
def test_criteria_are_a_list(criteria: Any) -> None:
    assert codes(criteria) == [("criteria", "type")]


def test_the_number_of_criteria_is_bounded() -> None:
    assert codes([]) == [("criteria", "criteria_needed")]
    many = [plain(id=str(n), name=str(n)) for n in range(MOST_CRITERIA + 1)]
    assert codes(many) == [("criteria", "too_many")]


def test_a_step_may_be_a_decimal() -> None:
    assert codes([plain(max_score=5, step=0.1)]) == []
