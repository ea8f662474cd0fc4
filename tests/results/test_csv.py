"""The plain table of results."""

from __future__ import annotations

import csv
from pathlib import Path

from desktop_app.core.tasks import TaskContext
from desktop_app.services.results_csv import write_csv
from tests.results.exported import results_of, sample_scoring


def test_the_table_has_its_mark_and_every_figure_with_two_decimals(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    results = results_of(sample_scoring())

    write_csv(path, results, TaskContext())

    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    first = results.figures.companies[0]
    assert rows[0]["Company"] == first.name
    assert rows[0]["Figure"] == f"{first.figure:.2f}"
    assert rows[0]["Total: 위원 0"] == f"{first.totals[0].total:.2f}"
    assert rows[-1]["Rank"] == ""


def test_headings_that_look_like_formulas_are_escaped(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    scoring = sample_scoring()

    write_csv(path, results_of(scoring), TaskContext())

    header = path.read_text(encoding="utf-8-sig").splitlines()[0]
    assert all(not cell.startswith(("=", "+", "-", "@")) for cell in header.split(","))
