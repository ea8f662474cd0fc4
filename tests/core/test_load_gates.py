"""Thresholds judged second by second, and long runs kept within bounds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from desktop_app.core.load.counts import Counts, Failure, added
from desktop_app.core.load.gates import Gatekeeper
from desktop_app.core.load.histogram import Histogram
from desktop_app.core.load.result import Gate, Measured
from desktop_app.core.load.second import Phase, Second, TargetSecond
from desktop_app.core.load.thinning import thinned
from desktop_app.core.load.thresholds import GateState, Metric, parse

HOLDS, PENDING, BROKEN, NO_DATA = (
    GateState.HOLDS,
    GateState.PENDING,
    GateState.BROKEN,
    GateState.NO_DATA,
)


def second(
    number: int,
    ms: float | None,
    *,
    failed: int = 0,
    in_flight: int = 0,
    phase: Phase = Phase.MEASURED,
    cpu: float | None = None,
) -> Second:
    """A second in which 10 answers took ``ms``; None: nothing ended in it."""
    times = Histogram()
    if ms is not None:
        times.record(round(ms * 1000), 10)
    ended = 0 if ms is None else 10
    counts = Counts(
        sent=10,
        completed=ended - failed,
        failures={Failure.STATUS: failed} if failed else {},
        in_flight=in_flight,
    )
    return Second(
        number=number,
        phase=phase,
        asked=10,
        dropped=0,
        waiting=0,
        counts=counts,
        users=1,
        busy=0,
        response=times.latency(),
        service=times.latency(),
        target=None if cpu is None else TargetSecond(cpu_share=cpu),
        response_log=times.encoded(),
        service_log=times.encoded(),
    )


def _states(text: str, seconds: Iterable[Second]) -> list[GateState]:
    keeper = Gatekeeper([parse(text)])
    states: list[GateState] = []
    for each in seconds:
        changes = keeper.judge(each, lambda _step: None)
        states.append(changes[0].state if changes else states[-1] if states else NO_DATA)
    return states


def test_it_takes_as_many_seconds_in_a_row_as_it_says() -> None:
    times = [10, 400, 400, 10, 400, 400, 400, 10]
    states = _states("p95 < 300 ms for 3 s", (second(n, ms) for n, ms in enumerate(times)))
    assert states == [HOLDS, PENDING, PENDING, HOLDS, PENDING, PENDING, BROKEN, BROKEN]


def test_no_answer_at_all_is_not_in_order() -> None:
    seconds = [second(0, 10), second(1, None, in_flight=10), second(2, None, in_flight=20)]
    assert _states("p95 < 300 ms for 2 s", seconds) == [HOLDS, PENDING, BROKEN]
    assert _states("errors < 1 % for 2 s", seconds) == [HOLDS, PENDING, BROKEN]
    assert _states("rate >= 5/s for 2 s", seconds) == [HOLDS, PENDING, BROKEN]


def test_seconds_before_and_after_the_measured_part_are_not_judged() -> None:
    seconds = [second(0, 900, phase=Phase.WARM_UP), second(1, 900, phase=Phase.DRAIN)]
    assert _states("p95 < 300 ms for 1 s", seconds) == [NO_DATA, NO_DATA]


def test_a_second_that_is_not_whole_says_nothing_of_rates() -> None:
    keeper = Gatekeeper([parse("rate >= 5/s for 1 s"), parse("p95 < 1 s for 1 s")], whole_s=1)
    assert len(keeper.judge(second(0, 10), lambda _step: None)) == 2
    assert [
        (change.threshold.metric, change.state)
        for change in keeper.judge(second(1, None, in_flight=3), lambda _step: None)
    ] == [(Metric.P95, BROKEN)]


def _measured(ms: float, failed: int) -> Measured:
    part = second(0, ms, failed=failed)
    return Measured(
        from_s=0,
        to_s=1,
        asked=10,
        dropped=0,
        counts=part.counts,
        rate=part.counts.completed,
        response=part.response,
        service=part.service,
    )


@pytest.mark.parametrize(
    ("text", "ms", "failed", "state", "value"),
    [
        ("p95 < 300 ms", 200, 0, HOLDS, 200),
        ("p95 < 300 ms", 300.4, 0, BROKEN, 300.415),
        ("errors <= 10 %", 5, 1, HOLDS, 10),
        ("errors < 10 %", 5, 1, BROKEN, 10),
        ("rate >= 9/s", 5, 1, HOLDS, 9),
        ("dropped <= 0 %", 5, 1, HOLDS, 0),
        ("target cpu < 70 %", 5, 0, NO_DATA, None),
        ("p95[there is none] < 1 s", 5, 0, NO_DATA, None),
    ],
)
def test_the_outcome_is_that_of_the_measured_part(
    text: str, ms: float, failed: int, state: GateState, value: float | None
) -> None:
    gate = Gatekeeper([parse(text)]).outcome(_measured(ms, failed), {})[0]
    assert gate.state is state
    assert gate.value == (None if value is None else pytest.approx(value, rel=1e-3))


def test_a_lasting_threshold_that_broke_stays_broken_and_says_when() -> None:
    keeper = Gatekeeper([parse("p95 < 300 ms for 2 s"), parse("target cpu < 70 %")])
    for number, ms in enumerate((10, 400, 400, 10)):
        keeper.judge(second(number, ms, cpu=0.5), lambda _step: _measured(10, 0))
    lasting, cpu = keeper.outcome(_measured(10, 0), {})
    assert (lasting.state, lasting.broken_at) == (BROKEN, 2)
    assert (cpu.state, cpu.value) == (HOLDS, 50)


def _lasting(text: str, times: Iterable[float], *, cut_short: bool = False) -> Gate:
    keeper = Gatekeeper([parse(text)])
    for number, ms in enumerate(times):
        keeper.judge(second(number, ms), lambda _step: None)
    return keeper.outcome(_measured(10, 0), {}, cut_short=cut_short)[0]


@pytest.mark.parametrize("ms", [10, 400])
def test_what_could_not_have_been_broken_was_not_judged(ms: float) -> None:
    short = _lasting("p95 < 300 ms for 10 s", [ms] * 3)
    assert short.state is NO_DATA
    assert short.said is not None
    assert short.said.text() == "3 s of the 10 s it takes"
    assert _lasting("p95 < 300 ms for 3 s", [ms] * 3).state is (HOLDS if ms == 10 else BROKEN)


def test_a_stop_while_it_is_broken_leaves_a_threshold_undecided() -> None:
    times = [10, 10, 10, 400, 400]
    stopped = _lasting("p95 < 300 ms for 3 s", times, cut_short=True)
    assert stopped.state is NO_DATA
    assert stopped.said is not None
    assert "broken for 2 s" in stopped.said.text()
    assert _lasting("p95 < 300 ms for 3 s", times).state is HOLDS


def test_a_server_that_answered_nothing_broke_its_latency() -> None:
    none = replace(
        _measured(10, 0),
        counts=Counts(sent=10, failures={Failure.REFUSED: 10}),
        response=None,
        service=None,
    )
    gate = Gatekeeper([parse("p95 < 300 ms")]).outcome(none, {})[0]
    assert (gate.state, gate.value, gate.said) == (BROKEN, None, None)
    under_way = replace(none, counts=Counts(sent=10, in_flight=10))
    assert Gatekeeper([parse("p95 < 300 ms")]).outcome(under_way, {})[0].state is NO_DATA


def test_a_long_run_keeps_its_sums_and_its_latest_seconds() -> None:
    warm = [second(n, 900, phase=Phase.WARM_UP) for n in range(5)]
    original = [*warm, *(second(n, n + 1.0, failed=n % 2) for n in range(5, 50))]
    kept: list[Second] = []
    for each in original:
        before = len(kept)
        kept.append(each)
        thinned(kept, most=20, fine=10)
        assert before <= len(kept) <= 20  # by one at a time: a thousand at once would take seconds
    assert max(each.width_s for each in kept) <= 8
    assert [each.phase for each in kept] == sorted((each.phase for each in kept), reverse=True)
    assert sum(each.width_s for each in kept if each.phase is Phase.WARM_UP) == 5
    assert kept[-10:] == original[-10:]
    assert sum(each.width_s for each in kept) == 50
    assert added(e.counts for e in kept).failed == added(e.counts for e in original).failed
    assert sum(each.asked for each in kept) == 500
    assert [each.number for each in kept] == sorted(each.number for each in kept)
    assert kept[0].response is not None
    assert kept[0].response.count == 10 * kept[0].width_s
