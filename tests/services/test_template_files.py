"""Templates in files: nothing is lost there and back, and what is wrong is told with its place."""

from __future__ import annotations

import json
import unicodedata
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_app.config.catalogues import use_language
from desktop_app.core.errors import LocalFailure
from desktop_app.core.tasks import TaskContext
from desktop_app.core.templates import Criterion, Template
from desktop_app.core.weights import scaled
from desktop_app.services.template_files import FoundTemplate, read_templates, write_templates

CONTEXT = TaskContext()

SAMPLE = Template(
    id="t",
    name="AI 모델 평가",
    category="AI",
    description="=모델을\n평가한다",
    company_name="테스트 회사",
    revision=3,
    criteria=(
        Criterion(id="a", name="정확도", weight=33.3, guide="90: 매우 좋음\n70: 좋음"),
        Criterion(id="b", name="+성능", weight=33.3, max_score=10, step=0.5, description="-속도"),
        Criterion(id="c", name="견고성", weight=33.4),
    ),
)


def content(template: Template | FoundTemplate) -> Any:
    """What a file keeps, in one form."""
    if isinstance(template, FoundTemplate):
        values = template.values
        criteria = values["criteria"]
    else:
        values = {key: getattr(template, key) for key in ("name", "category", "description")}
        keys = ("id", "name", "weight", "max_score", "step", "description", "guide")
        criteria = [{key: getattr(c, key) for key in keys} for c in template.criteria]
    rows = [{k: v for k, v in c.items() if v is not None} for c in criteria]
    return [values.get(key) for key in ("name", "category", "description")], rows


def there_and_back(path: Path, templates: Sequence[Template]) -> tuple[FoundTemplate, ...]:
    write_templates(path, templates, CONTEXT)
    return read_templates(path, CONTEXT)


def workbook(path: Path, **sheets: Sequence[Any]) -> Path:
    """A workbook as people make one."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


HEADINGS = ["평가 항목", "가중치", "배점", "채점 기준"]


@pytest.mark.parametrize("suffix", ["xlsx", "json"])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_template_comes_back_as_it_was(tmp_path: Path, suffix: str, language: str) -> None:
    use_language(language)
    try:
        [found] = there_and_back(tmp_path / f"템플릿.{suffix}", [SAMPLE])
    finally:
        use_language("en")
    assert content(found) == content(SAMPLE)
    assert found.problems == ()


CHARACTERS = st.characters(exclude_categories=("Cc", "Cs", "Co", "Cn"))


def texts(longest: int, *, least: int = 0) -> st.SearchStrategy[str]:
    lines = st.text(
        st.one_of(CHARACTERS, st.sampled_from("=+-@'\"&<>_x000D_ 가나다")), max_size=longest
    )
    kept = lines.map(lambda text: unicodedata.normalize("NFC", text).strip())
    return kept.filter(lambda text: least <= len(text) <= longest)


def several_lines() -> st.SearchStrategy[str | None]:
    lines = st.lists(texts(20), max_size=3).map("\n".join).map(str.strip)
    return lines.map(lambda text: text or None)


@st.composite
def templates(draw: st.DrawFn) -> Template:
    raw = draw(st.lists(st.integers(1, 1000), min_size=1, max_size=6))
    names = draw(st.lists(texts(20, least=1), min_size=len(raw), max_size=len(raw), unique=True))
    criteria = tuple(
        Criterion(
            id=f"c{at}",
            name=name,
            weight=weight,
            max_score=draw(st.sampled_from([5, 10, 100, 7.5])),
            step=draw(st.sampled_from([0.5, 0.25, 0.1])),
            description=draw(several_lines()),
            guide=draw(several_lines()),
        )
        for at, (name, weight) in enumerate(zip(names, scaled(raw), strict=True))
    )
    return Template(
        id="t",
        name=draw(texts(40, least=1)),
        category=draw(texts(10)) or None,
        description=draw(several_lines()),
        criteria=criteria,
    )


@pytest.mark.parametrize("suffix", ["xlsx", "json"])
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=st.lists(templates(), min_size=1, max_size=3))
def test_whatever_can_be_saved_survives_a_file(
    tmp_path: Path, suffix: str, made: list[Template]
) -> None:
    found = there_and_back(tmp_path / f"t.{suffix}", made)
    assert [content(one) for one in found] == [content(one) for one in made]
    assert all(one.problems == () for one in found)


def test_the_workbook_is_readable_and_its_cells_are_never_formulas_of_others(
    tmp_path: Path,
) -> None:
    use_language("ko")
    try:
        write_templates(tmp_path / "t.xlsx", [SAMPLE], CONTEXT)
    finally:
        use_language("en")
    [sheet] = openpyxl.load_workbook(tmp_path / "t.xlsx").worksheets
    assert sheet.title == "AI 모델 평가"
    assert [sheet["A1"].value, sheet["B1"].value] == ["템플릿 이름", "AI 모델 평가"]
    assert [cell.value for cell in sheet[6]][:3] == ["평가항목", "가중치", "만점"]
    cells = {cell.coordinate: cell.data_type for row in sheet.iter_rows() for cell in row}
    assert [at for at, kind in cells.items() if kind == "f"] == ["B4"]  # the sum, ours
    assert sheet["B4"].value == "=SUM(B7:B9)"
    assert sheet["B3"].value == "=모델을\n평가한다"
    assert sheet["B3"].quotePrefix
    values = openpyxl.load_workbook(tmp_path / "t.xlsx", data_only=True).worksheets[0]
    assert values["B4"].value == 100


def test_sheets_have_names_that_excel_takes(tmp_path: Path) -> None:
    names = ["a/b:c*?[d]", "x" * 40, "x" * 40, "History", "'", "X" * 40, "𪊴" * 20, "y" * 30 + "'z"]
    made = [
        Template(id=str(n), name=name, criteria=SAMPLE.criteria) for n, name in enumerate(names)
    ]
    found = there_and_back(tmp_path / "t.xlsx", made)
    assert [one.name for one in found] == names
    titles = openpyxl.load_workbook(tmp_path / "t.xlsx").sheetnames
    assert all(len(title.encode("utf-16-le")) <= 2 * 31 for title in titles)
    assert len({title.casefold() for title in titles}) == 8


def test_a_table_of_ones_own_is_read_by_its_headings(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "t.xlsx",
        표지=[["2026년 평가 계획"]],
        발표평가=[
            ["발표 평가표"],
            ["분류", "발표"],
            [],
            HEADINGS,
            ["전달력", "60%", 20, "또렷하다"],
            ["내용\n충실도", 40, None, None],
            ["합계", 100],
        ],
    )
    [found] = read_templates(path, CONTEXT)
    assert (found.name, found.values["category"]) == ("발표평가", "발표")
    assert found.problems == ()
    first, second = found.values["criteria"]
    assert (first["name"], first["weight"], first["max_score"]) == ("전달력", 60, 20)
    assert (second["name"], second["weight"], second["max_score"]) == ("내용 충실도", 40, 100)
    assert first["id"] != second["id"]


def test_weights_kept_as_percent_cells_are_taken_for_what_they_show(tmp_path: Path) -> None:
    rows = [HEADINGS, ["가", 0.333, 10], ["나", 0.333, 10], ["다", 0.334, 10]]
    [found] = read_templates(workbook(tmp_path / "t.xlsx", 표=rows), CONTEXT)
    assert [c["weight"] for c in found.values["criteria"]] == [33.3, 33.3, 33.4]
    assert "percent" in found.note
    assert found.problems == ()


def test_every_problem_is_told_with_sheet_row_and_column(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "t.xlsx",
        좋음=[HEADINGS, ["가", 100, 10]],
        나쁨=[
            ["템플릿명", "x" * 201],
            HEADINGS,
            ["가", "많이", 10],
            [],
            [None, 50, -1],
            ["다", "#REF!", 10],
        ],
    )
    good, bad = read_templates(path, CONTEXT)
    assert good.problems == ()
    assert [problem.text() for problem in bad.problems] == [
        "“나쁨”, row 6, column B (가중치): The cell shows an error of the spreadsheet.",
        "“나쁨”, row 1, column B (템플릿명): At most 200 characters.",
        "“나쁨”, row 3, column B (가중치): This is not the kind of value expected here.",
        "“나쁨”, row 5, column A (평가 항목): This is needed.",
        "“나쁨”, row 5, column C (배점): At least 0.",
    ]
    assert bad.values["criteria"][0]["weight"] == "많이"  # kept, to be corrected in the editor


def test_a_missing_column_is_told_once(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", 표=[["항목", "배점"], ["가", 10], ["나", 10]])
    [found] = read_templates(path, CONTEXT)
    assert [p.text() for p in found.problems] == ["“표”, Weight: The table has no such column."]


def test_weights_that_do_not_sum_to_100_are_told_of_the_sheet(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", 표=[HEADINGS, ["가", 50], ["나", 49.5]])
    [found] = read_templates(path, CONTEXT)
    [problem] = found.problems
    assert problem.text() == (
        "“표”, Criteria: The weights sum to 99.5; they must sum to exactly 100."
    )


def test_a_row_copied_in_a_spreadsheet_gets_an_id_of_its_own(tmp_path: Path) -> None:
    rows = [[*HEADINGS, "ID"], ["가", 50, 10, "", "a"], ["나", 50, 10, "", "a"]]
    [found] = read_templates(workbook(tmp_path / "t.xlsx", 표=rows), CONTEXT)
    first, second = (c["id"] for c in found.values["criteria"])
    assert first == "a"
    assert second not in ("a", "")
    assert found.problems == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
def test_json_is_read_in_the_encodings_that_editors_write(tmp_path: Path, encoding: str) -> None:
    write_templates(tmp_path / "t.json", [SAMPLE], CONTEXT)
    text = (tmp_path / "t.json").read_text(encoding="utf-8")
    (tmp_path / "u.json").write_text(text, encoding=encoding)
    [found] = read_templates(tmp_path / "u.json", CONTEXT)
    assert content(found) == content(SAMPLE)


def test_problems_in_json_name_template_criterion_and_field(tmp_path: Path) -> None:
    criteria = [{"name": "가", "weight": 100, "guide": 5}, "나", {"name": "", "weight": "x"}]
    written = {"templates": [{"name": "평가", "criteria": criteria}, {"criteria": []}, 7]}
    (tmp_path / "t.json").write_text(json.dumps(written), encoding="utf-8")
    first, second, third = read_templates(tmp_path / "t.json", CONTEXT)
    assert [p.text() for p in first.problems] == [
        "“평가”, no. 1, Guide: This is not the kind of value expected here.",
        "“평가”, no. 2, Criterion: This is not the kind of value expected here.",
        "“평가”, no. 3, Criterion: This is needed.",
        "“평가”, no. 3, Weight: This is not the kind of value expected here.",
    ]
    assert {p.text() for p in second.problems} == {
        "“2”, Template name: This is needed.",
        "“2”, Criteria: At least one criterion.",
    }
    assert third.problems


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "neither an Excel workbook nor JSON"),
        ("[" * 100_000, "neither an Excel workbook nor JSON"),
        ('{"templates": [{"weight": NaN}]}', "NaN is no number"),
        ("[]", "holds no templates"),
        ('{"templates": []}', "holds no template"),
        ('{"version": 2, "templates": []}', "newer version"),
        (json.dumps({"templates": [{}] * 201}), "too many templates"),
        ("1" * 5000, "neither an Excel workbook nor JSON"),
    ],
)
def test_json_that_is_none_of_ours_is_refused_in_words(
    tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "t.json").write_text(text, encoding="utf-8")
    with pytest.raises(LocalFailure, match=said):
        read_templates(tmp_path / "t.json", CONTEXT)


def test_hostile_workbooks_are_refused(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b"0" * (101 * 1024 * 1024))
    with pytest.raises(LocalFailure, match="too large"):
        read_templates(bomb, CONTEXT)
    large = tmp_path / "large.json"
    large.write_bytes(b" " * (10 * 1024 * 1024 + 1))
    with pytest.raises(LocalFailure, match="too large"):
        read_templates(large, CONTEXT)
    with pytest.raises(LocalFailure, match="holds no template"):
        read_templates(workbook(tmp_path / "none.xlsx", 표=[["아무것도", "아님"]]), CONTEXT)
    with pytest.raises(LocalFailure, match="cannot be read"):
        read_templates(tmp_path / "gone.xlsx", CONTEXT)


def test_a_sheet_of_too_many_rows_is_read_only_as_far_as_needed(tmp_path: Path) -> None:
    rows = [HEADINGS, *([f"항목 {n}", 1, 10] for n in range(3000))]
    [found] = read_templates(workbook(tmp_path / "t.xlsx", 표=rows), CONTEXT)
    assert len(found.values["criteria"]) < 600
    assert [p.problem.code for p in found.problems] == ["too_many"]


@pytest.mark.parametrize("suffix", ["xlsx", "json"])
def test_a_file_that_cannot_be_written_leaves_the_older_one(tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"t.{suffix}"
    target.mkdir()
    with pytest.raises(LocalFailure):
        write_templates(target, [SAMPLE], CONTEXT)
    assert [path.name for path in tmp_path.iterdir()] == [target.name]
