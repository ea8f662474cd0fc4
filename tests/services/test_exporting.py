"""Exports: files that people open in a spreadsheet."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.errors import Cancelled, LocalFailure, Unreachable
from desktop_app.core.paging import Page, PageQuery
from desktop_app.core.tasks import Progress, TaskContext
from desktop_app.services.exporting import ExportColumn, export
from desktop_app.services.table_file import FORMULA_STARTS, TableFile, escaped

SEOUL = ZoneInfo("Asia/Seoul")


@dataclass(frozen=True)
class Thing:
    name: str
    size: float = 1.5
    ready: bool = True
    made: datetime | None = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)


COLUMNS: tuple[ExportColumn[Thing], ...] = (
    ExportColumn("Name", lambda thing: thing.name),
    ExportColumn("Size", lambda thing: thing.size, "number"),
    ExportColumn("Ready", lambda thing: thing.ready, "flag"),
    ExportColumn("Made", lambda thing: thing.made, "date"),
)


def paged(things: list[Thing]) -> Callable[[PageQuery], Page[Thing]]:
    def page(query: PageQuery) -> Page[Thing]:
        start = (query.page - 1) * query.page_size
        items = tuple(things[start : start + query.page_size])
        return Page(items=items, total=len(things), page=query.page, page_size=query.page_size)

    return page


def run(path: Path, things: list[Thing], context: TaskContext | None = None) -> int:
    query = PageQuery(page=3, page_size=25)
    return export(path, COLUMNS, paged(things), query, context or TaskContext(), zone=SEOUL)


def rows_of(path: Path) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(path)
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    book.close()
    return rows


def test_every_page_goes_into_one_workbook(tmp_path: Path) -> None:
    path = tmp_path / "things.xlsx"
    seen: list[Progress] = []
    assert run(path, [Thing(f"사물 {n}") for n in range(450)], TaskContext(seen.append)) == 450
    rows = rows_of(path)
    assert rows[0] == ("Name", "Size", "Ready", "Made")
    assert [row[0] for row in rows[1:]] == [f"사물 {n}" for n in range(450)]
    assert [(p.done, p.total) for p in seen] == [(200, 450), (400, 450), (450, 450)]


def test_dates_are_dates_in_local_time(tmp_path: Path) -> None:
    run(tmp_path / "things.xlsx", [Thing("a"), Thing("b", made=None)])
    rows = rows_of(tmp_path / "things.xlsx")
    assert rows[1] == ("a", 1.5, "Yes", datetime(2026, 3, 2, 8, 30))
    assert rows[2][3] is None


def test_csv_is_what_excel_takes_for_korean(tmp_path: Path) -> None:
    run(tmp_path / "things.csv", [Thing("홍, 길동", ready=False)])
    content = (tmp_path / "things.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(content.decode("utf-8-sig").splitlines()))
    assert rows[1] == ["홍, 길동", "1.5", "No", "2026-03-02 08:30:00"]


def test_an_empty_list_is_a_file_with_headings(tmp_path: Path) -> None:
    assert run(tmp_path / "things.xlsx", []) == 0
    assert len(rows_of(tmp_path / "things.xlsx")) == 1


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_no_text_becomes_a_formula(tmp_path: Path, start: str) -> None:
    name = f"{start}1+1"
    run(tmp_path / "t.xlsx", [Thing(name)])
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    cell = book.worksheets[0]["A2"]
    assert cell.data_type == "s"
    assert cell.quotePrefix
    book.close()
    run(tmp_path / "t.csv", [Thing(name, size=-5)])
    with (tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as file:
        row = list(csv.reader(file))[1]
    assert row[0] == f"'{name}"
    assert row[1] == "-5"


@given(st.text())
def test_escaping_is_undone_by_dropping_one_apostrophe(text: str) -> None:
    assert not escaped(text).startswith(FORMULA_STARTS)
    assert escaped(text).removeprefix("'") == text or escaped(text) == text


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
@pytest.mark.parametrize("old", [None, b"the older file"])
def test_stopping_leaves_no_part_and_keeps_the_older_file(
    tmp_path: Path, suffix: str, old: bytes | None
) -> None:
    path = tmp_path / f"things{suffix}"
    if old is not None:
        path.write_bytes(old)
    context = TaskContext(lambda progress: context.cancel())
    with pytest.raises(Cancelled):
        run(path, [Thing(str(n)) for n in range(900)], context)
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir() if p.is_file()] == (
        [] if old is None else [(path.name, old)]
    )


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_a_server_that_fails_in_the_middle_leaves_no_part(tmp_path: Path, suffix: str) -> None:
    def failing(query: PageQuery) -> Page[Thing]:
        if query.page == 2:
            raise Unreachable(address="x", reason="cut")
        return paged([Thing("a")] * 500)(query)

    with pytest.raises(Unreachable):
        export(tmp_path / f"t{suffix}", COLUMNS, failing, PageQuery(), TaskContext())
    assert [path for path in tmp_path.iterdir() if path.is_file()] == []


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(LocalFailure, match="cannot be written"):
        run(tmp_path / "folder.csv", [Thing("a")])
    with pytest.raises(LocalFailure, match="cannot be written"):
        run(tmp_path / "no such folder" / "t.csv", [Thing("a")])
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == []


def test_a_file_that_excel_holds_open_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(source: Path, target: Path) -> None:
        raise PermissionError(13, "in use")

    monkeypatch.setattr("desktop_app.services.table_file.replace_file", held)
    with pytest.raises(LocalFailure, match="open in a program"):
        run(tmp_path / "t.xlsx", [Thing("a")])
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_a_full_disk_says_so(tmp_path: Path, suffix: str) -> None:
    import resource
    import signal

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        with pytest.raises(LocalFailure, match="no room left"):
            run(tmp_path / f"t{suffix}", [Thing("x" * 50 + str(n)) for n in range(3000)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == []


def test_odd_cells_have_a_place(tmp_path: Path) -> None:
    path = tmp_path / "odd.xlsx"
    with TableFile(path, ["a"]) as table:
        for cell in (10**20, float("nan"), date(1850, 1, 1), date(2026, 1, 1), "x" * 40_000, True):
            table.add([cell])
    column = [row[0] for row in rows_of(path)[1:]]
    assert column[:3] == ["1" + "0" * 20, "nan", "1850-01-01"]
    assert column[3] == datetime(2026, 1, 1)
    assert len(column[4]) == 32_767
    assert column[5] is True
