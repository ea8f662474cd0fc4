import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_app.config.settings import DECLARED
from desktop_app.ui.settings.tab import SettingsTab
from desktop_app.ui.tab import TabTools


@pytest.fixture
def tab(qtbot: QtBot, tools: TabTools) -> SettingsTab:
    tab = SettingsTab(tools=tools)
    qtbot.addWidget(tab)
    return tab


def test_every_shown_setting_can_be_set(tab: SettingsTab) -> None:
    assert set(tab.boxes) == {setting.key for setting in DECLARED if setting.shown}
    assert all(box.accessibleName() for box in tab.boxes.values())


def test_a_choice_holds_at_once(tab: SettingsTab, tools: TabTools) -> None:
    box = tab.boxes["page_size"]
    QTest.keyClick(box, Qt.Key.Key_Down)
    box.activated.emit(box.currentIndex())
    assert tools.settings.get("page_size") == box.currentData() != 50


def test_a_time_zone_is_kept(tab: SettingsTab, tools: TabTools) -> None:
    box = tab.boxes["time_zone"]
    box.setCurrentIndex(box.findData("Asia/Seoul"))
    box.activated.emit(box.currentIndex())
    assert tools.settings.get("time_zone") == "Asia/Seoul"


def test_a_change_from_elsewhere_is_shown(tab: SettingsTab, tools: TabTools) -> None:
    tools.settings.set("theme", "dark")
    assert tab.boxes["theme"].currentData() == "dark"
