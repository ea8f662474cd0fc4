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
from dataclasses import dataclass, replace
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
from desktop_app.core.templates import exact


@dataclass(slots=True)
class Deviation:
    """What is summed for one evaluator over companies."""

    companies: int = 0
    differences: Fraction = Fraction(0)
    squares: Fraction = Fraction(0)
    freedom: int = 0

    def told(self, of: EvaluatorResult) -> EvaluatorResult:
        """``of`` with its deviation, in points and in usual spreads, and what that advises."""
        mean = self.differences / self.companies
        variance = self.squares / self.freedom if self.freedom else None
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


def deviations(companies: Iterable[Sequence[CountedSheet]]) -> dict[str, Deviation]:
    """By evaluator, over ``companies`` (the sheets of each); only who can be compared at all."""
    found: dict[str, Deviation] = defaultdict(Deviation)
    for sheets in companies:
        others = len(sheets) - 1
        if others < 1:
            continue
        values = [Fraction(exact(sheet.total)) for sheet in sheets]
        whole, squares = sum(values), sum(value * value for value in values)
        for sheet, value in zip(sheets, values, strict=True):
            rest = whole - value
            own = found[sheet.evaluator_id]
            own.companies += 1
            own.differences += value - rest / others
            own.squares += squares - value * value - rest * rest / others
            own.freedom += others - 1
    return dict(found)


def _leaning(standardised: float | None, companies: int) -> Leaning:
    if standardised is None or companies < LEAST_COMPANIES:
        return Leaning.UNKNOWN
    if abs(standardised) < APART:
        return Leaning.USUAL
    return Leaning.HIGHER if standardised > 0 else Leaning.LOWER
