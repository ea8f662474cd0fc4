"""Seconds put together of what generators told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from desktop_app.core.load.counts import Failure
from desktop_app.core.load.gates import Gatekeeper
from desktop_app.core.load.histogram import Histogram
from desktop_app.core.load.models import closed_model, constant, open_model
from desktop_app.core.load.plan import GeneratorLimits, LoadPlan, Order
from desktop_app.core.load.result import LoadResult, Verdict
from desktop_app.core.load.scenario import Step
from desktop_app.core.load.second import Second
from desktop_app.core.load.thresholds import GateState, parse
from desktop_app.engines.loadtest.compiled import OK, OUTCOME_OF
from desktop_app.engines.loadtest.crew import Crew, Member, Sender
from desktop_app.engines.loadtest.messages import Bucket, Farewell, Part
from desktop_app.engines.loadtest.outcome import Story, result_of
from desktop_app.engines.loadtest.recording import packed
from desktop_app.engines.loadtest.seconds import Seconds
from desktop_app.engines.loadtest.tally import Tally
from tests.load.runs import Run, plan_for
from tests.load.scripted import Scripted


def part(number: int, **told: Any) -> Part:
    """What one generator told of a second: nothing, but for what is given."""
    counts = ("asked", "waiting", "users", "busy", "late", "connections")
    times = ("late_p99_ms", "late_max_ms", "cpu_share")
    by_step = ("dropped", "sent", "resent", "sent_bytes", "received_bytes")
    figures: dict[str, Any] = dict.fromkeys(counts, 0)
    figures |= dict.fromkeys(times, 0.0) | {name: {} for name in by_step}
    return Part(**{**figures, "number": number, "ended": [], "sending_s": 1.0, **told})


def made(names: tuple[str, ...], *parts: Part) -> list[Second]:
    seconds = Seconds(Tally(len(names), 10), names)
    return [seconds.make(one.number, {0: one}, (), None) for one in parts]


def test_a_step_that_hangs_is_judged_though_nothing_more_is_sent() -> None:
    told = made(("list", "sign in"), part(0, sent={1: 3}), part(1), part(2))
    assert [second.steps["sign in"].counts.in_flight for second in told] == [3, 3, 3]
    assert "list" not in told[2].steps
    keeper = Gatekeeper([parse("p95[sign in] < 300 ms for 2 s")])
    for second in told:
        changes = keeper.judge(second, lambda _step: None)
        assert not changes or changes[0].state in (GateState.PENDING, GateState.BROKEN)
    assert keeper.outcome(None, {})[0].state is GateState.BROKEN


def test_hours_of_seconds_are_summed_up_and_not_kept() -> None:
    tally = Tally(1, 10)
    tally.first_s = 2
    for number in range(200):
        tally.take(part(number, asked=5, late=1, dropped={max(0, number - 1): 2}))
    whole, measured = tally.arrivals(), tally.arrivals(2, 200)
    assert (whole.asked, whole.dropped, whole.late) == (1000, 400, 200)
    assert (measured.asked, measured.dropped, measured.late) == (990, 394, 198)
    assert len(tally._arrivals) < 20


def _outcome(plan: LoadPlan, *parts: Part, in_flight: Sequence[tuple[int, int]] = ()) -> LoadResult:
    steps = plan.scenario.steps()
    story = Story(
        order=Order(plan=plan), run_id="r", started_at=datetime(2026, 1, 1, tzinfo=UTC), steps=steps
    )
    tally = Tally(len(steps), 10)
    for one in parts:
        tally.take(one)
    farewell = Farewell(in_flight=list(in_flight), unsent=0, stopped_at=float(len(parts)))
    story.farewells[0] = farewell
    tally.take_leave(farewell)
    return result_of(story, tally, Gatekeeper(()))


@pytest.mark.parametrize(("late", "verdict"), [(0, Verdict.PASSED), (2, Verdict.INVALID)])
def test_a_generator_that_others_keep_from_its_work_is_found_out(
    late: int, verdict: Verdict
) -> None:
    """Users who ask at once after an answer are never late: the answer is taken in late."""
    plan = plan_for("http://127.0.0.1:9", Step(name="s"), closed_model(constant(5, 10)))
    parts = [
        part(number, asked=10, sent={0: 10}, moments=10, late_moments=late) for number in range(10)
    ]
    result = _outcome(plan, *parts)
    assert result.verdict is verdict
    assert not late or "20.0 %" in result.reasons[0].text()


def test_each_moment_in_which_a_generator_looks_around_is_one(scripted: Scripted) -> None:
    plan = plan_for(
        scripted.url,
        Step(name="s", path="/fixed?ms=5"),
        closed_model(constant(3, 1)),
        limits=GeneratorLimits(late_ms=0),
    )
    assert Run(plan).result.verdict is Verdict.INVALID  # nobody wakes at the very moment


@pytest.mark.parametrize(("failed", "said"), [(0, False), (5, True)])
def test_quick_refusals_among_the_times_are_pointed_out(failed: int, said: bool) -> None:
    times = Histogram({50: 100}).counts
    ended = Bucket(
        due=0,
        step=0,
        outcomes={OK: 100 - failed, OUTCOME_OF[Failure.STATUS]: failed},
        response=packed(times),
        service=packed(times),
    )
    plan = plan_for("http://127.0.0.1:9", Step(name="s"), open_model(constant(100, 1), 5))
    result = _outcome(plan, part(0, asked=100, sent={0: 100}, ended=[ended]))
    assert result.total.adds_up
    assert any("5.0 % of the answers" in warning.text() for warning in result.warnings) is said
    assert not any("without an answer" in warning.text() for warning in result.warnings)
    waiting = _outcome(plan, part(0, asked=101, sent={0: 101}, ended=[ended]), in_flight=[(0, 0)])
    assert any("at the end: 1." in warning.text() for warning in waiting.warnings)


class _Member:
    """A generator that cannot be ended in order."""

    ended = 0

    def end(self) -> None:
        _Member.ended += 1
        raise ValueError("what it said makes no sense")


def test_every_generator_is_ended_whatever_becomes_of_the_others() -> None:
    plan = plan_for("http://127.0.0.1:9", Step(name="s"), generators=2)
    crew = Crew(Order(plan=plan))
    crew.members = [Member(process=cast(Sender, _Member()), heard_at=0.0) for _ in range(2)]
    with pytest.raises(ValueError, match="no sense"):
        crew.end()
    assert _Member.ended == 2
