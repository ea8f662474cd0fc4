"""Two load runs beside each other: did it become slower, or is it chance?

Not two numbers are compared but the distributions, second by second. Requests close in time suffer
the same stalls, so that they are no independent samples: what is drawn again and again, with
putting back, are whole stretches of the runs (block bootstrap; Künsch 1989, Efron and Tibshirani
1993, §8.5). The spread of what comes of it is the uncertainty of each difference, widened for what
few stretches show too little of: their number (Student's t instead of the normal distribution) and
moods that outlast a stretch (the lag-1 correlation of its figure; Bayley and Hammersley 1946).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from desktop_app.core.language import N_
from desktop_app.core.load.histogram import Histogram, highest_of, merged
from desktop_app.core.load.result import LoadResult, Verdict
from desktop_app.core.load.second import Phase, Second
from desktop_app.core.validation.findings import Said, say
from desktop_app.services.loadtest.without_secrets import disclosed

DRAWS = 1000
MOST_BLOCKS = 60
LEAST_BLOCKS = 10
"""Stretches of a run; with fewer than this the spread says nothing."""
CONFIDENCE = 0.99
"""Of each figure: of five of them, one is taken for a change by chance in 1 of 20 comparisons."""
RELEVANT_SHARE = 0.05
RELEVANT_MS = 0.5
RELEVANT_ERRORS = 0.0005
"""Smaller differences are of no account, however certain: 5 %, half a millisecond, 0.05 %."""

_MOST_KINSHIP = 0.9

Numbers = npt.NDArray[np.float64]


class Change(StrEnum):
    """What became of one figure."""

    WORSE = "worse"
    BETTER = "better"
    SAME = "same"
    """The difference, with all its uncertainty, is of no account."""
    UNSURE = "unsure"
    """The runs are too short or too unsteady to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One figure of both runs. ``low`` to ``high`` hold the true difference with 99 % confidence.

    ``figure``: "p50", "p95", "p99" (ms), "rate" (1/s), "errors" (share).
    """

    figure: str
    before: float
    after: float
    low: float | None
    high: float | None
    change: Change


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadComparison:
    """Two runs compared. ``remarks`` say what speaks against comparing them.

    ``slower_chance``: how probable it is that a request of the later run takes longer than one of
    the earlier run, ties counted half (Mann and Whitney's U; 0.5: alike).
    """

    before: str
    after: str
    differences: tuple[Difference, ...]
    slower_chance: float | None
    remarks: tuple[Said, ...] = ()

    @property
    def worse(self) -> bool:
        """Whether any figure became worse beyond chance."""
        return any(one.change is Change.WORSE for one in self.differences)


def compare(before: LoadResult, after: LoadResult, *, seed: int = 1) -> LoadComparison:
    """How the later run differs from the earlier one; the same ``seed`` gives the same answer."""
    old, new = _Blocks(before), _Blocks(after)
    chance = np.random.default_rng(seed)
    enough = min(old.count, new.count) >= LEAST_BLOCKS
    differences: list[Difference] = []
    if old.total and new.total:
        differences = [_of_latency(old, new, chance, percent, enough) for percent in (50, 95, 99)]
        differences += [_of_ratio(old, new, chance, figure, enough) for figure in _RATIOS]
    return LoadComparison(
        before=before.run_id,
        after=after.run_id,
        differences=tuple(differences),
        slower_chance=_slower_chance(old.whole, new.whole),
        remarks=tuple(_remarks(before, after, enough=enough)),
    )


@dataclass(frozen=True, slots=True)
class _Ratio:
    """A figure that is one sum over another."""

    name: str
    worse_above: bool
    relevant: Callable[[float], float]


_RATIOS = (
    _Ratio("rate", False, lambda value: RELEVANT_SHARE * value),
    _Ratio("errors", True, lambda value: max(RELEVANT_SHARE * value, RELEVANT_ERRORS)),
)


def _of_latency(
    old: _Blocks, new: _Blocks, chance: np.random.Generator, percent: float, enough: bool
) -> Difference:
    return _difference(
        f"p{percent:g}",
        old.drawn(chance, percent) if enough else None,
        new.drawn(chance, percent) if enough else None,
        old.percentile(percent),
        new.percentile(percent),
        blocks=(old.count, new.count),
        relevant=lambda value: max(RELEVANT_SHARE * value, RELEVANT_MS),
    )


def _of_ratio(
    old: _Blocks, new: _Blocks, chance: np.random.Generator, figure: _Ratio, enough: bool
) -> Difference:
    return _difference(
        figure.name,
        old.drawn_ratio(chance, figure.name) if enough else None,
        new.drawn_ratio(chance, figure.name) if enough else None,
        old.ratio(figure.name),
        new.ratio(figure.name),
        blocks=(old.count, new.count),
        relevant=figure.relevant,
        worse_above=figure.worse_above,
    )


class _Blocks:
    """The measured part of a run in stretches of equal length."""

    def __init__(self, result: LoadResult) -> None:
        seconds = [second for second in result.seconds if second.phase is Phase.MEASURED]
        size = max(1, -(-len(seconds) // MOST_BLOCKS))
        parts = [seconds[at : at + size] for at in range(0, len(seconds) - size + 1, size)]
        self.count = len(parts)
        self.whole = merged(second.response_log for second in seconds)
        self.total = self.whole.total
        self._counters = sorted(self.whole.counts)
        self._values = np.array([highest_of(i) / 1000 for i in self._counters], dtype=float)
        place = {counter: at for at, counter in enumerate(self._counters)}
        self._counts = np.zeros((len(parts), len(self._counters)))
        for row, part in enumerate(parts):
            for counter, count in merged(second.response_log for second in part).counts.items():
                self._counts[row, place[counter]] = count
        self._over = {"rate": _sums(parts, _completed), "errors": _sums(parts, _failed)}
        self._under = {"rate": _sums(parts, _width), "errors": _sums(parts, _ended)}

    def percentile(self, percent: float) -> float:
        return self.whole.percentile_ms(percent)

    def drawn(self, chance: np.random.Generator, percent: float) -> Numbers:
        """The percentile of many runs made of this one's stretches."""
        drawn = self._percentiles(self._weights(chance) @ self._counts, percent)
        each = self._percentiles(self._counts[self._counts.any(axis=1)], percent)
        return _widened(drawn, each)

    def _percentiles(self, counts: Numbers, percent: float) -> Numbers:
        """Of each row of counters."""
        running = np.cumsum(counts, axis=1)
        wanted = running[:, -1:] * percent / 100
        places = np.argmax(running >= wanted - 1e-9, axis=1)
        return np.asarray(self._values[places], dtype=float)

    def ratio(self, figure: str) -> float:
        under = float(self._under[figure].sum())
        return float(self._over[figure].sum()) / under if under else 0.0

    def drawn_ratio(self, chance: np.random.Generator, figure: str) -> Numbers:
        weights = self._weights(chance)
        over, under = self._over[figure], self._under[figure]
        drawn = weights @ over / np.maximum(weights @ under, 1e-12)
        there = under > 0
        return _widened(np.asarray(drawn, dtype=float), over[there] / under[there])

    def _weights(self, chance: np.random.Generator) -> Numbers:
        drawn = chance.multinomial(self.count, np.full(self.count, 1 / self.count), size=DRAWS)
        return np.asarray(drawn, dtype=float)


def _widened(drawn: Numbers, each: Numbers) -> Numbers:
    """What was drawn, spread as ``each`` stretch's figure says: neighbours may be alike."""
    count = len(each)
    if count < LEAST_BLOCKS:
        return drawn
    apart = each - each.mean()
    kinship = float(apart[1:] @ apart[:-1]) / max(float(apart @ apart), 1e-12)
    kinship += (1 + 3 * kinship) / count  # a short row shows too little of it (Kendall 1954)
    kinship = min(max(kinship, 0.0), _MOST_KINSHIP)
    factor = math.sqrt(count / (count - 1) * (1 + kinship) / (1 - kinship))
    mean = drawn.mean()
    return np.asarray(mean + (drawn - mean) * factor, dtype=float)


def _stretch(old: Numbers, new: Numbers, blocks: tuple[int, int]) -> float:
    """How much wider Student's distribution is than the normal one, by Welch's freedom."""
    spreads = float(old.var()), float(new.var())
    parts = sum(s**2 / (n - 1) for s, n in zip(spreads, blocks, strict=True))
    freedom = sum(spreads) ** 2 / parts if parts else float(sum(blocks))
    # Abramowitz and Stegun 1972, 26.7.5
    z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    terms = (z**3 + z) / (4 * freedom), (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
    return 1 + sum(terms) / z


def _sums(parts: Sequence[Sequence[Second]], of: Callable[[Second], float]) -> Numbers:
    return np.array([sum(of(second) for second in part) for part in parts], dtype=float)


def _width(second: Second) -> float:
    return float(second.width_s)


def _completed(second: Second) -> float:
    return float(second.counts.completed)


def _failed(second: Second) -> float:
    return float(second.counts.failed)


def _ended(second: Second) -> float:
    return float(second.counts.ended)


def _difference(
    figure: str,
    old: Numbers | None,
    new: Numbers | None,
    before: float,
    after: float,
    *,
    blocks: tuple[int, int],
    relevant: Callable[[float], float],
    worse_above: bool = True,
) -> Difference:
    if old is None or new is None:
        return Difference(
            figure=figure, before=before, after=after, low=None, high=None, change=Change.UNSURE
        )
    tail = (1 - CONFIDENCE) / 2 * 100
    mean, stretch = float((new - old).mean()), _stretch(old, new, blocks)
    ends = np.percentile(new - old, [tail, 100 - tail])
    low, high = (mean + (float(end) - mean) * stretch for end in ends)
    bound = relevant(before)
    if -bound < low and high < bound:
        change = Change.SAME
    elif low > 0 and after - before >= bound:
        change = Change.WORSE if worse_above else Change.BETTER
    elif high < 0 and before - after >= bound:
        change = Change.BETTER if worse_above else Change.WORSE
    else:
        change = Change.UNSURE
    return Difference(figure=figure, before=before, after=after, low=low, high=high, change=change)


def _slower_chance(old: Histogram, new: Histogram) -> float | None:
    """Mann and Whitney's U as a probability, exact for counts in classes."""
    if not old or not new:
        return None
    below, favourable = 0, 0.0
    earlier = old.counts
    for counter in sorted({*earlier, *new.counts}):
        favourable += new.counts.get(counter, 0) * (below + earlier.get(counter, 0) / 2)
        below += earlier.get(counter, 0)
    return favourable / (old.total * new.total)


def _remarks(before: LoadResult, after: LoadResult, *, enough: bool) -> list[Said]:
    found = []
    if disclosed(before.plan.scenario) != disclosed(after.plan.scenario):
        found.append(say(N_("The scenarios are not the same.")))
    if before.plan.model != after.plan.model:
        found.append(say(N_("The load models are not the same.")))
    if not before.plan.target.is_same_as(after.plan.target):
        found.append(say(N_("The targets are not the same.")))
    found += [
        say(N_("The run {run} is no valid measurement."), run=result.run_id)
        for result in (before, after)
        if result.verdict in (Verdict.INVALID, Verdict.NOT_MEASURED)
    ]
    if not enough:
        found.append(
            say(N_("A run is too short to tell a difference from chance: {n} s at least."), n=10)
        )
    return found
