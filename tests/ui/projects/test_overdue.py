"""What the dashboard sends people to: projects past their deadline."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pytestqt.qtbot import QtBot

from desktop_app.services.session import SignedIn
from desktop_app.ui.dashboard.attention_words import KINDS
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tabs.projects import ProjectsTab
from tests.ui.records.stage import settle


def test_attention_leads_to_the_projects_past_their_deadline(
    qtbot: QtBot, admin: SignedIn, tools: TabTools
) -> None:
    api = admin.api
    for name, days in (("지난 사업", -1), ("남은 사업", 2)):
        values = {
            "name": name,
            "company_id": "company-test",
            "template_id": "template-basic",
            "status": "active",
            "deadline": (datetime.now(UTC) + timedelta(days=days)).isoformat(),
        }
        api.projects.create(values)
    tab = ProjectsTab(
        projects=api.projects,
        companies=api.companies,
        users=api.users,
        templates=api.templates,
        imports=api.imports,
        me=admin.user,
        tools=tools,
    )
    qtbot.addWidget(tab)
    tab.resize(1100, 640)
    tab.show()
    tab.activated()
    settle(qtbot, tab.table)
    assert tab.table.model.rowCount() == 2
    tab.show_filtered(KINDS["projects_overdue"].filters)
    qtbot.waitUntil(lambda: tab.table.model.rowCount() == 1)
    assert tab.table.model.index(0, 0).data() == "지난 사업"
