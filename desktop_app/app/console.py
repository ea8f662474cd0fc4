"""The composition root of the window: builds every part once and hands it down."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from desktop_app import __version__
from desktop_app.app.instance import SingleInstance
from desktop_app.app.languages import LanguageSwitch
from desktop_app.app.parts import Parts
from desktop_app.app.signing_in import SigningIn
from desktop_app.app.workspace_link import WorkspaceLink
from desktop_app.config.catalogues import use_language
from desktop_app.config.folders import Folders, user_folders
from desktop_app.config.profiles import Profiles
from desktop_app.config.resources import resource
from desktop_app.config.secrets import Secrets
from desktop_app.config.settings import Settings, UiState
from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_, _
from desktop_app.ui.changes import ChangeHub
from desktop_app.ui.errors import catch_everything
from desktop_app.ui.garbage import GarbageCollector
from desktop_app.ui.messages import MessageCentre
from desktop_app.ui.shell.window import ConsoleWindow
from desktop_app.ui.tasks import TaskRunner
from desktop_app.ui.theme.icons import use_icons
from desktop_app.ui.theme.theme import Theme

if TYPE_CHECKING:
    from desktop_app.app.closing import Closing
    from desktop_app.app.working import Working
    from desktop_app.services.session import SessionKeeper, SignedIn

_log = logging.getLogger(__name__)

APP_USER_MODEL_ID = "EvaluationConsole.Console"
SHUTDOWN_S = 3.0
AFTERWARDS_MS = 200
"""When a window on screen does what nobody waits for: the first keys come before it."""
SWITCH_INTERVAL_S = 0.001
"""How long a worker may keep the interpreter from the window. Python's own 5 ms, waited for a few
times within one frame, make the window stutter while a file is read."""


class Console(QObject):
    """The running console: one window, at most one session."""

    def __init__(
        self, app: QApplication, folders: Folders, *, secrets: Secrets | None = None
    ) -> None:
        """``secrets`` are those of the system's keyring unless others are given."""
        super().__init__()
        settings, state = Settings(folders.config), UiState(folders.config)
        languages = LanguageSwitch(app, self)
        languages.use(settings.get("language"))
        theme = Theme(app, resource("theme"), self)
        theme.apply(settings.get("theme"))
        use_icons(resource("icons"), theme)
        messages = MessageCentre(self)
        runner = TaskRunner(messages, self)
        self.parts = Parts(
            folders=folders,
            settings=settings,
            state=state,
            profiles=Profiles(folders.config),
            secrets=secrets or Secrets(),
            messages=messages,
            runner=runner,
            changes=ChangeHub(self),
            theme=theme,
            languages=languages,
            window=ConsoleWindow(messages, state),
            workspace=WorkspaceLink(folders.data / "workspace", runner, messages, self),
        )
        self.working: Working | None = None
        self._closing: Closing | None = None
        self.signing_in = SigningIn(self.parts, self)
        self.signing_in.entered.connect(self._on_entered)
        window = self.parts.window
        window.close_asked.connect(self.close)
        window.palette_asked.connect(self._on_palette_asked)
        window.painted.connect(self.signing_in.begin, Qt.ConnectionType.QueuedConnection)
        settings.subscribe(self._on_setting_changed)
        for notice in (settings.notice, self.parts.profiles.notice):
            if notice is not None:
                messages.post_error(notice)

    def show(self) -> None:
        """Show the window; what may take time begins once it is on screen."""
        self.signing_in.show()
        self.parts.window.show()

    def close(self) -> None:
        """Close the console, asking first about what would be lost."""
        self._closing_way().ask()

    def quit(self) -> None:
        """Close the console without asking."""
        self._closing_way().begin()

    def _closing_way(self) -> Closing:
        from desktop_app.app.closing import Closing

        if self._closing is None:
            self._closing = Closing(
                self.parts, lambda: self.working, self, also=self.signing_in.farewell
            )
        return self._closing

    def _on_entered(self, signed_in: SignedIn, keeper: SessionKeeper) -> None:
        from desktop_app.app.working import Working

        self.working = Working(self.parts, signed_in, keeper, self)
        self.working.ended.connect(self._on_ended)
        self.working.close_asked.connect(self.close)

    def _on_ended(self, notice: str) -> None:
        self.working = None
        self.signing_in.show(notice)

    def _on_palette_asked(self) -> None:
        if self.working is not None and self.parts.window.page is self.working.page:
            self.working.show_palette()

    def _on_setting_changed(self, key: str, value: object) -> None:
        if key == "language":
            self.parts.languages.switch(str(value), self.parts.theme)
            self.signing_in.page.show_language(str(value))
        elif key == "theme":
            self.parts.theme.apply(str(value))


def main(argv: Sequence[str] | None = None) -> int:
    """Open the window and return the exit code once it is closed.

    A second console of the same data folder brings the first to the front and returns 0.
    """
    arguments = _parse(sys.argv[1:] if argv is None else argv)
    app = make_application()
    use_language("system")  # for what may have to be said before the settings are read
    try:
        folders = user_folders()
        use_language(Settings(folders.config).get("language"))
        _start_logging(folders.logs)
        instance = SingleInstance(folders.data)
        first = instance.claim()
    except OSError as error:
        return _refuse(_no_folder(error))
    if not first:
        return 0 if instance.call_first() else _refuse(_no_answer(folders.data))
    console = Console(app, folders)
    restore_hooks = catch_everything(console.parts.messages)
    collector = GarbageCollector()
    window = console.parts.window
    instance.raise_asked.connect(window.bring_to_front)
    window.painted.connect(lambda: QTimer.singleShot(AFTERWARDS_MS, collector, collector.started))
    window.painted.connect(lambda: QTimer.singleShot(AFTERWARDS_MS, instance, instance.listen))
    if arguments.exit_when_ready:
        _exit_when_ready(console)
    console.show()
    code = app.exec()
    left = console.parts.runner.shutdown(SHUTDOWN_S)
    collector.close()
    restore_hooks()
    instance.release()
    if left:
        # A thread that does not end would keep the process, without a window, for ever.
        logging.shutdown()
        os._exit(code)
    return code


def make_application() -> QApplication:
    """The one QApplication, as Windows, macOS and Linux should know it, ahead of all workers."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.shell32.SetCurrentProcessExplicitAppUserModelID(APP_USER_MODEL_ID)
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    )
    app = QApplication(sys.argv[:1])
    app.setApplicationName("evalconsole")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("evalconsole")
    app.setWindowIcon(QIcon(str(resource("icons", "app.svg"))))
    return app


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="evalconsole-window")
    parser.add_argument(
        "--exit-when-ready",
        action="store_true",
        help="print how long the start took, as a line of JSON, and close again",
    )
    return parser.parse_args(argv)


def _exit_when_ready(console: Console) -> None:
    """Print the milliseconds from the process's start to an answering window; then close."""

    def ready() -> None:
        print(json.dumps({"ready_ms": round(_process_age_s() * 1000)}), flush=True)  # noqa: T201
        console.quit()

    console.parts.window.painted.connect(ready, Qt.ConnectionType.QueuedConnection)


def _process_age_s() -> float:
    if sys.platform == "linux":
        # The clock that the kernel stamps processes with; psutil's goes by whole seconds.
        fields = Path("/proc/self/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        started_s = int(fields[19]) / os.sysconf("SC_CLK_TCK")
        return time.clock_gettime(time.CLOCK_BOOTTIME) - started_s
    else:
        import psutil

        return time.time() - psutil.Process().create_time()


def _start_logging(folder: Path) -> None:
    from desktop_app.config.logs import start_logging

    start_logging(folder, "console")
    _log.info("Evaluation Console %s starts", __version__)


def _no_folder(error: OSError) -> LocalFailure:
    return LocalFailure(
        what=N_("The console cannot use its folder {folder}: {reason}."),
        advice=N_("Make it writable, or name another one in EVALCONSOLE_HOME."),
        folder=error.filename or "",
        reason=error.strerror or str(error),
    )


def _no_answer(folder: Path) -> LocalFailure:
    return LocalFailure(
        what=N_("Another console uses {folder}, but does not answer."),
        advice=N_("End it in the system's list of processes, then start again."),
        folder=folder,
    )


def _refuse(failure: LocalFailure) -> int:
    """Say in a window why there will be none; exit code 1."""
    from PySide6.QtWidgets import QMessageBox

    print(failure, file=sys.stderr)  # noqa: T201
    box = QMessageBox(QMessageBox.Icon.Critical, _("Evaluation Console"), failure.text())
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setInformativeText(failure.advice_text())
    box.addButton(_("Close"), QMessageBox.ButtonRole.AcceptRole)
    box.finished.connect(QApplication.exit)
    box.open()
    QApplication.exec()
    return 1
