"""A master and its workers on this computer: as on several, each a process of its own."""

from __future__ import annotations

import io
import platform
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from desktop_app.cli import exits, main
from desktop_app.cli.load_worker import VARIABLE
from desktop_app.core.load.control import Control
from desktop_app.core.load.counts import Failure
from desktop_app.core.load.distribution import joined_at, new_code, parse_address
from desktop_app.core.load.events import Event, Preparing, RunStarted, Warned
from desktop_app.core.load.histogram import merged
from desktop_app.core.load.models import closed_model, constant, open_model
from desktop_app.core.load.permission import Permission
from desktop_app.core.load.plan import LoadTarget
from desktop_app.core.load.result import StopReason, Verdict
from desktop_app.core.load.scenario import Account, Expect, Flow, Scenario, Step
from desktop_app.core.load.second import Second
from desktop_app.engines.loadtest.distributed.admission import objection
from desktop_app.engines.loadtest.distributed.sealing import (
    FROM_WORKER,
    TO_WORKER,
    NotSealed,
    Seal,
)
from desktop_app.engines.loadtest.distributed.wire import Task
from desktop_app.engines.loadtest.messages import Assignment
from desktop_app.engines.own_command import own_command, own_environment
from desktop_app.services.loadtest.scenario_files import write_scenario
from tests.load.runs import Run, plan_for
from tests.load.scripted import Scripted
from tests.load.workers import Workers

SIGN_IN = Step(
    name="sign in",
    method="POST",
    path="/echo",
    json={"token": "t-${login_id}", "secret": "${password}"},
    save={"token": "token"},
)
READING = Scenario(
    name="reading",
    setup=(SIGN_IN,),
    headers={"Authorization": "Bearer ${token}"},
    flows=(
        Flow(name="read", weight=8, steps=(Step(name="list", path="/bimodal?quick=5&slow=120"),)),
        Flow(name="fail", steps=(Step(name="down", path="/status?is=503"),)),
        Flow(name="check", steps=(Step(name="new", path="/fixed", expect=Expect(keys=("x",))),)),
        Flow(name="cut", steps=(Step(name="cut", path="/half"),)),
    ),
)
POOL = tuple(Account(login_id=f"p{n}", password=f"hidden-{n}") for n in range(6))


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Workers]:
    made = Workers(tmp_path)
    yield made
    made.end()


def test_two_workers_do_one_plan_and_nothing_is_averaged(
    scripted: Scripted, workers: Workers
) -> None:
    plan = plan_for(scripted.url, READING, open_model(constant(100, 3), 12))
    run = Run(plan, workers.join(2), accounts=POOL, distribution=workers.distribution(2))
    result = run.result
    assert result.stop is StopReason.DONE
    assert result.asked == 300 == sum(second.asked for second in run.seconds)
    assert result.dropped == result.unsent == result.total.in_flight == 0
    asked = Counter(request.path for request in scripted.asked)
    assert {name.total.sent for name in result.steps if name.name == "list"} == {asked["/bimodal"]}
    assert result.total.failures == {
        Failure.STATUS: asked["/status"],
        Failure.CONTENT: asked["/fixed"],
        Failure.CUT: asked["/half"],
    }
    assert {example.kind for example in result.examples} == set(result.total.failures)

    listed = next(step.measured for step in result.steps if step.name == "list")
    assert listed.service is not None
    assert 5 <= listed.service.p50 < 60 < 110 < listed.service.p99
    whole = merged(second.service_log for second in run.seconds)
    assert result.measured is not None
    assert whole.latency() == result.measured.service

    pids = {generator.pid for second in run.seconds for generator in second.generators}
    assert pids == {process.pid for process in workers.started} == set(_started(run).generators)
    shares = {g.pid: g.connections for second in run.seconds[:2] for g in second.generators}
    assert all(5 <= connections <= 6 for connections in shares.values())
    assert "Locust" in result.facts.loop
    assert any("Locust" in said.text() for said in result.warnings)

    tokens = {request.headers.get("authorization") for request in scripted.asked}
    assert tokens == {None, *(f"Bearer t-{one.login_id}" for one in POOL)}
    assert b"hidden-" not in msgspec.json.encode(result)
    assert "gevent" not in sys.modules
    assert [process.wait(10) for process in workers.started] == [exits.PASSED] * 2


def _started(run: Run) -> RunStarted:
    return run.all(RunStarted)[0]


@pytest.mark.logs("load generator .* is lost")
def test_a_worker_that_is_killed_is_told_and_a_stop_ends_the_others(
    scripted: Scripted, workers: Workers
) -> None:
    join = workers.join(2)

    def kill_then_stop(event: Event, control: Control) -> None:
        join(event, control)
        if isinstance(event, Second) and not event.number:
            workers.started[0].kill()
        elif isinstance(event, Warned):
            control.stop()

    plan = plan_for(
        scripted.url,
        Step(name="slow", path="/fixed?ms=300"),
        closed_model(constant(4, 60), think_s=0.01),
    )
    result = Run(plan, kill_then_stop, distribution=workers.distribution(2)).result
    assert (result.stop, result.verdict) == (StopReason.STOPPED, Verdict.INVALID)
    assert str(workers.started[0].pid) in result.reasons[0].text()
    assert 0 < result.total.completed < result.total.sent
    assert 0 < result.total.in_flight < result.total.completed
    assert workers.started[1].wait(10) == exits.PASSED


def test_workers_end_with_the_console(scripted: Scripted, workers: Workers, tmp_path: Path) -> None:
    scenario = tmp_path / "short.toml"
    write_scenario(plan_for(scripted.url, Step(name="s", path="/fixed")).scenario, scenario)
    code = tmp_path / "join"
    code.write_text(workers.code, encoding="utf-8")
    words = ["--api", scripted.url, "--scenario", str(scenario), "--rate", "50", "--duration", "60"]
    words += ["--workers", "1", "--bind", "127.0.0.1:0", "--code-file", str(code)]
    with subprocess.Popen(
        [*own_command("load"), *words, "--language", "en"],
        env=own_environment(XDG_DATA_HOME=str(tmp_path), LOCALAPPDATA=str(tmp_path)),
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as console:
        assert console.stderr is not None
        lines = iter(console.stderr.readline, "")
        shown = next(line for line in lines if "0 of 1, at " in line)
        address = shown.rpartition(" at ")[2].strip()
        workers.join(1)(Preparing(ready=0, users=1, address=address), Control())
        next(line for line in lines if "p95" in line)
        console.kill()
    assert workers.started[0].wait(10) == exits.UNREACHABLE
    sent = len(scripted.asked)
    assert 0 < sent < 1000


def test_who_does_not_know_the_code_has_no_part(scripted: Scripted, workers: Workers) -> None:
    join = workers.join(1, code=new_code())

    def give_up(event: Event, control: Control) -> None:
        join(event, control)
        if workers.started and workers.started[0].wait(20) == exits.WRONG_USAGE:
            control.stop()

    plan = plan_for(scripted.url, Step(name="s", path="/fixed"))
    result = Run(plan, give_up, accounts=POOL, distribution=workers.distribution(1)).result
    assert (result.stop, result.verdict) == (StopReason.STOPPED, Verdict.NOT_MEASURED)
    assert not scripted.asked


def test_without_the_extra_it_is_said_how_to_install_it(
    scripted: Scripted,
    workers: Workers,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sys.modules, "locust", None)
    assert main(["load-worker", "--master", "127.0.0.1"]) == exits.WRONG_USAGE
    assert main(["load", "--api", scripted.url, "--rate", "5", "--workers", "2"]) == (
        exits.WRONG_USAGE
    )
    said = capfd.readouterr().err
    assert said.count("requirements/distributed.txt") == 2
    assert "Traceback" not in said
    plan = plan_for(scripted.url, Step(name="s", path="/fixed"))
    result = Run(plan, distribution=workers.distribution(2)).result
    assert result.stop is StopReason.NOT_PREPARED
    assert result.stop_said is not None
    assert "requirements/distributed.txt" in result.stop_said.text()


@pytest.mark.parametrize("code", ["", "short"], ids=["none", "too short"])
def test_a_worker_without_a_code_is_started_wrongly(
    code: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(VARIABLE, code)
    monkeypatch.setattr(sys, "stdin", io.StringIO())  # nobody is there to type it
    assert main(["load-worker", "--master", "127.0.0.1"]) == exits.WRONG_USAGE
    said = capfd.readouterr().err
    assert (VARIABLE if not code else "16") in said


def test_a_port_in_use_is_no_traceback(scripted: Scripted, workers: Workers) -> None:
    there = replace(workers.distribution(1), port=scripted.port)
    result = Run(plan_for(scripted.url, Step(name="s", path="/fixed")), distribution=there).result
    assert result.stop is StopReason.NOT_PREPARED
    assert result.stop_said is not None
    assert str(scripted.port) in result.stop_said.text()


@pytest.mark.parametrize(
    ("url", "address", "permission", "master"),
    [
        ("http://127.0.0.1:9", "127.0.0.1", Permission(), "192.0.2.7"),
        ("http://localhost:9", "192.0.2.1", Permission(), "127.0.0.1"),
        ("http://192.0.2.1", "192.0.2.1", Permission(), "192.0.2.7"),
        ("http://192.0.2.1", "192.0.2.1", Permission(host="192.0.2.2"), "192.0.2.7"),
        ("http://127.0.0.1:9", "127.0.0.1", Permission(production=True), "127.0.0.1"),
        ("http://127.0.0.1:9", "127.0.0.1", Permission(rate=10), "127.0.0.1"),
    ],
)
def test_a_worker_sends_only_where_the_order_permits(
    url: str, address: str, permission: Permission, master: str
) -> None:
    assert objection(_task(url, address, permission), master) is not None


def test_a_worker_does_what_is_permitted() -> None:
    assert objection(_task("http://127.0.0.1:9", "127.0.0.1", Permission()), "localhost") is None
    theirs = _task("http://192.0.2.1", "192.0.2.1", Permission(host="192.0.2.1"))
    assert objection(theirs, "192.0.2.7") is None


def _task(url: str, address: str, permission: Permission) -> Task:
    plan = replace(plan_for(url, Step(name="s")), target=LoadTarget(url=url))
    share = Assignment(plan=plan, accounts=(), address=address, port=9, place=0, places=1, seed=1)
    return Task(assignment=share, permission=permission)


def test_only_what_was_sealed_for_one_is_opened() -> None:
    code = "ABCDE-FGHJK-MNPQR-STUVW"
    sealed = Seal(code, TO_WORKER, "one").seal(b"secret")
    assert b"secret" not in sealed
    assert Seal("abcde fghjk mnpqr stuvw", TO_WORKER, "one").opened(sealed) == b"secret"
    for other in (
        Seal(new_code(), TO_WORKER, "one"),
        Seal(code, FROM_WORKER, "one"),
        Seal(code, TO_WORKER, "two"),
    ):
        with pytest.raises(NotSealed):
            other.opened(sealed)
    with pytest.raises(NotSealed):
        Seal(code, TO_WORKER, "one").opened(b"")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("host", ("host", 5557)),
        ("host:7", ("host", 7)),
        ("[::1]:7", ("::1", 7)),
        ("::1", ("::1", 5557)),
    ],
)
def test_addresses_of_masters(text: str, address: tuple[str, int]) -> None:
    assert parse_address(text) == address
    assert parse_address(joined_at(*address)) == address


def test_workers_do_not_join_at_an_address_of_all() -> None:
    assert joined_at("0.0.0.0", 7) == f"{platform.node()}:7"


@pytest.mark.parametrize("text", ["", ":7", "host:port", "host:70000", "[::1"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_address(text)
