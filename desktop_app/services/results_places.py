"""Where what stands in an exported workbook of results: rows, columns, and the names of areas."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_app.core.results import CountedSheet, Results

SCORES_HEAD = 5
"""Rows above the scores: headings, then ids, weights, highest scores and steps of the criteria."""
SCORES_BEFORE = 7
"""Columns before the first criterion: company and evaluator (id, name), state, total, note."""
TOTAL_COLUMN = 5
CALCULATION_BEFORE = 2
"""Columns before the first evaluator: the company's id and name."""

NAMES = {
    "scores": "evalconsole_scores",
    "calculation": "evalconsole_calculation",
    "evaluators": "evalconsole_evaluators",
    "project": "evalconsole_project",
    "basis": "evalconsole_basis",
    "minimum_panel": "evalconsole_minimum_panel",
    "cut_line": "evalconsole_cut_line",
}
"""Defined names: they stay whatever the sheets are called, in whichever language."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row of the scores: a sheet, or (without one) that it is missing."""

    company_id: str
    evaluator_id: str
    sheet: CountedSheet | None
    differs: bool = False


class Places:
    """The rows of a workbook for ``results`` (with their sheets), counted from 0."""

    def __init__(self, results: Results) -> None:
        figures = results.figures
        self.criteria = len(figures.criteria)
        self.evaluators = {one.id: at for at, one in enumerate(figures.evaluators)}
        given = {(sheet.company_id, sheet.evaluator_id): sheet for sheet in results.sheets}
        self.rows: list[SheetRow] = []
        self.of_company: dict[str, tuple[int, int]] = {}
        self.of_sheet: dict[tuple[str, str], int] = {}
        for company in figures.companies:
            first = SCORES_HEAD + len(self.rows)
            for total in company.totals:
                pair = (company.id, total.evaluator_id)
                self._add(SheetRow(*pair, given[pair], total.differs))
            for evaluator_id in company.missing:
                self._add(SheetRow(company.id, evaluator_id, None))
            last = SCORES_HEAD + len(self.rows) - 1
            if last >= first:
                self.of_company[company.id] = (first, last)
        self.companies = {one.id: at for at, one in enumerate(figures.companies, start=1)}
        people = max(1, len(figures.evaluators))  # without any, one empty column
        self.people = people
        column = CALCULATION_BEFORE + people
        self.n, self.sum, self.squares = column, column + 1, column + 2
        self.mean, self.median, self.trimmed, self.deviation = range(column + 3, column + 7)
        self.figure = column + 7
        self.means = column + 8
        self.key = self.means + self.criteria
        self.key_parts = -(-max(1, self.criteria) // KEY_CRITERIA)
        self.rank = self.key + self.key_parts + 1
        self.passes = self.rank + 1

    def _add(self, row: SheetRow) -> None:
        self.of_sheet[row.company_id, row.evaluator_id] = SCORES_HEAD + len(self.rows)
        self.rows.append(row)


KEY_CRITERIA = 50
"""Criteria that one part of a company's key holds: a formula may not be longer than 8192."""
