"""What may be said of measured times: percentiles by nearest rank, rates with their confidence."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.validation.samples import (
    BEYOND,
    Sample,
    Times,
    highest_rate,
    needed,
    needed_for_rate,
)


def _times(*ms: float) -> Times:
    return Times(Sample(ms=one, status=200, ok=True) for one in ms)


@pytest.mark.parametrize(("quantile", "samples"), [(0.5, 6), (0.9, 30), (0.95, 60), (0.99, 300)])
def test_a_percentile_needs_three_samples_beyond_it(quantile: float, samples: int) -> None:
    assert needed(quantile) == samples
    assert _times(*range(samples)).enough(quantile)
    assert not _times(*range(samples - 1)).enough(quantile)


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0.01, 0.999))
def test_a_percentile_is_a_time_that_its_share_took_at_most(
    ms: list[float], quantile: float
) -> None:
    found = _times(*ms).percentile(quantile)

    assert found in ms
    assert sum(one <= found for one in ms) >= math.floor(quantile * len(ms))
    assert sum(one < found for one in ms) <= quantile * len(ms)


def test_two_slow_answers_in_a_hundred_are_the_p99_and_not_the_p95() -> None:
    times = _times(*[5.0] * 294, *[600.0] * 6)

    assert times.percentile(0.99) == 600
    assert times.percentile(0.95) == 5


def test_failures_and_first_requests_have_no_time() -> None:
    times = Times(
        (
            Sample(ms=5, status=200, ok=True),
            Sample(ms=900, status=200, ok=True, warm=False),
            Sample(ms=0.1, status=500, ok=False),
        )
    )

    assert times.ms == [5]


def test_without_a_failure_a_rate_is_shown_by_enough_requests_and_not_by_one_fewer() -> None:
    enough = needed_for_rate(0.001)

    assert highest_rate(0, enough) < 0.001 <= highest_rate(0, enough - BEYOND)
    assert highest_rate(0, 0) == 1


@given(st.integers(1, 10_000), st.data())
def test_a_rate_may_be_higher_than_it_was_seen_and_never_more_than_all(
    of: int, data: st.DataObject
) -> None:
    failed = data.draw(st.integers(0, of))

    assert failed / of - 1e-9 <= highest_rate(failed, of) <= 1 + 1e-9
