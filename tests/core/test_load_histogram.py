"""Histograms of latencies: exact within 0.1 %, the same as HdrHistogram's own."""

from __future__ import annotations

import base64
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.load.hdr_log import Interval, write_log
from desktop_app.core.load.histogram import (
    HIGHEST_US,
    LENGTH,
    Histogram,
    NotAHistogram,
    highest_of,
    index_of,
    lowest_of,
    merged,
)

REFERENCE = "HISTFAAAADB4nJNpmSzMwMAgwAABzFCaEURcm7yEwf4DVIDtpzwL18YIrv9LGJnW+7IAAMRuCX0="
"""Written by the package ``hdrhistogram`` 0.10.8: the values below."""
RECORDED = {
    1: 3,
    2047: 2,
    2048: 1,
    2049: 4,
    100_000: 5,
    123_456_789: 1,
    3_600_000_000: 2,
}

values = st.integers(min_value=0, max_value=HIGHEST_US)


def _histogram(recorded: dict[int, int]) -> Histogram:
    histogram = Histogram()
    for value, times in recorded.items():
        histogram.record(value, times)
    return histogram


def test_what_hdrhistogram_wrote_is_read_as_the_same() -> None:
    assert Histogram.decoded(base64.b64decode(REFERENCE)) == _histogram(RECORDED)


def test_percentiles_are_those_of_hdrhistogram() -> None:
    latency = _histogram(RECORDED).latency()
    assert latency is not None
    assert latency.count == 18
    assert (latency.p50, latency.p99, latency.max) == (2.049, 3600809.983, 3600809.983)
    assert latency.mean == pytest.approx(406859.679, rel=1e-3)


@given(values)
def test_a_counter_stands_for_values_within_a_thousandth(value: int) -> None:
    index = index_of(value)
    assert 0 <= index < LENGTH
    assert lowest_of(index) <= value <= highest_of(index)
    assert highest_of(index) - lowest_of(index) <= value / 1000


@given(st.lists(values, max_size=60), st.sampled_from([50, 90, 95, 99, 99.9]))
def test_a_percentile_is_the_value_that_so_many_do_not_exceed(
    recorded: list[int], percent: float
) -> None:
    histogram = Histogram()
    for value in recorded:
        histogram.record(value)
    if not recorded:
        assert histogram.percentile_ms(percent) == 0
        return
    exact = sorted(recorded)[math.ceil(len(recorded) * percent / 100 - 1e-9) - 1]
    assert exact <= histogram.percentile_ms(percent) * 1000 + 1e-6 <= exact * 1.001 + 1


@given(st.lists(st.tuples(values, st.integers(1, 2**40)), max_size=40))
def test_what_is_encoded_is_decoded(recorded: list[tuple[int, int]]) -> None:
    histogram = Histogram()
    for value, times in recorded:
        histogram.record(value, times)
    assert Histogram.decoded(histogram.encoded()) == histogram


@given(st.lists(values, max_size=30), st.lists(values, max_size=30))
def test_merging_is_as_if_one_had_seen_all(first: list[int], second: list[int]) -> None:
    parts = [_histogram(dict.fromkeys(some, 2)) for some in (first, second)]
    together = Histogram()
    for some in (first, second):
        for value in set(some):
            together.record(value, 2)
    assert merged(part.encoded() for part in parts) == together


@pytest.mark.parametrize("data", [b"x", b"\x1c\x84\x93\x14\x00\x00\x00\x02ab", b"\0" * 60])
def test_what_is_no_histogram_is_refused(data: bytes) -> None:
    with pytest.raises(NotAHistogram):
        Histogram.decoded(data)


def test_a_log_keeps_intervals_and_tags() -> None:
    intervals = tuple(
        Interval(start_s=n, seconds=1.0, histogram=_histogram({n * 100 + 1: 5}), tag=tag)
        for n, tag in enumerate(("", "list", "one user, or two"))
    )
    lines = write_log(intervals, start_epoch_s=1e9).splitlines()[4:]
    heads = [line.rpartition(",")[0] for line in lines]
    assert heads == [
        "0.000,1.000,0.000",
        "Tag=list,1.000,1.000,0.000",
        "Tag=oneuserortwo,2.000,1.000,0.000",
    ]
    kept = [Histogram.decoded(base64.b64decode(line.rpartition(",")[2])) for line in lines]
    assert kept == [interval.histogram for interval in intervals]
