"""What lists, copies and exports say of a record."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from desktop_app.config.catalogues import use_language
from desktop_app.core.users import Role, User
from desktop_app.ui.records.user_columns import user_columns
from desktop_app.ui.tab import TabTools


@pytest.fixture
def korean() -> Iterator[None]:
    use_language("ko")
    yield
    use_language("en")


@pytest.mark.usefixtures("korean")
def test_a_role_is_exported_in_the_language_in_use(tools: TabTools) -> None:
    user = User(id="u", login_id="kim", name="김", email="k@example.com", role=Role.EVALUATOR)
    [role] = [column for column in user_columns(tools.settings) if column.key == "role"]
    assert role.value(user) == role.shown(user) == "평가위원"
