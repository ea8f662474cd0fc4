"""When requests fall due, and how what came of them is sorted."""

from __future__ import annotations

import asyncio
import random
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.load.histogram import HIGHEST_US, index_of
from desktop_app.core.load.models import (
    Spacing,
    Stage,
    arrivals_by,
    constant,
    duration_s,
    open_model,
    planned,
    ramp,
    spike,
)
from desktop_app.engines.loadtest.compiled import OUTCOMES, WIDTH
from desktop_app.engines.loadtest.pacing import LoopTimer, Timer, arrivals, clock, timer
from desktop_app.engines.loadtest.recording import Recorder, indexes

levels = st.floats(0, 200)
stages = st.lists(
    st.builds(Stage, seconds=st.floats(0.1, 10), start=levels, end=levels),
    min_size=1,
    max_size=4,
).map(tuple)


@given(stages, st.integers(1, 5))
def test_generators_together_send_exactly_the_plan(shape: tuple[Stage, ...], places: int) -> None:
    model = open_model(shape, 1)
    shares = [list(arrivals(model, p, places, random.Random(1))) for p in range(places)]
    due = sorted(at for share in shares for at in share)
    assert len(due) == planned(shape)
    assert max(map(len, shares)) - min(map(len, shares)) <= 1
    assert all(0 <= at <= duration_s(shape) * (1 + 1e-9) for at in due)
    for number, at in enumerate(due):
        assert arrivals_by(shape, at) == pytest.approx(number + 0.5, abs=1e-3)


def test_even_arrivals_are_evenly_apart() -> None:
    due = list(arrivals(open_model(constant(1000, 2), 1), 0, 1, random.Random(1)))
    assert all(b - a == pytest.approx(0.001) for a, b in pairwise(due))


def test_random_arrivals_follow_the_rate() -> None:
    shape = (*ramp(0, 400, 10), *spike(0, 1000, before_s=1, peak_s=5, after_s=1))
    model = open_model(shape, 1, Spacing.POISSON)
    due = sorted(at for p in range(3) for at in arrivals(model, p, 3, random.Random(p)))
    assert due == sorted(due)
    assert len(due) == pytest.approx(7000, rel=0.06)
    assert sum(at < 5 for at in due) == pytest.approx(500, rel=0.2)
    assert not [at for at in due if 10.001 < at < 11]
    gaps = [b - a for a, b in pairwise(due) if a > 11]
    # As far apart as chance has it: their spread is their mean.
    assert np.std(gaps) == pytest.approx(np.mean(gaps), rel=0.15)


@given(st.lists(st.floats(-1, HIGHEST_US * 1.5), min_size=1))
def test_counters_are_those_of_the_histogram(microseconds: list[float]) -> None:
    found = indexes(np.array(microseconds)).tolist()
    assert found == [index_of(int(max(0, min(us, HIGHEST_US)))) for us in microseconds]


def test_samples_are_sorted_into_the_seconds_in_which_they_ended() -> None:
    recorder = Recorder(0.01)
    for due, sent, at, code in (
        (10.5, 10.5, 10.6, 0),
        (10.9, 10.9, 11.2, 0),
        (10.95, 11.0, 11.3, 2 * WIDTH + 1),
        (11.0, 11.0, 11.4, OUTCOMES.index(next(filter(None, OUTCOMES)))),
    ):
        recorder.due.append(due)
        recorder.late.append(sent - due)
        recorder.sent_at.append(sent)
        recorder.sent_step.append(code // WIDTH)
        recorder.ended_due.append(due)
        recorder.ended_sent.append(sent)
        recorder.ended_at.append(at)
        recorder.ended_code.append(code)
    recorder.sort(10.0)
    first, second = recorder.seconds[0], recorder.seconds[1]
    assert (first.asked, second.asked) == (3, 1)
    assert first.late == 1
    assert (first.sent, second.sent) == ({0: 2}, {2: 1, 0: 1})
    assert set(first.ended) == {(0, 0)}
    assert set(second.ended) == {(0, 0), (0, 2), (1, 0)}
    assert second.ended[0, 2].response == {index_of(350_000): 1}
    assert second.ended[0, 2].service == {index_of(300_000): 1}
    # A name that is not known fails at once: that is no speed of the target.
    assert second.ended[1, 0].response == {}
    recorder.sort(10.0)
    assert first.asked == 3


@pytest.mark.parametrize("kind", [timer, LoopTimer])
def test_timers_wake_when_asked_and_the_last_order_counts(kind: type[LoopTimer]) -> None:
    loop = asyncio.new_event_loop()
    woke: list[float] = []

    def wake() -> None:
        woke.append(clock())
        loop.stop()

    made: Timer = kind(loop, wake)
    try:
        asked = clock() + 0.02
        made.arm(asked + 10)
        made.arm(asked)
        loop.run_forever()
        assert len(woke) == 1
        assert woke[0] >= asked - 0.001
    finally:
        made.close()
        loop.close()
