"""Evaluators whose totals sit apart from those of the others: advice, and no more than that.

For evaluator j and each company i that j and at least one other scored,
d_ij = x_ij − mean of the others' totals there (a deleted residual: Cook & Weisberg, *Residuals and
Influence in Regression*, 1982, §2.2; j's own total is kept out, lest it hide itself). The
deviation is the mean of d_ij over those companies. The usual spread is the pooled standard
deviation of the others within the same companies, √(Σ SS_i / Σ (n_i − 2)), where SS_i is the
others' sum of squares about their own mean: a difference in how companies deserve does not enter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import sqrt

from desktop_app.core.results import (
    APART,
    LEAST_COMPANIES,
    CountedSheet,
    EvaluatorResult,
    Leaning,
)
from desktop_app.core.rounding import half_up, root_half_up
from desktop_app.core.whole_units import WholeUnits


@dataclass(slots=True)
class Deviation:
    """What is summed for one evaluator over companies, by the number of others in them.

    Numerators in whole units: ``differences`` over the number of others, ``squares`` too.
    """

    unit: int
    companies: int = 0
    differences: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    squares: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    freedom: int = 0

    def told(self, of: EvaluatorResult) -> EvaluatorResult:
        """``of`` with its deviation, in points and in usual spreads, and what that advises."""
        mean = _sum(self.differences) / (self.companies * self.unit)
        variance = None
        if self.freedom:
            variance = _sum(self.squares) / (self.freedom * self.unit**2)
        standardised = float(mean) / sqrt(variance) if variance else None
        shown = None if standardised is None else round(standardised, 2) + 0.0
        return replace(
            of,
            companies=self.companies,
            deviation=half_up(mean),
            spread=None if variance is None else root_half_up(variance),
            standardised=shown,
            leaning=_leaning(shown, self.companies),
        )


def deviations(
    companies: Iterable[Sequence[CountedSheet]], totals: WholeUnits
) -> dict[str, Deviation]:
    """By evaluator, over ``companies`` (the sheets of each); only who can be compared at all."""
    found: dict[str, Deviation] = {}
    for sheets in companies:
        others = len(sheets) - 1
        if others < 1:
            continue
        values = [totals.of[sheet.total] for sheet in sheets]
        whole, squares = sum(values), sum(value * value for value in values)
        for sheet, value in zip(sheets, values, strict=True):
            rest = whole - value
            own = found.setdefault(sheet.evaluator_id, Deviation(totals.unit))
            own.companies += 1
            own.differences[others] += others * value - rest
            own.squares[others] += others * (squares - value * value) - rest * rest
            own.freedom += others - 1
    return found


def _sum(by_others: dict[int, int]) -> Fraction:
    return sum((Fraction(sum_, others) for others, sum_ in by_others.items()), Fraction(0))


def _leaning(standardised: float | None, companies: int) -> Leaning:
    if standardised is None or companies < LEAST_COMPANIES:
        return Leaning.UNKNOWN
    if abs(standardised) < APART:
        return Leaning.USUAL
    return Leaning.HIGHER if standardised > 0 else Leaning.LOWER
