"""What tests of the wizard play on: a real server, suites of their own, and a world to break."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desktop_app.api.guard import WriteGuard
from desktop_app.config.profiles import Environment, Profile
from desktop_app.config.secrets import Secrets
from desktop_app.core.language import N_
from desktop_app.core.users import Role, User
from desktop_app.core.validation.findings import Finding, say
from desktop_app.core.validation.suites import Risk
from desktop_app.engines.validation.context import CheckContext
from desktop_app.engines.validation.registry import probe
from desktop_app.services.validation.desk import Desk
from desktop_app.ui.tab import TabTools
from desktop_app.ui.validation.finding_rows import FindingRow
from desktop_app.ui.validation.screen import FINDINGS, RUN, SIGN_IN, SUITES, ValidationScreen
from tests.services.validation.suites import ALL, write_suite

LONG_MS = 30_000
AT = datetime(2026, 3, 1, tzinfo=UTC)
PASSWORD = "admin123!"
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
OWN = frozenset(ALL)
"""Four checks of requests: one fails whatever the server does."""
SHOPS = ("GET /api/a", "GET /api/b", "GET /api/c")
MANY, LONG = "shop.many", "shop.long"

_SHOP = """
schema = 1
id = "shop"
version = "1.0"
title = {en = "Shops", ko = "상점"}
purpose = {en = "What may be broken", ko = "고장 날 수 있는 것"}
optional = true

[categories]
doors = {en = "Doors", ko = "문"}

[[checks]]
id = "shop.many"
category = "doors"
severity = "high"
title = {en = "No door is open at night", ko = "밤에 열린 문이 없다"}
why = {en = "Anybody may walk in.", ko = "누구나 들어올 수 있습니다."}
fix = {en = "Lock it.", ko = "잠그십시오."}
reference = "API1:2023"
probe = "tests.doors"

[[checks]]
id = "shop.long"
category = "doors"
severity = "low"
title = {en = "It goes on and on", ko = "계속 진행된다"}
why = {en = "It has to be stopped.", ko = "중지해야 합니다."}
fix = {en = "Stop it.", ko = "중지하십시오."}
costs = 100
probe = "tests.long"
"""


@dataclass
class World:
    """What the probes find: doors that are open; and whether the long check may end."""

    open_doors: set[str] = field(default_factory=set)
    doors: tuple[str, ...] = SHOPS
    asked: threading.Event = field(default_factory=threading.Event)
    enough: threading.Event = field(default_factory=threading.Event)

    def begin(self) -> None:
        """As a test finds it."""
        self.open_doors, self.doors = set(), SHOPS
        self.asked.clear()
        self.enough.clear()


WORLD = World()


@probe("tests.doors")
def _doors(work: CheckContext) -> Iterator[Finding]:
    for door in WORLD.doors:
        if not work.wants(door):
            continue
        work.send("GET", "/health")
        if door in WORLD.open_doors:
            yield work.failed(say(N_("The door is open.")), subject=door, height_m=2.1)
        else:
            yield work.passed(say(N_("The door is locked.")), subject=door)


@probe("tests.long")
def _long(work: CheckContext) -> Iterator[Finding]:
    work.bed.value("company_id")
    while not WORLD.enough.is_set():
        work.send("GET", "/health")
        WORLD.asked.set()
    yield work.passed()


def make_desk(
    folder: Path,
    url: str,
    *,
    environment: Environment = Environment.STAGING,
    guard: WriteGuard | None = None,
) -> Desk:
    """The desk of the administrator of the platform at ``url``."""
    WORLD.begin()
    write_suite(folder / "suites")
    write_suite(folder / "suites", _SHOP, "shop.toml")
    protected = environment is Environment.PRODUCTION
    profile = Profile(id="test", name="시험 서버", environment=environment, api_url=url)
    return Desk(
        profile=profile,
        guard=guard or WriteGuard(profile.name, protected=protected),
        by="김운영 (admin)",
        folder=folder,
        address=lambda: url,
        secrets=Secrets(open_keyring=lambda: None),
    )


def open_screen(qtbot: QtBot, desk: Desk, tools: TabTools) -> ValidationScreen:
    """The wizard, shown, with what it found at first."""
    screen = ValidationScreen(desk, OPERATOR, tools)
    qtbot.addWidget(screen)
    screen.resize(1280, 760)
    screen.show()
    screen.activated()
    settle(qtbot, tools)
    return screen


def settle(qtbot: QtBot, tools: TabTools) -> None:
    """Wait until nothing goes on."""
    qtbot.waitUntil(lambda: tools.runner.idle, timeout=LONG_MS)


def press(qtbot: QtBot, button: Any) -> None:
    """Click a button as a person does."""
    assert button.isVisible(), f"{button.text()} is not to be seen"
    assert button.isEnabled(), f"{button.text()} is greyed"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def sign_in(qtbot: QtBot, screen: ValidationScreen, password: str = PASSWORD) -> None:
    """Type the administrator's password."""
    screen.show_step(SIGN_IN)
    qtbot.keyClicks(screen.sign_ins.people[Role.ADMIN].password.edit, password)


def choose(
    qtbot: QtBot,
    screen: ValidationScreen,
    checks: frozenset[str],
    level: Risk = Risk.WRITES,
) -> QPushButton:
    """Choose checks and how far they may go; the button that begins."""
    screen.show_step(SUITES)
    screen.suites.choose(checks)
    screen.suites.consent.levels[level].click()
    return screen.next_button


def run(
    qtbot: QtBot,
    screen: ValidationScreen,
    tools: TabTools,
    checks: frozenset[str] = OWN,
    level: Risk = Risk.WRITES,
) -> None:
    """Run checks to the end."""
    press(qtbot, choose(qtbot, screen, checks, level))
    assert screen.step == RUN
    settle(qtbot, tools)
    assert screen.step == FINDINGS


def row(screen: ValidationScreen, key: str) -> FindingRow:
    """A finding by its key."""
    return next(one for one in screen.findings.rows if one.finding.key == key)


def listed(screen: ValidationScreen) -> list[str]:
    """The keys of the findings in the list, from the top."""
    return screen.findings.model.leaves()
