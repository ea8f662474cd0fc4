"""The one door for messages to the person: toasts, the bell and its history hear of them here."""

from __future__ import annotations

import itertools
import logging
import threading
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal

from desktop_app.core.errors import Cancelled, ConsoleError, Rejected
from desktop_app.core.language import N_, _

_log = logging.getLogger(__name__)

HISTORY_LENGTH = 200
SAME_AGAIN = timedelta(seconds=5)
"""The same message within this time counts up instead of being said again."""


class Level(StrEnum):
    """How much a message matters; it sets its icon, its colour and how long it stays."""

    INFO = "info"
    OK = "ok"
    WARNING = "warning"
    DANGER = "danger"


LEVEL_LABELS = {
    Level.INFO: N_("Information"),
    Level.OK: N_("Done"),
    Level.WARNING: N_("Warning"),
    Level.DANGER: N_("Error"),
}

Action = tuple[str, Callable[[], object]]


@dataclass(slots=True, eq=False)
class Message:
    """One message: plain text only, ``at`` in UTC, ``count`` how often it was said in a row."""

    id: int
    level: Level
    text: str
    detail: str = ""
    action: Action | None = None
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    count: int = 1
    seen: bool = False


class MessageCentre(QObject):
    """Takes messages from any thread and tells them on the GUI thread; keeps the last 200.

    ``posted`` carries the ``Message``, where nobody has seen it yet; ``history_changed`` says that
    one was added, repeated, seen.
    """

    posted = Signal(object)
    history_changed = Signal()
    _crossed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._gui_thread = threading.get_ident()
        self._ids = itertools.count(1)
        self._history: deque[Message] = deque(maxlen=HISTORY_LENGTH)
        self._crossed.connect(self._add, Qt.ConnectionType.QueuedConnection)

    @property
    def history(self) -> tuple[Message, ...]:
        """What was said, newest first."""
        return tuple(reversed(self._history))

    @property
    def unseen(self) -> int:
        """How many messages nobody has looked at."""
        return sum(not message.seen for message in self._history)

    def post(
        self,
        level: Level,
        text: str,
        detail: str = "",
        *,
        action: Action | None = None,
        seen: bool = False,
    ) -> None:
        """Say ``text`` (already translated); ``action`` is a button's label and what it does.

        ``seen``: it stands before the person's eyes already and is only kept.
        """
        message = Message(next(self._ids), level, text, detail, action, seen=seen)
        if threading.get_ident() == self._gui_thread:
            self._add(message)
        else:
            self._crossed.emit(message)

    def post_error(self, error: Exception, doing: str = "") -> None:
        """Say that ``error`` happened while ``doing`` (already translated); a stop says nothing."""
        if isinstance(error, Cancelled):
            return
        if isinstance(error, ConsoleError):
            text, detail = error.text(), error_detail(error)
            _log.info("shown to the person: %s", error)
        else:
            text = _("The console itself made a mistake: {kind}.").format(kind=type(error).__name__)
            detail = "".join(traceback.format_exception(error))
            _log.error("unexpected error", exc_info=error)
        self.post(Level.DANGER, f"{doing}: {text}" if doing else text, detail)

    def mark_seen(self) -> None:
        """Everything so far has been looked at."""
        for message in self._history:
            message.seen = True
        self.history_changed.emit()

    def clear(self) -> None:
        """Forget the history."""
        self._history.clear()
        self.history_changed.emit()

    def _add(self, message: Message) -> None:
        last = self._history[-1] if self._history else None
        if last and _same(last, message):
            last.count += 1
            last.at = message.at
            self.history_changed.emit()
            return
        self._history.append(message)
        if not message.seen:
            self.posted.emit(message)
        self.history_changed.emit()


def error_detail(error: ConsoleError) -> str:
    """What to do about ``error``, and the fields it names, in words."""
    lines = [error.advice_text()]
    if isinstance(error, Rejected):
        lines += [f"{p.field}: {p.text()}" if p.field else p.text() for p in error.problems]
    return "\n".join(line for line in lines if line)


def _same(one: Message, other: Message) -> bool:
    alike = (one.level, one.text, one.detail) == (other.level, other.text, other.detail)
    return alike and other.at - one.at < SAME_AGAIN
