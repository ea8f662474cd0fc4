"""Times as they are: from when a request was meant to be sent, and from when it was."""

from __future__ import annotations

from dataclasses import replace

from desktop_app.core.load.counts import Latency
from desktop_app.core.load.histogram import merged
from desktop_app.core.load.models import Spacing, closed_model, constant, open_model, ramp
from desktop_app.core.load.plan import Timeouts
from desktop_app.core.load.result import LoadResult
from desktop_app.core.load.scenario import Step
from desktop_app.core.load.thresholds import GateState, parse
from tests.load.runs import Run, plan_for
from tests.load.scripted import Scripted


def _response(result: LoadResult) -> Latency:
    assert result.measured is not None
    assert result.measured.response is not None
    return result.measured.response


def _service(result: LoadResult) -> Latency:
    assert result.measured is not None
    assert result.measured.service is not None
    return result.measured.service


def _share_above(log: bytes, limit_ms: float = 250) -> float:
    return merged([log]).share_above(limit_ms)


def test_a_server_with_two_speeds_shows_both(scripted: Scripted) -> None:
    step = Step(name="s", path="/bimodal?quick=20&slow=300")
    run = Run(plan_for(scripted.url, step, open_model(constant(100, 1), 60)))
    response = _response(run.result)
    assert response.count == 100
    assert 20 <= response.p50 < 200
    assert response.p95 >= 300
    assert run.result.measured is not None
    assert 0.09 <= _share_above(run.result.measured.response_log, 299) <= 0.5


def test_a_stall_shows_in_the_response_times_and_loses_no_request(scripted: Scripted) -> None:
    """Half a second in 2 s: of those that fell due in it, the first waited longest."""
    step = Step(name="s", path="/stall?after=700&ms=500")
    run = Run(plan_for(scripted.url, step, open_model(constant(200, 2), 20)))
    result = run.result
    assert result.measured is not None
    assert (result.asked, result.total.completed) == (400, 400)
    # 1 % of 400 is 4: the fourth longest wait was begun 15 ms after the first.
    assert _response(result).p99 >= 420
    # By the other measure only the 20 have waited that were under way.
    assert (
        _share_above(result.measured.service_log) < _share_above(result.measured.response_log) / 2
    )
    assert _service(result).p50 <= _response(result).p50


def test_arrivals_that_wait_too_long_are_dropped_and_counted(scripted: Scripted) -> None:
    step = Step(name="s", path="/fixed?ms=250")
    model = open_model(constant(40, 1), 2)
    timeouts = Timeouts(connect_s=2, response_s=0.5)
    result = Run(plan_for(scripted.url, step, model, timeouts=timeouts)).result
    assert result.asked == 40
    assert result.dropped > 10
    assert (result.total.sent, result.unsent) == (result.asked - result.dropped, 0)
    assert _response(result).p99 > 450 > _service(result).p50
    # Two users, four answers a second each: what came later is no throughput.
    assert result.measured is not None
    assert 0 < result.measured.rate <= 8
    # Most were given up after the last arrival: they count where they were meant to be sent.
    assert result.measured.dropped == result.dropped
    assert result.measured.asked == result.measured.counts.sent + result.measured.dropped


def test_what_still_waits_when_the_waiting_is_over_was_not_sent_for_want_of_users(
    scripted: Scripted,
) -> None:
    step = Step(name="s", path="/fixed?ms=250")
    plan = plan_for(scripted.url, step, open_model(constant(40, 0.5), 1), grace_s=0.3)
    result = Run(replace(plan, thresholds=(parse("dropped <= 0 %"),))).result
    assert result.unsent == 0
    assert result.dropped == 20 - result.total.sent > 10
    assert result.gates[0].state is GateState.BROKEN


def test_waited_for_in_vain_counts_as_long_as_it_was_waited_for(scripted: Scripted) -> None:
    step = Step(name="s", path="/silent")
    timeouts = Timeouts(connect_s=2, response_s=0.3)
    model = open_model(constant(20, 0.5), 10)
    result = Run(plan_for(scripted.url, step, model, timeouts=timeouts)).result
    assert _response(result).p50 >= 300


def test_what_is_answered_after_the_last_arrival_is_no_throughput(scripted: Scripted) -> None:
    step = Step(name="s", path="/fixed?ms=600")
    result = Run(plan_for(scripted.url, step, open_model(constant(20, 1.5), 20))).result
    assert (result.asked, result.total.completed) == (30, 30)
    # In the one whole second 8 were answered, half a second later most of the others.
    assert result.measured is not None
    assert result.measured.rate <= 8


def test_users_who_wait_for_answers_ask_a_slow_server_less(scripted: Scripted) -> None:
    step = Step(name="s", path="/fixed?ms=100")
    run = Run(plan_for(scripted.url, step, closed_model(constant(5, 1), think_s=0.1)))
    # A round takes 0.2 s at least: each user asks no more than 5 times a second, or 6.
    assert 5 <= run.result.total.sent <= 30
    assert run.result.asked == run.result.total.sent
    assert max(second.users for second in run.seconds) == 5
    assert max(second.busy for second in run.seconds) <= 5


def test_users_come_as_the_stages_say(scripted: Scripted) -> None:
    model = closed_model(ramp(0, 8, 2), think_s=0.05)
    run = Run(plan_for(scripted.url, Step(name="s", path="/fixed?ms=5"), model))
    first, second = (each.users for each in run.seconds[:2])
    assert 1 <= first < second <= 8


def test_two_generators_share_the_arrivals_and_their_seconds_are_merged(
    scripted: Scripted,
) -> None:
    step = Step(name="s", path="/fixed?ms=5")
    model = open_model(constant(150, 1), 10, Spacing.EVEN)
    run = Run(plan_for(scripted.url, step, model, generators=2))
    assert run.result.total.completed == 150
    assert sum(second.counts.completed for second in run.seconds) == 150
    assert run.result.measured is not None
    assert merged(second.response_log for second in run.seconds) == merged(
        [run.result.measured.response_log]
    )
    assert len({generator.pid for generator in run.seconds[0].generators}) == 2
    assert all(generator.memory_mb < 100 for generator in run.seconds[0].generators)
