"""The time that is left, by the server's clock: in words, and as warnings when it grows short."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.core.evaluations import FINISHED, Evaluation
from desktop_app.core.language import NN_, _, ngettext
from desktop_app.core.projects import ProjectStatus
from desktop_app.services.scoring.server_clock import ServerClock

WARN_AT = (timedelta(hours=24), timedelta(hours=1), timedelta(minutes=10), timedelta(0))
"""When a person with unfinished sheets is warned; the last is the deadline itself."""
_LONGEST = timedelta(hours=6)
"""A timer runs no longer: a computer that slept looks at the clock again."""


@dataclass(frozen=True, slots=True)
class Due:
    """A project with unfinished sheets, and until when."""

    project_id: str
    project_name: str
    deadline: datetime
    unfinished: int

    def level(self, now: datetime) -> int:
        """How many of the warnings' times have come; 0: there is time."""
        left = self.deadline - now
        return sum(left <= limit for limit in WARN_AT)


def due_projects(evaluations: Iterable[Evaluation]) -> tuple[Due, ...]:
    """The active projects in which something is still to be handed in, soonest first."""
    found: dict[str, Due] = {}
    for one in evaluations:
        if one.status in FINISHED or one.deadline is None:
            continue
        if one.project_status is not ProjectStatus.ACTIVE:
            continue
        before = found.get(one.project_id)
        count = 1 if before is None else before.unfinished + 1
        found[one.project_id] = Due(one.project_id, one.project_name or "–", one.deadline, count)
    return tuple(sorted(found.values(), key=lambda due: due.deadline))


def time_left(deadline: datetime, now: datetime) -> str:
    """The time left, as precisely as it matters."""
    seconds = math.ceil((deadline - now).total_seconds())
    if seconds <= 0:
        return _("The deadline has passed")
    days, hours, minutes = seconds // 86400, seconds // 3600, seconds // 60
    if days >= 2:
        return ngettext("{n} day left", "{n} days left", days).format(n=days)
    if hours >= 1:
        return _("{h} h {m} min left").format(h=hours, m=minutes % 60)
    return _("{m} min {s} s left").format(m=minutes, s=f"{seconds % 60:02d}")


def token_of(level: int) -> str:
    """The colour of the time left, by how many warnings' times have come."""
    return ("muted", "warning", "warning", "danger", "danger")[level]


def until_next(deadline: datetime, now: datetime) -> timedelta | None:
    """When the words of ``time_left`` change next; None: never."""
    left = deadline - now
    if left <= timedelta(0):
        return None
    if left <= timedelta(hours=1):
        step = timedelta(seconds=1)
    elif left <= timedelta(days=2):
        step = timedelta(minutes=1)
    else:
        step = timedelta(days=1)
    return left % step or step


class DeadlineWatch(QObject):
    """``warned`` carries a ``Due`` each time that one of the warnings' times comes, once each.

    A deadline that had passed before it was first looked at warns nobody.

    ``come`` says that words or colours may be others now. Between two such moments it sleeps.
    """

    warned = Signal(object)
    come = Signal()

    def __init__(self, clock: ServerClock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._dues: tuple[Due, ...] = ()
        self._levels: dict[tuple[str, datetime], int] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.look)

    @property
    def dues(self) -> tuple[Due, ...]:
        """What is watched, soonest first."""
        return self._dues

    def watch(self, evaluations: Iterable[Evaluation], *, guess: bool = False) -> None:
        """Watch the deadlines of these sheets from now on.

        Nobody is warned before the server has said what time it is, unless it cannot be asked:
        ``guess`` goes by this computer's clock then.
        """
        self._dues = due_projects(evaluations)
        if guess or self._clock.known:
            self.look()

    def look(self) -> None:
        """See what the clock says, and sleep until the next moment that matters."""
        now = self._clock.now()
        for due in self._dues:
            key = (due.project_id, due.deadline)
            level = due.level(now)
            known = self._levels.get(key)
            long_passed = known is None and level == len(WARN_AT)
            if level > (known or 0) and not long_passed:
                self.warned.emit(due)
            self._levels[key] = level
        self.come.emit()
        moments = [
            left - limit
            for due in self._dues
            for limit in WARN_AT
            if (left := due.deadline - now) > limit
        ]
        if moments:
            wait = min(min(moments), _LONGEST)
            self._timer.start(int(wait.total_seconds() * 1000) + 50)
        else:
            self._timer.stop()


def warning_text(due: Due, now: datetime) -> str:
    """A warning in words that stay true until the next one."""
    n, level = due.unfinished, due.level(now)
    return ngettext(*_WARNINGS[level], n).format(project=due.project_name, n=n)


_WARNINGS = (
    NN_(
        "“{project}”: {n} sheet is not submitted yet.",
        "“{project}”: {n} sheets are not submitted yet.",
    ),
    NN_(
        "“{project}”: less than 24 hours left; {n} sheet is not submitted yet.",
        "“{project}”: less than 24 hours left; {n} sheets are not submitted yet.",
    ),
    NN_(
        "“{project}”: less than an hour left; {n} sheet is not submitted yet.",
        "“{project}”: less than an hour left; {n} sheets are not submitted yet.",
    ),
    NN_(
        "“{project}”: less than 10 minutes left; {n} sheet is not submitted yet.",
        "“{project}”: less than 10 minutes left; {n} sheets are not submitted yet.",
    ),
    NN_(
        "The deadline of “{project}” has passed; {n} sheet was not submitted.",
        "The deadline of “{project}” has passed; {n} sheets were not submitted.",
    ),
)
