"""An evaluator at the console: signed in to a real server, with a journal of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.config.secrets import Secrets
from desktop_app.services.scoring.records import SheetRecord
from desktop_app.services.session import SignedIn
from desktop_app.ui.scoring.courier import Courier
from desktop_app.ui.scoring.session import ScoringSession
from desktop_app.ui.scoring.sheet_form import SheetForm
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tabs.my_evaluations import MyEvaluationsTab
from tests.backend.hall import PASSWORD, Hall
from tests.fixtures.server import RunningServer
from tests.services.scoring.keyring import Keyring
from tests.ui.records.stage import SignIn


@pytest.fixture
def hall(api_server: RunningServer) -> Hall:
    """A project with a panel and companies; nobody has a sheet."""
    hall = Hall(api_server)
    hall.build()
    return hall


@dataclass
class Desk:
    """An evaluator's tab, and what a test asks about it."""

    qtbot: QtBot
    tab: MyEvaluationsTab
    session: ScoringSession
    who: SignedIn

    @property
    def courier(self) -> Courier:
        """The way to the server."""
        assert self.session.courier is not None
        return self.session.courier

    @property
    def form(self) -> SheetForm:
        """The sheet that is open."""
        assert self.tab.page.form is not None
        return self.tab.page.form

    def record(self, id_: str) -> SheetRecord:
        """What is known of a sheet."""
        assert self.session.desk is not None
        record = self.session.desk.get(id_)
        assert record is not None
        return record

    def open(self, id_: str) -> SheetForm:
        """Open a sheet from the list, with the keyboard in its first score."""
        self.tab.open_sheet(id_)
        self.qtbot.waitUntil(lambda: self.tab.page.form is not None, timeout=15_000)
        self.tab.activateWindow()
        self.form.focus_first()
        return self.form

    def settled(self) -> None:
        """Wait until the journal has everything and nothing waits for its turn."""
        self.qtbot.waitUntil(lambda: self.courier.idle, timeout=15_000)
        self.qtbot.waitUntil(lambda: self.session.on_disk or not self.session.kept, timeout=15_000)

    def sent(self, id_: str) -> None:
        """Wait until the server has what was typed."""
        self.courier.flush()
        self.qtbot.waitUntil(lambda: not self.record(id_).typed, timeout=15_000)

    @property
    def state(self) -> str:
        """The words of where the changes are."""
        return self.tab.page.head.state.accessibleName()


SitDown = Callable[..., Desk]


@pytest.fixture
def keyring() -> Keyring:
    """The keyring of this computer."""
    return Keyring()


@pytest.fixture
def sit_down(
    qtbot: QtBot, tools: TabTools, sign_in: SignIn, home: Path, keyring: Keyring
) -> Iterator[SitDown]:
    """Signs an evaluator in and opens the tab; again: as after a restart."""
    desks: list[Desk] = []

    def sit(
        login_id: str = "evaluator1", *, keyring: Keyring | None = keyring, computer: str = "one"
    ) -> Desk:
        who = sign_in(login_id, PASSWORD)
        session = ScoringSession(
            who.api.evaluations,
            home / computer / f"{login_id}.journal",
            Secrets(open_keyring=lambda: keyring),
            tools.runner,
            tools.messages,
        )
        tab = MyEvaluationsTab(
            session=session,
            evaluations=who.api.evaluations,
            projects=who.api.projects,
            files=who.api.files,
            tools=tools,
        )
        qtbot.addWidget(tab)
        tab.resize(1100, 700)
        tab.show()
        tab.activated()
        desk = Desk(qtbot, tab, session, who)
        desks.append(desk)
        qtbot.waitUntil(lambda: session.courier is not None, timeout=15_000)
        qtbot.waitUntil(
            lambda: desk.courier.loaded or desk.courier.list_error is not None, timeout=30_000
        )
        return desk

    yield sit
    qtbot.waitUntil(lambda: tools.runner.idle, timeout=30_000)
    for desk in desks:
        desk.session.farewell()()
        desk.session.deleteLater()


def stand_up(desk: Desk) -> None:
    """Close the console as if it had been killed: nobody is asked, nothing more is sent."""
    desk.qtbot.waitUntil(lambda: desk.session.on_disk or not desk.session.kept)
    desk.session.farewell()()
    desk.tab.hide()


@pytest.fixture
def server_clock(api_server: RunningServer) -> Iterator[Callable[[timedelta], None]]:
    """Moves the server's clock on by so much."""
    platform = api_server.platform
    before = platform.clock

    def move(by: timedelta) -> None:
        object.__setattr__(platform, "clock", lambda: before() + by)

    yield move
    object.__setattr__(platform, "clock", before)


def fill_in(desk: Desk, text: str = "80") -> None:
    """Give every criterion of the open sheet a score."""
    for row in desk.form.rows:
        row.score.setText(text)
