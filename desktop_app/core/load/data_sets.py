"""Data sets read from csv, and their rows handed out."""

from __future__ import annotations

import csv
import io

from desktop_app.core.load.scenario import DataSet, RowOrder

MOST_ROWS = 1_000_000


class DataSetProblem(ValueError):
    """A table that cannot be used; the text says why."""


def from_csv(name: str, text: str, order: RowOrder = RowOrder.IN_TURN) -> DataSet:
    """A table whose first line names its columns; raises ``DataSetProblem``.

    Lines that are empty are left out; short ones are filled up with empty values.
    """
    try:
        lines = [line for line in csv.reader(io.StringIO(text.lstrip("\ufeff"))) if any(line)]
    except csv.Error as error:
        raise DataSetProblem(str(error)) from error
    if len(lines) < 2:
        raise DataSetProblem("no rows")
    columns = tuple(column.strip() for column in lines[0])
    if len(set(columns)) < len(columns) or not all(columns):
        raise DataSetProblem("columns without a name, or with the same")
    if len(lines) > MOST_ROWS:
        raise DataSetProblem(f"more than {MOST_ROWS} rows")
    width = len(columns)
    if longer := next((n for n, line in enumerate(lines, 1) if len(line) > width), None):
        raise DataSetProblem(f"line {longer} has more values than there are columns")
    rows = tuple((*line, *[""] * (width - len(line))) for line in lines[1:])
    return DataSet(name=name, columns=columns, rows=rows, order=order)
