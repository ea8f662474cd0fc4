"""A whole console in a process of its own, in which an evaluator types until it is killed.

usage: python -m tests.ui.scoring.typing_child SHEET_ID PASSWORD

EVALCONSOLE_HOME holds the profile to sign in with. Prints ``ready`` with the sheet open, waits for
a line on its input, then types a comment as a person would, and prints each character typed.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from desktop_app.app.console import Console, make_application
from desktop_app.config.folders import user_folders
from desktop_app.ui.tabs.my_evaluations import MyEvaluationsTab

PACE_S = 0.1
"""Ten keys a second."""
TEXT = "the quick brown fox jumps over the lazy dog " * 20
LONGEST_S = 60.0


def main(sheet: str, password: str) -> None:
    """Sign in, open the sheet, type."""
    app = make_application()
    console = Console(app, user_folders())
    console.show()

    def wait(condition: Callable[[], bool]) -> None:
        end = time.monotonic() + LONGEST_S
        while not condition():
            if time.monotonic() > end:
                sys.exit("waited too long")
            app.processEvents()

    page = console.signing_in.page
    page.login.setText("evaluator1")
    page.password.edit.setText(password)
    page.button.click()
    wait(lambda: console.working is not None)
    assert console.working is not None
    tab = console.working.page.current
    assert isinstance(tab, MyEvaluationsTab)
    wait(lambda: tab.courier is not None and tab.courier.loaded and tab.courier.idle)
    tab.open_sheet(sheet)
    wait(lambda: tab.page.form is not None)
    assert tab.page.form is not None
    tab.page.form.focus_field("comment")
    say("ready")
    sys.stdin.readline()
    for character in TEXT:
        until = time.monotonic() + PACE_S
        event = QKeyEvent(QKeyEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, character)
        QApplication.sendEvent(tab.page.form.general, event)
        say(f"typed {character}")
        while time.monotonic() < until:
            app.processEvents()


def say(text: str) -> None:
    """A line to whoever watches."""
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:3])
