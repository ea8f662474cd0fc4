"""Thresholds as people write them."""

import pytest

from desktop_app.core.load.presets import PRESETS
from desktop_app.core.load.thresholds import (
    Metric,
    Relation,
    Threshold,
    ThresholdProblem,
    parse,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "p95 < 300 ms for 10 s",
            Threshold(metric=Metric.P95, relation=Relation.BELOW, limit=300, for_s=10),
        ),
        ("errors < 0.1 %", Threshold(metric=Metric.ERRORS, relation=Relation.BELOW, limit=0.1)),
        ("rate >= 1000/s", Threshold(metric=Metric.RATE, relation=Relation.AT_LEAST, limit=1000)),
        (
            "service p99.9[one user] ≤ 1.5 s for 2 min or abort",
            Threshold(
                metric=Metric.P999,
                relation=Relation.AT_MOST,
                limit=1500,
                for_s=120,
                abort=True,
                step="one user",
                service=True,
            ),
        ),
        (
            "rate >= 12,000.5/s",  # as the console writes rates
            Threshold(metric=Metric.RATE, relation=Relation.AT_LEAST, limit=12_000.5),
        ),
        ("rate > 1000000/s", Threshold(metric=Metric.RATE, relation=Relation.ABOVE, limit=1e6)),
        (
            "p50 < 5 µs",
            Threshold(metric=Metric.P50, relation=Relation.BELOW, limit=0.005),
        ),
        (
            "target cpu<70%",
            Threshold(metric=Metric.TARGET_CPU, relation=Relation.BELOW, limit=70),
        ),
    ],
)
def test_reads_what_people_write(text: str, expected: Threshold) -> None:
    assert parse(text) == expected
    assert parse(str(expected)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "p97 < 3 ms",
        "p95 = 3 ms",
        "p95 < 3 %",
        "rate > 10 ms",
        "service errors < 1 %",
        "dropped[list] < 1 %",
        "p95 < 300 ms or abort",  # at once, over what? abort needs a duration
        "p95 < ms",
        "errors < 0,1 %",  # a tenth, or 1?
        "rate > 10,00/s",
    ],
)
def test_refuses_what_makes_no_sense(text: str) -> None:
    with pytest.raises(ThresholdProblem):
        parse(text)


def test_the_presets_thresholds_are_in_order() -> None:
    for preset in PRESETS:
        metrics = {parse(text).metric for text in preset.thresholds}
        # What was never sent is no error: it has to be asked for.
        assert Metric.DROPPED in metrics or preset.id == "ramp"
        for text in preset.thresholds:
            assert str(parse(str(parse(text)))) == str(parse(text))
