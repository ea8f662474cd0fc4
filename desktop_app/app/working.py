"""A session on screen: its page, keeping it alive, its end and its return."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal, qVersion

from desktop_app import __version__
from desktop_app.app.parts import Parts
from desktop_app.app.tabs import tab_specs
from desktop_app.config.settings import DECLARED
from desktop_app.core.errors import ConsoleError, Unreachable
from desktop_app.core.language import _
from desktop_app.core.tasks import TaskContext
from desktop_app.core.users import Role
from desktop_app.ui.dialogs.confirm import confirm
from desktop_app.ui.messages import Level
from desktop_app.ui.shell.about import AboutDialog
from desktop_app.ui.shell.commands import Command
from desktop_app.ui.shell.work_page import WorkPage
from desktop_app.ui.signin.new_password import NewPasswordDialog
from desktop_app.ui.signin.resume_dialog import ResumeDialog
from desktop_app.ui.tab import TabTools

if TYPE_CHECKING:
    from desktop_app.core.validation.report import ValidationReport
    from desktop_app.services.loadtest.desk import LoadDesk
    from desktop_app.services.migrations.desk import Desk
    from desktop_app.services.session import SessionKeeper, SignedIn
    from desktop_app.services.validation.desk import Desk as ValidationDesk
    from desktop_app.ui.scoring.session import ScoringSession

PULSE_MS = 10_000
"""How often the connection is looked at and the token's age checked."""


ENDING_MS = 3_000
"""How long requests under way may take to end before their connections are closed."""


class Working(QObject):
    """One signed-in session, from its first page to its end.

    ``ended`` carries a notice for the sign-in page (translated); ``close_asked`` wishes to close
    the console.
    """

    ended = Signal(str)
    close_asked = Signal()
    _expired = Signal()

    def __init__(
        self, parts: Parts, signed_in: SignedIn, keeper: SessionKeeper, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._parts, self._signed_in, self._keeper = parts, signed_in, keeper
        self._resume: ResumeDialog | None = None
        self._lost = False
        self._asking = False
        self._expired.connect(self._on_expired, Qt.ConnectionType.QueuedConnection)
        keeper.on_expired = self._expired.emit
        self.tools = TabTools(
            runner=parts.runner,
            messages=parts.messages,
            changes=parts.changes,
            theme=parts.theme,
            settings=parts.settings,
            state=parts.state,
            guard=signed_in.guard,
        )
        self.scoring = _scoring(parts, signed_in, keeper, self)
        specs = tab_specs(
            signed_in,
            self.tools,
            lambda key, filters: self._open(key, filters),
            parts.folders.data,
            self.scoring,
            desk=partial(_desk, parts, signed_in),
            validation_desk=partial(_validation_desk, parts, signed_in),
            load_desk=partial(_load_desk, parts, signed_in),
            last_validation=partial(_last_validation, parts, signed_in),
        )
        self.page = WorkPage(
            signed_in.user, signed_in.profile, signed_in.api.base_url, specs, self.tools
        )
        self.page.sign_out_asked.connect(self.sign_out)
        self.page.password_asked.connect(self._on_password_asked)
        self.page.about_asked.connect(self._on_about_asked)
        self.page.close_asked.connect(self.close_asked)
        self.page.header.palette_asked.connect(self.show_palette)
        self._pulse = QTimer(self)
        self._pulse.setInterval(PULSE_MS)
        self._pulse.timeout.connect(self.look)
        self._pulse.start()
        if signed_in.profile.is_local:
            parts.workspace.came_back.connect(self._on_workspace_came_back)
        parts.window.show_page(self.page, lambda: _profile_name(signed_in))

    @property
    def unsaved(self) -> bool:
        """Whether leaving now would lose something typed."""
        return self.page.unsaved

    def show_palette(self) -> None:
        """Open the command palette, with the settings among its commands."""
        self.page.show_palette(_setting_commands(self._parts))

    def look(self) -> None:
        """Renew the token if it ends soon, and see whether the server answers."""
        if self._asking:
            return
        self._asking = True
        keeper, api = self._keeper, self._signed_in.api

        def work(_context: TaskContext) -> None:
            keeper.keep_alive()
            api.health.summary()

        self._parts.runner.start(
            work, owner=self, urgent=True, done=self._on_answered, failed=self._on_silent
        )

    def sign_out(self) -> None:
        """End the session, after asking about unsaved and running work."""
        self.page.leave(
            lambda: self._ask_running(
                lambda: self._leave(self._keeper.sign_out, _("You have signed out.")),
                _("Stay signed in"),
            )
        )

    def hurry(self) -> None:
        """Send what can be sent before the session ends."""
        if self.scoring is not None:
            self.scoring.hurry()

    def farewell(self, *, stay: bool) -> None:
        """End the session on the server unless it is kept; blocks, so call it from a worker."""
        if self.scoring is not None:
            self.scoring.farewell()()
        if stay:
            self._keeper.close()
        else:
            self._keeper.sign_out()

    def _open(self, key: str, filters: dict[str, str]) -> None:
        self.page.open_tab(key, filters)

    def _ask_running(self, proceed: Callable[[], None], otherwise: str) -> None:
        titles = [task.title for task in self._parts.runner.running if not task.cancelled]
        if not titles:
            proceed()
            return
        confirm(
            self._resume or self._parts.window,
            title=_("Stop the running work?"),
            text=_("Signing out stops what is running:"),
            lines=titles,
            action=_("Stop it and sign out"),
            on_yes=proceed,
            danger=True,
            cancel=otherwise,
        )

    def _leave(self, last: Callable[[], None], notice: str) -> None:
        """Go to the sign-in page; ``last`` is done with the session in the background.

        Not before every request has ended: one whose connection is closed beneath it hangs until
        its timeout.
        """
        runner, window = self._parts.runner, self._parts.window
        self._pulse.stop()
        self._close_resume()
        self.hurry()
        close_journal = self.scoring.farewell() if self.scoring is not None else None

        def end(_context: TaskContext) -> None:
            if close_journal is not None:
                close_journal()
            last()

        self._parts.messages.clear()  # the next person must not read what this one did
        runner.stop_all()
        runner.when_idle(
            lambda: runner.start(end, owner=window, keep=True, urgent=True),
            within_ms=ENDING_MS,
        )
        self.ended.emit(notice)
        self._parts.window.drop_page(self.page)
        self.deleteLater()

    def _on_answered(self, _nothing: object) -> None:
        self._asking = False
        if self._lost:
            self._lost = False
            self.page.banner.hide()
            self._parts.messages.post(Level.OK, _("The connection is back."))
            self.page.refresh()

    def _on_silent(self, error: Exception) -> None:
        self._asking = False
        if isinstance(error, Unreachable):
            self._lost = True
            self.page.banner.tell(
                _("The connection is lost: {why} What is on screen may be out of date.").format(
                    why=error.text()
                ),
                tone="warning",
                action=(_("Try again"), self.look),
                closable=False,
            )
        elif not isinstance(error, ConsoleError):
            self._parts.messages.post_error(error)

    def _on_workspace_came_back(self) -> None:
        self._lost = False
        self.page.banner.hide()
        self.page.refresh()

    def _on_expired(self) -> None:
        if self._resume is not None:
            return
        user = self._signed_in.user
        dialog = ResumeDialog(user.name, user.login_id, self._parts.window)
        self._resume = dialog
        dialog.resume_asked.connect(self._on_resume_asked)
        dialog.give_up_asked.connect(self._on_give_up_asked)
        dialog.open()

    def _on_resume_asked(self, password: str) -> None:
        keeper = self._keeper

        def failed(error: Exception) -> None:
            if self._resume is None:
                return
            shown = error if isinstance(error, ConsoleError) else ConsoleError()
            self._resume.show_error(shown)
            if shown is not error:
                self._parts.messages.post_error(error)

        self._parts.runner.start(
            lambda _context: keeper.resume(password),
            owner=self,
            urgent=True,
            done=lambda _nothing: self._close_resume(),
            failed=failed,
        )

    def _on_give_up_asked(self) -> None:
        if not self.unsaved:
            self._ask_running(self._give_up, _("Back"))
            return
        confirm(
            self._resume or self._parts.window,
            title=_("Leave unsaved work behind?"),
            text=_("What you typed and did not save is lost when you go to the sign-in page."),
            action=_("Discard it and sign out"),
            on_yes=lambda: self._ask_running(self._give_up, _("Back")),
            danger=True,
            cancel=_("Back"),
        )

    def _give_up(self) -> None:
        self._keeper.give_up()
        self._leave(self._keeper.close, _("Your session has ended."))

    def _close_resume(self) -> None:
        if self._resume is not None:
            self._resume.finish()
            self._resume = None

    def _on_password_asked(self) -> None:
        dialog = NewPasswordDialog(self._signed_in.user.login_id, self._parts.window)
        keeper = self._keeper

        def failed(error: Exception) -> None:
            if isinstance(error, ConsoleError):
                dialog.form.show_error(error)
            else:
                dialog.form.show_busy(False)
                self._parts.messages.post_error(error)

        def done(_user: object) -> None:
            dialog.accept()
            if self.scoring is not None:
                self.scoring.use_lock(keeper.journal_lock)
            self._parts.messages.post(
                Level.OK, _("Your password is changed. Other sessions of yours have ended.")
            )

        dialog.form.asked.connect(
            lambda current, new: self._parts.runner.start(
                lambda _context: keeper.change_password(current, new),
                owner=dialog,
                done=done,
                failed=failed,
            )
        )
        dialog.open()

    def _on_about_asked(self) -> None:
        folders = self._parts.folders
        facts = (
            (_("Version"), __version__),
            (_("Connection"), f"{_profile_name(self._signed_in)}, {self._signed_in.api.base_url}"),
            (_("System"), f"{platform.system()} {platform.release()} ({platform.machine()})"),
            ("Python, Qt", f"{sys.version.split()[0]}, {qVersion()}"),
        )
        places = (
            (_("Settings folder"), str(folders.config)),
            (_("Data folder"), str(folders.data)),
            (_("Log folder"), str(folders.logs)),
        )
        AboutDialog(facts, places, self._parts.window).open()


def _scoring(
    parts: Parts, signed_in: SignedIn, keeper: SessionKeeper, owner: QObject
) -> ScoringSession | None:
    """Score entry of the person signed in; None for who has no sheets of their own."""
    user = signed_in.user
    if user.role is not Role.EVALUATOR:
        return None
    from desktop_app.services.scoring.journal_opening import journal_path
    from desktop_app.ui.scoring.session import ScoringSession

    return ScoringSession(
        signed_in.api.evaluations,
        journal_path(parts.folders.data, signed_in.profile, user.id),
        parts.secrets,
        parts.runner,
        parts.messages,
        owner,
        lock=keeper.journal_lock,
    )


def _desk(parts: Parts, signed_in: SignedIn) -> Desk:
    """What migrations work with; loads a database's driver, so call it from a worker."""
    from desktop_app.services.migrations.desk import Desk

    workspace = parts.workspace
    return Desk(
        user=signed_in.user,
        profile=signed_in.profile,
        guard=signed_in.guard,
        secrets=parts.secrets,
        profiles=parts.profiles,
        workspace_uri=lambda: workspace.mongo_uri,
    )


def _validation_desk(parts: Parts, signed_in: SignedIn) -> ValidationDesk:
    """What validation works with; loads the engine's libraries, so call it from a worker."""
    from desktop_app.services.migrations.choice import with_password
    from desktop_app.services.migrations.connection import signed, uri_of
    from desktop_app.services.validation.desk import Desk
    from desktop_app.services.validation.targets import workspace_key

    workspace, profile, folder = parts.workspace, signed_in.profile, parts.folders.data
    named = replace(profile, name=_profile_name(signed_in))

    def database() -> str | None:
        uri = uri_of(profile, workspace.mongo_uri)
        return with_password(uri, parts.secrets, profile.id) if uri else None

    return Desk(
        profile=named,
        guard=signed_in.guard,
        by=signed(signed_in.user),
        folder=folder / "validation",
        address=lambda: signed_in.api.base_url,
        key=lambda: workspace_key(workspace.folder) if profile.is_local else None,
        mongo_uri=database,
        secrets=parts.secrets,
        others=parts.profiles.all(),
    )


def _last_validation(parts: Parts, signed_in: SignedIn) -> ValidationReport | None:
    """The last validation run of this target; reads files, so call it from a worker."""
    desk = _validation_desk(parts, signed_in)
    return desk.runs.last(desk.place)


def _load_desk(parts: Parts, signed_in: SignedIn) -> LoadDesk:
    """What load runs work with; loads the engine's libraries, so call it from a worker."""
    from desktop_app.services.loadtest.desk import LoadDesk
    from desktop_app.services.migrations.connection import signed, uri_of

    workspace, profile = parts.workspace, signed_in.profile
    return LoadDesk(
        profile=replace(profile, name=_profile_name(signed_in)),
        guard=signed_in.guard,
        by=signed(signed_in.user),
        folder=parts.folders.data / "load",
        address=lambda: signed_in.api.base_url,
        mongo_uri=lambda: uri_of(profile, workspace.mongo_uri),
        others=parts.profiles.all(),
    )


def _profile_name(signed_in: SignedIn) -> str:
    profile = signed_in.profile
    return _(profile.name) if profile.is_local else profile.name


def _setting_commands(parts: Parts) -> list[Command]:
    return [
        Command(
            name=f"{_(setting.label)}: {_(text)}",
            group=_("Settings"),
            icon="settings",
            aliases=(f"{setting.label}: {text}",),
            run=partial(parts.settings.set, setting.key, value),
        )
        for setting in DECLARED
        if setting.shown
        for value, text in setting.choices
    ]
