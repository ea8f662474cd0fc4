"""Figures of runs made up at random, against the same counted one request after another."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass

import pytest

from desktop_app.core.load.counts import Failure
from desktop_app.core.load.histogram import Histogram
from desktop_app.engines.loadtest.compiled import OK, OUTCOME_OF, REDIRECTED, WIDTH
from desktop_app.engines.loadtest.messages import Farewell
from desktop_app.engines.loadtest.recording import OpenSecond, Recorder, buckets
from desktop_app.engines.loadtest.tally import Tally
from tests.load.test_seconds import part

LATE_S = 0.01
SETTLE_S = 0.15
DRAIN_S = 10
CODES = (OK, OK, REDIRECTED, OUTCOME_OF[Failure.STATUS], OUTCOME_OF[Failure.RESET])


@dataclass(frozen=True)
class Request:
    """What became of one arrival; None: it did not come to that."""

    due: float
    late_s: float
    step: int
    dropped: float | None = None
    sent: float | None = None
    ended: float | None = None
    outcome: int = OK


def _arrival(draw: random.Random, seconds: int, steps: int, response_s: float) -> Request:
    due, late_s, step = (
        draw.random() * seconds,
        draw.choice((0.0, 0.0, 2 * LATE_S)),
        draw.randrange(steps),
    )
    fate = draw.random()
    if fate < 0.05:
        return Request(due, late_s, step, dropped=due + response_s)
    sent = due + late_s + response_s * draw.random() * draw.random()
    if fate < 0.08:
        return Request(due, late_s, step, sent=sent)
    ended = sent + response_s * draw.random() * draw.random()
    return Request(due, late_s, step, sent=sent, ended=ended, outcome=draw.choice(CODES))


def _noted(recorder: Recorder, request: Request, since: float, until: float) -> None:
    """Have a generator's recorder note what happens to a request in a stretch of time."""
    if since <= request.due + request.late_s < until:
        recorder.due.append(request.due)
        recorder.late.append(request.late_s)
    if request.dropped is not None and since <= request.dropped < until:
        recorder.dropped_at.append(request.dropped)
        recorder.dropped_due.append(request.due)
    if request.sent is not None and since <= request.sent < until:
        recorder.sent_at.append(request.sent)
        recorder.sent_step.append(request.step)
    if request.sent is not None and request.ended is not None and since <= request.ended < until:
        recorder.ended_due.append(request.due)
        recorder.ended_sent.append(request.sent)
        recorder.ended_at.append(request.ended)
        recorder.ended_code.append(request.step * WIDTH + request.outcome)


def _told(tally: Tally, shares: list[list[Request]], seconds: int) -> None:
    """Second after second, what each generator tells of its share."""
    recorders = [Recorder(LATE_S) for _share in shares]
    for number in range(seconds):
        since, until = (number + SETTLE_S if number else 0.0), number + 1 + SETTLE_S
        for recorder, share in zip(recorders, shares, strict=True):
            for request in share:
                _noted(recorder, request, since, until)
            recorder.sort(0.0)
            told = recorder.seconds.pop(number, None) or OpenSecond()
            recorder.first = number + 1
            tally.take(
                part(
                    number,
                    asked=told.asked,
                    dropped=told.dropped,
                    late=told.late,
                    sent=told.sent,
                    ended=buckets(told),
                )
            )
    for share in shares:
        left = [(int(r.due), r.step) for r in share if r.sent is not None and r.ended is None]
        tally.take_leave(Farewell(in_flight=left, unsent=0, stopped_at=float(seconds)))


@pytest.mark.parametrize("seed", range(8))
def test_figures_are_those_of_the_single_requests(seed: int) -> None:
    draw = random.Random(seed)
    steps, seconds, first = draw.randint(1, 4), draw.randint(4, 40), draw.choice((0, 2))
    last, response_s = seconds - draw.choice((0, 1)), draw.choice((0.5, 3.0))
    shares = [
        [_arrival(draw, seconds, steps, response_s) for _ in range(draw.randint(0, 400))]
        for _place in range(draw.randint(1, 3))
    ]
    tally = Tally(steps, DRAIN_S)
    tally.first_s = first
    _told(tally, shares, seconds + DRAIN_S)

    everything = [request for share in shares for request in share]
    meant = [request for request in everything if first <= request.due < last]
    ends = Counter(request.outcome for request in meant if request.ended is not None)
    measured, whole = tally.measured(first, float(last), range(steps)), tally.whole()
    assert whole.adds_up
    assert whole.sent == sum(request.sent is not None for request in everything)
    assert measured.counts.adds_up
    assert measured.asked == len(meant) == measured.counts.sent + measured.dropped
    assert measured.dropped == sum(request.dropped is not None for request in meant)
    assert measured.counts.late == sum(request.late_s > LATE_S for request in meant)
    assert measured.counts.completed == ends[OK] + ends[REDIRECTED]
    assert measured.counts.redirected == ends[REDIRECTED]
    assert measured.counts.in_flight == sum(
        request.sent is not None and request.ended is None for request in meant
    )
    came = [r for r in everything if r.ended is not None and r.outcome in (OK, REDIRECTED)]
    in_time = sum(first <= (request.ended or 0.0) < last for request in came)
    assert measured.rate == pytest.approx(in_time / (last - first))

    times = Histogram()
    for request in meant:
        if request.ended is not None and request.outcome != OUTCOME_OF[Failure.RESET]:
            times.record(int((request.ended - request.due) * 1e6))
    assert measured.response is not None
    assert measured.response.count == times.total
    for percent in (50, 95, 99, 100):
        found = Histogram.decoded(measured.response_log).percentile_ms(percent)
        assert found == pytest.approx(times.percentile_ms(percent), rel=2e-3)
    by_step = [tally.measured(first, float(last), [step]).counts for step in range(steps)]
    assert sum(counts.sent for counts in by_step) == measured.counts.sent
