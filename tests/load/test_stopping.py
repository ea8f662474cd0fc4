"""How runs end, what may be run at all, and whom a run trusts."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_app.core.load.control import Control
from desktop_app.core.load.events import (
    Event,
    Marked,
    Preparing,
    RunEnded,
    RunStarted,
    Stopping,
    ThresholdChanged,
    Warned,
)
from desktop_app.core.load.models import closed_model, constant, open_model
from desktop_app.core.load.permission import Permission
from desktop_app.core.load.plan import GeneratorLimits, Trim
from desktop_app.core.load.result import StopReason, Verdict
from desktop_app.core.load.scenario import Expect, Step
from desktop_app.core.load.second import Phase, Second
from desktop_app.core.load.thresholds import GateState, parse
from tests.load.runs import Run, plan_for, scenario
from tests.load.scripted import Scripted
from tests.services.certificates import Authority

QUICK = Step(name="s", path="/fixed?ms=1")


def test_a_stop_waits_for_what_is_under_way(scripted: Scripted) -> None:
    def stop(event: Event, control: Control) -> None:
        if isinstance(event, Second) and not event.number:
            control.mark("enough")
            control.stop()

    plan = plan_for(
        scripted.url,
        Step(name="s", path="/fixed?ms=200"),
        closed_model(constant(5, 60)),
        trim=Trim(first_s=0),
    )
    run = Run(plan, on=stop)
    assert run.result.stop is StopReason.STOPPED
    assert run.result.total.in_flight == 0
    assert [stopping.reason for stopping in run.all(Stopping)] == [StopReason.STOPPED]
    assert [mark.text for mark in run.result.marks] == ["enough"]
    assert [marked.mark for marked in run.all(Marked)] == list(run.result.marks)
    assert run.result.seconds_run < 30
    # The second in which it was stopped is no measurement of a rate.
    whole = int(run.result.seconds_run)
    phases = [second.phase for second in run.seconds]
    assert phases == [Phase.MEASURED] * whole + [Phase.DRAIN] * (len(phases) - whole)
    assert len(phases) > whole > 0
    # It was still warming up: nothing of it is a result.
    assert run.result.verdict is Verdict.NOT_MEASURED
    assert "too early" in run.result.reasons[0].text()


def test_a_stop_leaves_undecided_what_takes_longer_to_judge(scripted: Scripted) -> None:
    def stop(event: Event, control: Control) -> None:
        if isinstance(event, Second) and event.number == 1:
            control.stop()

    plan = plan_for(
        scripted.url,
        QUICK,
        open_model(constant(20, 60), 2),
        trim=Trim(first_s=0),
        thresholds=(parse("p95 < 60 s for 10 s"), parse("p95 < 60 s")),
    )
    result = Run(plan, on=stop).result
    assert [gate.state for gate in result.gates] == [GateState.NO_DATA, GateState.HOLDS]
    # Beside other tests the generator may have been late: then it is no result at all.
    assert result.verdict is (Verdict.INVALID if result.reasons else Verdict.INCONCLUSIVE)


def test_a_stopped_run_has_not_passed(scripted: Scripted) -> None:
    def stop(event: Event, control: Control) -> None:
        if isinstance(event, Second) and event.number == 1:
            control.stop()

    plan = plan_for(
        scripted.url,
        QUICK,
        open_model(constant(20, 60), 2),
        trim=Trim(first_s=0),
        thresholds=(parse("p95 < 60 s"),),
    )
    result = Run(plan, on=stop).result
    assert [gate.state for gate in result.gates] == [GateState.HOLDS]
    assert result.verdict is (Verdict.INVALID if result.reasons else Verdict.INCONCLUSIVE)


def test_a_threshold_that_is_broken_long_enough_ends_the_run(scripted: Scripted) -> None:
    plan = plan_for(
        scripted.url,
        Step(name="s", path="/status?is=503"),
        open_model(constant(50, 60), 5),
        trim=Trim(first_s=0),
        thresholds=(parse("errors < 50 % for 1 s or abort"), parse("p95 < 60 s")),
    )
    run = Run(plan)
    assert run.result.stop is StopReason.ABORTED
    assert run.result.stop_said is not None
    assert "errors < 50 %" in run.result.stop_said.text()
    assert [gate.state for gate in run.result.gates] == [GateState.BROKEN, GateState.HOLDS]
    assert run.result.verdict in (Verdict.FAILED, Verdict.INVALID)
    assert (GateState.BROKEN, 100.0) in [
        (changed.state, changed.value) for changed in run.all(ThresholdChanged)
    ]


def test_generators_past_their_limits_make_no_result(scripted: Scripted) -> None:
    plan = plan_for(
        scripted.url,
        QUICK,
        limits=GeneratorLimits(late_ms=0, cpu_share=0, cpu_seconds=1),
        thresholds=(parse("errors <= 0 %"),),
    )
    run = Run(plan)
    assert [gate.state for gate in run.result.gates] == [GateState.HOLDS]
    assert run.result.verdict is Verdict.INVALID
    late, hot = (reason.text() for reason in run.result.reasons)
    assert "more than 0 ms late" in late
    assert "used its core whole" in hot
    spoilt = {warned.said.text(): warned.spoilt for warned in run.all(Warned)}
    assert spoilt.pop(next(text for text in spoilt if "uses its core whole" in text))


def test_events_come_in_their_order_and_seconds_without_gaps(scripted: Scripted) -> None:
    drawn = replace(plan_for(scripted.url, QUICK, open_model(constant(50, 1.5), 5)), seed=0)
    run = Run(drawn)
    assert run.result.facts.seed > 0  # with it the run can be made again
    kinds = [type(event) for event in run.events]
    assert kinds[0] is Preparing
    assert kinds.index(RunStarted) < kinds.index(Second)
    assert kinds[-1] is RunEnded
    assert [second.number for second in run.seconds] == list(range(len(run.seconds)))
    assert {second.phase for second in run.seconds[:2]} == {Phase.MEASURED}
    assert sum(second.asked for second in run.seconds) == run.result.asked == 75
    assert sum(second.counts.sent for second in run.seconds) == 75


def test_nothing_that_listens_is_no_measurement() -> None:
    result = Run(plan_for("http://127.0.0.1:9", QUICK)).result
    assert (result.stop, result.verdict) == (StopReason.UNREACHABLE, Verdict.NOT_MEASURED)


@pytest.mark.parametrize(
    ("url", "permission"),
    [
        ("http://192.0.2.1", Permission()),
        ("http://192.0.2.1", Permission(host="192.0.2.2")),
        ("http://127.0.0.1:9", Permission(production=True)),
        ("http://127.0.0.1:9", Permission(rate=10)),
        ("http://127.0.0.1:9", Permission(users=2)),
        ("http://127.0.0.1:9/%", Permission(production=True, unlocked=True, rate=10)),
    ],
)
def test_what_is_not_allowed_sends_nothing(url: str, permission: Permission) -> None:
    run = Run(plan_for(url, QUICK), permission=permission)
    assert run.result.stop is StopReason.REFUSED
    assert len(run.events) == 1


def test_no_way_leads_around_the_permission(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_for(scripted.url, QUICK)
    production = replace(plan, target=replace(plan.target, environment="production"))
    assert Run(production).result.stop is StopReason.REFUSED
    elsewhere = [(socket.AF_INET, socket.SOCK_STREAM, 0, "", ("192.0.2.1", scripted.port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_name, **_more: elsewhere)
    assert Run(plan).result.stop is StopReason.UNREACHABLE
    assert not scripted.asked


def test_a_plan_that_makes_no_sense_is_refused(scripted: Scripted) -> None:
    run = Run(plan_for(scripted.url, Step(name="s", path="/fixed?n=${nobody}")))
    assert run.result.stop is StopReason.REFUSED
    assert run.result.stop_said is not None
    assert "nobody" in run.result.stop_said.text()
    assert not scripted.asked


def test_only_a_certificate_that_is_trusted_is_spoken_to(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    server = Scripted(authority.server())
    try:
        plan = plan_for(server.url, QUICK, open_model(constant(50, 0.4), 4))
        refused = Run(plan).result
        assert (refused.stop, refused.verdict) == (StopReason.UNREACHABLE, Verdict.NOT_MEASURED)
        assert not server.asked
        assert refused.stop_said is not None
        assert "certificate" in refused.stop_said.text()
        trusting = replace(plan, target=replace(plan.target, ca_file=str(authority.file)))
        trusted = Run(trusting).result
        assert (trusted.total.completed, trusted.facts.tls) == (20, "TLSv1.3")
        careless = replace(plan, target=replace(plan.target, verify_tls=False))
        assert Run(careless).result.total.completed == 20
        large = Step(name="l", path="/large", expect=Expect(json={"numbers.11999": 11_999}))
        read = replace(trusting, scenario=scenario(large), model=open_model(constant(20, 0.3), 2))
        assert Run(read).result.total.completed == 6
    finally:
        server.stop()
