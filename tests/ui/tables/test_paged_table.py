"""The list of users over a real server: finding, turning pages, sorting, choosing, copying."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QItemSelectionModel, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication, QPaintEvent, QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.core.paging import PageQuery
from desktop_app.services.session import SignedIn
from desktop_app.ui.changes import Change
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tabs.users import UsersTab
from desktop_app.ui.widgets.reference_picker import ReferencePicker
from tests.fixtures.server import RunningServer
from tests.ui.records.stage import companies_tab, compose, dialog, names, settle, users_tab


@pytest.fixture
def tab(qtbot: QtBot, api_server: RunningServer, admin: SignedIn, tools: TabTools) -> UsersTab:
    """130 sample users and the four of the initial data, 50 to a page."""
    api_server.insert_users(130)
    return users_tab(qtbot, admin, tools)


def logins(tab: UsersTab) -> list[str]:
    return [user.login_id for user in tab.table.model.items]


def test_the_newest_come_first_and_the_total_is_told(tab: UsersTab) -> None:
    assert tab.table.page is not None
    assert (tab.table.page.total, len(logins(tab))) == (134, 50)
    assert "user0000129" in logins(tab)[:5]


def test_pages_turn_by_keyboard(qtbot: QtBot, tab: UsersTab) -> None:
    first = logins(tab)
    QTest.keyClick(tab.table.view, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    settle(qtbot, tab.table)
    second = logins(tab)
    assert not set(first) & set(second)
    QTest.keyClick(tab.table.view, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, tab.table)
    assert len(logins(tab)) == 34
    QTest.keyClick(tab.table.view, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    settle(qtbot, tab.table)
    assert logins(tab) == second


def test_a_page_is_gone_to_by_number(qtbot: QtBot, tab: UsersTab) -> None:
    field = tab.table.pager._field
    field.selectAll()
    QTest.keyClicks(field, "9,9")
    QTest.keyClick(field, Qt.Key.Key_Return)
    settle(qtbot, tab.table)
    assert tab.table.query.page == 3
    assert field.text() == "3"


def test_another_page_size_keeps_the_first_row_and_is_remembered(
    qtbot: QtBot, tab: UsersTab, tools: TabTools
) -> None:
    tab.table.pager.turn(1)
    settle(qtbot, tab.table)
    sizes = tab.table.pager._sizes
    sizes.setCurrentIndex(sizes.findData(25))
    settle(qtbot, tab.table)
    assert (tab.table.query.page, len(logins(tab))) == (3, 25)
    assert tools.state.get("table.users.page_size") == 25


def test_a_click_on_a_header_sorts_and_again_turns_round(qtbot: QtBot, tab: UsersTab) -> None:
    header = tab.table.view.horizontalHeader()
    at = [column.key for column in tab.table.columns].index("login_id")
    place = QPoint(header.sectionViewportPosition(at) + 20, header.height() // 2)
    for order in (sorted, lambda found: sorted(found, reverse=True)):
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
        settle(qtbot, tab.table)
        assert logins(tab) == order(logins(tab))


def test_the_column_of_the_cursor_sorts_by_keyboard(qtbot: QtBot, tab: UsersTab) -> None:
    at = [column.key for column in tab.table.columns].index("email")
    tab.table.view.setCurrentIndex(tab.table.model.index(0, at))
    QTest.keyClick(tab.table.view, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    settle(qtbot, tab.table)
    assert tab.table.query.sort == "email"


def test_a_korean_name_is_found_as_it_is_composed(qtbot: QtBot, tab: UsersTab) -> None:
    QTest.keyClick(tab.table.view, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert tab.table.search.hasFocus()
    compose(tab.table.search, "ㅅ", "시", "스", commit="스")
    compose(tab.table.search, "ㅌ", "테", "템", commit="템")
    qtbot.waitUntil(lambda: tab.table.query.q == "스템")
    settle(qtbot, tab.table)
    assert names(tab.table) == ["시스템 관리자"]


def test_filters_narrow_the_list_and_chips_take_them_away(qtbot: QtBot, tab: UsersTab) -> None:
    tab.table.filter_bar.set("role", "manager")
    settle(qtbot, tab.table)
    assert logins(tab) == ["manager1"]
    [chip] = tab.table.chips.findChildren(QPushButton, options=_DIRECT)[:1]
    assert chip.text() == "Role: Manager"
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton)
    settle(qtbot, tab.table)
    assert tab.table.page is not None
    assert tab.table.page.total == 134


def test_a_company_to_filter_by_is_picked_from_the_server(qtbot: QtBot, tab: UsersTab) -> None:
    button = tab.table.filter_bar._buttons["company_id"]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    picker = dialog(qtbot, ReferencePicker)
    qtbot.waitUntil(lambda: picker._list.count() == 2)
    picker._list.setCurrentRow(1)
    QTest.keyClick(picker._list, Qt.Key.Key_Return)
    settle(qtbot, tab.table)
    assert tab.table.filter_bar.value_text("company_id") == "테스트 회사"
    assert tab.table.page is not None
    assert tab.table.page.total == 133


def test_nothing_found_offers_to_clear_the_search(qtbot: QtBot, tab: UsersTab) -> None:
    tab.table.search.setText("nobody like that")
    tab.table.search.search_now()
    settle(qtbot, tab.table)
    assert tab.table.empty.heading == "Nothing found"
    QTest.mouseClick(tab.table.empty.button, Qt.MouseButton.LeftButton)
    settle(qtbot, tab.table)
    assert tab.table.stack.currentWidget() is tab.table.view
    assert tab.table.search.text() == ""


def test_the_selection_survives_a_reload_that_moves_its_rows(
    qtbot: QtBot, api_server: RunningServer, tab: UsersTab, tools: TabTools
) -> None:
    selection = tab.table.view.selectionModel()
    rows = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    for row in (6, 9):
        selection.select(tab.table.model.index(row, 0), rows)
    chosen = [user.id for user in tab.table.selected()]
    api_server.insert_users(1, start=900_000_00)
    tools.changes.tell(Change("users"))
    settle(qtbot, tab.table)
    assert [user.id for user in tab.table.selected()] == chosen
    assert tab.table.view.selected_rows() != [6, 9]


def test_selected_rows_are_copied_as_a_spreadsheet_takes_them(qtbot: QtBot, tab: UsersTab) -> None:
    tab.table.filter_bar.set("role", "manager")
    settle(qtbot, tab.table)
    tab.table.view.setFocus()
    QTest.keyClick(tab.table.view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(tab.table.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    cells = QGuiApplication.clipboard().text().rstrip("\n").split("\t")
    shown = [column.shown(tab.table.model.items[0]) for column in tab.table.visible_columns()]
    assert cells[1] == "manager1"
    assert cells == shown
    QGuiApplication.clipboard().clear()


def test_columns_chosen_are_there_again_next_time(
    qtbot: QtBot, tab: UsersTab, admin: SignedIn, tools: TabTools
) -> None:
    layout = tab.table.layout_of_columns
    layout.show_column(2, False)
    tab.table.view.horizontalHeader().moveSection(0, 1)
    tab.table.view.horizontalHeader().resizeSection(0, 222)
    layout.save()
    again = users_tab(qtbot, admin, tools)
    keys = [column.key for column in again.table.visible_columns()]
    assert keys[:3] == ["login_id", "name", "role"]
    assert again.table.view.columnWidth(0) == 222
    again.table.layout_of_columns.restore()
    assert [c.key for c in again.table.visible_columns()][:3] == ["name", "login_id", "email"]


def test_a_column_hidden_and_shown_another_day_has_its_width(
    qtbot: QtBot, tab: UsersTab, admin: SignedIn, tools: TabTools
) -> None:
    layout = tab.table.layout_of_columns
    tab.table.view.horizontalHeader().resizeSection(2, 231)
    layout.show_column(2, False)
    again = users_tab(qtbot, admin, tools)
    again.table.layout_of_columns.show_column(3, False)
    third = users_tab(qtbot, admin, tools)
    third.table.layout_of_columns.show_column(2, True)
    assert third.table.view.columnWidth(2) == 231


class PaintWatch(QObject):
    """Remembers what a widget was asked to paint."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.region = QRegion()
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.region |= event.region()
        return False


def test_the_first_step_takes_the_row_of_the_cursor_and_leaves_no_line_behind(
    qtbot: QtBot, tab: UsersTab
) -> None:
    view = tab.table.view
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert view.selected_rows() == [0]
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert not view.selected_rows()
    QApplication.processEvents()  # what is painted so far is not what is looked at
    watch = PaintWatch(view.viewport())
    QTest.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    row = QRect(0, view.rowViewportPosition(0), view.viewport().width(), view.rowHeight(0))
    assert view.currentIndex().row() == 1
    qtbot.waitUntil(lambda: QRegion(row).subtracted(watch.region).isEmpty())


def test_the_bar_of_a_selection_takes_no_width_from_the_pager_before_there_is_one(
    qtbot: QtBot, tab: UsersTab
) -> None:
    bar = tab.table.selection_bar
    assert bar.minimumSizeHint().width() == 0
    height = bar.minimumSizeHint().height()
    tab.table.view.selectRow(0)
    qtbot.waitUntil(bar.isVisible)
    assert bar.minimumSizeHint().width() > 0
    assert bar.minimumSizeHint().height() == height


def test_a_whole_page_selected_says_that_it_is_not_the_whole_list(
    qtbot: QtBot, tab: UsersTab
) -> None:
    bar, view = tab.table.selection_bar, tab.table.view
    QTest.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert bar.text == "50 on this page of 134 selected"
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    assert bar.text == "1 selected"
    tab.table.filter_bar.set("company_id", "")
    settle(qtbot, tab.table)
    QTest.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert tab.table.page is not None
    assert bar.text == f"{tab.table.page.total} selected"


def test_the_server_sorts_by_every_column_that_offers_it(
    qtbot: QtBot, tab: UsersTab, admin: SignedIn, tools: TabTools
) -> None:
    companies = companies_tab(qtbot, admin, tools)
    for table, resource in ((tab.table, admin.api.users), (companies.table, admin.api.companies)):
        keys = [column.key for column in table.columns if column.sortable]
        assert {"name", "created_at", "updated_at", "is_active"} < set(keys)
        for key in keys:
            up, down = (resource.page(PageQuery(sort=sign + key)) for sign in ("", "-"))
            assert up.total == down.total > 0
    named = companies.table
    named.sort_by([column.key for column in named.columns].index("name"), descending=True)
    settle(qtbot, named)
    assert names(named) == ["테스트 회사", "시스템 회사"]


def test_a_server_that_goes_away_leaves_the_old_page_with_a_banner(
    qtbot: QtBot, api_server: RunningServer, tab: UsersTab
) -> None:
    before = logins(tab)
    api_server.stop()
    QTest.keyClick(tab.table.view, Qt.Key.Key_F5)
    qtbot.waitUntil(tab.table.banner.isVisible, timeout=15_000)
    assert logins(tab) == before
    assert "does not answer" in tab.table.banner.text
    api_server.restart()
    # By itself: whoever has brought the server back need not press anything.
    qtbot.waitUntil(lambda: not tab.table.banner.isVisible(), timeout=10_000)


def test_the_last_page_that_has_vanished_becomes_the_one_before(
    qtbot: QtBot, api_server: RunningServer, tab: UsersTab
) -> None:
    tab.table.pager.turn(2)
    settle(qtbot, tab.table)
    api_server.documents["users"].delete_many({"login_id": {"$regex": "^user00000[0-6]"}})
    api_server.platform.totals.clear()
    tab.table.reload()
    qtbot.waitUntil(lambda: tab.table.query.page == 2)
    settle(qtbot, tab.table)
    assert logins(tab)


_DIRECT = Qt.FindChildOption.FindDirectChildrenOnly
