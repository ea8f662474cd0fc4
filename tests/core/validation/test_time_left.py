"""How long a run still takes."""

from __future__ import annotations

import pytest

from desktop_app.core.validation.suites import Check, Severity, Words
from desktop_app.core.validation.time_left import forecast

WORDS = Words(en="", ko="")


def check(id_: str, costs: int) -> Check:
    return Check(
        id=id_, category="", severity=Severity.LOW, title=WORDS, why=WORDS, fix=WORDS, costs=costs
    )


CHECKS = [check(f"c{n}", costs=cost) for n, cost in enumerate((1, 16, 81, 16))]


def test_nothing_is_told_without_a_base() -> None:
    left = forecast(CHECKS, {})

    assert left.left_s(0, 0.0, 5.0) is None
    assert left.left_s(1, 9.0) is None  # a fortieth is no measure of the rest
    assert left.left_s(2, 0.5) is None  # nor is half a second


def test_without_an_earlier_run_it_goes_by_the_pace_so_far() -> None:
    left = forecast(CHECKS, {})

    # Sixteen requests take eight times as long as one, 81 of them 27 times.
    assert left.left_s(2, 9.0) == pytest.approx(35.0)
    assert left.left_s(2, 9.0, 3.0) == pytest.approx(32.0)
    assert left.left_s(2, 9.0, 60.0) == pytest.approx(8.0)  # the last one is still to come
    assert left.left_s(4, 44.0) == 0.0


def test_an_earlier_run_tells_it_from_the_start() -> None:
    paces = {"c0": 1.0, "c1": 1.0, "c2": 7.0, "c3": 1.0}
    left = forecast(CHECKS, paces)

    assert left.left_s(0, 0.0) == pytest.approx(10.0)
    # The first one, slow for once, does not make all the rest five times as long …
    assert left.left_s(1, 5.0) == pytest.approx(9.0 * 7 / 3)
    # … and a server that is really slower shows in the end.
    assert left.left_s(3, 45.0) == pytest.approx(47 / 11, rel=0.01)


def test_a_check_that_is_new_takes_as_long_for_what_it_costs_as_the_others() -> None:
    left = forecast(CHECKS, {"c0": 1.0, "c1": 7.0, "c2": 10.0})

    assert left.based
    assert left.needs == pytest.approx((1.0, 7.0, 10.0, 4.0))


def test_an_earlier_run_of_little_is_no_base() -> None:
    assert not forecast(CHECKS, {"c0": 1.0}).based


def test_a_run_of_nothing_has_nothing_left_to_tell() -> None:
    assert forecast([], {}).left_s(0, 0.0) is None
