"""Back from an exported workbook to what the results were made from, to compute them again."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from desktop_app.core.errors import LocalFailure
from desktop_app.core.evaluations import Named
from desktop_app.core.language import N_
from desktop_app.core.projects import Basis, ResultRules
from desktop_app.core.results import CountedSheet, MissingSheet, Scoring
from desktop_app.core.templates import Criterion
from desktop_app.services.results_places import (
    NAMES,
    SCORES_BEFORE,
    SCORES_HEAD,
    TOTAL_COLUMN,
)

Rows = list[tuple[Any, ...]]


def read_scoring(path: Path) -> tuple[str, Scoring]:
    """The project's id and what its results are made from. Raises ``LocalFailure``.

    Totals are the values that formulas had when the file was last saved.
    """
    import openpyxl

    try:
        with path.open("rb") as file:
            book = openpyxl.load_workbook(file, data_only=True, keep_links=False)
            areas = {name: _area(book, path, defined) for name, defined in NAMES.items()}
            book.close()
    except zipfile.BadZipFile as error:
        raise _foreign(path) from error
    criteria = _criteria(areas["scores"])
    sheets, missing = _sheets(areas["scores"], criteria)
    cut_line = areas["cut_line"][0][0]
    rules = ResultRules(
        basis=Basis(areas["basis"][0][0]),
        minimum_panel=int(areas["minimum_panel"][0][0]),
        cut_line=None if cut_line in (None, "") else float(cut_line),
    )
    return str(areas["project"][0][0]), Scoring(
        criteria=criteria,
        candidates=_named(areas["calculation"]),
        panel=_named(areas["evaluators"]),
        sheets=sheets,
        missing=missing,
        rules=rules,
    )


def _area(book: Any, path: Path, defined: str) -> Rows:
    """The values of a named area, row by row."""
    if defined not in book.defined_names:
        raise _foreign(path)
    ((title, place),) = book.defined_names[defined].destinations
    cells = book[title][place.replace("$", "")]
    if not isinstance(cells, tuple):
        return [(cells.value,)]
    return [tuple(cell.value for cell in row) for row in cells]


def _foreign(path: Path) -> LocalFailure:
    return LocalFailure(
        what=N_("“{file}” is no exported workbook of results."),
        advice=N_("Choose a file that “Export” wrote as an Excel workbook."),
        file=path.name,
    )


def _criteria(rows: Rows) -> tuple[Criterion, ...]:
    heads = (row[SCORES_BEFORE:] for row in rows[:SCORES_HEAD])
    return tuple(
        Criterion(
            id=str(id_),
            name=str(name),
            weight=float(weight),
            max_score=float(highest),
            step=float(step),
        )
        for name, id_, weight, highest, step in zip(*heads, strict=True)
        if id_ is not None
    )


def _sheets(
    rows: Rows, criteria: tuple[Criterion, ...]
) -> tuple[tuple[CountedSheet, ...], tuple[MissingSheet, ...]]:
    sheets: list[CountedSheet] = []
    missing: list[MissingSheet] = []
    for row in rows[SCORES_HEAD:]:
        company, evaluator, total = row[0], row[2], row[TOTAL_COLUMN]
        if company is None:
            continue
        if total in (None, ""):
            missing.append(MissingSheet(company_id=str(company), evaluator_id=str(evaluator)))
            continue
        given = zip(criteria, row[SCORES_BEFORE:], strict=False)
        sheets.append(
            CountedSheet(
                company_id=str(company),
                evaluator_id=str(evaluator),
                total=float(total),
                scores={one.id: float(score) for one, score in given if score is not None},
            )
        )
    return tuple(sheets), tuple(missing)


def _named(rows: Rows) -> tuple[Named, ...]:
    return tuple(Named(id=str(row[0]), name=str(row[1])) for row in rows[1:] if row[0] is not None)
