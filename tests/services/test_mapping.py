"""From columns and cells of a file to fields and values."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.companies import COMPANY_FIELDS
from desktop_app.core.fields import Field, Kind
from desktop_app.core.users import USER_FIELDS
from desktop_app.services.importing import guess_mapping
from desktop_app.services.mapping import (
    RowConverter,
    business_number_of,
    decimal_of,
    flag_of,
    integer_of,
    moment_of_cell,
    phone_of,
    text_of,
)


def test_columns_are_found_by_label_key_and_alias_in_both_languages() -> None:
    columns = ("비고", "전화번호", "Sign-in name", "성명 (필수)", "E_MAIL", "권한", "소속회사")
    assert guess_mapping(columns, USER_FIELDS) == {
        "login_id": 2,
        "name": 3,
        "email": 4,
        "role": 5,
        "company_id": 6,
        "profile.phone": 1,
    }


def test_an_exact_name_goes_before_an_alias_and_each_column_goes_once() -> None:
    columns = ("email", "contact_email", "회사명", "회사명")
    mapping = guess_mapping(columns, COMPANY_FIELDS)
    assert mapping == {"name": 2, "contact_email": 1}


@given(st.lists(st.sampled_from(["이름", "name", "email", "메일", "x", "역할"]), max_size=8))
def test_a_guess_never_uses_a_column_twice(columns: list[str]) -> None:
    mapping = guess_mapping(columns, USER_FIELDS)
    assert len(set(mapping.values())) == len(mapping)
    assert set(mapping.values()) <= set(range(len(columns)))


@pytest.mark.parametrize(
    ("cell", "phone"),
    [
        (1012345678, "010-1234-5678"),
        (1012345678.0, "010-1234-5678"),
        (212345678, "02-1234-5678"),
        (21234567, "02-123-4567"),
        (311234567, "031-123-4567"),
        (15881234, "1588-1234"),
        ("010-1234-5678", "010-1234-5678"),
        ("０１０-1234-5678", "010-1234-5678"),
        ("+82-10-1234-5678", "+82-10-1234-5678"),
        (12, "12"),
    ],
)
def test_a_telephone_number_that_excel_made_a_number(cell: Any, phone: str) -> None:
    assert phone_of(cell) == phone


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (1248100998, "124-81-00998"),
        (12345678.0, "001-23-45678"),
        ("1248100998", "124-81-00998"),
        (" 124-81-00998 ", "124-81-00998"),
        ("1.24811E+09", "1.24811E+09"),
        ("12481-00998-1", "12481-00998-1"),
    ],
)
def test_a_business_number_that_excel_made_a_number(cell: Any, number: str) -> None:
    assert business_number_of(cell) == number


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (3.0, "3"),
        (3.25, "3.25"),
        (datetime(2026, 3, 1), "2026-03-01"),
        (datetime(2026, 3, 1, 9, 5), "2026-03-01 09:05:00"),
        (date(2026, 3, 1), "2026-03-01"),
        (True, "True"),
    ],
)
def test_other_cells_as_text(cell: Any, text: str) -> None:
    assert text_of(cell) == text


def test_flags_and_numbers() -> None:
    assert [flag_of(c) for c in ("예", "Y", 1, "아니오", "x", False)] == [True] * 3 + [False] * 3
    assert flag_of("글쎄") == "글쎄"
    assert [integer_of(c) for c in (5, 5.0, "1,000", "７", "-3")] == [5, 5, 1000, 7, -3]
    assert [integer_of(c) for c in (5.5, "many", True)] == [5.5, "many", "True"]
    assert [decimal_of(c) for c in ("1,000.5", 2, "x")] == [1000.5, 2, "x"]


@pytest.mark.parametrize(
    ("word", "role"),
    [
        ("평가자", "evaluator"),
        ("관리자", "admin"),
        ("매니저", "manager"),
        ("간사", "secretary"),
        ("Administrator", "admin"),
        ("MANAGER", "manager"),
        ("마법사", "마법사"),
        (None, None),
    ],
)
def test_a_choice_by_value_or_label_in_either_language(word: str | None, role: str | None) -> None:
    converter = RowConverter(USER_FIELDS, {"role": 0})
    values, problems = converter.convert((word,))
    assert problems == ()
    assert values.get("role") == role


def test_an_error_of_the_spreadsheet_is_a_problem_of_its_cell() -> None:
    converter = RowConverter(USER_FIELDS, {"name": 0, "email": 1})
    values, problems = converter.convert(("#N/A", "a@x.kr"))
    assert values == {"email": "a@x.kr"}
    assert [(p.field, p.code) for p in problems] == [("name", "spreadsheet_error")]


CELLS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.datetimes()
    | st.dates()
    | st.times()
)


@given(st.sampled_from(Kind), CELLS)
def test_any_cell_converts_for_any_kind_of_field(kind: Kind, cell: Any) -> None:
    field = Field(key="x", kind=kind, label="X")
    values, problems = RowConverter([field], {"x": 0}).convert((cell,))
    assert set(values) | {problem.field for problem in problems} == {"x"}
    assert isinstance(values.get("x"), str | int | float | bool | None)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (datetime(2026, 11, 30, 18, 0), "2026-11-30T18:00:00+09:00"),
        ("2026-11-30 18:00", "2026-11-30T18:00:00+09:00"),
        ("２０２６. 11. 30. 18:00", "2026-11-30T18:00:00+09:00"),
        ("2026-11-30 18:00 Z", "2026-11-30 18:00 Z"),
        ("2026-11-30T18:00:00Z", "2026-11-30T18:00:00Z"),
        ("2026-11-30", "2026-11-30"),
        (datetime(2026, 11, 30), "2026-11-30"),
        ("다음 주", "다음 주"),
    ],
)
def test_times_are_korean_unless_they_say_otherwise(cell: Any, value: str) -> None:
    assert moment_of_cell(cell) == value
