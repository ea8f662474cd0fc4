"""Results as a workbook whose formulas are alive: whoever doubts a figure follows it to its scores.

Sheets: results, calculation (a row per company), scores (a row per evaluator's sheet), evaluators,
rules. Every formula carries our figure as its value; spreadsheets calculate them anew on opening.
"""

from __future__ import annotations

from datetime import tzinfo
from pathlib import Path
from typing import Any

from xlsxwriter.utility import (  # type: ignore[import-untyped]
    xl_col_to_name,
    xl_range,
    xl_range_abs,
    xl_rowcol_to_cell,
)

from desktop_app.core.evaluations import Pair
from desktop_app.core.language import _
from desktop_app.core.projects import BASIS_LABELS
from desktop_app.core.result_figures import tie_order
from desktop_app.core.results import CompanyResult, EvaluatorResult, Results
from desktop_app.core.tasks import TaskContext
from desktop_app.services import results_formulas as formulas
from desktop_app.services.results_places import (
    CALCULATION_BEFORE,
    NAMES,
    SCORES_BEFORE,
    SCORES_HEAD,
    TOTAL_COLUMN,
    Places,
    SheetRow,
)
from desktop_app.services.results_rules import write_rules
from desktop_app.services.results_sheets import Formula, Workbook, quoted, workbook
from desktop_app.services.results_words import (
    LEANING_WORDS,
    evaluator_names,
    missing_names,
    standing_word,
    tie_word,
)


def write_xlsx(
    path: Path, results: Results, context: TaskContext, *, zone: tzinfo | None = None
) -> None:
    """Write ``results`` (with their sheets) to ``path``, whole or not at all.

    ``zone``: the time zone of dates. Raises ``LocalFailure``, ``Cancelled``.
    """
    with workbook(path, context) as book:
        _Writer(book, results, context).write(zone)


class _Writer:
    def __init__(self, book: Workbook, results: Results, context: TaskContext) -> None:
        self._book, self._results, self._context = book, results, context
        self._figures = results.figures
        self._names = evaluator_names(results.figures)
        self._conflicts = frozenset(results.conflicts)
        self._at = Places(results)
        # In this order they stand in the workbook.
        self._summary = book.sheet(_("Results"))
        self._calculation = book.sheet(_("Calculation"))
        self._scores = book.sheet(_("Scores"))
        self._evaluators = book.sheet(_("Evaluators"))
        self._rules = book.sheet(_("Rules"))

    def write(self, zone: tzinfo | None) -> None:
        """All sheets; the work is reported by companies and sheets."""
        self._write_scores()
        self._write_calculation()
        self._write_evaluators()
        self._write_summary()
        write_rules(self._book, self._rules, self._results, zone)

    def _write_scores(self) -> None:
        sheet, criteria = self._scores, self._figures.criteria
        first = [_("Company number"), _("Company"), _("Evaluator number"), _("Evaluator")]
        first += [_("State"), _("Total"), _("Note")]
        sheet.add([*first, *(one.name for one in criteria)], "heading")
        blank = [None] * (SCORES_BEFORE - 1)
        sheet.add([*blank, _("Criterion number"), *(one.id for one in criteria)])
        sheet.add([*blank, _("Weight"), *(float(one.weight) for one in criteria)])
        sheet.add([*blank, _("Highest score"), *(float(one.max_score) for one in criteria)])
        sheet.add([*blank, _("Step"), *(float(one.step) for one in criteria)])
        companies = {one.id: one.name for one in self._figures.companies}
        for number, row in enumerate(self._at.rows):
            self._write_sheet(row, companies[row.company_id])
            if number % 100 == 0:
                self._context.report(number, len(self._at.rows))
        sheet.raw.freeze_panes(SCORES_HEAD, 4)
        sheet.raw.set_column(0, 3, 16)
        last = max(SCORES_HEAD, SCORES_HEAD + len(self._at.rows) - 1)
        area = xl_range_abs(0, 0, last, SCORES_BEFORE + max(0, len(criteria) - 1))
        self._book.name(NAMES["scores"], sheet.name, area)

    def _write_sheet(self, row: SheetRow, company: str) -> None:
        evaluator = self._names.get(row.evaluator_id, row.evaluator_id)
        head = [row.company_id, company, row.evaluator_id, evaluator]
        if row.sheet is None:
            self._scores.add([*head, _("Missing"), None, None])
            return
        scores = [row.sheet.scores.get(one.id) for one in self._figures.criteria]
        total: Any = float(row.sheet.total)
        note = None
        if row.differs:
            note = _("As submitted: the scores come to another total.")
        elif Pair(row.company_id, row.evaluator_id) in self._conflicts:
            note = _("Counted in spite of a declared conflict of interest")
        if row.sheet.scores and not row.differs:
            total = Formula(self._total_formula(), total)
        numbers = [None if score is None else float(score) for score in scores]
        self._scores.add([*head, _("Submitted"), total, note, *numbers])

    def _total_formula(self) -> str:
        row, last = self._scores.row, SCORES_BEFORE + self._at.criteria - 1
        return formulas.total(
            xl_range(row, SCORES_BEFORE, row, last),
            _fixed_rows(2, last),
            _fixed_rows(3, last),
        )

    def _write_calculation(self) -> None:
        sheet, at, figures = self._calculation, self._at, self._figures
        people = [one.name for one in figures.evaluators] or [""]
        headings = [_("Company number"), _("Company"), *people]
        headings += [_("Sheets"), _("Sum"), _("Sum of squares"), _("Mean"), _("Median")]
        headings += [_("Trimmed mean"), _("Std. deviation"), _("Figure")]
        headings += [_("Mean: {criterion}").format(criterion=c.name) for c in figures.criteria]
        headings += [_("Key part {n}").format(n=part + 1) for part in range(at.key_parts)]
        headings += [_("Key of the order"), _("Rank"), _("Standing"), _("Missing sheets")]
        sheet.add(headings, "heading")
        for company in figures.companies:
            sheet.add(self._calculated(company))
        sheet.raw.freeze_panes(1, CALCULATION_BEFORE)
        sheet.raw.set_column(0, 1, 20)
        last = len(figures.companies)
        area = xl_range_abs(0, 0, last, CALCULATION_BEFORE + at.people - 1)
        self._book.name(NAMES["calculation"], sheet.name, area)

    def _calculated(self, company: CompanyResult) -> list[Any]:
        at, row = self._at, self._calculation.row
        people = self._at.people
        totals: list[Any] = [None] * people
        for given in company.totals:
            source = xl_rowcol_to_cell(at.of_sheet[company.id, given.evaluator_id], TOTAL_COLUMN)
            totals[at.evaluators[given.evaluator_id]] = Formula(
                f"={quoted(self._scores.name)}!{source}", float(given.total)
            )
        area = xl_range(row, CALCULATION_BEFORE, row, CALCULATION_BEFORE + people - 1)
        n, mean, median, trimmed = (
            xl_rowcol_to_cell(row, column) for column in (at.n, at.mean, at.median, at.trimmed)
        )
        values = [float(given.total) for given in company.totals]
        sum_ = xl_rowcol_to_cell(row, at.sum)
        return [
            company.id,
            company.name,
            *totals,
            Formula(f"=COUNT({area})", company.sheets),
            Formula(f"=SUM({area})", sum(values)),
            Formula(f"=SUMSQ({area})", sum(value * value for value in values)),
            Formula(formulas.over(area, "AVERAGE"), company.mean),
            Formula(formulas.over(area, "MEDIAN"), company.median),
            Formula(formulas.trimmed(area, n, sum_), company.trimmed_mean),
            Formula(formulas.deviation(area, n), company.deviation),
            Formula(formulas.figure(n, mean, median, trimmed), company.figure),
            *self._criterion_means(company),
            *self._keys(company, n),
            Formula(self._rank_formula(), company.rank),
            self._passes(company, row),
            len(company.missing),
        ]

    def _criterion_means(self, company: CompanyResult) -> list[Formula | None]:
        span = self._at.of_company.get(company.id)
        if span is None:
            return [None] * self._at.criteria
        found: list[Formula | None] = []
        for place, mean in enumerate(company.criterion_means):
            area = xl_range(span[0], SCORES_BEFORE + place, span[1], SCORES_BEFORE + place)
            source = f"{quoted(self._scores.name)}!{area}"
            found.append(Formula(formulas.over(source, "AVERAGE"), mean))
        return found

    def _keys(self, company: CompanyResult, n: str) -> list[Formula]:
        """The parts of the key, then the whole: figure, criteria by weight, median."""
        at, row = self._at, self._calculation.row
        order = tie_order(self._figures.criteria)
        columns = [at.figure, *(at.means + place for place in order), at.median]
        means = [company.criterion_means[place] for place in order]
        values = [company.figure, *means, company.median]
        cells = [xl_rowcol_to_cell(row, column) for column in columns]
        size = -(-len(cells) // at.key_parts)
        parts, texts = [], []
        for part in range(at.key_parts):
            span = slice(part * size, (part + 1) * size)
            text = "".join(_key_text(value) for value in values[span]) if company.sheets else ""
            texts.append(text)
            parts.append(Formula(formulas.key_part(cells[span], n), text))
        first, last = at.key, at.key + at.key_parts - 1
        joined = "&".join(xl_rowcol_to_cell(row, column) for column in range(first, last + 1))
        return [*parts, Formula(f"={joined}", "".join(texts))]

    def _rank_formula(self) -> str:
        row, column = self._calculation.row, self._at.rank - 1
        keys = xl_range_abs(1, column, max(1, len(self._figures.companies)), column)
        return formulas.rank(xl_rowcol_to_cell(row, column), keys)

    def _passes(self, company: CompanyResult, row: int) -> Formula:
        cell = xl_rowcol_to_cell(row, self._at.figure)
        formula = formulas.passes(cell, _("Passes"), _("Below the cut"))
        return Formula(formula, standing_word(company))

    def _write_evaluators(self) -> None:
        sheet = self._evaluators
        headings = [_("Evaluator number"), _("Evaluator"), _("Sheets in"), _("Missing"), _("Mean")]
        headings += [_("Companies compared"), _("From the others"), _("Usual spread")]
        headings += [_("In spreads"), _("Advice, and no more than that")]
        sheet.add(headings, "heading")
        for evaluator in self._figures.evaluators:
            sheet.add(self._evaluator(evaluator))
        sheet.raw.freeze_panes(1, 2)
        sheet.raw.set_column(0, 9, 16)
        area = xl_range_abs(0, 0, len(self._figures.evaluators), 1)
        self._book.name(NAMES["evaluators"], sheet.name, area)

    def _evaluator(self, evaluator: EvaluatorResult) -> list[Any]:
        row = self._evaluators.row
        at = self._at
        own = self._column(CALCULATION_BEFORE + at.evaluators[evaluator.id])
        columns = formulas.Columns(own, *map(self._column, (at.n, at.sum, at.squares)))
        companies, in_spreads = (xl_rowcol_to_cell(row, column) for column in (5, 8))
        words = {leaning: _(word) for leaning, word in LEANING_WORDS.items()}
        return [
            evaluator.id,
            evaluator.name,
            Formula(f"=COUNT({own})", evaluator.sheets),
            evaluator.missing,
            Formula(formulas.over(own, "AVERAGE"), evaluator.mean),
            Formula(columns.compared(), evaluator.companies),
            Formula(columns.difference(companies), evaluator.deviation),
            Formula(columns.spread(), evaluator.spread),
            Formula(columns.standardised(), evaluator.standardised),
            Formula(
                formulas.leaning(in_spreads, companies, words),
                _(LEANING_WORDS[evaluator.leaning]),
            ),
        ]

    def _column(self, column: int) -> str:
        """All companies' cells of a column of the calculation."""
        last = max(1, len(self._figures.companies))
        return f"{quoted(self._calculation.name)}!{xl_range_abs(1, column, last, column)}"

    def _write_summary(self) -> None:
        sheet = self._summary
        headings = [_("Rank"), _("Company"), _("Standing"), _("Figure"), _("Ranked by"), _("Mean")]
        headings += [_("Median"), _("Trimmed mean"), _("Std. deviation"), _("Sheets")]
        headings += [_("Missing sheets"), _("Equal figures"), _("State")]
        sheet.add(headings, "heading")
        for company in self._figures.companies:
            sheet.add(self._summed_up(company))
        sheet.raw.freeze_panes(1, 2)
        sheet.raw.set_column(0, 0, 8)
        sheet.raw.set_column(1, 1, 32)
        sheet.raw.set_column(2, 12, 14)
        sheet.raw.autofilter(0, 0, max(1, len(self._figures.companies)), 12)
        sheet.raw.activate()

    def _summed_up(self, company: CompanyResult) -> list[Any]:
        at = self._at
        row = at.companies[company.id]

        def linked(column: int, value: float | str | None) -> Formula:
            source = f"{quoted(self._calculation.name)}!{xl_rowcol_to_cell(row, column)}"
            return Formula(f"={source}", value)

        ranked_by = _(BASIS_LABELS[company.ranked_by]) if company.ranked_by else None
        return [
            linked(at.rank, company.rank),
            company.name,
            linked(at.passes, standing_word(company)),
            linked(at.figure, company.figure),
            ranked_by,
            linked(at.mean, company.mean),
            linked(at.median, company.median),
            linked(at.trimmed, company.trimmed_mean),
            linked(at.deviation, company.deviation),
            linked(at.n, company.sheets),
            missing_names(company, self._names) or None,
            tie_word(company) or None,
            _("Provisional") if company.provisional else None,
        ]


def _key_text(value: float | None) -> str:
    return "00000000" if value is None else f"{round(value * 100) + 1:08}"


def _fixed_rows(row: int, last: int) -> str:
    """A row of the criteria that stays where it is when the formula is copied down."""
    first, end = xl_col_to_name(SCORES_BEFORE), xl_col_to_name(last)
    return f"{first}${row + 1}:{end}${row + 1}"
