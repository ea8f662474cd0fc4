"""Krippendorff's alpha: the library, the closed form, and where there is none."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from desktop_app.core.agreement import MOST_CELLS, agreement_of, alpha, by_library, closed_form
from desktop_app.core.results import Alpha, Scoring
from tests.results.strategies import scorings

UNITS = st.lists(st.lists(st.integers(0, 60), min_size=2, max_size=7), min_size=1, max_size=12)


@given(UNITS)
@settings(max_examples=200)
def test_the_closed_form_is_what_the_library_computes(units: list[list[int]]) -> None:
    distinct = sorted({value for values in units for value in values})
    assume(len(distinct) > 1)

    assert closed_form(units) == pytest.approx(by_library(units, distinct), abs=1e-9)


def test_alpha_is_that_of_the_published_example() -> None:
    # Hayes & Krippendorff's data as the library's documentation gives them: interval, 0.811.
    units = [
        [1],
        [],
        [2, 2],
        [1, 1],
        [3, 3],
        [3, 3, 4],
        [4, 4, 4],
        [3, 1],
        [2, 2],
        [1, 1],
        [1, 1],
        [3, 3],
        [3, 3],
        [],
        [3, 4],
    ]

    assert alpha(units).alpha == 0.811


def test_large_data_give_the_same_alpha_as_the_library() -> None:
    units = [[(row * 7 + column * column * 13) % 95 for column in range(5)] for row in range(60)]
    distinct = sorted({value for values in units for value in values})
    assert len(units) * len(distinct) ** 2 > MOST_CELLS

    assert alpha(units).alpha == round(by_library(units, distinct), 3)


def test_without_two_raters_there_is_no_alpha() -> None:
    assert alpha([[1], [5], []]) == Alpha(reason="too_few")


def test_without_variation_there_is_no_alpha() -> None:
    assert alpha([[5, 5], [5, 5, 5], [9]]) == Alpha(reason="no_variation", units=2)


@given(scorings())
@settings(max_examples=50)
def test_every_criterion_has_its_own_alpha_or_a_reason(scoring: Scoring) -> None:
    agreement = agreement_of(scoring)

    assert len(agreement.criteria) == len(scoring.criteria)
    for found in (agreement.totals, *agreement.criteria):
        assert (found.alpha is None) != (found.reason is None)
    backwards = replace(scoring, sheets=scoring.sheets[::-1])
    assert agreement_of(backwards) == agreement
