"""What tests of migrations play on: a real database, its screen, and ways to wait for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from pymongo.database import Database
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop_app.api.guard import WriteGuard
from desktop_app.config.profiles import Environment, Profile, Profiles
from desktop_app.config.secrets import Backend, Secrets
from desktop_app.core.users import Role, User
from desktop_app.db.migrations.run import RunOptions
from desktop_app.services.migrations.desk import Desk
from desktop_app.services.migrations.standing import Situation
from desktop_app.ui.migrations.screen import MigrationsScreen
from desktop_app.ui.tab import TabTools

Documents = Database[dict[str, Any]]
LONG_MS = 60_000
AT = datetime(2026, 3, 1, tzinfo=UTC)
OPERATOR = User(
    id="user-admin",
    login_id="admin",
    name="김운영",
    email="admin@example.com",
    role=Role.ADMIN,
    company_id=None,
    is_active=True,
    version=1,
    created_at=AT,
    updated_at=AT,
)


class Keyring:
    """A keyring of this test's own."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


def make_desk(
    tools: TabTools,
    uri: str | None,
    database: str,
    *,
    environment: Environment = Environment.LOCAL,
    guard: WriteGuard | None = None,
    keyring: Callable[[], Backend | None] = Keyring,
    options: RunOptions | None = None,
) -> Desk:
    """The desk of the administrator of a platform whose database is at ``uri``."""
    profile = Profile(
        id="test",
        name="Test",
        environment=environment,
        api_url="https://api.example",
        mongo_uri=uri,
    )
    return Desk(
        user=OPERATOR,
        profile=profile,
        guard=guard or tools.guard,
        secrets=Secrets(open_keyring=keyring),
        profiles=Profiles(tools.settings._file.path.parent),
        workspace_uri=lambda: None,
        platform_database=database,
        options=options,
    )


def open_screen(qtbot: QtBot, desk: Desk, tools: TabTools) -> MigrationsScreen:
    """The screen, shown, with what it found at first."""
    screen = MigrationsScreen(desk, tools)
    qtbot.addWidget(screen)
    screen.resize(1100, 760)
    screen.show()
    screen.activated()
    settle(qtbot, screen, tools)
    return screen


def settle(qtbot: QtBot, screen: MigrationsScreen, tools: TabTools) -> None:
    """Wait until no engine runs and what it changed was looked at."""
    qtbot.waitUntil(
        lambda: tools.runner.idle and not screen.work.busy and not screen._stale, timeout=LONG_MS
    )


def situation(screen: MigrationsScreen) -> Situation | None:
    """How the database stands, as shown."""
    return screen.bar.situation


def press(qtbot: QtBot, widget: Any) -> None:
    """Click a button as a person does."""
    assert widget.isEnabled(), f"{widget.text()} is greyed"
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)
