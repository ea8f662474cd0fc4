"""An engine's events on their way to the window: handed on, and summed up as progress."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TypeVar

from desktop_app.core.errors import Cancelled
from desktop_app.core.language import _
from desktop_app.core.tasks import TaskContext
from desktop_app.db.migrations.backup import CopyProgress
from desktop_app.db.migrations.events import (
    ConnectionLost,
    Event,
    LeaseAwaited,
    RunStarted,
    StepEnded,
    StepProgress,
    StepStarted,
)
from desktop_app.db.migrations.plan_data import Counting
from desktop_app.db.migrations.verification import CheckDone, CheckStarted
from desktop_app.services.migrations import words
from desktop_app.services.migrations.lines import line_of

E = TypeVar("E", bound=Event)
Hand = Callable[[Event], object]


class Telling:
    """Hands each event to ``hand`` and tells ``context`` how far the whole is; runs on a worker."""

    def __init__(self, context: TaskContext, hand: Hand) -> None:
        self.context = context
        self._hand = hand
        self._done, self._total = 0, 0
        self._text = ""

    def follow(self, events: Iterable[Event], end: type[E]) -> E:
        """Tell every event; returns the last one, which is an ``end``.

        Whoever wants to stop the engine cancels its context: it ends itself, and says how.
        """
        last: Event | None = None
        for event in events:
            last = event
            self._hand(event)
            self._sum_up(event)
        assert isinstance(last, end)
        return last

    def _sum_up(self, event: Event) -> None:
        unit = ""
        if isinstance(event, Counting):
            self._done, self._total, self._text = event.done, event.total, _("Counting")
        elif isinstance(event, CopyProgress):
            self._done, self._total = event.done, event.total
            self._text = f"{_(words.PHASES[event.phase])} {event.collection}"
            unit = "bytes" if event.phase == "check" else ""
        elif isinstance(event, RunStarted):
            self._done, self._total = 0, len(event.steps)
        elif isinstance(event, StepStarted):
            self._text = words.step_title(event.step)
        elif isinstance(event, StepProgress):
            of = f" / {event.total:,}" if event.total else ""
            self._text = f"{words.step_title(event.step)}: {event.done:,}{of}"
        elif isinstance(event, CheckStarted):
            self._total, self._text = event.total, words.check_title(event.check)
        elif isinstance(event, StepEnded | CheckDone):
            self._done += 1
        elif isinstance(event, ConnectionLost | LeaseAwaited):
            self._text = line_of(event)
        with suppress(Cancelled):  # the engine itself notices, and ends as it must
            self.context.report(self._done, self._total or None, self._text, unit=unit)
