"""The sheet of an exported workbook that says whose results these are and how they came about."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell  # type: ignore[import-untyped]

from desktop_app.core.language import _
from desktop_app.core.projects import BASIS_LABELS, PROJECT_STATUS_LABELS
from desktop_app.core.results import RULES, SOURCES, Results, fingerprint
from desktop_app.services.results_places import NAMES
from desktop_app.services.results_sheets import Sheet, Workbook
from desktop_app.services.results_words import alpha_cell


def write_rules(book: Workbook, sheet: Sheet, results: Results, zone: tzinfo | None) -> None:
    """Project, rules as they are used by the formulas, agreement, the rules in words, sources."""
    figures, rules = results.figures, results.figures.rules

    def named(name: str, cells: list[Any]) -> None:
        row = sheet.add(cells)
        book.name(NAMES[name], sheet.name, xl_rowcol_to_cell(row, 1, True, True))

    sheet.add([results.project_name], "title")
    named("project", [_("Project number"), results.project_id])
    sheet.add([_("Status"), _(PROJECT_STATUS_LABELS[results.project_status])])
    sheet.add([_("Deadline"), moment(results.deadline, zone)])
    sheet.add([_("Template"), results.template_name, results.template_revision])
    sheet.add([_("Figures of"), moment(results.taken_at, zone)])
    sheet.add([_("Hash of the figures (SHA-256)"), fingerprint(results.project_id, figures)])
    sheet.add([])
    sheet.add([_("Rules used by the formulas")], "heading")
    named("basis", [_("Ranked by"), rules.basis.value, _(BASIS_LABELS[rules.basis])])
    named("minimum_panel", [_("Sheets needed for trimming"), rules.minimum_panel])
    cut_line = None if rules.cut_line is None else float(rules.cut_line)
    named("cut_line", [_("Cut line"), cut_line])
    sheet.add([])
    sheet.add([_("Agreement of the evaluators (Krippendorff's alpha, interval)")], "heading")
    sheet.add([_("Totals"), alpha_cell(results.agreement.totals)])
    for criterion, alpha in zip(figures.criteria, results.agreement.criteria, strict=True):
        sheet.add([criterion.name, alpha_cell(alpha)])
    sheet.add([])
    sheet.add([_("Rules")], "heading")
    for text in RULES:
        sheet.add([_(text)])
    sheet.add(
        [
            _(
                "In formulas the inner ROUND takes away the noise of binary numbers; figures are"
                " the same without it where they are exact."
            )
        ]
    )
    sheet.add([])
    sheet.add([_("Sources")], "heading")
    for source in SOURCES:
        sheet.add([source])
    sheet.raw.set_column(0, 0, 44)
    sheet.raw.set_column(1, 1, 30)


def moment(at: datetime | None, zone: tzinfo | None) -> str | None:
    """A moment in the time zone of the export, with the zone's name."""
    return None if at is None else at.astimezone(zone).strftime("%Y-%m-%d %H:%M %Z")
