"""The exported workbook: read back it gives the same results, and its formulas come to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import tqdm
from hypothesis import HealthCheck, given, settings

from desktop_app.config.catalogues import use_language
from desktop_app.core.errors import Cancelled, LocalFailure
from desktop_app.core.projects import Basis, ResultRules
from desktop_app.core.result_figures import figures_of
from desktop_app.core.results import Scoring, fingerprint
from desktop_app.core.tasks import TaskContext
from desktop_app.services.results_reading import read_scoring
from desktop_app.services.results_xlsx import write_xlsx
from tests.results.exported import results_of, sample_scoring
from tests.results.strategies import scorings


@pytest.fixture(params=["en", "ko"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    """Each language in turn."""
    use_language(request.param)
    yield request.param
    use_language("en")


def written(path: Path, scoring: Scoring) -> Path:
    write_xlsx(path, results_of(scoring), TaskContext())
    return path


def test_the_file_read_back_gives_the_same_results_and_hash(tmp_path: Path, language: str) -> None:
    scoring = sample_scoring()

    project_id, again = read_scoring(written(tmp_path / "results.xlsx", scoring))

    assert figures_of(again) == figures_of(scoring)
    assert fingerprint(project_id, figures_of(again)) == fingerprint("p1", figures_of(scoring))


@given(scorings(companies=4, evaluators=5))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_project_comes_back_whole(tmp_path: Path, scoring: Scoring) -> None:
    _, again = read_scoring(written(tmp_path / "any.xlsx", scoring))

    assert figures_of(again) == figures_of(scoring)


@pytest.mark.parametrize(
    "rules",
    [
        ResultRules(basis=Basis.TRIMMED_MEAN, minimum_panel=5, cut_line=65.5),
        ResultRules(basis=Basis.MEDIAN, cut_line=None),
        ResultRules(basis=Basis.MEAN, minimum_panel=3, cut_line=70),
    ],
)
def test_every_formula_comes_to_our_figure(
    tmp_path: Path, rules: ResultRules, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tqdm.tqdm, "monitor_interval", 0)  # else its thread stays
    scoring = replace(sample_scoring(companies=6, evaluators=5), rules=rules)
    path = written(tmp_path / "alive.xlsx", scoring)

    different = [
        (place, ours, calculated)
        for place, ours, calculated in _recalculated(path)
        if ours != calculated
    ]

    assert different == []


def _recalculated(path: Path) -> Iterator[tuple[str, Any, Any]]:
    """Each formula's place, the value in the file, and what the library ``formulas`` makes of it.

    It is an implementation of Excel's functions by others, on numpy.
    """
    import formulas

    model = formulas.ExcelModel().loads(str(path)).finish()
    solution = model.calculate()
    alive = openpyxl.load_workbook(path)
    kept = openpyxl.load_workbook(path, data_only=True)
    count = 0
    for sheet in alive.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type != "f":
                    continue
                count += 1
                place = f"'[{path.name}]{sheet.title.upper()}'!{cell.coordinate}"
                calculated = solution[place].value[0, 0]
                ours = kept[sheet.title][cell.coordinate].value
                yield place, ours or "", calculated if calculated != 0 else calculated or ""
    assert count > 150
    alive.close()
    kept.close()


def test_texts_that_look_like_formulas_are_texts(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(written(tmp_path / "hostile.xlsx", sample_scoring()))

    heading = book["Scores"]["I1"]
    evaluator = next(cell for cell in book["Evaluators"]["B"] if cell.value == "-2+3")
    assert (heading.value, heading.data_type, heading.quotePrefix) == ("=1+1", "s", True)
    assert (evaluator.data_type, evaluator.quotePrefix) == ("s", True)


def test_a_total_that_was_submitted_otherwise_stays_as_submitted(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(written(tmp_path / "odd.xlsx", sample_scoring()))

    odd = next(row for row in book["Scores"].iter_rows(min_row=6) if row[6].value)
    assert odd[5].value == 99.5
    assert "submitted" in str(odd[6].value)


def test_another_workbook_is_refused_in_words(tmp_path: Path) -> None:
    workbook, text = tmp_path / "other.xlsx", tmp_path / "text.xlsx"
    openpyxl.Workbook().save(workbook)
    text.write_text("no workbook", encoding="utf-8")

    for path in (workbook, text):
        with pytest.raises(LocalFailure, match="is no exported workbook"):
            read_scoring(path)


def test_stopped_halfway_the_older_file_stays_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "results.xlsx"
    path.write_bytes(b"older")
    context = TaskContext()
    context.cancel()

    with pytest.raises(Cancelled):
        write_xlsx(path, results_of(sample_scoring()), context)

    assert path.read_bytes() == b"older"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(LocalFailure):
        write_xlsx(tmp_path / "gone" / "x.xlsx", results_of(sample_scoring()), TaskContext())


def test_a_project_without_any_sheet_can_be_exported(tmp_path: Path) -> None:
    bare = replace(sample_scoring(), criteria=(), panel=(), sheets=(), missing=())

    _, again = read_scoring(written(tmp_path / "bare.xlsx", bare))

    assert figures_of(again) == figures_of(bare)
