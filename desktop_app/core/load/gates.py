"""How thresholds stand, second by second and at the end."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from desktop_app.core.language import N_
from desktop_app.core.load.counts import Latency
from desktop_app.core.load.result import Gate, Measured
from desktop_app.core.load.second import Phase, Second, TargetSecond
from desktop_app.core.load.thresholds import LATENCIES, GateState, Metric, Threshold
from desktop_app.core.validation.findings import Said, say

NOTHING = N_("there was nothing to judge")
NOT_TOLD = N_("the server does not tell it")

_FIELD = {Metric.P999: "p999"}
_TOLD_BY_TARGET = (Metric.TARGET_CPU, Metric.TARGET_MEMORY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A threshold came into another state."""

    threshold: Threshold
    state: GateState
    value: float | None


class Gatekeeper:
    """Follows thresholds through the measured seconds of a run."""

    def __init__(self, thresholds: Iterable[Threshold], *, whole_s: float = math.inf) -> None:
        """``whole_s``: a second of that number is not whole, and no measurement of a rate."""
        self._whole_s = whole_s
        self.thresholds = tuple(thresholds)
        self._states = dict.fromkeys(range(len(self.thresholds)), GateState.NO_DATA)
        self._judged: Counter[int] = Counter()
        """Seconds in which there was something to judge, by threshold."""
        self._broken_for: dict[int, int] = {}
        self._broken_at: dict[int, int] = {}
        self._told = Counter[Metric]()
        self._told_sum: dict[Metric, float] = dict.fromkeys(_TOLD_BY_TARGET, 0.0)
        """How often, and how much in all, the target told of itself."""

    def judge(self, second: Second, so_far: Callable[[str], Measured | None]) -> list[Change]:
        """What a second changes; ``so_far`` gives the measured part, of a step or ("") all.

        Seconds of warming up and draining are not judged.
        """
        if second.phase is not Phase.MEASURED:
            return []
        if second.target is not None:
            self._hear(second.target)
        changes = []
        for place, threshold in enumerate(self.thresholds):
            if threshold.metric is Metric.RATE and second.number >= self._whole_s:
                continue
            if threshold.for_s:
                value, state = self._lasting(place, threshold, second)
            else:
                value, state = self._overall(threshold, so_far(threshold.step))
            if state is not self._states[place]:
                self._states[place] = state
                changes.append(Change(threshold=threshold, state=state, value=value))
        return changes

    def _hear(self, target: TargetSecond) -> None:
        shares = (target.cpu_share, target.memory_share)
        for metric, share in zip(_TOLD_BY_TARGET, shares, strict=True):
            if share is not None:
                self._told[metric] += 1
                self._told_sum[metric] += share

    def _lasting(
        self, place: int, threshold: Threshold, second: Second
    ) -> tuple[float | None, GateState]:
        value, unanswered = in_second(threshold, second)
        if place in self._broken_at:
            return value, GateState.BROKEN
        if value is None and not unanswered:
            # Nothing was there to be judged: a count that began goes on.
            return value, self._states[place]
        self._judged[place] += 1
        if value is not None and threshold.relation.holds(value, threshold.limit):
            self._broken_for[place] = 0
            return value, GateState.HOLDS
        long = self._broken_for[place] = self._broken_for.get(place, 0) + 1
        if long < threshold.for_s:
            return value, GateState.PENDING
        self._broken_at[place] = second.number
        return value, GateState.BROKEN

    def outcome(
        self, measured: Measured | None, steps: dict[str, Measured], *, cut_short: bool = False
    ) -> tuple[Gate, ...]:
        """How every threshold came out; ``steps`` are the measured parts of the steps.

        What could not have been broken was not judged. ``cut_short``: the run was stopped.
        """
        gates = []
        for place, threshold in enumerate(self.thresholds):
            part = steps.get(threshold.step) if threshold.step else measured
            value, state = self._overall(threshold, part)
            said = None
            if threshold.for_s:
                state, said = self._lasted(place, threshold, cut_short=cut_short)
            if measured is None and state is not GateState.BROKEN:
                state, said = GateState.NO_DATA, say(NOTHING)
            elif state is GateState.NO_DATA and said is None:
                said = say(NOT_TOLD if threshold.metric in _TOLD_BY_TARGET else NOTHING)
            gates.append(
                Gate(
                    threshold=threshold,
                    state=state,
                    value=value,
                    broken_at=self._broken_at.get(place),
                    said=said,
                )
            )
        return tuple(gates)

    def _lasted(
        self, place: int, threshold: Threshold, *, cut_short: bool
    ) -> tuple[GateState, Said | None]:
        """How a threshold with ``for`` came out, and why it could not be judged, if so."""
        state, judged = self._states[place], self._judged[place]
        if state is GateState.BROKEN:
            return state, None
        if not judged and threshold.metric in _TOLD_BY_TARGET:
            return GateState.NO_DATA, say(NOT_TOLD)
        if judged < threshold.for_s:
            said = say(N_("{n} s of the {needed} s it takes"), n=judged, needed=threshold.for_s)
            return GateState.NO_DATA, said
        if state is GateState.PENDING and cut_short:
            broken = self._broken_for[place]
            said = say(
                N_("stopped when broken for {n} s of the {needed} s it takes"),
                n=broken,
                needed=threshold.for_s,
            )
            return GateState.NO_DATA, said
        return GateState.HOLDS, None

    def _overall(
        self, threshold: Threshold, part: Measured | None
    ) -> tuple[float | None, GateState]:
        """The value over a part of the run, and how the threshold stands by it."""
        if threshold.metric in _TOLD_BY_TARGET:
            told, share = self._told[threshold.metric], self._told_sum[threshold.metric]
            return _judged(threshold, share / told * 100 if told else None)
        if part is None:
            return None, GateState.NO_DATA
        value = over(threshold, part)
        if value is None and threshold.metric in LATENCIES and part.counts.failed:
            return None, GateState.BROKEN  # no request came to an answer, however late
        return _judged(threshold, value)


def over(threshold: Threshold, part: Measured) -> float | None:
    """The value of a threshold's metric over a part of a run; None: nothing to judge by."""
    if threshold.metric in LATENCIES:
        return _of(part.service if threshold.service else part.response, threshold.metric)
    if threshold.metric is Metric.RATE:
        return part.rate
    if threshold.metric is Metric.DROPPED:
        return part.dropped / part.asked * 100 if part.asked else None
    share = part.counts.error_share
    return None if share is None else share * 100


def in_second(threshold: Threshold, second: Second) -> tuple[float | None, bool]:
    """The value of a threshold's metric in one second; and, where there is none, whether that is
    because requests went unanswered: then there is something to judge.
    """
    counts, response, service = second.counts, second.response, second.service
    if threshold.step:
        step = second.steps.get(threshold.step)
        if step is None:
            return None, False
        counts, response, service = step.counts, step.response, step.service
    unanswered = counts.in_flight > 0 or counts.sent > 0 or second.waiting > 0
    if threshold.metric in LATENCIES:
        return _of(service if threshold.service else response, threshold.metric), unanswered
    if threshold.metric is Metric.RATE:
        return float(counts.completed), False
    if threshold.metric is Metric.ERRORS:
        share = counts.error_share
        return (None if share is None else share * 100), unanswered
    if threshold.metric is Metric.DROPPED:
        return (second.dropped / second.asked * 100 if second.asked else None), False
    target = second.target
    told = None
    if target is not None:
        told = target.cpu_share if threshold.metric is Metric.TARGET_CPU else target.memory_share
    return (None if told is None else told * 100), False


def _of(latency: Latency | None, metric: Metric) -> float | None:
    if latency is None:
        return None
    value: float = getattr(latency, _FIELD.get(metric, metric.value))
    return value


def _judged(threshold: Threshold, value: float | None) -> tuple[float | None, GateState]:
    if value is None:
        return None, GateState.NO_DATA
    holds = threshold.relation.holds(value, threshold.limit)
    return value, GateState.HOLDS if holds else GateState.BROKEN
