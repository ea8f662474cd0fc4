"""Templates as Excel workbooks: one sheet each, its name and purpose above its criteria."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop_app.config.json_file import replace_file
from desktop_app.core.criteria_draft import NUMBERS, number_of
from desktop_app.core.errors import LocalFailure
from desktop_app.core.fields import Field, Kind
from desktop_app.core.language import N_, _
from desktop_app.core.problems import Problem
from desktop_app.core.tasks import TaskContext
from desktop_app.core.templates import (
    CRITERION_FIELDS,
    MOST_CRITERIA,
    TEMPLATE_FIELDS,
    Template,
    exact,
    weight_sum,
)
from desktop_app.core.weights import is_number
from desktop_app.services.local_files import unwritable
from desktop_app.services.mapping import RowConverter, guess_mapping
from desktop_app.services.sheet import Cell, column_letter
from desktop_app.services.sheet_xlsx import read_tops
from desktop_app.services.table_file import FORMULA_STARTS
from desktop_app.services.template_files import (
    MOST_TEMPLATES,
    MOST_UNPACKED,
    FoundTemplate,
    Place,
    Reading,
)

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

_ID = Field(key="id", kind=Kind.TEXT, label=N_("ID"), max_length=64, aliases=("id", "식별자"))
_COLUMNS = (*CRITERION_FIELDS, _ID)
_WIDTHS = {"name": 28, "weight": 10, "max_score": 10, "step": 10, "description": 40, "guide": 60}
_ABOVE = tuple(field for field in TEMPLATE_FIELDS if field.key != "company_id")
_SUM = N_("Sum of the weights")
_TOTALS = frozenset({"합계", "총계", "계", "합", "total", "sum"})
_LONGEST_NAME = 31
"""Of a sheet."""
_MOST_ROWS = MOST_CRITERIA + 300
_MOST_COLUMNS = 60
_HEADING_WITHIN = 40


def write(path: Path, templates: Sequence[Template]) -> None:
    """Write the workbook whole or not at all; raises ``LocalFailure``."""
    import xlsxwriter  # type: ignore[import-untyped]
    from xlsxwriter.exceptions import FileCreateError  # type: ignore[import-untyped]

    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with xlsxwriter.Workbook(str(temporary)) as book:
            names: set[str] = set()
            for template in templates:
                sheet = book.add_worksheet(_sheet_name(template.name, names))
                _SheetWriter(book, sheet).write(template)
        replace_file(temporary, path)
    except (OSError, FileCreateError) as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        cause = error if isinstance(error, OSError) else error.args[0] if error.args else error
        known = cause if isinstance(cause, OSError) else OSError(str(error))
        raise unwritable(path, known) from error


class _SheetWriter:
    """Writes one template: labels and values, an empty row, the headings, a row per criterion."""

    def __init__(self, book: Any, sheet: Worksheet) -> None:
        self._sheet = sheet
        self._bold = book.add_format({"bold": True, "valign": "top"})
        self._heading = book.add_format({"bold": True, "bottom": 1, "valign": "top"})
        self._text = book.add_format({"text_wrap": True, "valign": "top"})
        # The text stays as it is, and stays text when someone edits the cell.
        self._quoted = book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})
        self._number = book.add_format({"valign": "top"})

    def write(self, template: Template) -> None:
        """Write it all."""
        sheet = self._sheet
        for row, field in enumerate(_ABOVE):
            sheet.write_string(row, 0, _(field.label), self._bold)
            self._put(row, 1, getattr(template, field.key))
        heading = len(_ABOVE) + 2
        for column, field in enumerate(_COLUMNS):
            sheet.write_string(heading, column, _(field.label), self._heading)
            sheet.set_column(column, column, _WIDTHS.get(field.key, 16))
        for row, criterion in enumerate(template.criteria, start=heading + 1):
            for column, field in enumerate(_COLUMNS):
                self._put(row, column, getattr(criterion, field.key))
        self._sum(len(_ABOVE), heading + 2, template)
        sheet.freeze_panes(heading + 1, 1)

    def _sum(self, row: int, first: int, template: Template) -> None:
        column = next(at for at, field in enumerate(_COLUMNS) if field.key == "weight")
        letter, last = column_letter(column), first + len(template.criteria) - 1
        total = weight_sum([criterion.weight for criterion in template.criteria])
        self._sheet.write_string(row, 0, _(_SUM), self._bold)
        self._sheet.write_formula(
            row, 1, f"=SUM({letter}{first}:{letter}{max(first, last)})", self._number, float(total)
        )

    def _put(self, row: int, column: int, value: Any) -> None:
        if value is None or value == "":
            return
        if is_number(value):
            self._sheet.write_number(row, column, value, self._number)
        else:
            text = str(value)
            quoted = self._quoted if text.startswith(FORMULA_STARTS) else self._text
            self._sheet.write_string(row, column, text, quoted)


def _sheet_name(name: str, taken: set[str]) -> str:
    """A name that Excel takes for a sheet, unlike the others: at most 31 characters, few signs."""
    plain = _cut(re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", name).strip(" '"), _LONGEST_NAME).strip(" '")
    if plain.casefold() in ("", "history"):  # reserved by Excel
        plain = f"{plain} 1".strip()
    found, number = plain, 2
    while found.casefold() in taken:
        end = f" ({number})"
        found, number = _cut(plain, _LONGEST_NAME - len(end)) + end, number + 1
    taken.add(found.casefold())
    return found


def _cut(text: str, most: int) -> str:
    """The beginning of a text, as long as Excel counts: in units of UTF-16, rare letters as two."""
    return text.encode("utf-16-le")[: 2 * most].decode("utf-16-le", "ignore")


def read(path: Path, context: TaskContext) -> tuple[FoundTemplate, ...]:
    """The template of each visible sheet that has a table of criteria; raises ``LocalFailure``."""
    tables = read_tops(
        path,
        context,
        most_rows=_MOST_ROWS,
        most_columns=_MOST_COLUMNS,
        most_bytes=MOST_UNPACKED,
    )
    if len(tables) > MOST_TEMPLATES:
        raise LocalFailure(
            what=N_("“{file}” holds too many templates: at most {maximum}."),
            advice=N_("Split it into several files."),
            file=path.name,
            maximum=MOST_TEMPLATES,
        )
    found = (_template_of(name, rows) for name, rows in tables)
    return tuple(template for template in found if template is not None)


def _template_of(name: str, rows: Sequence[tuple[Cell, ...]]) -> FoundTemplate | None:
    at, mapping = _heading(rows)
    if at is None:
        return None
    reading = Reading(sheet=name)
    headings = [str(cell or "").strip() for cell in rows[at]]
    columns = {key: (column_letter(n), headings[n]) for key, n in mapping.items()}
    _read_above(reading, rows[:at])
    reading.values.setdefault("name", name)
    for field in CRITERION_FIELDS:
        if field.required and field.default is None and field.key not in columns:
            problem = Problem(field="", code="column_missing")
            reading.problems.append((f"column.{field.key}", problem))
    converter = RowConverter(_COLUMNS, mapping)
    for number, row in enumerate(rows[at + 1 :], start=at + 2):
        if _empty(row) or _is_total(row, mapping):
            continue
        values, problems = converter.convert(row)
        values = {key: _tidy(key, value) for key, value in values.items()}
        where = f"criteria.{len(reading.criteria)}"
        reading.places[where] = Place(row=number)
        for key, (letter, heading) in columns.items():
            reading.places[f"{where}.{key}"] = Place(number, letter, heading)
        reading.problems += [(f"{where}.{problem.field}", problem) for problem in problems]
        reading.criteria.append(values)
    _understand_shares(reading)
    return reading.found()


def _heading(rows: Sequence[tuple[Cell, ...]]) -> tuple[int | None, dict[str, int]]:
    """The row of the headings and what they say: the first with a criterion and a number of it."""
    for at, row in enumerate(rows[:_HEADING_WITHIN]):
        if all(cell is None or isinstance(cell, str) for cell in row):
            mapping = guess_mapping([str(cell or "") for cell in row], _COLUMNS)
            if "name" in mapping and not mapping.keys().isdisjoint(NUMBERS):
                return at, mapping
    return None, {}


def _read_above(reading: Reading, rows: Sequence[tuple[Cell, ...]]) -> None:
    """Labels in the first column, values right of them."""
    labels = [str(row[0] or "") if row else "" for row in rows]
    for key, at in guess_mapping(labels, _ABOVE).items():
        column = next((n for n, cell in enumerate(rows[at]) if n and cell is not None), None)
        if column is None:
            continue
        converter = RowConverter([field for field in _ABOVE if field.key == key], {key: column})
        values, problems = converter.convert(rows[at])
        reading.values.update({k: _tidy(k, value) for k, value in values.items()})
        reading.places[key] = Place(at + 1, column_letter(column), labels[at])
        reading.problems += [(problem.field, problem) for problem in problems]


def _understand_shares(reading: Reading) -> None:
    """Cells shown as 30 % hold 0.3: where all weights sum to exactly 1, they are percent."""
    weights = [c.get("weight") for c in reading.criteria if isinstance(c, Mapping)]
    numbers = [weight for weight in weights if is_number(weight)]
    if len(numbers) < 2 or len(numbers) < len(weights) or weight_sum(numbers) != 1:
        return
    for criterion in reading.criteria:
        percent = exact(criterion["weight"]) * 100
        criterion["weight"] = int(percent) if percent == int(percent) else float(percent)
    reading.note = _("The weights sum to 1: they were taken as percentages.")


def _tidy(key: str, value: Any) -> Any:
    """A name that a cell breaks into lines is one line; a number may carry its sign of percent."""
    if key in NUMBERS and isinstance(value, str):
        return number_of(value)
    if key in ("name", "category") and isinstance(value, str):
        return re.sub(r"\s*[\r\n]+\s*", " ", value)
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value


def _empty(row: Sequence[Cell]) -> bool:
    return all(cell is None or cell == "" for cell in row)


def _is_total(row: Sequence[Cell], mapping: Mapping[str, int]) -> bool:
    name = row[mapping["name"]] if mapping["name"] < len(row) else None
    known = "id" in mapping and mapping["id"] < len(row) and row[mapping["id"]] is not None
    return not known and isinstance(name, str) and name.strip().casefold() in _TOTALS
