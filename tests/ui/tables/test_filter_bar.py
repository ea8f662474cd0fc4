"""Filters where their buttons have no room."""

from __future__ import annotations

from PySide6.QtWidgets import QMenu, QToolButton
from pytestqt.qtbot import QtBot

from desktop_app.core.fields import Choice
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tables.columns import ChoiceFilter, Column, FlagFilter, ReferenceFilter
from desktop_app.ui.tables.filter_bar import FilterBar
from desktop_app.ui.widgets.reference_picker import ReferencePicker
from tests.ui.records.stage import dialog, gone

COLUMNS: tuple[Column[str], ...] = (
    Column(
        key="status",
        title="Status",
        value=str,
        filter=ChoiceFilter((Choice("a", "Active"), Choice("b", "Closed"))),
    ),
    Column(key="late", title="Late", value=str, filter=FlagFilter("Late", "Not late")),
    Column(key="company", title="Company", value=str, filter=ReferenceFilter("companies")),
)


def shown(bar: FilterBar) -> list[str]:
    buttons = bar.findChildren(QToolButton)
    return [button.text() for button in buttons if button.isVisible()]


def test_one_button_stands_for_all_where_they_have_no_room(qtbot: QtBot, tools: TabTools) -> None:
    bar = FilterBar(COLUMNS, {"companies": lambda _text: [("c1", "Company 1")]}, tools)
    qtbot.addWidget(bar)
    bar.resize(800, 40)
    bar.show()
    assert shown(bar) == ["Status", "Late", "Company"]
    bar.resize(120, 40)
    assert shown(bar) == ["Filters"]
    menu = bar.all_button.menu()
    menu.aboutToShow.emit()
    status, _late, company = menu.actions()
    choices = status.menu()
    assert isinstance(choices, QMenu)
    choices.aboutToShow.emit()
    choices.actions()[1].trigger()
    assert bar.filters == {"status": "a"}
    assert bar.all_button.isChecked()
    company.trigger()
    picker = dialog(qtbot, ReferencePicker)
    picker.done(0)
    gone(qtbot)
    bar.resize(800, 40)
    assert shown(bar) == ["Status", "Late", "Company"]
