"""From sheets to results: one pure function for the server, the exports and whoever checks them.

Means are exact fractions and rounded once. The rules are ``core.results.RULES``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from math import lcm
from operator import mul

from desktop_app.core.outlying import deviations
from desktop_app.core.projects import Basis, ResultRules
from desktop_app.core.results import (
    BIN_WIDTH,
    BINS,
    LEAST_TO_TRIM,
    CompanyResult,
    CountedSheet,
    Dropped,
    EvaluatorResult,
    Figures,
    GivenTotal,
    Scoring,
    Tie,
)
from desktop_app.core.rounding import half_up, quotient_half_up, root_half_up
from desktop_app.core.templates import Criterion, exact
from desktop_app.core.whole_units import WholeUnits


def figures_of(scoring: Scoring) -> Figures:
    """The results of ``scoring``; in no way dependent on the order of its sheets or names."""
    of_company: dict[str, list[CountedSheet]] = defaultdict(list)
    for sheet in scoring.sheets:
        of_company[sheet.company_id].append(sheet)
    missing: dict[str, list[str]] = defaultdict(list)
    for open_sheet in scoring.missing:
        missing[open_sheet.company_id].append(open_sheet.evaluator_id)
    exactly = _Exactly(scoring.criteria, scoring.sheets)
    companies = [
        _company(
            candidate.id,
            candidate.name,
            sorted(of_company[candidate.id], key=lambda sheet: (sheet.evaluator_id, sheet.total)),
            tuple(sorted(missing[candidate.id])),
            scoring.rules,
            exactly,
        )
        for candidate in scoring.candidates
    ]
    return Figures(
        rules=scoring.rules,
        criteria=tuple(replace(c, description=None, guide=None) for c in scoring.criteria),
        companies=_ranked(companies, scoring.criteria),
        evaluators=_evaluators(scoring, of_company, exactly.totals),
        distribution=_distribution(sheet.total for sheet in scoring.sheets),
    )


def trimming_needs(rules: ResultRules) -> int:
    """How many sheets a company needs before one highest and one lowest are dropped."""
    return max(LEAST_TO_TRIM, rules.minimum_panel)


class _Exactly:
    """Totals and scores in whole units, and the weights in theirs."""

    def __init__(self, criteria: tuple[Criterion, ...], sheets: Iterable[CountedSheet]) -> None:
        counted = tuple(sheets)
        self.totals = WholeUnits.covering(sheet.total for sheet in counted)
        self._scores = WholeUnits.covering(s for sheet in counted for s in sheet.scores.values())
        self.ids = tuple(criterion.id for criterion in criteria)
        weights = [
            Fraction(exact(criterion.weight)) / Fraction(exact(criterion.max_score))
            for criterion in criteria
        ]
        whole = lcm(*(weight.denominator for weight in weights))
        self._factors = [int(weight * whole) for weight in weights]
        self._divisor = whole * self._scores.unit

    def row(self, sheet: CountedSheet) -> list[int]:
        """The scores of ``sheet`` in the criteria's order; 0 where there is none."""
        units, scores = self._scores.of, sheet.scores
        return [units[scores.get(id_)] for id_ in self.ids]

    def total(self, row: Sequence[int]) -> float:
        """What scores come to (as ``scoring.weighted_total``)."""
        return quotient_half_up(sum(map(mul, row, self._factors)), self._divisor)

    def means(
        self, sheets: Sequence[CountedSheet], rows: Sequence[Sequence[int]]
    ) -> tuple[float | None, ...]:
        """The mean of each criterion over the sheets that scored it."""
        counts = [len(sheets)] * len(self.ids)
        if any(len(sheet.scores) < len(self.ids) for sheet in sheets):
            counts = [sum(id_ in sheet.scores for sheet in sheets) for id_ in self.ids]
        return tuple(
            quotient_half_up(sum(column), self._scores.unit * count) if count else None
            for column, count in zip(zip(*rows, strict=True), counts, strict=True)
        )


def _company(
    id_: str,
    name: str,
    sheets: list[CountedSheet],
    missing: tuple[str, ...],
    rules: ResultRules,
    exactly: _Exactly,
) -> CompanyResult:
    result = CompanyResult(
        id=id_,
        name=name,
        missing=missing,
        criterion_means=(None,) * len(exactly.ids),
    )
    if not sheets:
        return result
    rows = [exactly.row(sheet) for sheet in sheets]
    n, unit = len(sheets), exactly.totals.unit
    values = [exactly.totals.of[sheet.total] for sheet in sheets]
    whole = sum(values)
    trimmed, dropped = _trimmed(values, unit, rules)
    squares = n * sum(value * value for value in values) - whole * whole
    result = replace(
        result,
        totals=tuple(
            GivenTotal(
                evaluator_id=sheet.evaluator_id,
                total=sheet.total,
                dropped=dropped.get(place),
                differs=bool(sheet.scores) and exactly.total(rows[place]) != sheet.total,
            )
            for place, sheet in enumerate(sheets)
        ),
        mean=half_up(Fraction(whole, n * unit)),
        median=half_up(_median(values, unit)),
        trimmed_mean=None if trimmed is None else half_up(trimmed),
        deviation=root_half_up(Fraction(squares, n * (n - 1) * unit**2)) if n > 1 else None,
        criterion_means=exactly.means(sheets, rows),
    )
    return _judged(result, rules)


def _median(values: list[int], unit: int) -> Fraction:
    ordered, middle = sorted(values), len(values) // 2
    if len(values) % 2:
        return Fraction(ordered[middle], unit)
    return Fraction(ordered[middle - 1] + ordered[middle], 2 * unit)


def _trimmed(
    values: list[int], unit: int, rules: ResultRules
) -> tuple[Fraction | None, dict[int, Dropped]]:
    """The trimmed mean and which places it leaves out; sheets are in the evaluators' order.

    Of equal ones the first is the highest and the last the lowest, so they are never the same.
    """
    if len(values) < trimming_needs(rules):
        return None, {}
    highest = values.index(max(values))
    lowest = len(values) - 1 - values[::-1].index(min(values))
    kept = sum(values) - values[highest] - values[lowest]
    dropped = {highest: Dropped.HIGHEST, lowest: Dropped.LOWEST}
    return Fraction(kept, (len(values) - 2) * unit), dropped


def _judged(result: CompanyResult, rules: ResultRules) -> CompanyResult:
    """``result`` with the figure that ranks it, and whether that passes."""
    by = rules.basis
    if by is Basis.TRIMMED_MEAN and result.trimmed_mean is None:
        by = Basis.MEAN
    figures = {
        Basis.MEAN: result.mean,
        Basis.MEDIAN: result.median,
        Basis.TRIMMED_MEAN: result.trimmed_mean,
    }
    figure = figures[by]
    assert figure is not None  # there are sheets
    passes = None if rules.cut_line is None else exact(figure) >= exact(rules.cut_line)
    return replace(result, ranked_by=by, figure=figure, passes=passes)


def tie_order(criteria: Sequence[Criterion]) -> tuple[int, ...]:
    """The places of the criteria in the order in which they break ties."""
    return tuple(sorted(range(len(criteria)), key=lambda at: (-exact(criteria[at].weight), at)))


def _ranked(
    companies: list[CompanyResult], criteria: Sequence[Criterion]
) -> tuple[CompanyResult, ...]:
    order = tie_order(criteria)

    def key(company: CompanyResult) -> tuple[float, ...]:
        means = [company.criterion_means[at] for at in order]
        figures = (company.figure, *means, company.median)
        return tuple(-1.0 if figure is None else figure for figure in figures)

    keys = {company.id: key(company) for company in companies if company.figure is not None}
    same_key, same_figure = Counter(keys.values()), Counter(k[0] for k in keys.values())
    first_place: dict[tuple[float, ...], int] = {}
    for place, found in enumerate(sorted(keys.values(), reverse=True), start=1):
        first_place.setdefault(found, place)

    def placed(company: CompanyResult) -> CompanyResult:
        if company.id not in keys:
            return company
        own = keys[company.id]
        tie = Tie.BROKEN if same_figure[own[0]] > 1 else Tie.NONE
        tie = Tie.SHARED if same_key[own] > 1 else tie
        return replace(company, rank=first_place[own], tie=tie)

    last = len(companies) + 1
    return tuple(
        sorted(map(placed, companies), key=lambda one: (one.rank or last, one.name, one.id))
    )


def _evaluators(
    scoring: Scoring, of_company: dict[str, list[CountedSheet]], units: WholeUnits
) -> tuple[EvaluatorResult, ...]:
    given: dict[str, list[float]] = defaultdict(list)
    for sheet in scoring.sheets:
        given[sheet.evaluator_id].append(sheet.total)
    missing = Counter(open_sheet.evaluator_id for open_sheet in scoring.missing)
    apart = deviations(of_company.values(), units)
    found = []
    for person in scoring.panel:
        totals = given[person.id]
        whole = sum(units.of[total] for total in totals)
        mean = Fraction(whole, len(totals) * units.unit) if totals else None
        own = EvaluatorResult(
            id=person.id,
            name=person.name,
            sheets=len(totals),
            missing=missing[person.id],
            mean=None if mean is None else half_up(mean),
            distribution=_distribution(totals),
        )
        if person.id in apart:
            own = apart[person.id].told(own)
        found.append(own)
    return tuple(sorted(found, key=lambda one: (one.name, one.id)))


def _distribution(totals: Iterable[float]) -> tuple[int, ...]:
    counts = [0] * BINS
    for total in totals:
        counts[min(BINS - 1, int(total // BIN_WIDTH))] += 1
    return tuple(counts)
