"""The figures of the benchmark: percentiles by nearest rank, verdicts that can fail."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.figures import Figure, percentile, spread
from tests.bench.others import Times, doubt, now, share_of_others

SAMPLES = st.lists(st.floats(0, 1e6), min_size=1, max_size=200)


@pytest.mark.parametrize(
    ("percent", "expected"), [(50, 50.0), (99, 99.0), (100, 100.0), (0.5, 1.0), (99.5, 100.0)]
)
def test_a_percentile_is_the_sample_of_the_nearest_rank(percent: float, expected: float) -> None:
    assert percentile([float(n) for n in range(100, 0, -1)], percent) == expected


@given(SAMPLES, st.floats(0.1, 100))
def test_enough_samples_lie_at_or_below_a_percentile(samples: list[float], percent: float) -> None:
    value = percentile(samples, percent)
    assert value in samples
    assert sum(sample <= value for sample in samples) >= len(samples) * percent / 100


def test_a_value_over_its_limit_fails() -> None:
    assert Figure(name="a", value=51, unit="ms", limit=50).verdict == "fail"
    assert Figure(name="a", value=50, unit="ms", limit=50).verdict == "pass"


def test_what_was_not_measured_does_not_pass() -> None:
    figure = Figure(name="a", value=None, unit="ms", limit=50, note="no display")
    assert figure.verdict == "not measured"
    assert "no display" in figure.line()


def test_no_samples_are_not_measured() -> None:
    assert [figure.verdict for figure in spread("a", [], "ms", {"p99": 1})] == ["not measured"]


def test_a_busy_machine_excuses_a_miss_but_spoils_no_hit() -> None:
    busy = doubt(0.46)
    assert "46%" in busy
    missed = Figure(name="a", value=51, unit="ms", limit=50, doubt=busy)
    assert missed.verdict == "unsure"
    assert busy in missed.line()
    assert Figure(name="a", value=50, unit="ms", limit=50, doubt=busy).verdict == "pass"
    assert doubt(0.02) == ""


def test_what_we_do_ourselves_is_not_what_others_do() -> None:
    before = Times(whole=1000.0, busy=400.0, ours=50.0)
    after = Times(whole=1020.0, busy=415.0, ours=60.0)
    assert share_of_others(before, after) == pytest.approx(0.25)
    assert share_of_others(before, before) == 0.0


def test_the_clocks_of_processors_and_processes_go_together() -> None:
    before = now()
    until = time.perf_counter() + 0.2
    while time.perf_counter() < until:
        pass
    after = now()
    assert after.ours - before.ours == pytest.approx(0.2, abs=0.15)
    assert after.whole > before.whole
    assert after.busy >= before.busy
