"""Every way in which a request can end is counted in its own place, and nowhere else."""

from __future__ import annotations

import psutil
import pytest

from desktop_app.core.load.control import Control
from desktop_app.core.load.counts import Failure
from desktop_app.core.load.events import Event, RunStarted, Warned
from desktop_app.core.load.models import closed_model, constant, open_model
from desktop_app.core.load.plan import Timeouts
from desktop_app.core.load.result import StopReason, Verdict
from desktop_app.core.load.scenario import Expect, Step
from desktop_app.core.load.second import Second
from tests.load.runs import Run, plan_for, scenario
from tests.load.scripted import Scripted

JSON = Expect(json={"ok": True})

GOOD = (
    Step(name="fixed", path="/fixed", expect=JSON),
    Step(name="chunked", path="/chunked", expect=Expect(json={"list.0.id": 7})),
    Step(name="until the end", path="/until-the-end", expect=JSON),
    Step(name="interim", path="/interim", expect=JSON),
    Step(name="closing", path="/closing"),
    Step(name="head", method="HEAD", path="/head"),
    Step(name="hanging up", path="/hanging-up"),
    Step(name="created", method="POST", path="/status?is=201", json={"a": 1}),
    Step(name="elsewhere", path="/status?is=302"),
    Step(name="wanted 404", path="/status?is=404", expect=Expect(status=(404,))),
)

BAD = (
    (Step(name="error", path="/status?is=500"), Failure.STATUS),
    (Step(name="not the one", path="/fixed", expect=Expect(status=(204,))), Failure.STATUS),
    (Step(name="other value", path="/fixed", expect=Expect(json={"ok": False})), Failure.CONTENT),
    (Step(name="no such key", path="/fixed", expect=Expect(keys=("list.1",))), Failure.CONTENT),
    (Step(name="nothing to save", path="/fixed", save={"id": "list.0.name"}), Failure.CONTENT),
    (Step(name="no JSON", path="/not-json", expect=JSON), Failure.CONTENT),
    (Step(name="reset", path="/reset"), Failure.RESET),
    (Step(name="half", path="/half"), Failure.CUT),
    (Step(name="half a head", path="/half-head"), Failure.CUT),
    (Step(name="excess", path="/excess"), Failure.MALFORMED),
    (Step(name="nonsense", path="/nonsense"), Failure.MALFORMED),
    (Step(name="silent", path="/silent"), Failure.TIMEOUT),
    (Step(name="slow head", path="/slow-head"), Failure.TIMEOUT),
    (Step(name="endless", path="/endless"), Failure.TOO_LARGE),
)


def test_each_outcome_is_counted_in_its_place(scripted: Scripted) -> None:
    steps = [*GOOD, *(step for step, _kind in BAD)]
    plan = plan_for(
        scripted.url,
        scenario(*steps),
        open_model(constant(400, 1), 80),
        timeouts=Timeouts(connect_s=2, response_s=1.2),
        largest_body=100_000,
    )
    result = Run(plan).result
    counts = {step.name: step.total for step in result.steps}
    assert {name: count.sent > 0 for name, count in counts.items()} == dict.fromkeys(counts, True)
    for step in GOOD:
        assert counts[step.name].failures == {}, step.name
        assert counts[step.name].completed == counts[step.name].sent
    for step, kind in BAD:
        assert counts[step.name].failures == {kind: counts[step.name].sent}, step.name
        assert counts[step.name].completed == 0
    assert result.asked == 400
    assert result.total.redirected == counts["elsewhere"].sent
    assert result.total.in_flight == 0


def test_a_request_that_met_a_closed_connection_is_sent_once_more(scripted: Scripted) -> None:
    plan = plan_for(
        scripted.url, Step(name="s", path="/hanging-up"), open_model(constant(40, 0.5), 1)
    )
    total = Run(plan).result.total
    assert (total.sent, total.completed) == (20, 20)
    assert total.resent == 19
    assert len(scripted.asked) == 39


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_nothing_is_sent_again_that_must_not_be(scripted: Scripted, method: str) -> None:
    step = Step(name="s", method=method, path="/hanging-up")
    plan = plan_for(scripted.url, step, open_model(constant(40, 0.5), 1), resend=method == "POST")
    total = Run(plan).result.total
    assert (total.resent, len(scripted.asked)) == (0, 20)
    assert total.failures == {Failure.CUT: 10}


def test_examples_say_what_was_wrong_without_secrets(scripted: Scripted) -> None:
    plan = plan_for(
        scripted.url, Step(name="s", path="/status?is=500"), open_model(constant(40, 0.3), 2)
    )
    examples = Run(plan).result.examples
    assert len(examples) == 5
    assert {example.status for example in examples} == {500}
    assert {example.text for example in examples} == {"password=*** is wrong"}


def test_what_is_under_way_at_a_stop_at_once_is_counted_in_flight(scripted: Scripted) -> None:
    plan = plan_for(scripted.url, Step(name="s", path="/silent"), closed_model(constant(7, 30)))

    def stop(event: Event, control: Control) -> None:
        if isinstance(event, Second):
            control.stop_at_once()

    result = Run(plan, on=stop).result
    assert result.stop is StopReason.STOPPED_AT_ONCE
    assert result.total.in_flight == result.total.sent == 7


def test_a_server_that_goes_away_is_refused_connections_from_then_on() -> None:
    server = Scripted()

    def stop(event: Event, _control: Control) -> None:
        if isinstance(event, Second) and not event.number:
            server.stop()

    plan = plan_for(server.url, Step(name="s", path="/fixed"), open_model(constant(40, 2), 4))
    result = Run(plan, on=stop).result
    assert result.total.completed > 0
    assert result.total.failures[Failure.REFUSED] > 0
    # Nothing is as quick as a refusal: it is no speed of the server.
    assert result.measured is not None
    assert result.measured.response is not None
    assert result.measured.response.count == result.measured.counts.completed


@pytest.mark.logs("is lost")
def test_a_lost_generator_is_told_and_makes_the_run_invalid(scripted: Scripted) -> None:
    killed: list[int] = []

    def kill_one(event: Event, control: Control) -> None:
        if isinstance(event, Second) and not killed:
            killed.append(event.generators[0].pid)
            psutil.Process(killed[0]).kill()
        elif isinstance(event, Second) and len(event.generators) == 1:
            control.stop()  # the other one goes on, and has told of it

    plan = plan_for(
        scripted.url,
        Step(name="s", path="/fixed?ms=30"),
        open_model(constant(100, 30), 20),
        generators=2,
    )
    run = Run(plan, on=kill_one)
    result = run.result
    assert result.stop is StopReason.STOPPED
    assert result.verdict is Verdict.INVALID
    assert f"process {killed[0]}" in result.reasons[0].text()
    assert result.reasons[0] in [warned.said for warned in run.all(Warned)]
    assert len(run.seconds[0].generators) == 2
    assert len(run.seconds[-1].generators) == 1


@pytest.mark.logs("is lost")
def test_when_all_generators_are_lost_the_run_ends(scripted: Scripted) -> None:
    def kill(event: Event, _control: Control) -> None:
        if isinstance(event, RunStarted):
            psutil.Process(event.generators[0]).kill()

    result = Run(plan_for(scripted.url, Step(name="s", path="/fixed")), on=kill).result
    assert result.stop is StopReason.GENERATOR_LOST
    assert result.verdict is not Verdict.PASSED
