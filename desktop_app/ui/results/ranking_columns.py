"""Columns of the ranking and of the evaluators' table."""

from __future__ import annotations

from desktop_app.core.language import N_, _
from desktop_app.core.results import CompanyResult, EvaluatorResult
from desktop_app.ui.results.words import (
    LEANINGS,
    number,
    rank_text,
    sheets_text,
    signed,
    standing,
    tie_text,
)
from desktop_app.ui.tables.columns import Align, Chip, Column

RANKING: tuple[Column[CompanyResult], ...] = (
    Column(
        key="rank",
        title=N_("Rank"),
        value=lambda c: c.rank,
        text=rank_text,
        align=Align.END,
        width=52,
    ),
    Column(key="name", title=N_("Company"), value=lambda c: c.name, width=172),
    Column(
        key="figure",
        title=N_("Figure"),
        value=lambda c: c.figure,
        text=lambda c: number(c.figure),
        align=Align.END,
        width=72,
    ),
    Column(
        key="standing",
        title=N_("Standing"),
        value=lambda c: standing(c).text,
        chip=standing,
        width=152,
    ),
    Column(
        key="mean",
        title=N_("Mean"),
        value=lambda c: c.mean,
        text=lambda c: number(c.mean),
        align=Align.END,
        width=72,
    ),
    Column(
        key="median",
        title=N_("Median"),
        value=lambda c: c.median,
        text=lambda c: number(c.median),
        align=Align.END,
        width=72,
    ),
    Column(
        key="trimmed_mean",
        title=N_("Trimmed mean"),
        value=lambda c: c.trimmed_mean,
        text=lambda c: number(c.trimmed_mean),
        align=Align.END,
        width=92,
    ),
    Column(
        key="deviation",
        title=N_("Std. deviation"),
        value=lambda c: c.deviation,
        text=lambda c: number(c.deviation),
        align=Align.END,
        width=92,
    ),
    Column(
        key="sheets",
        title=N_("Sheets"),
        value=lambda c: c.sheets,
        text=sheets_text,
        align=Align.END,
        width=112,
    ),
    Column(key="tie", title=N_("Equal figures"), value=lambda c: tie_text(c.tie), width=200),
)


def _advice(evaluator: EvaluatorResult) -> Chip:
    word, icon_name, token = LEANINGS[evaluator.leaning]
    return Chip(_(word), icon_name, token)


EVALUATORS: tuple[Column[EvaluatorResult], ...] = (
    Column(key="name", title=N_("Evaluator"), value=lambda e: e.name, width=140),
    Column(
        key="sheets",
        title=N_("Sheets in"),
        value=lambda e: e.sheets,
        align=Align.END,
        width=88,
    ),
    Column(
        key="missing", title=N_("Missing"), value=lambda e: e.missing, align=Align.END, width=80
    ),
    Column(
        key="mean",
        title=N_("Mean"),
        value=lambda e: e.mean,
        text=lambda e: number(e.mean),
        align=Align.END,
        width=80,
    ),
    Column(
        key="deviation",
        title=N_("From the others"),
        value=lambda e: e.deviation,
        text=lambda e: signed(e.deviation),
        align=Align.END,
        width=120,
    ),
    Column(
        key="spread",
        title=N_("Usual spread"),
        value=lambda e: e.spread,
        text=lambda e: number(e.spread),
        align=Align.END,
        width=104,
    ),
    Column(
        key="standardised",
        title=N_("In spreads"),
        value=lambda e: e.standardised,
        text=lambda e: signed(e.standardised),
        align=Align.END,
        width=96,
    ),
    Column(
        key="companies",
        title=N_("Companies compared"),
        value=lambda e: e.companies,
        align=Align.END,
        width=144,
    ),
    Column(
        key="leaning",
        title=N_("Advice"),
        value=lambda e: _advice(e).text,
        chip=_advice,
        width=176,
    ),
)
