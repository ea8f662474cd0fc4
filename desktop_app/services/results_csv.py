"""Results as one plain table: a row per company, a column per evaluator and criterion."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from desktop_app.core.language import _
from desktop_app.core.projects import BASIS_LABELS
from desktop_app.core.results import CompanyResult, Results
from desktop_app.core.tasks import TaskContext
from desktop_app.services.pace import Pace
from desktop_app.services.results_words import (
    evaluator_names,
    missing_names,
    standing_word,
    tie_word,
)
from desktop_app.services.table_file import TableFile


def write_csv(path: Path, results: Results, context: TaskContext) -> None:
    """Write ``results`` to ``path`` in UTF-8 with its mark.

    Raises ``LocalFailure``, ``Cancelled``.
    """
    figures, names = results.figures, evaluator_names(results.figures)
    headings = [_("Rank"), _("Company"), _("Standing"), _("State"), _("Figure"), _("Ranked by")]
    headings += [_("Mean"), _("Median"), _("Trimmed mean"), _("Std. deviation"), _("Sheets")]
    headings += [_("Missing sheets"), _("Equal figures")]
    headings += [_("Total: {evaluator}").format(evaluator=one.name) for one in figures.evaluators]
    headings += [_("Mean: {criterion}").format(criterion=one.name) for one in figures.criteria]
    pace = Pace(context)
    with TableFile(path, headings) as table:
        for company in figures.companies:
            totals = {given.evaluator_id: given.total for given in company.totals}
            own = [_two(totals.get(one.id)) for one in figures.evaluators]
            means = [_two(mean) for mean in company.criterion_means]
            table.add([*_head(company, names), *own, *means])
            pace.step()


def _head(company: CompanyResult, names: dict[str, str]) -> list[Any]:
    return [
        company.rank,
        company.name,
        standing_word(company),
        _("Provisional") if company.provisional else "",
        _two(company.figure),
        _(BASIS_LABELS[company.ranked_by]) if company.ranked_by else "",
        _two(company.mean),
        _two(company.median),
        _two(company.trimmed_mean),
        _two(company.deviation),
        company.sheets,
        missing_names(company, names),
        tie_word(company),
    ]


def _two(value: float | None) -> str:
    """With its 2 decimals, as it is printed elsewhere."""
    return "" if value is None else f"{value:.2f}"
