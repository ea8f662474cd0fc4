"""Whether many small differences say that a database waited, that it did not, or nothing."""

from __future__ import annotations

import random

import pytest

from desktop_app.engines.validation.probes.delays import PAIRS, PAUSES_MS, Round


def measured(pause_ms: int, delayed: list[float], controls: list[float]) -> Round:
    differences = [
        with_pause - without for with_pause, without in zip(delayed, controls, strict=True)
    ]
    return Round(pause_ms, differences, controls)


@pytest.mark.parametrize(
    ("delayed", "controls", "quiet", "pauses"),
    [
        ([3, 4, 3, 5], [4, 3, 3, 4], True, False),
        ([203, 205, 204, 210], [4, 3, 3, 4], False, True),
        ([803, 805, 804, 810], [4, 3, 3, 4], False, True),  # it waited once for each document
        ([203, 205, 4, 210], [4, 3, 3, 4], False, False),  # one that did not wait is no proof
        ([3, 4, 180, 5], [4, 3, 3, 4], False, False),  # a hiccup
        ([210, 215, 230, 205], [4, 3, 190, 4], False, False),  # a control that took as long
        ([3, 4, 3, 5], [4, 3, 190, 4], False, False),
    ],
)
def test_a_round(delayed: list[float], controls: list[float], quiet: bool, pauses: bool) -> None:
    found = measured(200, delayed, controls)

    assert (found.quiet, found.pauses) == (quiet, pauses)


def test_noise_alone_is_almost_never_taken_for_a_pause() -> None:
    """A server whose answers take anything up to three pauses: two rounds in a row must agree."""
    noise = random.Random(7)
    found = 0
    for _ in range(20_000):
        pause = noise.choice(PAUSES_MS)
        rounds = [
            measured(
                pause,
                [noise.uniform(0, 3 * pause) for _ in range(PAIRS)],
                [noise.uniform(0, 3 * pause) for _ in range(PAIRS)],
            )
            for _ in range(2)
        ]
        found += all(each.pauses for each in rounds)

    assert found <= 2
