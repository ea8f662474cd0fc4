"""The results' figures against numpy and scipy, which were written by others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from desktop_app.core.projects import Basis
from desktop_app.core.result_figures import figures_of, tie_order, trimming_needs
from desktop_app.core.results import CompanyResult, CountedSheet, Figures, Scoring
from tests.results.strategies import near, scorings

WHOLE = settings(max_examples=75)


def sheets_of(scoring: Scoring, company: CompanyResult) -> list[CountedSheet]:
    return [sheet for sheet in scoring.sheets if sheet.company_id == company.id]


@given(scorings())
@WHOLE
def test_totals_are_the_weighted_sums_of_numpy(scoring: Scoring) -> None:
    weights = np.array([criterion.weight for criterion in scoring.criteria])
    highest = np.array([criterion.max_score for criterion in scoring.criteria])
    for sheet in scoring.sheets:
        scores = np.array([sheet.scores[criterion.id] for criterion in scoring.criteria])

        assert near(sheet.total, np.dot(scores / highest, weights))
    assert not any(t.differs for c in figures_of(scoring).companies for t in c.totals)


@given(scorings())
@WHOLE
def test_mean_median_and_deviation_are_those_of_numpy(scoring: Scoring) -> None:
    for company in figures_of(scoring).companies:
        totals = np.array([sheet.total for sheet in sheets_of(scoring, company)])
        if not totals.size:
            assert company.figure is None
            continue
        assert near(company.mean, np.mean(totals))
        assert near(company.median, np.median(totals))
        assert near(company.deviation, np.std(totals, ddof=1) if totals.size > 1 else None)


@given(scorings())
@WHOLE
def test_the_trimmed_mean_is_that_of_scipy(scoring: Scoring) -> None:
    for company in figures_of(scoring).companies:
        totals = np.array([sheet.total for sheet in sheets_of(scoring, company)])
        if totals.size < trimming_needs(scoring.rules):
            assert company.trimmed_mean is None
            continue
        # scipy cuts a proportion at each end: a little more than one of n cuts exactly one.
        assert near(company.trimmed_mean, stats.trim_mean(totals, 1.0001 / totals.size))
        dropped = [given for given in company.totals if given.dropped]
        assert sorted(given.total for given in dropped) == [totals.min(), totals.max()]


@given(scorings())
@WHOLE
def test_the_means_of_criteria_are_those_of_numpy(scoring: Scoring) -> None:
    for company in figures_of(scoring).companies:
        for place, criterion in enumerate(scoring.criteria):
            given_ = [sheet.scores[criterion.id] for sheet in sheets_of(scoring, company)]
            expected = np.mean(given_) if given_ else None

            assert near(company.criterion_means[place], expected)


def _key(figures: Figures, company: CompanyResult) -> tuple[float, ...]:
    means = [company.criterion_means[place] or 0 for place in tie_order(figures.criteria)]
    return (company.figure or 0, *means, company.median or 0)


@given(scorings(companies=8, evaluators=3))
@WHOLE
def test_ranks_are_those_of_scipy(scoring: Scoring) -> None:
    figures = figures_of(scoring)
    ranked = [company for company in figures.companies if company.figure is not None]
    if not ranked:
        return
    # Sorted lexicographically by numpy, then numbered: scipy ranks by that number.
    keys = np.array([_key(figures, company) for company in ranked])
    _, dense = np.unique(keys, axis=0, return_inverse=True)

    expected = stats.rankdata(-dense.ravel(), method="min")

    assert [company.rank for company in ranked] == list(expected)
    assert [company.rank for company in figures.companies[len(ranked) :]].count(None) == len(
        figures.companies
    ) - len(ranked)


@given(scorings(companies=8))
@WHOLE
def test_the_cut_line_parts_the_ranking_in_two(scoring: Scoring) -> None:
    verdicts = [
        company.passes for company in figures_of(scoring).companies if company.figure is not None
    ]
    if scoring.rules.cut_line is None:
        assert set(verdicts) <= {None}
    elif scoring.rules.basis is not Basis.TRIMMED_MEAN:
        assert verdicts == sorted(verdicts, key=lambda passes: not passes)


@given(scorings())
@WHOLE
def test_deviations_are_those_of_a_leave_one_out_in_numpy(scoring: Scoring) -> None:
    by_company: dict[str, list[CountedSheet]] = {}
    for sheet in scoring.sheets:
        by_company.setdefault(sheet.company_id, []).append(sheet)
    for evaluator in figures_of(scoring).evaluators:
        differences, squares, freedom = [], 0.0, 0
        for sheets in by_company.values():
            own = [sheet.total for sheet in sheets if sheet.evaluator_id == evaluator.id]
            others = np.array([s.total for s in sheets if s.evaluator_id != evaluator.id])
            if not own or not others.size:
                continue
            differences.append(own[0] - np.mean(others))
            squares += float(np.sum((others - np.mean(others)) ** 2))
            freedom += others.size - 1

        assert evaluator.companies == len(differences)
        assert near(evaluator.deviation, np.mean(differences) if differences else None)
        spread = np.sqrt(squares / freedom) if freedom else None
        assert near(evaluator.spread, spread)
        if spread is not None and spread > 1e-6:
            assert evaluator.standardised is not None
            assert near(evaluator.standardised, np.mean(differences) / spread)
        else:
            assert evaluator.standardised is None


@given(scorings())
@WHOLE
def test_the_distribution_is_the_histogram_of_numpy(scoring: Scoring) -> None:
    figures = figures_of(scoring)
    totals = [sheet.total for sheet in scoring.sheets]
    counts, _ = np.histogram(totals, bins=np.arange(0, 101, 5))

    assert list(figures.distribution) == list(counts)
    by_evaluator = np.sum([person.distribution for person in figures.evaluators], axis=0)
    assert list(by_evaluator) == list(counts)


@given(scorings(), st.randoms(use_true_random=False))
@WHOLE
def test_no_figure_depends_on_the_order_of_sheets(scoring: Scoring, chance: object) -> None:
    sheets = list(scoring.sheets)
    chance.shuffle(sheets)  # type: ignore[attr-defined]

    assert figures_of(replace(scoring, sheets=tuple(sheets))) == figures_of(scoring)
