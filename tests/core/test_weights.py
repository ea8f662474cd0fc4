"""Weights evened out and scaled end at exactly 100, and say honestly what they sum to."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.templates import WHOLE_WEIGHT, exact, weight_sum
from desktop_app.core.weights import distributed, scaled, summed

WEIGHTS = st.lists(
    st.decimals(min_value="0.001", max_value=100, places=3).map(float), min_size=1, max_size=200
)


def test_thirds_written_with_one_decimal_are_whole() -> None:
    assert summed([33.3, 33.3, 33.4]).whole


def test_what_is_missing_or_too_much_is_exact() -> None:
    assert summed([33.3, 33.3, 33.3]).missing == Decimal("0.1")
    assert summed([0.1, 0.2, 100]).missing == Decimal("-0.3")


def test_what_is_no_number_is_counted_not_summed() -> None:
    found = summed([50, "fifty", None, 50])
    assert (found.total, found.unreadable, found.whole) == (Decimal(100), 2, False)


def test_an_even_distribution_gives_the_rest_to_the_first() -> None:
    assert distributed(3) == (33.34, 33.33, 33.33)
    assert distributed(8) == (12.5,) * 8
    assert distributed(1) == (100.0,)


@given(st.integers(1, 200))
def test_an_even_distribution_is_whole_and_even_to_a_hundredth(count: int) -> None:
    weights = distributed(count)
    assert weight_sum(weights) == WHOLE_WEIGHT
    assert exact(max(weights)) - exact(min(weights)) <= Decimal("0.01")


@given(WEIGHTS)
def test_scaled_weights_are_whole_keep_their_order_and_stay_above_nothing(
    weights: list[float],
) -> None:
    found = scaled(weights)
    assert weight_sum(found) == WHOLE_WEIGHT
    assert all(weight > 0 for weight in found)
    hundredth = Decimal("0.01")
    pairs = sorted(zip(weights, found, strict=True))
    assert all(
        exact(lighter[1]) - exact(heavier[1]) <= hundredth for lighter, heavier in pairwise(pairs)
    )


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=50))
def test_a_scaled_weight_is_within_a_hundredth_of_its_share(weights: list[int]) -> None:
    whole = sum(weights)
    if min(weights) * 10_000 < whole:
        return  # raised to the least that a weight may be
    for weight, found in zip(weights, scaled(weights), strict=True):
        assert abs(found - weight * 100 / whole) < 0.0100001


def test_what_is_whole_already_stays_as_it_is() -> None:
    assert scaled([33.333, 33.333, 33.334]) == (33.333, 33.333, 33.334)
