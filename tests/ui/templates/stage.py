"""The tab of templates on its stage, with what people do in it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from desktop_app.core.templates import Template
from desktop_app.services.session import SignedIn
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tabs.templates import TemplatesTab
from desktop_app.ui.templates.template_dialog import TemplateDialog
from tests.fixtures.server import RunningServer
from tests.ui.records.stage import dialog, settle

BASIC, MODEL = "기본 평가 템플릿", "AI 모델 평가 템플릿"


def templates_tab(qtbot: QtBot, who: SignedIn, tools: TabTools) -> TemplatesTab:
    """The tab of templates, shown and loaded."""
    tab = TemplatesTab(
        templates=who.api.templates,
        companies=who.api.companies,
        imports=who.api.imports,
        me=who.user,
        tools=tools,
    )
    qtbot.addWidget(tab)
    tab.resize(1100, 640)
    tab.show()
    tab.activated()
    settle(qtbot, tab.table)
    return tab


def row(tab: TemplatesTab, name: str) -> Template:
    return next(template for template in tab.table.model.items if template.name == name)


def select(tab: TemplatesTab, *names: str) -> None:
    selection = tab.table.view.selectionModel()
    selection.clearSelection()
    rows = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    for name in names:
        at = tab.table.model.row_of(row(tab, name).id)
        assert at is not None
        selection.select(tab.table.model.index(at, 0), rows)


def open_form(qtbot: QtBot, tab: TemplatesTab, name: str) -> TemplateDialog:
    """Open a template by Enter in the table."""
    tab.table.view.setFocus()
    assert tab.table.select_id(row(tab, name).id)
    QTest.keyClick(tab.table.view, Qt.Key.Key_Return)
    form = dialog(qtbot, TemplateDialog)
    qtbot.waitUntil(form.isActiveWindow)
    return form


def new_form(qtbot: QtBot) -> TemplateDialog:
    """The form of a new template, once it has the keyboard."""
    form = dialog(qtbot, TemplateDialog)
    qtbot.waitUntil(form.isActiveWindow)
    return form


def retype(form: TemplateDialog, at: int, key: str, text: str) -> None:
    """Type ``text`` over a cell of the criteria."""
    form.form.criteria.view.go(at, key)
    line = QApplication.focusWidget()
    assert isinstance(line, QLineEdit)
    line.selectAll()
    QTest.keyClicks(line, text)


def field(form: TemplateDialog, key: str) -> QLineEdit:
    line = form.form.editor(key).control
    assert isinstance(line, QLineEdit)
    return line


def use(who: SignedIn, template_id: str, name: str = "사업") -> None:
    """Let a project use a template."""
    who.api.projects.create(
        {"name": name, "company_id": "company-test", "template_id": template_id}
    )


def stored(server: RunningServer, name: str) -> dict[str, Any]:
    found = server.documents["templates"].find_one({"name": name})
    assert found is not None
    return found


def kept(server: RunningServer, template_id: str) -> list[tuple[int, list[float]]]:
    """Number and weights of the revisions kept, the oldest first."""
    found = server.documents["template_revisions"].find({"template_id": template_id})
    return [
        (entry["revision"], [criterion["weight"] for criterion in entry["criteria"]])
        for entry in found.sort("revision", 1)
    ]
