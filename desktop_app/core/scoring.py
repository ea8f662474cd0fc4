"""The weighted total of a sheet: one function for the server, the form and the reports.

Rule (SYSTEM.md §2): total = Σ score / max_score × weight, rounded half-up to 2 decimals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from desktop_app.core.templates import Criterion, exact

CENT = Decimal("0.01")


def rounded(value: Fraction) -> Decimal:
    """``value`` rounded half-up (away from zero at the middle) to 2 decimals, exactly."""
    hundredths = value * 100
    whole, rest = divmod(abs(hundredths.numerator), hundredths.denominator)
    whole += 2 * rest >= hundredths.denominator
    signed = whole if hundredths >= 0 else -whole
    return (Decimal(signed) / 100).quantize(CENT, ROUND_HALF_UP)


def weighted_total(criteria: Iterable[Criterion], scores: Mapping[str, float | None]) -> Decimal:
    """The total of a sheet, from 0.00 to 100.00; what is not scored counts as nothing yet.

    ``scores`` maps a criterion's id to its score.
    """
    total = Fraction(0)
    for criterion in criteria:
        score = scores.get(criterion.id)
        if score is not None:
            share = Fraction(exact(score)) / Fraction(exact(criterion.max_score))
            total += share * Fraction(exact(criterion.weight))
    return rounded(total)
