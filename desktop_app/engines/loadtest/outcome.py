"""The result of a run, and whether it is one: its totals, its measured part, its verdict."""

from __future__ import annotations

import os
import platform
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from desktop_app import __version__
from desktop_app.core.language import N_
from desktop_app.core.load.counts import Counts, Failure
from desktop_app.core.load.gates import Gatekeeper
from desktop_app.core.load.plan import Order
from desktop_app.core.load.result import (
    Example,
    Facts,
    Gate,
    LoadResult,
    Mark,
    Measured,
    StepResult,
    StopReason,
    Verdict,
)
from desktop_app.core.load.scenario import Step
from desktop_app.core.load.second import Phase, Second
from desktop_app.core.load.thinning import thinned
from desktop_app.core.load.thresholds import GateState
from desktop_app.core.validation.findings import Said, say
from desktop_app.engines.loadtest.messages import Farewell
from desktop_app.engines.loadtest.tally import Tally

_CUT_SHORT = frozenset({StopReason.STOPPED, StopReason.STOPPED_AT_ONCE, StopReason.ABORTED})
_REFUSED = (Failure.STATUS, Failure.CONTENT)
_FEW_REFUSED = 0.01
_NOTHING = frozenset({StopReason.REFUSED, StopReason.UNREACHABLE, StopReason.NOT_PREPARED})


_FIND_OUT = say(
    N_(
        "Find out what ended it (too little memory, a virus scanner, a person, the network), and"
        " run it again."
    )
)


@dataclass(slots=True, kw_only=True)
class Story:
    """What happened, as the coordinator keeps it while the run goes."""

    order: Order
    run_id: str
    started_at: datetime
    steps: tuple[tuple[str, Step], ...]
    stop: StopReason = StopReason.DONE
    stop_said: Said | None = None
    advice: Said | None = None
    address: str = ""
    tls: str = ""
    server: str = ""
    loop: str = ""
    generators: int = 0
    seed: int = 0
    farewells: dict[int, Farewell] = field(default_factory=dict)
    lost: list[Said] = field(default_factory=list)
    warnings: list[Said] = field(default_factory=list)
    examples: list[Example] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    failures: list[dict[Failure, int]] = field(default_factory=list)
    seconds: list[Second] = field(default_factory=list)
    hot: dict[int, int] = field(default_factory=dict)
    """By generator's process: for how many seconds in a row its core has been full."""
    overheated: set[int] = field(default_factory=set)
    was_late: bool = False
    was_dropped: bool = False

    @property
    def spoilt(self) -> bool:
        """Whether the run is invalid already, whatever still comes."""
        return bool(self.lost or self.overheated)

    @property
    def stopped_at(self) -> float:
        """When the last request could be sent, as far as it is known; of the run's clock."""
        told = sum(second.width_s for second in self.seconds)
        return max((f.stopped_at for f in self.farewells.values()), default=float(told))

    def take(self, second: Second) -> None:
        """Keep a second; a long run's older ones are put together."""
        self.seconds.append(second)
        thinned(self.seconds)

    def strain(self, second: Second) -> list[Said]:
        """What a second shows of a generator that is not up to its task, each said once."""
        limits, said = self.order.plan.limits, list[Said]()
        if second.dropped and not self.was_dropped and second.phase is not Phase.WARM_UP:
            self.was_dropped = True
            said.append(
                say(
                    N_(
                        "From second {second} on, requests were given up: no user was free in time."
                    ),
                    second=second.number,
                )
            )
        if second.phase is not Phase.MEASURED:
            return said
        for generator in second.generators:
            row = self.hot.get(generator.pid, 0) + 1
            self.hot[generator.pid] = row if generator.cpu_share >= limits.cpu_share else 0
            if row < limits.cpu_seconds or not self.hot[generator.pid]:
                continue
            if generator.pid not in self.overheated:
                self.overheated.add(generator.pid)
                said.append(
                    say(
                        N_("The generator (process {pid}) uses its core whole: {percent} %."),
                        pid=generator.pid,
                        percent=round(generator.cpu_share * 100),
                    )
                )
        late = limits.too_many_late(second.counts.late, second.asked)
        if late and not self.was_late:
            self.was_late = True
            said.append(
                say(
                    N_("In second {second}, {count} of {asked} left more than {limit} ms late."),
                    second=second.number,
                    count=second.counts.late,
                    asked=second.asked,
                    limit=f"{limits.late_ms:g}",
                )
            )
        return said


def result_of(story: Story, tally: Tally, gates: Gatekeeper) -> LoadResult:
    """How a run came out."""
    plan = story.order.plan
    measured, by_step = _measured(story, tally)
    total = tally.whole()
    arrivals = tally.arrivals()
    asked, dropped = arrivals.asked, arrivals.dropped
    # Of a generator that was lost, what waited for a free user was neither sent nor dropped.
    unsent = asked - dropped - total.sent if story.lost else tally.unsent
    reasons = _reasons(story, total, measured, tally)
    parts = {step.name: step.measured for step in by_step}
    outcome = gates.outcome(measured, parts, cut_short=story.stop in _CUT_SHORT)
    if story.stop in _NOTHING or (measured is None and not story.lost):
        verdict = Verdict.NOT_MEASURED
    elif reasons:
        verdict = Verdict.INVALID
    else:
        verdict = _verdict(outcome, cut_short=story.stop in _CUT_SHORT)
    setup_failures: Counter[Failure] = Counter()
    for failures in story.failures:
        setup_failures.update(failures)
    return LoadResult(
        run_id=story.run_id,
        plan=plan,
        by=story.order.by,
        started_at=story.started_at,
        seconds_run=story.stopped_at,
        stop=story.stop,
        stop_said=story.stop_said,
        advice=story.advice or (_FIND_OUT if story.lost else None),
        verdict=verdict,
        reasons=tuple(reasons),
        asked=asked,
        dropped=dropped,
        unsent=unsent,
        total=total,
        measured=measured,
        steps=tuple(by_step),
        seconds=tuple(story.seconds),
        gates=outcome,
        examples=tuple(story.examples),
        marks=tuple(story.marks),
        warnings=(*story.warnings, *_cautions(measured)),
        setup_failures=dict(setup_failures),
        facts=_facts(story),
    )


def _verdict(gates: Iterable[Gate], *, cut_short: bool) -> Verdict:
    """What a valid run says: what could not be judged makes it neither passed nor failed, and so
    does a stop: whether the rest of what was planned would have held, nobody knows.
    """
    states = {gate.state for gate in gates}
    if GateState.BROKEN in states:
        return Verdict.FAILED
    return Verdict.INCONCLUSIVE if cut_short or GateState.NO_DATA in states else Verdict.PASSED


def _measured(story: Story, tally: Tally) -> tuple[Measured | None, list[StepResult]]:
    """The figures of the measured part, all together and by step; none where it never began."""
    plan = story.order.plan
    stopped = story.stopped_at
    first, last = tally.first_s, stopped
    if story.stop in _CUT_SHORT and plan.seconds >= plan.trim.least_s:
        last = float(int(stopped) - 1)
        if story.stop is StopReason.ABORTED:  # something was judged: let it be seen
            last = max(last, min(stopped, first + 1))
    everything = range(len(story.steps))
    whole = tally.measured(first, last, everything) if last > first else None
    if whole is None or not whole.counts.sent:
        return None, []
    steps = [
        StepResult(
            flow=flow,
            name=step.name,
            total=tally.total(number),
            measured=tally.measured(first, last, [number]),
        )
        for number, (flow, step) in enumerate(story.steps)
    ]
    return whole, steps


def _reasons(story: Story, total: Counts, measured: Measured | None, tally: Tally) -> list[Said]:
    """Why the run says more about its generators than about the target, or nothing at all."""
    limits = story.order.plan.limits
    reasons = list(story.lost)
    if measured is None and story.stop in _CUT_SHORT and total.sent:
        reasons.append(say(N_("It was stopped too early to measure anything.")))
    if measured is not None and limits.too_many_late(measured.counts.late, measured.asked):
        reasons.append(
            say(
                N_("{percent} % of the requests left more than {limit} ms late."),
                percent=f"{measured.counts.late / measured.asked * 100:.1f}",
                limit=f"{limits.late_ms:g}",
            )
        )
    if measured is not None and not story.order.plan.model.is_open:
        there = tally.arrivals(measured.from_s, measured.to_s)
        # Users who ask at once after an answer are never late: the answer is taken in late.
        if limits.too_many_late(there.late_moments, there.moments):
            reasons.append(
                say(
                    N_("{percent} % of the time, answers were taken in more than {limit} ms late."),
                    percent=f"{there.late_moments / there.moments * 100:.1f}",
                    limit=f"{limits.late_ms:g}",
                )
            )
    if story.overheated:
        reasons.append(
            say(
                N_("A generator used its core whole ({percent} % or more for {seconds} s)."),
                percent=round(limits.cpu_share * 100),
                seconds=limits.cpu_seconds,
            )
        )
    if ours := total.failures.get(Failure.GENERATOR, 0):
        reasons.append(
            say(
                N_("This computer had no port or file handle left for {count} requests."),
                count=ours,
            )
        )
    return reasons


def _cautions(measured: Measured | None) -> list[Said]:
    """What the figures have to be read with."""
    if measured is None:
        return []
    found, answers = [], measured.response.count if measured.response is not None else 0
    refused = sum(measured.counts.failures.get(kind, 0) for kind in _REFUSED)
    if refused > _FEW_REFUSED * answers:
        found.append(
            say(
                N_(
                    "{percent} % of the answers were not as expected. Their times are among the "
                    "response times: a server that refuses quickly looks fast."
                ),
                percent=f"{refused / answers * 100:.1f}",
            )
        )
    if left := measured.counts.in_flight:
        found.append(
            say(
                N_("Requests without an answer at the end: {count}. They are among no times."),
                count=left,
            )
        )
    return found


def _facts(story: Story) -> Facts:
    return Facts(
        client=f"evalconsole {__version__}, Python {platform.python_version()}, "
        f"{platform.system()} {platform.release()}",
        loop=story.loop,
        cores=os.cpu_count() or 0,
        generators=story.generators,
        seed=story.seed,
        address=story.address,
        tls=story.tls,
        server=story.server,
    )
