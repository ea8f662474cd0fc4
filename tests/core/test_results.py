"""The results of a project, by plain examples that a person can follow."""

from __future__ import annotations

import random
from dataclasses import replace

from desktop_app.core.evaluations import Named
from desktop_app.core.projects import Basis, ResultRules
from desktop_app.core.result_figures import figures_of
from desktop_app.core.results import (
    CompanyResult,
    CountedSheet,
    Dropped,
    Figures,
    Leaning,
    MissingSheet,
    Scoring,
    Tie,
    fingerprint,
)
from desktop_app.core.templates import Criterion

ONE = (Criterion(id="whole", name="Whole", weight=100),)
TWO = (
    Criterion(id="minor", name="Minor", weight=40),
    Criterion(id="major", name="Major", weight=60),
)


def scoring(
    totals: dict[str, list[float]],
    criteria: tuple[Criterion, ...] = ONE,
    rules: ResultRules | None = None,
    missing: tuple[MissingSheet, ...] = (),
) -> Scoring:
    """Companies with totals by evaluators e0, e1, …; without scores of criteria."""
    panel = max((len(given) for given in totals.values()), default=0)
    return Scoring(
        criteria=criteria,
        candidates=tuple(Named(id=id_, name=id_.upper()) for id_ in totals),
        panel=tuple(Named(id=f"e{at}", name=f"E{at}") for at in range(panel)),
        sheets=tuple(
            CountedSheet(company_id=id_, evaluator_id=f"e{at}", total=total)
            for id_, given in totals.items()
            for at, total in enumerate(given)
        ),
        missing=missing,
        rules=rules or ResultRules(),
    )


def company(figures: Figures, id_: str = "a") -> CompanyResult:
    return next(company for company in figures.companies if company.id == id_)


def test_the_trimmed_mean_drops_one_highest_and_one_lowest() -> None:
    result = company(figures_of(scoring({"a": [70, 95, 80, 80, 10]})))

    assert result.trimmed_mean == 76.67
    assert (result.mean, result.median) == (67, 80)
    assert [given.dropped for given in result.totals] == [
        None,
        Dropped.HIGHEST,
        None,
        None,
        Dropped.LOWEST,
    ]


def test_of_equal_highest_sheets_one_is_dropped() -> None:
    result = company(figures_of(scoring({"a": [90, 90, 80, 70, 70]})))

    assert result.trimmed_mean == 80
    assert [given.dropped for given in result.totals] == [
        Dropped.HIGHEST,
        None,
        None,
        None,
        Dropped.LOWEST,
    ]


def test_of_sheets_that_are_all_equal_two_are_dropped() -> None:
    result = company(figures_of(scoring({"a": [80] * 5})))

    assert result.trimmed_mean == 80
    assert [given.dropped for given in result.totals].count(None) == 3


def test_below_the_minimum_panel_nothing_is_dropped_and_the_mean_ranks() -> None:
    result = company(figures_of(scoring({"a": [70, 80, 90, 99]})))

    assert result.trimmed_mean is None
    assert (result.ranked_by, result.figure) == (Basis.MEAN, 84.75)
    assert all(given.dropped is None for given in result.totals)


def test_a_panel_of_two_is_never_trimmed_whatever_the_project_says() -> None:
    rules = ResultRules(minimum_panel=1)

    assert company(figures_of(scoring({"a": [70, 90]}, rules=rules))).trimmed_mean is None


def test_figures_are_rounded_half_up_at_the_end() -> None:
    result = company(figures_of(scoring({"a": [80.01, 80.02]})))

    assert (result.mean, result.median) == (80.02, 80.02)
    assert result.deviation == 0.01


def test_the_deviation_is_that_of_a_sample_and_none_for_one_sheet() -> None:
    figures = figures_of(scoring({"a": [60, 80], "b": [70]}))

    assert company(figures, "a").deviation == 14.14
    assert company(figures, "b").deviation is None


def test_equal_companies_share_a_rank_and_the_next_one_is_left_out() -> None:
    figures = figures_of(scoring({"a": [90], "b": [80], "c": [80], "d": [70]}))

    assert [(one.id, one.rank, one.tie) for one in figures.companies] == [
        ("a", 1, Tie.NONE),
        ("b", 2, Tie.SHARED),
        ("c", 2, Tie.SHARED),
        ("d", 4, Tie.NONE),
    ]


def test_the_criterion_with_the_highest_weight_breaks_a_tie() -> None:
    sheets = (
        CountedSheet(
            company_id="a", evaluator_id="e0", total=64, scores={"minor": 85, "major": 50}
        ),
        CountedSheet(
            company_id="b", evaluator_id="e0", total=64, scores={"minor": 40, "major": 80}
        ),
    )
    base = scoring({"a": [64], "b": [64]}, TWO)

    figures = figures_of(replace(base, sheets=sheets))

    assert [(one.id, one.rank, one.tie) for one in figures.companies] == [
        ("b", 1, Tie.BROKEN),
        ("a", 2, Tie.BROKEN),
    ]


def test_the_median_breaks_a_tie_that_no_criterion_breaks() -> None:
    figures = figures_of(
        scoring({"a": [70, 70, 85], "b": [60, 75, 90]}, rules=ResultRules(basis=Basis.MEAN))
    )

    assert [one.id for one in figures.companies] == ["b", "a"]


def test_the_cut_line_passes_the_figure_that_equals_it() -> None:
    rules = ResultRules(basis=Basis.MEAN, cut_line=70)
    figures = figures_of(scoring({"a": [69.99, 70.0], "b": [69.99]}, rules=rules))

    assert company(figures, "a").figure == 70
    assert (company(figures, "a").passes, company(figures, "b").passes) == (True, False)


def test_a_company_with_missing_sheets_is_ranked_provisionally() -> None:
    missing = (MissingSheet(company_id="a", evaluator_id="e9"),)
    figures = figures_of(scoring({"a": [90], "b": [80]}, missing=missing))

    first, second = figures.companies
    assert (first.rank, first.provisional, first.missing) == (1, True, ("e9",))
    assert (second.rank, second.provisional) == (2, False)
    assert (figures.sheets, figures.missing) == (2, 1)


def test_a_company_without_sheets_has_no_figures_and_comes_last() -> None:
    figures = figures_of(scoring({"a": [], "b": [10]}))

    last = figures.companies[-1]
    assert (last.id, last.rank, last.figure, last.provisional) == ("a", None, None, True)


def test_a_total_that_its_scores_do_not_come_to_is_marked() -> None:
    sheets = (
        CountedSheet(company_id="a", evaluator_id="e0", total=70, scores={"whole": 70}),
        CountedSheet(company_id="b", evaluator_id="e0", total=75, scores={"whole": 70}),
    )
    figures = figures_of(replace(scoring({"a": [70], "b": [75]}), sheets=sheets))

    assert not company(figures, "a").totals[0].differs
    assert company(figures, "b").totals[0].differs


def test_the_mean_of_a_criterion_is_over_the_sheets_that_scored_it() -> None:
    sheets = (
        CountedSheet(company_id="a", evaluator_id="e0", total=60, scores={"major": 90.5}),
        CountedSheet(
            company_id="a", evaluator_id="e1", total=60, scores={"major": 80, "minor": 30}
        ),
    )
    figures = figures_of(replace(scoring({"a": [60, 60]}, TWO), sheets=sheets))

    assert company(figures).criterion_means == (30, 85.25)


def test_an_evaluator_above_the_others_everywhere_is_pointed_out() -> None:
    rows: dict[str, list[float]] = {
        f"c{at}": [60 + at, 62 + at, 64 + at, 80 + at] for at in range(4)
    }
    figures = figures_of(scoring(rows))

    usual, *_, strict = figures.evaluators
    assert (strict.deviation, strict.spread, strict.standardised) == (18, 2, 9)
    assert (strict.companies, strict.leaning) == (4, Leaning.HIGHER)
    assert usual.leaning is Leaning.USUAL


def test_with_too_few_companies_no_leaning_is_told() -> None:
    figures = figures_of(scoring({"a": [60, 62, 90], "b": [60, 62, 90]}))

    assert figures.evaluators[-1].deviation == 29
    assert figures.evaluators[-1].leaning is Leaning.UNKNOWN


def test_an_evaluator_who_scored_alone_cannot_be_compared() -> None:
    (alone,) = figures_of(scoring({"a": [60], "b": [70]})).evaluators

    assert (alone.sheets, alone.mean, alone.companies) == (2, 65, 0)
    assert (alone.deviation, alone.standardised) == (None, None)


def test_totals_are_counted_in_bins_of_five_points() -> None:
    figures = figures_of(scoring({"a": [0, 4.99, 5, 100]}))

    assert figures.distribution[:2] == (2, 1)
    assert figures.distribution[-1] == 1
    assert sum(figures.evaluators[0].distribution) == 1


def test_the_order_of_what_goes_in_does_not_matter() -> None:
    chance = random.Random(7)
    rows = {f"c{at}": [chance.randrange(4000, 9000) / 100 for _ in range(6)] for at in range(12)}
    ordered = scoring(rows)
    shuffled = replace(
        ordered,
        candidates=tuple(chance.sample(ordered.candidates, 12)),
        panel=tuple(chance.sample(ordered.panel, 6)),
        sheets=tuple(chance.sample(ordered.sheets, 72)),
    )

    assert figures_of(shuffled) == figures_of(ordered)


def test_the_fingerprint_tells_one_hundredth_and_not_how_a_number_is_written() -> None:
    one = figures_of(scoring({"a": [80, 90]}))
    same = figures_of(scoring({"a": [80.0, 90.0]}))
    other = figures_of(scoring({"a": [80, 90.01]}))

    assert fingerprint("p", one) == fingerprint("p", same)
    assert len({fingerprint("p", one), fingerprint("p", other), fingerprint("q", one)}) == 3
