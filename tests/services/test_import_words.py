"""What is said of a cell with a problem."""

from __future__ import annotations

import pytest

from desktop_app.core.problems import Problem
from desktop_app.core.users import USER_FIELDS
from desktop_app.services.import_words import problem_of_row
from desktop_app.services.sheet import Cell

FIELDS = {field.key: field for field in USER_FIELDS}


@pytest.mark.parametrize(
    ("key", "code", "cell", "said"),
    [
        (
            "role",
            "choice",
            "심사관장",
            "Role: “심사관장” is none of Administrator, Manager, Secretary, Evaluator.",
        ),
        ("company_id", "reference_unknown", "없는 회사", "Company: There is no “없는 회사”."),
        ("company_id", "reference_unknown", 12.0, "Company: There is no “12”."),
        ("name", "required", None, "Name: This is needed."),
        ("", "import_undone", None, "This import was undone: start a new one."),
    ],
)
def test_a_value_that_is_not_known_is_named(key: str, code: str, cell: Cell, said: str) -> None:
    assert problem_of_row(Problem(field=key, code=code), FIELDS, cell) == said


def test_a_long_value_is_cut() -> None:
    problem = Problem(field="company_id", code="reference_unknown")
    assert len(problem_of_row(problem, FIELDS, "회사" * 500)) < 100
