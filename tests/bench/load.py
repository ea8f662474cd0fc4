"""Load generator: CPU per request beside its peers, its own times beside bare sockets, a stall."""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from desktop_app.core.load.events import Event, RunEnded, RunStarted
from desktop_app.core.load.models import LoadModel, closed_model, constant, open_model
from desktop_app.core.load.plan import LoadPlan, LoadTarget, Order, Trim
from desktop_app.core.load.result import LoadResult
from desktop_app.core.load.scenario import Expect, Flow, Scenario, Step
from desktop_app.core.load.second import Second
from desktop_app.core.tasks import TaskContext
from desktop_app.engines.loadtest.run import run_load
from tests.bench.figures import Figure, percentile, spread
from tests.bench.load_peers import PEERS_IN_TURN, uvloop_folder
from tests.bench.load_server import GENERATOR_CORE, Nginx, missing, nginx, prefer
from tests.bench.others import Others, doubt

WRK_TIMES = 4.5
WRK_TIMES_UVLOOP = 3.5
TIME_PER_REQUEST_US = 25.0
"""40,000 requests a second from one core."""
TARGET_CPU = 10.0
LOOP_LATE_MS = 16.0
WRK_US = 4.9
"""What wrk took per request over 200 connections where the limits were set."""
_WRK_AT_200 = "200 connections: wrk, CPU per request"
MEMORY_MB = 60.0
P50_BEYOND_MS, P99_BEYOND_MS = 0.1, 0.5
STALL_WITHIN_MS = 45.0
_STALL_RATE, _STALL_SECONDS, _STALL_AT, _STALL_S = 500, 10, 4, 1.0

_OK = Expect(status=(200,), keys=("total",), json={"ok": True})
SCENARIO = Scenario(
    name="bench",
    headers={"Authorization": "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln"},
    flows=(
        Flow(
            name="browse",
            steps=(
                Step(name="list", path="/list", expect=_OK, save={"id": "items.*.id"}),
                Step(name="detail", path="/detail/${id}", expect=_OK),
            ),
        ),
    ),
)
"""Steps, checks, a value taken from one answer into the next request, recording: all on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A run of ours."""

    result: LoadResult
    seconds: tuple[Second, ...]

    @property
    def cpu_us(self) -> float:
        """CPU time of the generator per request, over the whole seconds."""
        counted = self._counted()
        spent = sum(generator.cpu_share for s in counted for generator in s.generators)
        return spent / max(1, sum(s.counts.ended for s in counted)) * 1e6

    @property
    def cpu_percent(self) -> float:
        """CPU of the generator, % of one core."""
        counted = self._counted()
        return statistics.mean(g.cpu_share for s in counted for g in s.generators) * 100

    @property
    def memory_mb(self) -> float:
        """The most memory that the generator had."""
        return max(g.memory_mb for s in self.seconds for g in s.generators)

    @property
    def rate(self) -> float:
        """Answers per second."""
        return self.result.measured.rate if self.result.measured else 0.0

    def _counted(self) -> tuple[Second, ...]:
        return self.seconds[1:-1] if len(self.seconds) > 3 else self.seconds


def run(
    server: Nginx,
    model: LoadModel,
    scenario: Scenario = SCENARIO,
    on_second: Callable[[int], None] = lambda _number: None,
    preferred: bool = False,
) -> Ran:
    """Run ours, its generator alone on its core."""
    plan = LoadPlan(
        target=LoadTarget(url=server.url),
        scenario=scenario,
        model=model,
        resources=None,
        trim=Trim(first_s=0),
    )
    seconds, last = [], None
    for event in run_load(Order(plan=plan), TaskContext()):
        last = event
        if isinstance(event, RunStarted):
            for pid in event.generators:
                _pin(pid)
                if preferred:
                    prefer(pid)
        elif isinstance(event, Second):
            seconds.append(event)
            on_second(event.number)
    return Ran(result=_result(last), seconds=tuple(seconds))


def _pin(pid: int) -> None:
    if sys.platform == "linux":
        os.sched_setaffinity(pid, {GENERATOR_CORE})


def _result(event: Event | None) -> LoadResult:
    if not isinstance(event, RunEnded):
        raise RuntimeError("the run did not end")
    if not event.result.total.sent:
        raise RuntimeError(event.result.stop_said.text() if event.result.stop_said else "no run")
    return event.result


@contextlib.contextmanager
def _loop(name: str, folder: Path | None) -> Iterator[None]:
    """Have generators run on that event loop."""
    before = {key: os.environ.get(key) for key in ("EVALCONSOLE_LOOP", "PYTHONPATH")}
    os.environ["EVALCONSOLE_LOOP"] = name
    if folder is not None:
        os.environ["PYTHONPATH"] = str(folder)
    try:
        yield
    finally:
        for key, value in before.items():
            if value is None:
                os.environ.pop(key, None)
            else:
                os.environ[key] = value


def measure(folder: Path, *, quick: bool) -> list[Figure]:
    """All figures of the load generator."""
    if reason := missing():
        return [Figure(name="load generator", value=None, unit="", note=reason)]
    seconds = 3 if quick else 8
    with nginx(folder / "nginx") as server:
        figures = []
        for users in (10, 200):
            figures += _costs(server, users, seconds, folder)
        figures += _at_the_target(server, seconds, figures)
        prefer(server.pid)
        figures += _beside_bare_sockets(server, 2 if quick else 4, 1 if quick else 3)
        figures += _stall(server)
        return [*figures, *_window(server, folder, seconds)]


def _costs(server: Nginx, users: int, seconds: int, folder: Path) -> list[Figure]:
    """CPU per request of ours and the peers, in turn, and ours as times wrk's."""
    model = closed_model(constant(users, seconds))
    others = Others()
    figures, wrk_us = [], None
    for peer in PEERS_IN_TURN:
        cost = peer.run(server.url, users, seconds, folder)
        if cost is None and peer.optional:
            continue
        if peer.name == "wrk" and cost is not None:
            wrk_us = cost.cpu_us
        figures.append(
            Figure(
                name=f"{users} connections: {peer.name}, CPU per request",
                value=cost.cpu_us if cost else None,
                unit="µs",
                note=f"{cost.requests / seconds:,.0f}/s" if cost else "not installed",
            )
        )
    uvloop = uvloop_folder(folder)
    for loop, limit, where in (
        ("asyncio", WRK_TIMES, None),
        ("uvloop", WRK_TIMES_UVLOOP, uvloop),
    ):
        name = f"{users} connections: ours on {loop}"
        if loop == "uvloop" and uvloop is None:
            figures.append(
                Figure(name=f"{name}, CPU per request", value=None, unit="µs", note="not installed")
            )
            continue
        with _loop(loop, where):
            ran = run(server, model)
        said = doubt(others.share())
        figures.append(
            Figure(
                name=f"{name}, CPU per request",
                value=ran.cpu_us,
                unit="µs",
                note=f"{ran.rate:,.0f}/s, steps, checks and recording on",
            )
        )
        figures.append(
            Figure(
                name=f"{name}, times wrk's CPU",
                value=ran.cpu_us / wrk_us if wrk_us else None,
                unit="×",
                limit=limit,
                note="" if wrk_us else "wrk is not installed",
                doubt=said,
            )
        )
        if loop == "asyncio" and users > 10:
            figures += _saturated(ran, said)
    return figures


def _saturated(ran: Ran, said: str) -> list[Figure]:
    return [
        Figure(
            name="one core: CPU time per request (40,000/s is 25 µs)",
            value=ran.cpu_us,
            unit="µs",
            limit=TIME_PER_REQUEST_US,
            note=f"{ran.rate:,.0f}/s reached",
            doubt=said,
        ),
        Figure(
            name="memory of the generator, 200 users",
            value=ran.memory_mb,
            unit="MB",
            limit=MEMORY_MB,
        ),
    ]


def _at_the_target(server: Nginx, seconds: int, costs: list[Figure]) -> list[Figure]:
    """CPU at 1000/s. The limit was set where wrk took 4.9 µs a request: ``costs`` has what it takes
    here, and a slower machine is no fault of ours.
    """
    others = Others()
    ran = run(server, open_model(constant(1000, seconds), 200))
    late = max((g.late_p99_ms for s in ran.seconds for g in s.generators), default=0.0)
    wrk_us = next((f.value for f in costs if f.name == _WRK_AT_200), None)
    slower = (wrk_us or WRK_US) / WRK_US
    doubts = [doubt(others.share())]
    if slower > 1.1:
        doubts.append(f"wrk takes {slower:.1f} times the CPU of the machine of the limit")
    return [
        Figure(
            name="1000/s for 200 users: CPU of one core",
            value=ran.cpu_percent,
            unit="%",
            limit=TARGET_CPU,
            note=f"sends late by {late:.2f} ms at most (p99 of a second)",
            doubt="; ".join(filter(None, doubts)),
        )
    ]


def _beside_bare_sockets(server: Nginx, seconds: int, rounds: int) -> list[Figure]:
    """Send-based times at 1000/s over 200 connections, ours less the reference's, in turn."""
    others = Others()
    plain = Scenario(name="p", flows=(Flow(name="f", steps=(Step(name="s", path="/list"),)),))
    beyond: dict[str, list[float]] = {"p50": [], "p99": []}
    notes = []
    for _ in range(rounds):
        reference = _reference(server, seconds)
        ran = run(server, open_model(constant(1000, seconds), 200), plain, preferred=True)
        service = ran.result.measured.service if ran.result.measured else None
        if service is None:
            raise RuntimeError("nothing was measured")
        bare = {"p50": percentile(reference, 50), "p99": percentile(reference, 99)}
        for key, ours in (("p50", service.p50), ("p99", service.p99)):
            beyond[key].append(ours - bare[key])
            notes.append(f"{key} {ours:.2f} to {bare[key]:.2f}")
    return [
        Figure(
            name=f"1000/s, 200 users: {key} beyond that of bare sockets",
            value=statistics.median(beyond[key]),
            unit="ms",
            limit=limit,
            note="; ".join(note for note in notes if note.startswith(key)),
            doubt=doubt(others.share()),
        )
        for key, limit in (("p50", P50_BEYOND_MS), ("p99", P99_BEYOND_MS))
    ]


def _reference(server: Nginx, seconds: int) -> list[float]:
    port = server.url.rpartition(":")[2]
    script = Path(__file__).with_name("load_reference.py")
    pinned = ["taskset", "-c", str(GENERATOR_CORE), sys.executable, str(script)]
    with subprocess.Popen(
        [*pinned, port, "200", "1000", str(seconds)], stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        prefer(process.pid)
        output, _ = process.communicate(timeout=60)
    if process.returncode:
        raise RuntimeError("the reference failed")
    times: list[float] = json.loads(output)
    return times


def _stall(server: Nginx) -> list[Figure]:
    """The server stopped for a second: who fell due in it has waited, and nothing is left out."""
    others = Others()
    plain = Scenario(name="p", flows=(Flow(name="f", steps=(Step(name="s", path="/list"),)),))
    model = open_model(constant(_STALL_RATE, _STALL_SECONDS), 200)
    stalls: list[Future[float]] = []
    with ThreadPoolExecutor(1, "stall") as pool:

        def on_second(number: int) -> None:
            if number == _STALL_AT:
                stalls.append(pool.submit(server.stall, _STALL_S))

        result = run(server, model, plain, on_second).result
    stalled_ms = stalls[0].result() * 1000
    planned = _STALL_RATE * _STALL_SECONDS
    # Who fell due at the stall's beginning waited for all of it, at its end for nothing.
    expected_ms = stalled_ms - planned / 100 / _STALL_RATE * 1000
    response = result.measured.response if result.measured else None
    service = result.measured.service if result.measured else None
    return [
        Figure(
            name="a stall of 1 s at 500/s: p99 apart from what it makes",
            value=abs(response.p99 - expected_ms) if response else None,
            unit="ms",
            limit=STALL_WITHIN_MS,
            note=f"p99 {response.p99:.0f} ms of {expected_ms:.0f},"
            f" stopped for {stalled_ms:.0f} ms, service time's {service.p99:.0f} ms"
            if response and service
            else "",
            doubt=doubt(others.share()),
        ),
        Figure(
            name="a stall: requests sent, apart from those planned",
            value=abs(result.total.sent - planned),
            unit="",
            limit=0,
            note=f"{result.total.sent} of {planned}",
        ),
    ]


def _window(server: Nginx, folder: Path, seconds: int) -> list[Figure]:
    """How late the window's event loop is while the target is asked for, and at full speed."""
    figures = []
    for rate, users in ((1000, 200), (10_000, 200)):
        words = [str(folder), server.url, str(rate), str(users), str(seconds + 2)]
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.load_probe", *words],
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, "EVALCONSOLE_HOME": str(folder / "window")},
            timeout=120,
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        seen = json.loads(done.stdout.splitlines()[-1])
        figures += spread(
            f"window's event loop late, {rate}/s",
            seen["late_ms"],
            "ms",
            {"p99": LOOP_LATE_MS},
            note=f"{seen['rate']:,.0f}/s reached",
            doubt=doubt(seen["others"]),
        )
    return figures
