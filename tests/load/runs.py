"""Short runs against the scripted server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from desktop_app.core.load.control import Control
from desktop_app.core.load.events import Event, RunEnded
from desktop_app.core.load.models import LoadModel, constant, open_model
from desktop_app.core.load.plan import LoadPlan, LoadTarget, Order, Timeouts
from desktop_app.core.load.result import LoadResult
from desktop_app.core.load.scenario import Flow, Scenario, Step
from desktop_app.core.load.second import Second
from desktop_app.core.tasks import TaskContext
from desktop_app.engines.loadtest.run import run_load

T = TypeVar("T")


def scenario(*steps: Step, **parts: Any) -> Scenario:
    """Each step a flow of its own."""
    flows = tuple(Flow(name=step.name, steps=(step,)) for step in steps)
    return Scenario(name="test", flows=flows, **parts)


def plan_for(
    url: str, what: Scenario | Step, model: LoadModel | None = None, **parts: Any
) -> LoadPlan:
    """A plan that reads no figures of the target and waits for little."""
    parts.setdefault("timeouts", Timeouts(connect_s=2, response_s=2))
    return LoadPlan(
        target=LoadTarget(url=url),
        scenario=what if isinstance(what, Scenario) else scenario(what),
        model=model or open_model(constant(50, 1), 10),
        resources=None,
        seed=1,
        **parts,
    )


class Run:
    """A run done: its events, and its result."""

    def __init__(
        self,
        plan: LoadPlan,
        on: Callable[[Event, Control], object] = lambda _event, _control: None,
        **order: Any,
    ) -> None:
        control = Control()
        self.events: list[Event] = []
        for event in run_load(Order(plan=plan, **order), TaskContext(), control):
            self.events.append(event)
            on(event, control)
        assert isinstance(self.events[-1], RunEnded)
        self.result: LoadResult = self.events[-1].result
        assert self.result.adds_up
        assert all(step.total.adds_up for step in self.result.steps)

    def all(self, kind: type[T]) -> list[T]:
        """The events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def seconds(self) -> list[Second]:
        """The seconds told."""
        return self.all(Second)
