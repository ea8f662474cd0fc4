"""Results as the server would give them, made here from what hypothesis or a test made up."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime

from desktop_app.core.agreement import agreement_of
from desktop_app.core.evaluations import Named, Pair
from desktop_app.core.projects import Basis, ProjectStatus, ResultRules
from desktop_app.core.result_figures import figures_of
from desktop_app.core.results import CountedSheet, MissingSheet, Results, Scoring
from desktop_app.core.scoring import weighted_total
from desktop_app.core.templates import Criterion

CRITERIA = (
    Criterion(id="k0", name="정확도", weight=40, max_score=10, step=0.5),
    Criterion(id="k1", name="=1+1", weight=35, max_score=100),
    Criterion(id="k2", name="견고성", weight=25, max_score=7),
)


def results_of(scoring: Scoring) -> Results:
    """The results of ``scoring``, with their sheets."""
    return Results(
        project_id="p1",
        project_name="2026 AI 바우처 사업 평가",
        project_status=ProjectStatus.CLOSED,
        deadline=datetime(2026, 11, 30, 9, tzinfo=UTC),
        template_id="t1",
        template_name="AI 모델 평가표",
        template_revision=2,
        figures=figures_of(scoring),
        agreement=agreement_of(scoring),
        sheets=scoring.sheets,
        conflicts=(Pair("c0", "e1"),)
        if any(one.evaluator_id == "e1" for one in scoring.sheets)
        else (),
        taken_at=datetime(2026, 12, 1, 3, 4, tzinfo=UTC),
    )


def sample_scoring(companies: int = 7, evaluators: int = 6, seed: int = 3) -> Scoring:
    """Companies of all kinds: whole, with too few sheets, equal to another one, without any."""
    chance = random.Random(seed)
    sheets: list[CountedSheet] = []
    missing: list[MissingSheet] = []
    for company in range(companies - 1):
        worth = chance.randrange(4, 10)
        for evaluator in range(evaluators if company != 1 else 3):
            pair = {"company_id": f"c{company}", "evaluator_id": f"e{evaluator}"}
            scores = {
                "k0": min(10.0, worth + chance.choice((-1, -0.5, 0, 0.5))),
                "k1": float(chance.randrange(50, 100)),
                "k2": float(min(7, worth - 2)),
            }
            if company == 3:  # the twin of company 2
                twin = next(
                    one
                    for one in sheets
                    if one.company_id == "c2" and one.evaluator_id == f"e{evaluator}"
                )
                scores = dict(twin.scores)
            if company == 4 and evaluator == 2:
                missing.append(MissingSheet(**pair))
                continue
            total = float(weighted_total(CRITERIA, scores))
            sheets.append(CountedSheet(**pair, total=total, scores=scores))
    sheets[0] = replace(sheets[0], total=99.5)  # not what its scores come to
    return Scoring(
        criteria=CRITERIA,
        candidates=tuple(Named(id=f"c{at}", name=f"회사 {at}") for at in range(companies)),
        panel=tuple(
            Named(id=f"e{at}", name=("-2+3" if at == 1 else f"위원 {at}"))
            for at in range(evaluators)
        ),
        sheets=tuple(sheets),
        missing=tuple(missing),
        rules=ResultRules(basis=Basis.TRIMMED_MEAN, minimum_panel=5, cut_line=65.5),
    )
