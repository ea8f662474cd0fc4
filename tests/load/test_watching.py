"""The target watched beside the load: what it tells late, and what it never ends telling."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from desktop_app.core.load.events import Event
from desktop_app.core.load.models import constant, open_model
from desktop_app.core.load.plan import LoadPlan, Order, Resources
from desktop_app.core.load.scenario import Step
from desktop_app.core.tasks import TaskContext
from desktop_app.engines.loadtest.pacing import clock
from desktop_app.engines.loadtest.resources import Watcher, figures_of
from desktop_app.engines.loadtest.run import run_load
from tests.load.runs import Run, plan_for
from tests.load.scripted import Scripted


def _watching(server: Scripted, metrics_path: str, seconds: float = 2) -> LoadPlan:
    model = open_model(constant(20, seconds), 2)
    plan = plan_for(server.url, Step(name="s", path="/fixed"), model)
    return replace(plan, resources=Resources(metrics_path=metrics_path, health_path=""))


def test_what_a_slow_target_tells_after_its_second_belongs_to_the_next(scripted: Scripted) -> None:
    """It is slow when it matters."""
    run = Run(_watching(scripted, "/slow-metrics", 3))
    told = [second.target for second in run.seconds if second.target is not None]
    assert told
    assert told[0].process_memory_mb == 1
    assert told[0].read_ms is not None
    assert told[0].read_ms > 900


@pytest.mark.parametrize("path", ["/endless", "/slow-head", "/interim-for-ever", "/silent"])
def test_an_answer_that_does_not_end_is_given_up(scripted: Scripted, path: str) -> None:
    watcher = Watcher(Order(plan=_watching(scripted, path)), clock)
    watcher.begin(clock() - 1)
    while not scripted.asked:
        assert watcher.second(0) is None
    watcher.stop()


def test_a_watcher_that_fails_does_not_keep_generators_alive(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_self: Watcher) -> None:
        raise RuntimeError("out of order")

    monkeypatch.setattr(Watcher, "_watch", broken)
    events: list[Event] = []
    with pytest.raises(RuntimeError, match="out of order"):
        events.extend(run_load(Order(plan=_watching(scripted, "/fixed", 0.3)), TaskContext()))


def test_what_mongodb_does_not_tell_is_not_known() -> None:
    status: dict[str, Any] = {"connections": {"current": 3}, "mem": {"supported": False}}
    assert figures_of(status) == {"mongo_connections": 3}
