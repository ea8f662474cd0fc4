"""The stage of a selftest: waits on the event loop, looks at a window, notes what is wrong."""

from __future__ import annotations

import logging
import re
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QEventLoop,
    QMessageLogContext,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QWidget

from desktop_app.app.selftest_clipping import clipped_texts
from desktop_app.app.selftest_result import Screen

WAIT_S = 60.0
_LOOK_EVERY_MS = 10
_PICTURE_QUALITY = 80
"""Of a PNG, which loses nothing by it: a tenth larger, and written a third sooner."""

# What the offscreen platform says of things that only a real screen can do.
_HARMLESS = re.compile(
    r"^This plugin does not support (raise\(\)|propagateSizeHints\(\)|grabbing the keyboard)$"
)


class NotReached(Exception):
    """A state that the selftest waited for did not come in time."""


class Findings(logging.Handler):
    """Collects Qt's warnings, uncaught exceptions, and log records of level WARNING and above."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._notes: list[str] = []
        self.weighs_messages = True
        """Whether a message of warning to the person is a finding."""

    def emit(self, record: logging.LogRecord) -> None:
        """Note a log record."""
        self._notes.append(f"log: {record.name}: {record.levelname}: {record.getMessage()}")

    def on_qt_message(self, kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        """Note what Qt warns of."""
        if kind not in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) and not _HARMLESS.match(text):
            self._notes.append(f"Qt: {text}")

    def on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Note an exception that nothing caught."""
        text = "".join(traceback.format_exception(kind, error, trace, limit=-4))
        self._notes.append(f"exception: {text.strip()}")

    def add(self, note: str) -> None:
        """Note something that the selftest itself saw."""
        self._notes.append(note)

    def take(self) -> list[str]:
        """What was noted since the last time."""
        notes, self._notes = self._notes, []
        return notes

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Collect while the context lasts; afterwards everything reports as before."""
        root, hook = logging.getLogger(), sys.excepthook
        before = qInstallMessageHandler(self.on_qt_message)
        root.addHandler(self)
        sys.excepthook = self.on_exception
        try:
            yield
        finally:
            sys.excepthook = hook
            root.removeHandler(self)
            qInstallMessageHandler(before)


class Stage:
    """Where screens are shown, looked at, and kept as pictures in ``folder`` (None: not kept).

    ``tell`` gets a line per screen and per finding.
    """

    def __init__(
        self, folder: Path | None, findings: Findings, tell: Callable[[str], object]
    ) -> None:
        self._folder = folder
        self._findings = findings
        self._tell = tell
        self.screens: list[Screen] = []
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    def wait(self, reached: Callable[[], bool], what: str, seconds: float = WAIT_S) -> None:
        """Let the event loop run until ``reached``; raises ``NotReached`` after ``seconds``."""
        if reached():
            return
        until = time.monotonic() + seconds
        found: list[bool] = []
        loop = QEventLoop()
        look = QTimer()
        look.setInterval(_LOOK_EVERY_MS)

        def on_look() -> None:
            # Not asked once more afterwards: what comes by the clock could begin in between.
            if reached():
                found.append(True)
            if found or time.monotonic() > until:
                loop.quit()

        look.timeout.connect(on_look)
        look.start()
        loop.exec()
        look.stop()
        if not found:
            raise NotReached(f"{what}: not within {seconds:.0f} s")

    def breathe(self, seconds: float) -> None:
        """Let the event loop run for a while: short animations end, layouts settle."""
        until = time.monotonic() + seconds
        self.wait(lambda: time.monotonic() >= until, "time passing", seconds + WAIT_S)

    def look(self, name: str, window: QWidget, started: float) -> Screen:
        """Keep a picture of ``window`` and note everything that is wrong with it."""
        self.breathe(0.05)
        # What came this moment, from work that goes on, is laid out before it is judged.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        picture = ""
        findings = [f"clipped: {clipped}" for clipped in clipped_texts(window)]
        pixmap = window.grab()
        if pixmap.isNull() or _is_blank(pixmap):
            findings.append("blank: nothing was drawn")
        if self._folder is not None:
            picture = f"{len(self.screens) + 1:02d}-{name}.png"
            if not pixmap.save(str(self._folder / picture), quality=_PICTURE_QUALITY):
                findings.append(f"the picture {picture} could not be written")
        return self.note(name, findings, started, picture)

    @contextmanager
    def any_verdict(self) -> Iterator[None]:
        """While it lasts, what a run says of how quick this computer is, is no finding."""
        self._findings.weighs_messages = False
        try:
            yield
        finally:
            self._findings.weighs_messages = True

    def note(self, name: str, findings: list[str], started: float, picture: str = "") -> Screen:
        """Add the verdict on a screen; what was collected meanwhile belongs to it."""
        screen = Screen(
            name=name,
            picture=picture,
            findings=(*findings, *self._findings.take()),
            seconds=time.monotonic() - started,
        )
        self.screens.append(screen)
        self._tell(f"{name}: {len(screen.findings) or 'nothing'} found")
        for finding in screen.findings:
            self._tell(f"    {finding}")
        return screen


def _is_blank(picture: QPixmap) -> bool:
    """Whether a picture is all of one colour, as seen on a coarse grid."""
    image = picture.toImage()
    step_x, step_y = max(1, image.width() // 60), max(1, image.height() // 60)
    first = image.pixel(0, 0)
    return all(
        image.pixel(x, y) == first
        for y in range(0, image.height(), step_y)
        for x in range(0, image.width(), step_x)
    )
