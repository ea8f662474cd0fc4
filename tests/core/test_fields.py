from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.companies import COMPANY_FIELDS, Company, check_company
from desktop_app.core.documents import changed, flatten, nest
from desktop_app.core.fields import (
    Choice,
    Field,
    Kind,
    check_value,
    email_form,
    login_id_form,
    normalised,
    phone_form,
)
from desktop_app.core.problems import TEXTS
from desktop_app.core.users import USER_FIELDS, Role, check_password, check_user

USER: dict[str, Any] = {
    "login_id": "hong.gildong",
    "name": "홍길동",
    "email": "hong@example.com",
    "role": "evaluator",
    "company_id": "c1",
}
COMPANY: dict[str, Any] = {
    "name": "한빛 평가",
    "business_number": "124-81-00998",
    "settings.max_users": 10,
    "settings.max_projects": 5,
    "settings.storage_limit_gb": 1,
}


def codes(problems: Any) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in problems]


def test_a_sound_user_and_company_have_no_problems() -> None:
    assert check_user(USER) == ()
    assert check_company(COMPANY) == ()


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("login_id", "", "required"),
        ("login_id", "1abc", "login_id_form"),
        ("login_id", "ab", "login_id_form"),
        ("login_id", 5, "type"),
        ("name", "x" * 101, "too_long"),
        ("name", "a\x00b", "control_characters"),
        ("email", "hong@", "email_form"),
        ("email", "a..b@example.com", "email_form"),
        ("role", "god", "choice"),
        ("profile.phone", "전화", "phone_form"),
        ("company_id", None, "company_needed"),
    ],
)
def test_a_user_that_breaks_a_rule(key: str, value: object, code: str) -> None:
    assert codes(check_user({**USER, key: value})) == [(key, code)]


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("business_number", "124-81-00999", "business_number_checksum"),
        ("settings.max_users", 0, "too_small"),
        ("settings.max_users", 100_001, "too_large"),
        ("settings.max_users", True, "type"),
        ("settings.max_users", 1.5, "type"),
        ("settings.max_users", None, "required"),
    ],
)
def test_a_company_that_breaks_a_rule(key: str, value: object, code: str) -> None:
    assert codes(check_company({**COMPANY, key: value})) == [(key, code)]


def test_only_what_a_change_carries_is_checked() -> None:
    broken = {**USER, "email": "x", "name": ""}
    assert codes(check_user(broken, only={"name"})) == [("name", "required")]


def test_an_administrator_needs_no_company() -> None:
    assert check_user({**USER, "role": Role.ADMIN.value, "company_id": None}) == ()


def test_every_rule_has_words() -> None:
    for field in (*USER_FIELDS, *COMPANY_FIELDS):
        for rule in field.rules:
            code = rule("\x00")
            assert code in TEXTS


@pytest.mark.parametrize("login", ["abc", "a.b-c_d", "A" * 64])
def test_sign_in_names(login: str) -> None:
    assert login_id_form(login) is None


@pytest.mark.parametrize("email", ["a@b.kr", "a+b@mail.example.com", "o'neil@example.org"])
def test_email_addresses(email: str) -> None:
    assert email_form(email) is None


@pytest.mark.parametrize(
    "phone", ["02-123-4567", "+82-10-1234-5678", "010 1234 5678", "01012345678"]
)
def test_telephone_numbers(phone: str) -> None:
    assert phone_form(phone) is None


def test_a_decimal_and_a_flag() -> None:
    assert check_value(Field(key="x", kind=Kind.DECIMAL, label="x"), 1.5) is None
    assert check_value(Field(key="x", kind=Kind.FLAG, label="x"), True) is None
    wrong = check_value(Field(key="x", kind=Kind.FLAG, label="x"), "yes")
    assert wrong is not None
    assert wrong.code == "type"


def test_a_choice_is_by_value() -> None:
    field = Field(key="x", kind=Kind.CHOICE, label="x", choices=(Choice("a", "A", ("alpha",)),))
    assert check_value(field, "a") is None
    assert check_value(field, "alpha") is not None


def test_korean_is_kept_composed_and_email_in_lower_case() -> None:
    name, email = USER_FIELDS[1], USER_FIELDS[2]
    assert normalised(name, " 홍길동 ".encode().decode()) == "홍길동"
    assert normalised(name, "\u1112\u1169\u11bc") == "홍"
    assert normalised(email, "Hong@Example.COM ") == "hong@example.com"
    assert normalised(name, "   ") is None


@given(st.sampled_from(USER_FIELDS), st.text(max_size=40))
def test_normalising_twice_changes_nothing_more(field: Field, text: str) -> None:
    once = normalised(field, text)
    assert normalised(field, once) == once


@given(
    st.sampled_from([*USER_FIELDS, *COMPANY_FIELDS]),
    st.none() | st.text(max_size=20) | st.integers() | st.floats() | st.booleans(),
)
def test_checking_never_fails_and_a_problem_always_has_words(field: Field, value: object) -> None:
    problem = check_value(field, value)
    assert problem is None or problem.text()


FLAT = st.dictionaries(
    st.from_regex(r"[a-c](\.[d-f]){0,2}", fullmatch=True), st.integers(), max_size=6
).filter(lambda flat: not any(a != b and b.startswith(f"{a}.") for a in flat for b in flat))


@given(FLAT)
def test_nesting_and_flattening_are_inverse(flat: dict[str, int]) -> None:
    assert flatten(nest(flat)) == flat


def test_empty_and_missing_are_alike_in_a_change() -> None:
    assert changed({"a": None, "b": "x"}, {"a": "", "b": "y", "c": None}) == {"b": "y"}


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "too_short"),
        ("x" * 129, "too_long"),
        ("Password1", "password_common"),
        ("my-hong.gildong-1", "password_contains_login"),
    ],
)
def test_bad_passwords(password: str, code: str) -> None:
    problems = check_password(password, "hong.gildong", frozenset({"password1"}))
    assert [problem.code for problem in problems] == [code]


def test_a_good_password() -> None:
    assert check_password("correct horse battery", "hong", frozenset()) == ()


def test_a_company_has_limits_by_default() -> None:
    assert Company(id="1", name="x").settings.max_users == 100
