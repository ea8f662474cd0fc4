"""Choosing a file: good ones in every form, bad ones with clear words."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.core.tasks import TaskContext
from desktop_app.core.users import USER_FIELDS
from desktop_app.services.importing import guess_mapping, read_sheet
from desktop_app.ui.imports.file_page import FilePage
from desktop_app.ui.imports.template_file import write_template
from desktop_app.ui.tab import TabTools
from tests.ui.imports.conftest import WriteBook, user_rows

CSV = "아이디,이름,이메일\nkim01,김영희,kim01@example.com\n"


@pytest.fixture
def page(tools: TabTools, qtbot: QtBot) -> FilePage:
    page = FilePage(USER_FIELDS, "users", tools)
    qtbot.addWidget(page)
    page.show()
    return page


def read(page: FilePage, qtbot: QtBot, path: Path, **how: str) -> None:
    """Open ``path`` and wait for what comes of it."""
    with qtbot.waitSignals([page.sheet_changed] * 2, timeout=10_000):
        page.open_file(path, **how)


def nothing_read(page: FilePage) -> bool:
    return page.sheet is None


def _locked_with_password(path: Path) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000))


def _damaged(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04" + bytes(500))


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _no_text(path: Path) -> None:
    path.write_bytes(bytes(range(128, 256)) * 50)


def _too_wide(path: Path) -> None:
    path.write_text(",".join(f"c{n}" for n in range(201)) + "\n", encoding="utf-8")


def _missing(path: Path) -> None:
    path.unlink(missing_ok=True)


@pytest.mark.parametrize(
    ("name", "make", "words"),
    [
        ("a.xlsx", _locked_with_password, "locked with a password"),
        ("a.xlsx", _damaged, "damaged"),
        ("a.csv", _empty, "holds no rows"),
        ("a.csv", _no_text, "encoding"),
        ("a.csv", _too_wide, "200 columns"),
        ("a.xlsx", _missing, "no file"),
    ],
)
def test_a_bad_file_is_told_in_words_and_another_can_be_chosen(
    name: str,
    make: Callable[[Path], None],
    words: str,
    page: FilePage,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    path = tmp_path / name
    make(path)
    read(page, qtbot, path)
    assert nothing_read(page)
    assert page.banner.isVisible()
    assert words in page.banner.text
    good = tmp_path / "good.csv"
    good.write_text(CSV, encoding="utf-8")
    read(page, qtbot, good)
    assert page.sheet is not None
    assert not page.banner.isVisible()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="this account reads everything")
def test_a_file_that_may_not_be_read_is_told_in_words(
    page: FilePage, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "locked.csv"
    path.write_text(CSV, encoding="utf-8")
    path.chmod(stat.S_IWUSR)
    read(page, qtbot, path)
    assert "open in another program" in page.banner.text


def test_two_hundred_columns_and_repeated_headings_are_read(
    page: FilePage, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "wide.csv"
    headings = ["이름"] * 100 + [f"열{n}" for n in range(100)]
    path.write_text(",".join(headings) + "\n" + ",".join(["값"] * 200) + "\n", encoding="utf-8")
    read(page, qtbot, path)
    assert page.sheet is not None
    assert len(page.sheet.columns) == 200
    assert page.model.columnCount() == 200


def test_korean_windows_text_is_recognised_and_the_encoding_can_be_changed(
    page: FilePage, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "users.csv"
    path.write_bytes(CSV.encode("cp949"))
    read(page, qtbot, path)
    assert page.sheet is not None
    assert page.sheet.rows[0][1] == "김영희"
    assert page.encoding_choice.isVisible()
    assert page.encoding_choice.currentText().startswith("CP949")

    with qtbot.waitSignals([page.sheet_changed] * 2, timeout=10_000):
        page.encoding_choice.setCurrentIndex(0)
        page.encoding_choice.activated.emit(0)
    assert nothing_read(page)
    assert "not in this encoding" in page.banner.text
    assert page.encoding_choice.isVisible()

    with qtbot.waitSignals([page.sheet_changed] * 2, timeout=10_000):
        page.encoding_choice.setCurrentIndex(1)
        page.encoding_choice.activated.emit(1)
    assert page.sheet is not None
    assert page.sheet.path == path
    assert page.sheet.columns == ("아이디", "이름", "이메일")


def test_a_sheet_of_a_workbook_can_be_chosen(
    page: FilePage, write_book: WriteBook, qtbot: QtBot
) -> None:
    read(page, qtbot, write_book(user_rows(3), sheets=("사용자", "지난해")))
    assert page.sheet_choice.isVisible()
    assert page.sheet_choice.currentText() == "사용자"
    with qtbot.waitSignals([page.sheet_changed] * 2, timeout=10_000):
        page.sheet_choice.setCurrentIndex(1)
        page.sheet_choice.activated.emit(1)
    assert page.sheet is not None
    assert page.sheet.name == "지난해"


def test_headings_without_rows_are_told(page: FilePage, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "empty.csv"
    path.write_text("아이디,이름\n", encoding="utf-8")
    read(page, qtbot, path)
    assert "no rows under them" in page.banner.text


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_the_template_has_headings_that_are_all_recognised(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"template.{suffix}"
    write_template(path, USER_FIELDS, TaskContext())
    sheet = read_sheet(path, TaskContext())
    assert sheet.rows == []
    assert set(guess_mapping(sheet.columns, USER_FIELDS)) == {field.key for field in USER_FIELDS}
