"""Sheets as hypothesis makes them up: weights, scores in steps, panels with gaps."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from desktop_app.core.evaluations import Named
from desktop_app.core.projects import Basis, ResultRules
from desktop_app.core.results import CountedSheet, MissingSheet, Scoring
from desktop_app.core.scoring import weighted_total
from desktop_app.core.templates import STEPS, Criterion, exact

Draw = st.DrawFn


@st.composite
def criteria(draw: Draw, most: int = 6) -> tuple[Criterion, ...]:
    """Criteria whose weights, in quarters of a percent, sum to exactly 100."""
    count = draw(st.integers(1, most))
    cuts = draw(st.lists(st.integers(1, 399), min_size=count - 1, max_size=count - 1, unique=True))
    edges = [0, *sorted(cuts), 400]
    weights = [(high - low) / 4 for low, high in itertools.pairwise(edges)]
    return tuple(
        Criterion(
            id=f"k{at}",
            name=f"항목 {at}",
            weight=weight,
            max_score=draw(st.sampled_from((3, 5, 7, 10, 30, 100))),
            step=draw(st.sampled_from(STEPS)),
        )
        for at, weight in enumerate(weights)
    )


@st.composite
def scores(draw: Draw, of: tuple[Criterion, ...]) -> dict[str, float]:
    """A score for each criterion, a multiple of its step."""
    given = {}
    for criterion in of:
        steps = int(exact(criterion.max_score) / exact(criterion.step))
        given[criterion.id] = float(draw(st.integers(0, steps)) * exact(criterion.step))
    return given


@st.composite
def scorings(draw: Draw, companies: int = 6, evaluators: int = 7) -> Scoring:
    """A whole project: some pairs are not assigned, some sheets are missing."""
    asked = draw(criteria())
    candidates = draw(st.integers(1, companies))
    panel = draw(st.integers(1, evaluators))
    sheets, missing = [], []
    for company in range(candidates):
        for evaluator in range(panel):
            place = {"company_id": f"c{company}", "evaluator_id": f"e{evaluator}"}
            state = draw(st.sampled_from(("in", "in", "in", "in", "open", "none")))
            if state == "in":
                given = draw(scores(asked))
                total = float(weighted_total(asked, given))
                sheets.append(CountedSheet(**place, total=total, scores=given))
            elif state == "open":
                missing.append(MissingSheet(**place))
    rules = ResultRules(
        basis=draw(st.sampled_from(list(Basis))),
        minimum_panel=draw(st.integers(3, 6)),
        cut_line=draw(st.none() | st.integers(0, 100)),
    )
    return Scoring(
        criteria=asked,
        candidates=tuple(Named(id=f"c{at}", name=f"회사 {at}") for at in range(candidates)),
        panel=tuple(Named(id=f"e{at}", name=f"위원 {at}") for at in range(panel)),
        sheets=tuple(sheets),
        missing=tuple(missing),
        rules=rules,
    )


def near(one: Any, other: Any) -> bool:
    """Whether two roundings to 2 decimals of one figure agree: also where floats sit on a tie."""
    if one is None or other is None:
        return one is other
    return abs(Decimal(str(one)) - Decimal(str(float(other)))) <= Decimal("0.0050001")
