"""How far evaluators agree: Krippendorff's alpha for interval data, of totals and per criterion.

α = 1 − D_o / D_e (Hayes & Krippendorff 2007): 1 is full agreement, 0 what chance would give, below
0 worse than chance. Units are companies, values those of evaluators of the same company; a company
with a single sheet does not take part.

The library ``krippendorff`` computes it where it can: it builds an array of companies × values ×
values, which for 500 companies scored from 0 to 100 takes 0.1 s and 40 MB per criterion, and 40 GB
for totals. Beyond ``MOST_CELLS`` the same formula is taken in its closed form, which interval data
allow because a sum of squared differences of pairs is m Σx² − (Σx)²; a test holds both equal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

from desktop_app.core.results import Agreement, Alpha, CountedSheet, Scoring
from desktop_app.core.whole_units import WholeUnits

MOST_CELLS = 50_000
"""Companies × distinct values² that the library is given: about 2 ms."""

DECIMALS = 3

Units = Sequence[Sequence[int]]


def agreement_of(scoring: Scoring) -> Agreement:
    """Alpha of the totals and of each criterion, in their order."""
    companies: dict[str, list[CountedSheet]] = defaultdict(list)
    for sheet in scoring.sheets:
        companies[sheet.company_id].append(sheet)
    totals = WholeUnits.covering(sheet.total for sheet in scoring.sheets).of
    scores = WholeUnits.covering(s for sheet in scoring.sheets for s in sheet.scores.values()).of

    def units(criterion_id: str) -> Units:
        return [
            [scores[one.scores[criterion_id]] for one in sheets if criterion_id in one.scores]
            for sheets in companies.values()
        ]

    return Agreement(
        totals=alpha([[totals[one.total] for one in sheets] for sheets in companies.values()]),
        criteria=tuple(alpha(units(criterion.id)) for criterion in scoring.criteria),
    )


def alpha(units: Units) -> Alpha:
    """Krippendorff's alpha of whole numbers by unit; the scale of the numbers does not matter."""
    pairable = [values for values in units if len(values) > 1]
    if not pairable:
        return Alpha(reason="too_few")
    distinct = sorted({value for values in pairable for value in values})
    if len(distinct) == 1:
        return Alpha(reason="no_variation", units=len(pairable))
    if len(pairable) * len(distinct) ** 2 <= MOST_CELLS:
        found = by_library(pairable, distinct)
    else:
        found = closed_form(pairable)
    # Without a negative zero.
    return Alpha(alpha=round(found, DECIMALS) + 0.0, units=len(pairable))


def by_library(units: Units, distinct: Sequence[int]) -> float:
    """Alpha as ``krippendorff`` computes it; imported here: the core itself needs no library."""
    import krippendorff
    import numpy as np

    place = {value: at for at, value in enumerate(distinct)}
    counts = np.zeros((len(units), len(distinct)), dtype=np.int64)
    # Sorted, so that not even the last binary digit depends on the order of sheets.
    for row, values in enumerate(sorted(map(sorted, units))):
        for value in values:
            counts[row, place[value]] += 1
    domain = np.array(distinct, dtype=np.float64)
    found = krippendorff.alpha(
        value_counts=counts, value_domain=domain, level_of_measurement="interval"
    )
    return float(found)


def closed_form(units: Units) -> float:
    """Alpha in exact fractions: 1 − (n − 1) Σ (m Q − S²) / (m − 1) over (n Q − S²)."""
    within: dict[int, int] = defaultdict(int)
    n = whole = squares = 0
    for values in units:
        m, own, own_squares = len(values), sum(values), sum(value * value for value in values)
        within[m] += m * own_squares - own * own
        n, whole, squares = n + m, whole + own, squares + own_squares
    observed = sum((Fraction(sum_, m - 1) for m, sum_ in within.items()), Fraction(0))
    return float(1 - (n - 1) * observed / (n * squares - whole * whole))
