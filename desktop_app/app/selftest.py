"""The selftest: the real window on a temporary workspace, every screen and dialog looked at."""

from __future__ import annotations

import gc
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from desktop_app.app.console import Console, make_application
from desktop_app.app.selftest_files import create_sample_files
from desktop_app.app.selftest_play import Play
from desktop_app.app.selftest_result import SelftestResult
from desktop_app.app.selftest_sample import create_sample
from desktop_app.app.selftest_scenes import (
    SIGNED_IN,
    SIGNED_OUT,
    Scene,
    someone_who_must_change_password,
)
from desktop_app.app.selftest_scoring import (
    EVALUATOR_SCENES,
    Keyring,
    someone_who_evaluates,
)
from desktop_app.app.selftest_stage import Findings, NotReached, Stage
from desktop_app.app.selftest_templates import create_sample_templates
from desktop_app.config.folders import HOME_VARIABLE, user_folders
from desktop_app.config.secrets import Secrets
from desktop_app.config.settings import Settings
from desktop_app.core.errors import ConsoleError
from desktop_app.services.session import SessionKeeper
from desktop_app.ui.messages import Level, Message
from desktop_app.ui.signin.new_password import NewPasswordPage
from desktop_app.workspace.events import WorkspaceInfo

START_S = 60.0
CLOSE_S = 30.0


class _Unavailable(Exception):
    """The workspace did not start: nothing can be tested."""


def run_selftest(
    *,
    screenshots: Path | None,
    language: str,
    theme: str,
    size: tuple[int, int],
    tell: Callable[[str], object],
) -> SelftestResult:
    """Open everything and say what is wrong; ``tell`` gets a line per screen.

    ``language`` and ``theme`` are choices of the settings; the pseudo-locale "xx" doubles every
    text. ``size`` is the window's, in pixels. The process must have no console open already.
    """
    started = time.monotonic()
    result = SelftestResult(language=language, theme=theme)
    application = QApplication.instance() or make_application()
    assert isinstance(application, QApplication)
    findings = Findings()
    with _temporary_home() as home, findings.collecting():
        stage = Stage(screenshots, findings, tell)
        result.screens = stage.screens
        settings = Settings(user_folders().config)
        settings.set("theme", theme)
        if language != "xx":
            settings.set("language", language)
        console = Console(application, user_folders(), secrets=Secrets(open_keyring=Keyring))
        if language == "xx":
            console.parts.languages.switch(language, console.parts.theme)
        console.parts.messages.posted.connect(lambda message: _judge(message, findings))
        console.parts.window.resize(*size)
        play = Play(console, stage, home)
        try:
            _perform(play)
        except _Unavailable as reason:
            result.unavailable = str(reason)
        except (NotReached, ConsoleError) as error:
            stage.note("interrupted", [f"{type(error).__name__}: {error}"], started)
        _close(console, stage, started)
    result.seconds = time.monotonic() - started
    return result


def _perform(play: Play) -> None:
    console, stage = play.console, play.stage
    console.show()
    stage.breathe(0.05)
    stage.look("sign-in-starting", play.window, time.monotonic())
    info = _workspace(play)
    keeper = SessionKeeper(
        console.parts.profiles.get("local"), console.parts.secrets, api_url=info.api_url
    )
    password = Path(info.admin_password_file).read_text(encoding="utf-8").strip()
    try:
        play.use_api(play.elsewhere(lambda: keeper.sign_in(info.admin_login, password).api))
        play.elsewhere(lambda: create_sample(play.api))
        play.elsewhere(lambda: create_sample_templates(play.api))
        play.elsewhere(lambda: create_sample_files(play.api))
        play.look("sign-in")
        _scenes(play, SIGNED_OUT)
        _refused(play, info.admin_login)
        _sign_in(play, info.admin_login, password)
        stage.wait(lambda: console.working is not None, "the page after signing in")
        for spec in play.working.page.specs:
            play.tab(spec.key)
            play.look(spec.key)
        _scenes(play, SIGNED_IN)
        _as_evaluator(play)
        _first_password(play)
    finally:
        play.elsewhere(keeper.sign_out)


def _workspace(play: Play) -> WorkspaceInfo:
    link = play.console.parts.workspace
    try:
        play.stage.wait(
            lambda: link.last is not None and link.last.state in ("ready", "failed"),
            "the local workspace",
            START_S,
        )
    except NotReached as late:
        raise _Unavailable(str(late)) from late
    assert link.last is not None
    if link.last.info is None:
        raise _Unavailable(link.last.text)
    return link.last.info


def _scenes(play: Play, scenes: tuple[Scene, ...]) -> None:
    for scene in scenes:
        started = time.monotonic()
        try:
            scene(play)
        except (NotReached, ConsoleError, AssertionError) as error:
            play.stage.note(
                scene.__name__.strip("_"), [f"{type(error).__name__}: {error}"], started
            )
        play.close()


def _refused(play: Play, login: str) -> None:
    """A wrong password: said beside the form, and nobody is signed in."""
    page = play.console.signing_in.page
    page.show_login("")
    play.type(page.login, login)
    play.type(page.password.edit, "wrong password")
    page.button.click()
    play.stage.wait(lambda: page.problem.isVisible(), "the refusal of a wrong password")
    play.look("sign-in-refused")


def _sign_in(play: Play, login: str, password: str) -> None:
    page = play.console.signing_in.page
    page.show_login("")
    play.type(page.login, login)
    play.type(page.password.edit, password)
    page.button.click()


def _as_evaluator(play: Play) -> None:
    """Sign out, and in again as an evaluator with sheets."""
    login, password = someone_who_evaluates(play)
    console = play.console
    play.working.sign_out()
    play.stage.wait(lambda: console.working is None, "signing out")
    _sign_in(play, login, password)
    play.stage.wait(lambda: console.working is not None, "the evaluator's page")
    for spec in play.working.page.specs:
        if spec.group == "score":
            play.tab(spec.key)
            play.look(spec.key)
    _scenes(play, EVALUATOR_SCENES)


def _first_password(play: Play) -> None:
    """Sign out, and in again as someone who must choose a password first."""
    login, password = someone_who_must_change_password(play)
    console = play.console
    play.working.sign_out()
    play.stage.wait(lambda: console.working is None, "signing out")
    play.look("signed-out")
    _sign_in(play, login, password)
    window = console.parts.window
    play.stage.wait(lambda: isinstance(window.page, NewPasswordPage), "the first password's page")
    play.look("first-password")
    page = window.page
    assert isinstance(page, NewPasswordPage)
    page.sign_out_asked.emit()
    play.settle("signing out")


def _judge(message: Message, findings: Findings) -> None:
    if findings.weighs_messages and message.level in (Level.WARNING, Level.DANGER):
        findings.add(f"message: {message.text} {message.detail}".strip())


def _close(console: Console, stage: Stage, started: float) -> None:
    """Close as a person would; whatever does not end is a finding."""
    from desktop_app.app.closing import Closing

    closing = Closing(console.parts, lambda: console.working, console)
    ended: list[bool] = []
    closing.closed.connect(lambda: ended.append(True))
    closing.begin()
    notes: list[str] = []
    try:
        stage.wait(lambda: bool(ended), "the console's end", CLOSE_S)
    except NotReached as late:
        notes.append(str(late))
    left = console.parts.runner.shutdown(CLOSE_S)
    notes += [f"still running after the end: {title}" for title in left]
    console.parts.window.deleteLater()
    console.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
    stage.note("closing", notes, started)


@contextmanager
def _temporary_home() -> Iterator[Path]:
    """A folder that holds everything this run keeps; it is removed afterwards."""
    before = os.environ.get(HOME_VARIABLE)
    with tempfile.TemporaryDirectory(
        prefix="evalconsole-selftest-", ignore_cleanup_errors=True
    ) as folder:
        os.environ[HOME_VARIABLE] = folder
        try:
            yield Path(folder)
        finally:
            if before is None:
                del os.environ[HOME_VARIABLE]
            else:
                os.environ[HOME_VARIABLE] = before
