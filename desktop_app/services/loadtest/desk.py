"""Load runs as window and command line do them: target, scenario, plan, permission, what is kept.

Methods that talk to the server or read files block: call them from a worker. What may be put under
load is guarded here whatever was shown before: another computer needs its name typed, production
its lock open; the engine asks once more (``core.load.permission``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from desktop_app.api.guard import WriteGuard
from desktop_app.config.profiles import Environment, Profile
from desktop_app.core.errors import LocalFailure
from desktop_app.core.load.control import Control
from desktop_app.core.load.distribution import Distribution
from desktop_app.core.load.events import Event, RunEnded
from desktop_app.core.load.models import LoadModel
from desktop_app.core.load.permission import Permission
from desktop_app.core.load.plan import LoadPlan, LoadTarget, Order, Trim
from desktop_app.core.load.rehearsal import Rehearsed
from desktop_app.core.load.result import LoadResult, StopReason
from desktop_app.core.load.scenario import Account, Scenario
from desktop_app.core.load.thresholds import Threshold
from desktop_app.core.tasks import TaskContext
from desktop_app.engines.loadtest.rehearsal import rehearse
from desktop_app.engines.loadtest.run import run_load
from desktop_app.services.connected import Connected
from desktop_app.services.loadtest.comparison import LoadComparison, compare
from desktop_app.services.loadtest.runs import LoadHead, LoadRuns
from desktop_app.services.loadtest.scenario_files import read_scenario, shipped


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadOrder:
    """What a person orders. ``host`` was typed to confirm a target that is another computer.

    ``accounts`` sign the users in; they are never kept.
    """

    scenario: Scenario
    model: LoadModel
    thresholds: tuple[Threshold, ...] = ()
    generators: int = 1
    accounts: tuple[Account, ...] = field(default=(), repr=False)
    host: str = ""
    preset: str = ""
    seed: int = 0
    trim: Trim = field(default_factory=Trim)
    distribution: Distribution | None = None
    """Have workers on other computers send instead of this one's generators."""


class LoadDesk(Connected):
    """Load runs against one connection in one person's name.

    ``address`` tells where the API is (None while the local workspace does not run); ``mongo_uri``
    where its database is, if it may be watched.
    """

    def __init__(
        self,
        *,
        profile: Profile,
        guard: WriteGuard,
        by: str,
        folder: Path,
        address: Callable[[], str | None],
        mongo_uri: Callable[[], str | None] = lambda: None,
        others: Iterable[Profile] = (),
    ) -> None:
        """``folder`` keeps runs and the user's scenarios; ``others`` are known connections."""
        super().__init__(profile=profile, guard=guard, by=by, address=address, others=others)
        self.runs = LoadRuns(folder / "runs")
        self.scenarios_folder = folder / "scenarios"
        self.not_kept: LocalFailure | None = None
        """Why the last run could not be kept, if so."""
        self._mongo_uri = mongo_uri

    def scenario_paths(self) -> tuple[Path, ...]:
        """The scenarios to choose from: those of the program, then the user's."""
        own = sorted(self.scenarios_folder.glob("*.toml")) if self.scenarios_folder.is_dir() else []
        return (*shipped(), *own)

    def scenario(self, path: Path) -> Scenario:
        """A scenario from its file; raises ``LocalFailure``."""
        return read_scenario(path)

    # Before a run

    def order(self, wanted: LoadOrder) -> Order:
        """What the engine runs; raises ``NoAddress``, and ``ProductionLocked`` on production."""
        production = self.environment is Environment.PRODUCTION
        if production:
            self.guard.check()
        plan = LoadPlan(
            target=LoadTarget(
                url=self.url,
                environment=self.environment.value,
                verify_tls=self.profile.verify_tls,
                ca_file=self.profile.ca_file,
                name=self.profile.name,
            ),
            scenario=wanted.scenario,
            model=wanted.model,
            thresholds=wanted.thresholds,
            generators=wanted.generators,
            trim=wanted.trim,
            seed=wanted.seed,
            preset=wanted.preset,
        )
        return Order(
            plan=plan,
            permission=Permission(host=wanted.host, production=production, unlocked=production),
            accounts=wanted.accounts,
            mongo_uri=self._mongo_uri(),
            by=self.by,
            distribution=wanted.distribution,
        )

    def rehearse(self, wanted: LoadOrder, context: TaskContext) -> Iterator[Rehearsed]:
        """One round of every flow by one user; raises what ``order`` does, and ``Unrehearsed``."""
        yield from rehearse(self.order(wanted), context)

    # The run

    def run(
        self, wanted: LoadOrder, context: TaskContext, control: Control | None = None
    ) -> Iterator[Event]:
        """Run it; the last event is ``RunEnded``, and the run is kept.

        A production system that gets locked again meanwhile stops the run. Raises what ``order``
        does before the first event.
        """
        order = self.order(wanted)
        control = control or Control()
        guard = self.guard if order.permission.production else None
        for event in run_load(order, context, control):
            if guard is not None and guard.locked and not control.stopping:
                control.stop()
            if isinstance(event, RunEnded):
                self._keep(event.result)
            yield event

    # After a run

    def compare(self, before: str, after: str) -> LoadComparison:
        """Two kept runs beside each other; raises ``LocalFailure``."""
        return compare(self.runs.whole(before), self.runs.whole(after))

    def baseline(self, result: LoadResult) -> LoadResult | None:
        """The run that this one is to be compared with; None where there is none."""
        return self.runs.baseline(result, place=self.place)

    def note(self, run_id: str, note: str, tags: tuple[str, ...]) -> LoadHead:
        """Put a note and tags to a run; raises ``LocalFailure``."""
        return self.runs.revise(run_id, note=note, tags=tags)

    def _keep(self, result: LoadResult) -> None:
        self.not_kept = None
        if result.stop is StopReason.REFUSED:
            return
        try:
            self.runs.keep(result, place=self.place)
        except LocalFailure as failure:
            self.not_kept = failure
