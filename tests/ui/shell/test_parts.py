"""The parts of the window, each alone."""

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.api.guard import WriteGuard
from desktop_app.config.profiles import Environment, Profile
from desktop_app.core.language import N_
from desktop_app.core.tasks import TaskContext
from desktop_app.ui.dialogs.unlock_dialog import UnlockDialog
from desktop_app.ui.messages import Level
from desktop_app.ui.shell.bell import Bell
from desktop_app.ui.shell.connection import ConnectionBadge
from desktop_app.ui.shell.geometry import FRAME_ALLOWANCE, keep_geometry, restore_geometry
from desktop_app.ui.shell.navigation import FOLDED_WIDTH, Navigation
from desktop_app.ui.shell.running import RunningWork
from desktop_app.ui.shell.toasts import SHOWN_AT_ONCE, Toasts
from desktop_app.ui.tab import Tab, TabSpec, TabTools

PRODUCTION = Profile(
    id="p", name="Live platform", environment=Environment.PRODUCTION, api_url="https://x.example"
)


@pytest.fixture
def window(qtbot: QtBot, tools: TabTools) -> Iterator[QWidget]:
    widget = QWidget()
    widget.resize(900, 600)
    widget.show()
    qtbot.waitExposed(widget)
    yield widget
    widget.close()
    widget.deleteLater()


def spec(key: str, group: str = "manage") -> TabSpec:
    return TabSpec(key=key, group=group, title=N_("Users"), icon="users", operation="", build=Tab)


def test_navigation_tells_what_was_chosen(qtbot: QtBot, tools: TabTools) -> None:
    navigation = Navigation([spec("one"), spec("two"), spec("settings", "settings")])
    qtbot.addWidget(navigation)
    chosen: list[str] = []
    navigation.chosen.connect(chosen.append)
    QTest.mouseClick(navigation._buttons["two"], Qt.MouseButton.LeftButton)
    assert chosen == ["two"]


def test_folded_navigation_keeps_names_for_screen_readers(qtbot: QtBot, tools: TabTools) -> None:
    navigation = Navigation([spec("one")])
    qtbot.addWidget(navigation)
    navigation.set_folded(True)
    assert navigation.width() == FOLDED_WIDTH
    assert navigation._buttons["one"].accessibleName() == "Users"
    assert "Ctrl+1" in navigation._buttons["one"].toolTip()


def test_toasts_do_not_take_the_focus(window: QWidget, tools: TabTools) -> None:
    toasts = Toasts(tools.messages, window)
    before = QApplication.focusWidget()
    tools.messages.post(Level.DANGER, "It failed", "Do this")
    assert [toast.accessibleName() for toast in toasts.shown] == ["Error: It failed"]
    assert QApplication.focusWidget() is before
    assert window.rect().contains(toasts.shown[0].geometry())
    toasts.shown[0].dismiss()
    assert not toasts.shown


def test_a_toast_is_as_high_as_its_words_and_leaves_the_pager_free(
    window: QWidget, tools: TabTools
) -> None:
    toasts = Toasts(tools.messages, window)
    tools.messages.post(Level.OK, "김윤서 (big09709): changes saved, all of them.")
    toast = toasts.shown[0]
    assert toast.height() == toast.heightForWidth(toast.width())
    assert window.height() - toast.geometry().bottom() > 60
    toast.dismiss()


def test_only_the_newest_toasts_stay(window: QWidget, tools: TabTools) -> None:
    toasts = Toasts(tools.messages, window)
    for number in range(SHOWN_AT_ONCE + 2):
        tools.messages.post(Level.INFO, f"Message {number}")
    assert len(toasts.shown) == SHOWN_AT_ONCE
    assert not toasts.shown[0].geometry().intersects(toasts.shown[1].geometry())
    for toast in toasts.shown:
        toast.dismiss()


def test_a_message_is_never_taken_for_markup(window: QWidget, tools: TabTools) -> None:
    toasts = Toasts(tools.messages, window)
    tools.messages.post(Level.INFO, "<b>bold</b><img src='file:///x'>")
    labels = [label for label in toasts.shown[0].findChildren(QWidget) if hasattr(label, "text")]
    assert any("<b>bold</b>" in label.text() for label in labels)
    for toast in toasts.shown:
        toast.dismiss()


def test_the_bell_counts_until_the_history_is_opened(
    window: QWidget, tools: TabTools, qtbot: QtBot
) -> None:
    bell = Bell(tools.messages, tools.settings, window)
    bell.show()
    tools.messages.post(Level.OK, "One")
    tools.messages.post(Level.WARNING, "Two")
    assert bell.badge.text() == "2"
    QTest.mouseClick(bell.button, Qt.MouseButton.LeftButton)
    assert not bell.badge.isVisible()
    assert bell._popup.isVisible()
    QTest.keyClick(bell._popup, Qt.Key.Key_Escape)
    assert not bell._popup.isVisible()


def test_running_work_shows_how_far_it_is_and_can_be_stopped(
    window: QWidget, tools: TabTools, qtbot: QtBot
) -> None:
    running = RunningWork(tools.runner, window)
    stopped = threading.Event()

    def work(context: TaskContext) -> None:
        context.report(250, 1000, "rows")
        try:
            context.wait(30)
        finally:
            stopped.set()

    task = tools.runner.start(work, owner=window, title="Import users", failed=lambda _error: None)
    qtbot.waitUntil(lambda: task.progress.done == 250)
    assert running.isVisible()
    assert running._bar.value() == 250
    row = running._rows[task]
    assert "250 / 1,000" in row._state.text()
    QTest.mouseClick(row.stop, Qt.MouseButton.LeftButton)
    assert stopped.wait(5)
    qtbot.waitUntil(lambda: not running.isVisible())


def test_production_is_unlocked_by_typing_its_name(
    window: QWidget, tools: TabTools, qtbot: QtBot
) -> None:
    guard = WriteGuard("Live platform", protected=True)
    badge = ConnectionBadge(PRODUCTION, "https://x.example", guard, window)
    badge.show()
    assert badge._left.text() == "read-only"
    QTest.mouseClick(badge._lock, Qt.MouseButton.LeftButton)
    dialog = next(w for w in QApplication.topLevelWidgets() if isinstance(w, UnlockDialog))
    assert dialog.focusWidget() is dialog.typed  # not a button, which a space would press
    QTest.keyClicks(dialog.typed, "live platform")
    assert not dialog.unlock_button.isEnabled()
    dialog.typed.clear()
    QTest.keyClicks(dialog.typed, "Live platform")
    QTest.mouseClick(dialog.unlock_button, Qt.MouseButton.LeftButton)
    guard.check()
    assert "left" in badge._left.text()
    QTest.mouseClick(badge._lock, Qt.MouseButton.LeftButton)
    assert guard.locked
    badge._tick.stop()


def test_the_end_of_an_unlock_is_told_to_all_who_ask(
    window: QWidget, tools: TabTools, qtbot: QtBot
) -> None:
    now = [0.0]
    guard = WriteGuard("Live platform", protected=True, monotonic=lambda: now[0])
    badge = ConnectionBadge(PRODUCTION, "https://x.example", guard, window)
    badge.show()
    guard.unlock("Live platform", 5)
    told: list[bool] = []
    unsubscribe = guard.on_changed(lambda: told.append(guard.locked))
    now[0] = 301.0
    badge._tick.timeout.emit()
    assert told == [True]
    assert badge._left.text() == "read-only"
    unsubscribe()


def test_a_local_connection_has_no_lock(window: QWidget, tools: TabTools) -> None:
    profile = Profile(id="s", name="Trial", environment=Environment.STAGING, api_url="http://x")
    badge = ConnectionBadge(profile, "http://x", WriteGuard("Trial"), window)
    badge.show()
    assert not badge._lock.isVisible()
    assert badge.accessibleName() == "Connection: Trial, Staging"


def test_the_window_comes_back_where_it_was(window: QWidget, tools: TabTools) -> None:
    window.setGeometry(QRect(40, 50, 700, 500))
    keep_geometry(window, tools.state)
    other = QWidget()
    restore_geometry(other, tools.state)
    assert other.size() == window.size()
    other.deleteLater()


def test_a_window_of_a_screen_that_is_gone_comes_back_on_screen(
    window: QWidget, tools: TabTools
) -> None:
    window.move(20_000, 20_000)
    keep_geometry(window, tools.state)
    other = QWidget()
    restore_geometry(other, tools.state)
    screen = QGuiApplication.primaryScreen().availableGeometry()
    assert screen.intersects(other.frameGeometry())
    other.deleteLater()


def test_a_damaged_geometry_is_ignored(window: QWidget, tools: TabTools) -> None:
    tools.state.set("window_geometry", "no hex at all")
    restore_geometry(window, tools.state)
    assert window.width() > 0


def test_a_new_window_fits_the_screen_with_its_frame(window: QWidget, tools: TabTools) -> None:
    restore_geometry(window, tools.state)
    room = QGuiApplication.primaryScreen().availableGeometry()
    assert window.height() <= room.height() - FRAME_ALLOWANCE.height()
    assert room.contains(window.geometry())
