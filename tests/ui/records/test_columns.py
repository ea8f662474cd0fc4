"""What lists, copies and exports say of a record."""

from __future__ import annotations

from desktop_app.config.catalogues import use_language
from desktop_app.core.users import Role, User
from desktop_app.ui.records.user_columns import user_columns
from desktop_app.ui.tab import TabTools


def test_a_role_is_exported_in_the_language_in_use(tools: TabTools) -> None:
    use_language("ko")
    user = User(id="u", login_id="kim", name="김", email="k@example.com", role=Role.EVALUATOR)
    [role] = [column for column in user_columns(tools.settings) if column.key == "role"]
    assert role.value(user) == role.shown(user) == "평가위원"
