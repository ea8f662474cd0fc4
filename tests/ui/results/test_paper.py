"""The paper to sign: its text can be searched, and it says which figures it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtPdf import QPdfDocument
from pytestqt.qtbot import QtBot

from desktop_app.config.catalogues import use_language
from desktop_app.core.errors import Cancelled, LocalFailure
from desktop_app.core.evaluations import Named
from desktop_app.core.results import Results, fingerprint
from desktop_app.core.tasks import TaskContext
from desktop_app.ui.results.paper import write_pdf
from tests.results.exported import results_of, sample_scoring

SEOUL = ZoneInfo("Asia/Seoul")


@pytest.fixture(autouse=True)
def korean(qtbot: QtBot) -> Iterator[None]:
    """Papers are signed in Korean."""
    use_language("ko")
    yield
    use_language("en")


def pages(path: Path) -> list[str]:
    document = QPdfDocument()
    assert document.load(str(path)) is QPdfDocument.Error.None_
    texts = [document.getAllText(at).text() for at in range(document.pageCount())]
    document.close()
    return texts


def printed(folder: Path, results: Results) -> list[str]:
    path = folder / "결과.pdf"
    assert write_pdf(path, results, TaskContext(), zone=SEOUL) == len(pages(path))
    return pages(path)


def test_the_text_can_be_read_out_in_korean(tmp_path: Path) -> None:
    whole = "".join(printed(tmp_path, results_of(sample_scoring())))

    for text in (
        "평가 결과",
        "2026 AI 바우처 사업 평가",
        "2026-11-30 18:00 KST",
        "AI 모델 평가표",
        "절사평균",
        "합격선",
        "평가위원",
        "성명",
        "서명",
    ):
        assert text in whole, text


def test_every_company_stands_with_its_rank_and_figures(tmp_path: Path) -> None:
    results = results_of(sample_scoring())

    text = " ".join("\n".join(printed(tmp_path, results)).split())

    for company in results.figures.companies:
        if company.figure is not None:
            assert f"{company.rank} {company.name}" in text
            assert f"{company.figure:.2f}" in text
    assert "(미제출: 위원 2)" in text


def test_the_table_goes_on_under_its_heading_and_pages_are_counted(tmp_path: Path) -> None:
    texts = printed(tmp_path, results_of(sample_scoring(companies=120)))

    assert len(texts) >= 4
    for at, text in enumerate(texts, start=1):
        assert f"{at} / {len(texts)}쪽" in text
        if re.search(r"합격( 미달)? [0-9]", text.replace("합격선", "합격")):
            assert "순위 회사 판정" in " ".join(text.split())


def test_every_page_carries_the_hash_of_the_figures(tmp_path: Path) -> None:
    results = results_of(sample_scoring(companies=60))
    hash_ = fingerprint(results.project_id, results.figures)

    texts = printed(tmp_path, results)

    assert hash_ in "".join(texts)
    assert all(hash_[:16] in text for text in texts)


def test_missing_sheets_make_it_provisional_in_words(tmp_path: Path) -> None:
    whole = sample_scoring()

    assert "잠정 결과" in printed(tmp_path, results_of(whole))[0]
    assert "잠정 결과:" not in printed(tmp_path, results_of(replace(whole, missing=())))[0]


def test_what_each_evaluator_gave_is_told_and_what_was_dropped(tmp_path: Path) -> None:
    results = results_of(sample_scoring())

    text = " ".join(" ".join(printed(tmp_path, results)).split())

    first = results.figures.companies[0]
    for given in first.totals:
        assert (f"({given.total:.2f})" if given.dropped else f"{given.total:.2f}") in text
    assert "평가위원별 총점" in text


@pytest.mark.parametrize("evaluators", [5, 6, 7, 8, 9, 12, 28])
def test_a_panel_signs_on_one_page(tmp_path: Path, evaluators: int) -> None:
    texts = printed(tmp_path, results_of(sample_scoring(evaluators=evaluators)))

    assert sum("서명" in text for text in texts) == 1


def test_a_large_panel_stands_in_several_tables(tmp_path: Path) -> None:
    results = results_of(sample_scoring(evaluators=19))

    text = "".join(printed(tmp_path, results))

    assert text.count("평가위원별 총점") == 3
    assert all(one.name in text for one in results.figures.evaluators)


def test_a_long_name_wraps_and_none_of_it_is_lost(tmp_path: Path) -> None:
    name = "아주긴이름의인공지능모델평가전문주식회사" * 4
    scoring = sample_scoring()
    scoring = replace(scoring, candidates=(Named(id="c0", name=name), *scoring.candidates[1:]))

    assert name in "".join("".join(printed(tmp_path, results_of(scoring))).split())


def test_stopped_it_leaves_no_file(tmp_path: Path) -> None:
    context = TaskContext()
    context.cancel()

    with pytest.raises(Cancelled):
        write_pdf(tmp_path / "x.pdf", results_of(sample_scoring()), context)

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(LocalFailure):
        write_pdf(tmp_path / "gone" / "x.pdf", results_of(sample_scoring()), TaskContext())


def test_a_declared_conflict_of_interest_is_told_to_who_signs(tmp_path: Path) -> None:
    text = "".join(printed(tmp_path, results_of(sample_scoring())))

    assert "회사 0 / -2+3" in text
