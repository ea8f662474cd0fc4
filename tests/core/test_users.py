"""The rules of a user's values, whatever types come."""

from __future__ import annotations

from desktop_app.core.users import check_user


def test_a_role_of_any_type_is_a_problem_and_no_fault() -> None:
    values = {"login_id": "somebody", "name": "Some Body", "email": "a@example.com"}

    for role in ([None], {"a": 1}, 7, True, "nobody"):
        assert "role" in {problem.field for problem in check_user({**values, "role": role})}
