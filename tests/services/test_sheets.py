"""Reading the files that people bring."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.errors import Cancelled, LocalFailure
from desktop_app.core.tasks import TaskContext
from desktop_app.services import sheet as sheets
from desktop_app.services.importing import Sheet, read_sheet, sheet_names
from desktop_app.services.sheet import column_letter
from desktop_app.services.sheet_csv import delimiter_of

HEAD = ["아이디", "이름", "이메일"]
ROW = ["hong", "홍길동", "hong@example.com"]


def read(path: Path, **options: Any) -> Sheet:
    return read_sheet(path, TaskContext(), **options)


def csv_file(folder: Path, content: bytes | str, encoding: str = "utf-8") -> Path:
    path = folder / "users.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def workbook(folder: Path, *tables: list[list[Any]], name: str = "users.xlsx") -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for number, rows in enumerate(tables, start=1):
        sheet = book.create_sheet(f"표 {number}")
        for row in rows:
            sheet.append(row)
    path = folder / name
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("cp949", "cp949"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
    ],
)
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_in_whichever_encoding_and_delimiter(
    tmp_path: Path, encoding: str, named: str, delimiter: str
) -> None:
    lines = "\r\n".join(delimiter.join(row) for row in [HEAD, ROW, ["뷁", "a", "b"]][:2]) + "\r\n"
    latin = "a" * 400 if encoding == "utf-16-le" else "끝"
    sheet = read(csv_file(tmp_path, lines + delimiter.join([latin, "x", "y"]), encoding))
    assert sheet.columns == tuple(HEAD)
    assert sheet.rows == [tuple(ROW), (latin, "x", "y")]
    assert (sheet.encoding, sheet.first_row_number, sheet.name) == (named, 2, "users")


def test_an_encoding_named_by_the_person_wins(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "이름,메일\n홍,a@x.kr\n", "cp949")
    assert read(path, encoding="cp949").encoding == "cp949"
    with pytest.raises(LocalFailure, match="encoding"):
        read(path, encoding="utf-8")
    marked = csv_file(tmp_path, "아이디,이름\nkim,김\n", "utf-8-sig")
    assert read(marked, encoding="utf-8").columns == ("아이디", "이름")


def test_quoted_cells_with_delimiters_and_line_breaks(tmp_path: Path) -> None:
    sheet = read(csv_file(tmp_path, 'name,note\n"Kim, Lee","one\ntwo"\n"say ""hi""",\n'))
    assert sheet.rows == [("Kim, Lee", "one\ntwo"), ('say "hi"', None)]


def test_what_our_export_escaped_comes_back_as_it_was(tmp_path: Path) -> None:
    sheet = read(csv_file(tmp_path, "name,phone\n'=1+1,'+82-10-1234-5678\n'quoted,'\n"))
    assert sheet.rows == [("=1+1", "+82-10-1234-5678"), ("'quoted", "'")]


@pytest.mark.parametrize("content", [b"\xff\xfe\x00\xd8", b"\x80\x81\xff\xff name", b"a\x00b,c"])
def test_bytes_that_are_no_text(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(LocalFailure, match=r"encoding|no rows"):
        read(csv_file(tmp_path, content))


@pytest.mark.parametrize("content", ["", "\n\n", ",,\n,,\n"])
def test_a_file_without_rows(tmp_path: Path, content: str) -> None:
    with pytest.raises(LocalFailure, match="no rows"):
        read(csv_file(tmp_path, content))


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(LocalFailure, match="no file"):
        read(tmp_path / "gone.xlsx")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(LocalFailure, match="cannot be read"):
        read(tmp_path)


def test_a_file_without_a_heading_has_letters(tmp_path: Path) -> None:
    sheet = read(csv_file(tmp_path, "hong,홍길동,hong@example.com\nkim,김철수,kim@example.com\n"))
    assert (sheet.columns, sheet.headed, sheet.first_row_number) == (("A", "B", "C"), False, 1)
    assert len(sheet.rows) == 2


def test_a_title_above_the_heading_is_passed_over_and_rows_keep_their_numbers(
    tmp_path: Path,
) -> None:
    rows: list[list[Any]] = [
        ["사용자 명단"],
        [],
        HEAD,
        ROW,
        [],
        ["kim", None, "k@x.kr"],
        [],
        [None, ""],
        [],
    ]
    sheet = read(workbook(tmp_path, rows))
    assert sheet.columns == tuple(HEAD)
    assert sheet.first_row_number == 4
    assert sheet.rows == [tuple(ROW), (None, None, None), ("kim", None, "k@x.kr")]


def test_rows_of_different_width_are_made_even(tmp_path: Path) -> None:
    sheet = read(csv_file(tmp_path, "a,b\n1\n1,2,3\n"))
    assert sheet.columns == ("a", "b", "C")
    assert sheet.rows == [("1", None, None), ("1", "2", "3")]


def test_values_dates_and_numbers_of_a_workbook(tmp_path: Path) -> None:
    when = datetime(2026, 3, 1, 9, 30)
    row: list[Any] = [1248100998, 3.5, True, when, date(2026, 3, 1), " 글 ", ""]
    heading: list[Any] = [*"abcdefg"]
    sheet = read(workbook(tmp_path, [heading, row]))
    assert sheet.rows[0][:4] == (1248100998, 3.5, True, when)
    assert sheet.rows[0][5:] == ("글", None)
    assert sheet.encoding == ""


def test_a_formula_gives_what_excel_last_calculated(tmp_path: Path) -> None:
    import xlsxwriter  # type: ignore[import-untyped]

    path = tmp_path / "formula.xlsx"
    book = xlsxwriter.Workbook(str(path))
    table = book.add_worksheet()
    table.write_row(0, 0, ["이름", "합계"])
    table.write_string(1, 0, "a")
    table.write_formula(1, 1, "=1+2", None, 3)
    book.close()
    assert read(path).rows == [("a", 3)]


def test_merged_cells_keep_their_first_value(tmp_path: Path) -> None:
    path = workbook(tmp_path, [["a", "b"], ["x", "y"], [None, "z"]])
    book = openpyxl.load_workbook(path)
    book.worksheets[0].merge_cells("A2:A3")
    book.save(path)
    assert read(path).rows == [("x", "y"), (None, "z")]


def test_of_several_sheets_one_is_chosen_and_hidden_ones_are_not_offered(tmp_path: Path) -> None:
    path = workbook(tmp_path, [["숨김"], ["x"]], [["첫"], ["1"]], [["둘"], ["2"]])
    book = openpyxl.load_workbook(path)
    book.worksheets[0].sheet_state = "hidden"
    book.active = 1
    book.save(path)
    assert sheet_names(path) == ("표 2", "표 3")
    assert read(path).name == "표 2"
    assert read(path, sheet="표 3").columns == ("둘",)


def test_a_name_tells_nothing_about_the_content(tmp_path: Path) -> None:
    path = workbook(tmp_path, [HEAD, ROW], name="users.csv")
    assert read(path).columns == tuple(HEAD)
    assert sheet_names(csv_file(tmp_path, "a,b\n")) == ("",)


def test_an_old_or_locked_workbook_says_so(tmp_path: Path) -> None:
    path = tmp_path / "old.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    with pytest.raises(LocalFailure, match=r"\.xls"):
        read(path)


@pytest.mark.parametrize("keep", [4, 400, 2000])
def test_a_damaged_workbook_says_so(tmp_path: Path, keep: int) -> None:
    path = workbook(tmp_path, [HEAD, ROW])
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(LocalFailure, match="damaged"):
        read(path)


def test_an_archive_that_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "x")
    with pytest.raises(LocalFailure, match="no Excel workbook"):
        read(path)


def test_an_archive_that_unpacks_to_too_much_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    zeros = io.BytesIO(b"0" * 1_000_000)
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(700):
            part.write(zeros.getbuffer())
    with pytest.raises(LocalFailure, match="too large"):
        read(path)


@pytest.mark.parametrize(
    ("limit", "value", "content"),
    [
        ("MOST_BYTES", 10, "name,email\nkim,lee\n"),
        ("MOST_COLUMNS", 2, "a,b,c\n"),
        ("MOST_ROWS", 5, "a,b\n" + "x,y\n" * 20),
    ],
)
def test_files_beyond_the_limits_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, content: str
) -> None:
    monkeypatch.setattr(sheets, limit, value)
    with pytest.raises(LocalFailure, match="too large"):
        read(csv_file(tmp_path, content))


def test_reading_can_be_stopped(tmp_path: Path) -> None:
    context = TaskContext()
    context.cancel()
    with pytest.raises(Cancelled):
        read_sheet(workbook(tmp_path, [HEAD, *[ROW] * 2000]), context)


@given(st.lists(st.lists(st.text("ab홍,;\t \"'", max_size=5), min_size=3, max_size=3), min_size=2))
def test_whatever_a_csv_writer_wrote_is_split_as_it_was(rows: list[list[str]]) -> None:
    import csv

    text = io.StringIO()
    csv.writer(text, delimiter="|", quoting=csv.QUOTE_ALL).writerows(rows)
    delimiter = delimiter_of(text.getvalue())
    # Another delimiter is only chosen where it splits as evenly.
    widths = {len(r) for r in csv.reader(io.StringIO(text.getvalue()), delimiter=delimiter)}
    assert len(widths) == 1 or delimiter == "|"


@pytest.mark.parametrize(("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ")])
def test_letters_of_columns(index: int, letters: str) -> None:
    assert column_letter(index) == letters
