"""The way in: from the sign-in page over a first password to a session."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop_app.app.parts import Parts
from desktop_app.config.profiles import LOCAL_PROFILE_ID, Profile
from desktop_app.core.errors import ConsoleError, SessionExpired, Unreachable
from desktop_app.core.language import N_, _
from desktop_app.core.tasks import TaskContext
from desktop_app.ui.signin.page import SignInPage

if TYPE_CHECKING:
    from desktop_app.services.doctor import Step
    from desktop_app.services.session import SessionKeeper, SignedIn
    from desktop_app.workspace.events import WorkspaceEvent

STAY = "stay_signed_in"
"""Window state: ids of the profiles for which the person asked to stay signed in."""
ENTERED = "entered"
"""Window state: ids of the profiles into which someone has signed in from here."""


class SigningIn(QObject):
    """Drives the sign-in page; ``entered`` carries the ``SignedIn`` and its ``SessionKeeper``."""

    entered = Signal(object, object)

    def __init__(self, parts: Parts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._parts = parts
        self._restore = True
        self._waiting: SessionKeeper | None = None
        self.page = SignInPage()
        page = self.page
        page.sign_in_asked.connect(self._on_sign_in_asked)
        page.profile_chosen.connect(self._on_profile_chosen)
        page.language_chosen.connect(lambda choice: parts.settings.set("language", choice))
        page.retry_asked.connect(parts.workspace.start)
        page.manage_asked.connect(self._on_manage_asked)
        page.doctor_asked.connect(self._on_doctor_asked)
        parts.workspace.changed.connect(self._on_workspace_changed)
        page.show_language(parts.settings.get("language"))
        self._show_profiles(parts.settings.get("last_profile"))

    def show(self, notice: str = "") -> None:
        """Bring the page to the front, ready for the next person; ``notice`` is translated."""
        self._parts.window.show_page(self.page)
        self.page.show_busy(False)
        if self.page.profile is not None:
            self.page.show_login(self._last_login(self.page.profile))
        self.page.show_notice(notice)

    def begin(self) -> None:
        """What waits until the window is on screen: keyring, kept sign-in, local workspace."""
        profile = self.page.profile
        if profile is not None and profile.is_local:
            self._parts.workspace.start()
        secrets = self._parts.secrets
        self._parts.runner.start(
            lambda _context: secrets.available, owner=self, done=self.page.show_keyring
        )
        self._restore_session()

    def farewell(self) -> None:
        """End a session that waits for its first password; blocks, so call it from a worker."""
        if self._waiting is not None:
            self._waiting.sign_out()
            self._waiting = None

    def _show_profiles(self, current: str) -> None:
        self.page.show_profiles(self._parts.profiles.all(), current)

    def _last_login(self, profile: Profile) -> str:
        return str(self._parts.settings.get("last_login_by_profile").get(profile.id, ""))

    def _on_profile_chosen(self, profile: Profile) -> None:
        self._parts.settings.set("last_profile", profile.id)
        self.page.show_login(self._last_login(profile))
        first = profile.is_local and profile.id not in self._marked(ENTERED)
        self.page.show_initial_account(first)
        self.page.set_ready(not profile.is_local or self._parts.workspace.api_url is not None)
        shown = self._parts.window.isVisible()
        if shown and profile.is_local and not self._parts.workspace.started:
            self._parts.workspace.start()

    def _on_workspace_changed(self, event: WorkspaceEvent) -> None:
        self.page.workspace.show_event(event)
        profile = self.page.profile
        if profile is not None and profile.is_local:
            self.page.set_ready(event.state == "ready")
            if event.state == "ready":
                self._restore_session()

    def _restore_session(self) -> None:
        """Sign in with what an earlier run kept, once, where the person asked for that."""
        profile = self.page.profile
        if not self._restore or profile is None or profile.id not in self._marked(STAY):
            return
        login = self._last_login(profile)
        if not login or (profile.is_local and self._parts.workspace.api_url is None):
            return
        self._restore = False
        self._start(profile, login, None, stay=True)

    def _on_sign_in_asked(self, profile: Profile, login: str, password: str, stay: bool) -> None:
        self._start(profile, login, password, stay=stay)

    def _start(self, profile: Profile, login: str, password: str | None, *, stay: bool) -> None:
        self.page.show_busy(True)
        secrets, api_url = self._parts.secrets, self._api_url(profile)

        def work(_context: TaskContext) -> tuple[SignedIn, SessionKeeper]:
            from desktop_app.services.session import SessionKeeper

            keeper = SessionKeeper(profile, secrets, api_url=api_url)
            try:
                if password is None:
                    return keeper.restore(login), keeper
                return keeper.sign_in(login, password, stay_signed_in=stay), keeper
            except BaseException:
                keeper.close()
                raise

        def done(result: tuple[SignedIn, SessionKeeper]) -> None:
            self._remember(profile, login, stay=stay)
            self._let_in(*result, password)

        def failed(error: Exception) -> None:
            self._on_failed(error, kept=password is None)

        self._parts.runner.start(work, owner=self, urgent=True, done=done, failed=failed)

    def _on_failed(self, error: Exception, *, kept: bool) -> None:
        if kept and isinstance(error, SessionExpired):
            self.page.show_busy(False)
            self.page.show_notice(_("Your last session has ended. Sign in again."))
            self.page.focus_first()
        elif isinstance(error, ConsoleError):
            from desktop_app.services.scoring.journal_opening import has_journals

            if isinstance(error, Unreachable) and has_journals(self._parts.folders.data):
                error.advice = N_(
                    "Scores typed on this computer are kept, and sent after the next sign-in."
                )
            self.page.show_error(error)
        else:
            self.page.show_busy(False)
            self._parts.messages.post_error(error, doing=_("Signing in"))

    def _remember(self, profile: Profile, login: str, *, stay: bool) -> None:
        settings, state = self._parts.settings, self._parts.state
        try:
            settings.set(
                "last_login_by_profile",
                {**settings.get("last_login_by_profile"), profile.id: login},
            )
            state.set(ENTERED, sorted({*self._marked(ENTERED), profile.id}))
            others = set(self._marked(STAY)) - {profile.id}
            state.set(STAY, sorted(others | ({profile.id} if stay else set())))
        except ConsoleError as error:
            self._parts.messages.post_error(error, doing=_("Keeping the settings"))

    def _marked(self, key: str) -> list[str]:
        kept = self._parts.state.get(key)
        return [str(entry) for entry in kept] if isinstance(kept, list) else []

    def _let_in(self, signed_in: SignedIn, keeper: SessionKeeper, password: str | None) -> None:
        self.page.password.clear()
        if signed_in.user.must_change_password:
            self._ask_new_password(signed_in, keeper, password)
        else:
            self.page.show_busy(False)
            self.entered.emit(signed_in, keeper)

    def _ask_new_password(
        self, signed_in: SignedIn, keeper: SessionKeeper, password: str | None
    ) -> None:
        from desktop_app.ui.signin.new_password import NewPasswordPage

        parts = self._parts
        self._waiting = keeper
        page = NewPasswordPage(signed_in.user.login_id)
        if password is not None:
            page.form.know_current(password)

        def change(current: str, new: str) -> None:
            parts.runner.start(
                lambda _context: keeper.change_password(current, new),
                owner=page,
                done=lambda user: enter(dataclasses.replace(signed_in, user=user)),
                failed=failed,
            )

        def enter(changed: SignedIn) -> None:
            self._waiting = None
            page.form.forget()
            self.page.show_busy(False)
            self.entered.emit(changed, keeper)
            parts.window.drop_page(page)

        def failed(error: Exception) -> None:
            if isinstance(error, ConsoleError):
                page.form.show_error(error)
            else:
                page.form.show_busy(False)
                parts.messages.post_error(error, doing=_("Changing the password"))

        def leave() -> None:
            self._waiting = None
            parts.runner.start(
                lambda _context: keeper.sign_out(), owner=self, keep=True, urgent=True
            )
            self.show(_("You have signed out."))
            parts.window.drop_page(page)

        page.form.asked.connect(change)
        page.sign_out_asked.connect(leave)
        parts.window.show_page(page)
        (page.form.new if password is not None else page.form.current).setFocus()

    def _api_url(self, profile: Profile) -> str | None:
        return self._parts.workspace.api_url if profile.is_local else profile.api_url

    def _on_manage_asked(self) -> None:
        from desktop_app.ui.profiles.dialog import ProfilesDialog

        current = self.page.profile.id if self.page.profile else LOCAL_PROFILE_ID
        dialog = ProfilesDialog(self._parts.profiles, current, self._parts.window)
        dialog.saved.connect(lambda id_: self._show_profiles(id_ or LOCAL_PROFILE_ID))
        dialog.doctor_asked.connect(self._on_doctor_asked)
        dialog.open()

    def _on_doctor_asked(self, profile: Profile) -> None:
        from desktop_app.ui.profiles.doctor import DoctorDialog

        examined = dataclasses.replace(profile, api_url=self._api_url(profile))
        if examined.api_url is None:
            self._parts.messages.post_error(_NotRunning())
            return
        login = self.page.login.text().strip()
        parent = self._parts.window
        DoctorDialog(examined, _diagnose, self._parts.runner, parent, login=login).open()


class _NotRunning(ConsoleError):
    """The local workspace has no address to examine yet."""

    what = N_("The local workspace is not running, so there is nothing to examine.")
    advice = N_("Start it with the button beside the sign-in form.")


def _diagnose(
    profile: Profile, login: str | None, password: str | None, context: TaskContext
) -> Iterator[Step]:
    from desktop_app.services.doctor import diagnose

    return diagnose(profile, login=login, password=password, context=context)
