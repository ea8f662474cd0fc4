"""Which column goes into which field."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.core.users import USER_FIELDS
from desktop_app.services.importing import guess_mapping
from desktop_app.services.sheet import Sheet
from desktop_app.ui.imports.mapping_page import MappingPage
from desktop_app.ui.tab import TabTools

SHEET = Sheet(
    name="s",
    path=Path("users.csv"),
    columns=("아이디", "성명", "메일", "기타"),
    rows=[("kim01", "김영희", "a@b.kr", None), ("lee01", "이철수", "c@d.kr", "메모")],
    encoding="utf-8",
    first_row_number=2,
)


@pytest.fixture
def page(tools: TabTools, qtbot: QtBot) -> MappingPage:
    page = MappingPage(USER_FIELDS, match_key="login_id", with_passwords=True)
    qtbot.addWidget(page)
    page.show_sheet(SHEET, guess_mapping(SHEET.columns, USER_FIELDS))
    page.show()
    return page


def test_headings_are_recognised_and_nothing_is_missing(page: MappingPage) -> None:
    assert page.mapped().columns == {"login_id": 0, "name": 1, "email": 2}
    assert page.problems() == ()


def test_a_needed_field_without_a_column_is_named(page: MappingPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.changed):
        page.combos["name"].setCurrentIndex(0)
    assert page.problems() == ("Choose a column for: Name.",)
    assert page.problem_label.isVisible()


def test_an_update_needs_only_the_field_that_finds_the_entry(page: MappingPage) -> None:
    page.update_existing.setChecked(True)
    page.combos["name"].setCurrentIndex(0)
    assert page.problems() == ()
    page.combos["login_id"].setCurrentIndex(0)
    assert page.problems() == ("Choose a column for: Sign-in name.",)


def test_columns_that_are_not_imported_are_named(page: MappingPage, qtbot: QtBot) -> None:
    page.combos["name"].setCurrentIndex(0)
    assert "not imported: B · 성명, D · 기타" in page.left_out.text()


def test_one_column_for_two_fields_is_refused(page: MappingPage) -> None:
    page.combos["profile.department"].setCurrentIndex(page.combos["name"].currentIndex())
    assert "Column B is chosen more than once: Name, Department." in page.problems()


def test_passwords_are_issued_only_when_asked_for(page: MappingPage) -> None:
    assert not page.mapped().issue_passwords
    page.issue_passwords.setChecked(True)
    assert page.mapped().issue_passwords
