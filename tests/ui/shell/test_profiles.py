from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from desktop_app.config.profiles import LOCAL_PROFILE_ID, Environment, Profile, Profiles
from desktop_app.services.doctor import diagnose
from desktop_app.ui.dialogs.confirm import ConfirmDialog
from desktop_app.ui.profiles.dialog import ProfilesDialog
from desktop_app.ui.profiles.doctor import DoctorDialog
from desktop_app.ui.tab import TabTools
from tests.fixtures.server import RunningServer


@pytest.fixture
def profiles(home: Path) -> Profiles:
    return Profiles(home / "config")


@pytest.fixture
def dialog(qtbot: QtBot, tools: TabTools, profiles: Profiles) -> Iterator[ProfilesDialog]:
    parent = QWidget()
    dialog = ProfilesDialog(profiles, LOCAL_PROFILE_ID, parent)
    dialog.open()
    yield dialog
    delete(parent)


def click(button: QWidget) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def question() -> ConfirmDialog:
    return next(
        w for w in QApplication.topLevelWidgets() if isinstance(w, ConfirmDialog) and w.isVisible()
    )


def add(dialog: ProfilesDialog, name: str, address: str) -> None:
    click(dialog.add)
    QTest.keyClicks(dialog.editor.lines["name"], name)
    QTest.keyClicks(dialog.editor.lines["api_url"], address)
    click(dialog.save_button)


def test_a_new_connection_is_kept(dialog: ProfilesDialog, profiles: Profiles) -> None:
    add(dialog, "Trial", "https://trial.example.org/")
    kept = profiles.all()[1]
    assert (kept.name, kept.api_url) == ("Trial", "https://trial.example.org")
    assert kept.environment is Environment.STAGING
    assert not dialog.editor.dirty


def test_problems_are_told_under_their_fields(dialog: ProfilesDialog, profiles: Profiles) -> None:
    add(dialog, "", "ftp://x")
    assert dialog.editor._problems["name"].text() == "This is needed."
    assert dialog.editor._problems["api_url"].text()
    assert len(profiles.all()) == 1


def test_the_local_workspace_cannot_be_changed(dialog: ProfilesDialog) -> None:
    assert not dialog.remove.isEnabled()
    assert not dialog.save_button.isEnabled()
    assert dialog.local_note.isVisible()


def test_removing_asks_first(dialog: ProfilesDialog, profiles: Profiles) -> None:
    add(dialog, "Trial", "https://trial.example.org")
    click(dialog.remove)
    assert len(profiles.all()) == 2
    click(question().action_button)
    assert len(profiles.all()) == 1


def test_closing_with_unsaved_changes_asks_first(dialog: ProfilesDialog) -> None:
    add(dialog, "Trial", "https://trial.example.org")
    QTest.keyClicks(dialog.editor.lines["name"], "!")
    click(dialog.close_button)
    assert dialog.isVisible()
    click(question().action_button)
    assert not dialog.isVisible()


def test_the_doctor_examines_a_real_server(
    qtbot: QtBot, tools: TabTools, api_server: RunningServer
) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    profile = Profile(id="t", name="Test", api_url=api_server.url, proxy="none")
    doctor = DoctorDialog(
        profile,
        lambda profile, login, password, context: diagnose(
            profile, login=login, password=password, context=context
        ),
        tools.runner,
        parent,
        login="admin",
    )
    doctor.open()
    qtbot.waitUntil(doctor.again.isEnabled, timeout=10_000)
    states = {step.id: step.state for step in doctor.steps}
    assert states["health"] == "ok"
    assert states["sign_in"] == "skipped"
    doctor.password.edit.setText("admin123!")
    doctor.examine()
    qtbot.waitUntil(doctor.again.isEnabled, timeout=10_000)
    assert {step.id: step.state for step in doctor.steps}["sign_in"] == "ok"
    doctor.reject()


def test_the_doctor_says_what_fails(qtbot: QtBot, tools: TabTools) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    profile = Profile(id="t", name="Test", api_url="http://127.0.0.1:9", proxy="none")
    doctor = DoctorDialog(
        profile,
        lambda profile, _login, _password, context: diagnose(profile, context=context),
        tools.runner,
        parent,
    )
    doctor.open()
    qtbot.waitUntil(doctor.again.isEnabled, timeout=10_000)
    assert {step.id: step.state for step in doctor.steps}["port"] == "failed"
    assert doctor.summary.text().startswith("What fails:")
    doctor.reject()
