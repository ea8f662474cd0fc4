"""A run's events on their way to the window: handed on, and summed up as progress."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress

from desktop_app.core.errors import Cancelled
from desktop_app.core.language import _
from desktop_app.core.tasks import TaskContext
from desktop_app.core.validation.events import (
    CheckDone,
    CheckStarted,
    CleaningUp,
    Event,
    Pulse,
    RunEnded,
)
from desktop_app.core.validation.report import ValidationReport
from desktop_app.services.validation import words
from desktop_app.services.validation.shelf import Shelf

Hand = Callable[[Event], object]


class Telling:
    """Hands each event to ``hand`` and tells ``context`` how far the whole is; runs on a worker."""

    def __init__(self, context: TaskContext, hand: Hand, shelf: Shelf) -> None:
        self.context = context
        self._hand = hand
        self._shelf = shelf
        self._done, self._total = 0, 0
        self._text = ""
        self._left_s: float | None = None

    def follow(self, events: Iterable[Event]) -> ValidationReport:
        """Tell every event; returns the report.

        Whoever wants to stop the run cancels its context: it removes its test data and ends
        itself, with what it has found so far.
        """
        report: ValidationReport | None = None
        for event in events:
            self._hand(event)
            self._sum_up(event)
            if isinstance(event, RunEnded):
                report = event.report
        assert report is not None
        return report

    def _sum_up(self, event: Event) -> None:
        if isinstance(event, CheckStarted):
            self._total, self._text = event.total, words.check_title(self._shelf, event.check)
        elif isinstance(event, CheckDone):
            self._done += 1
        elif isinstance(event, CleaningUp):
            self._text, self._left_s = _("Removing test data"), None
        text = self._text
        if isinstance(event, Pulse):
            self._left_s = event.left_s
            text = words.waiting(event.waiting_s) or text
        with suppress(Cancelled):  # the engine itself notices, and ends as it must
            self.context.report(
                self._done, self._total or None, text, left_s=self._left_s, even=False
            )
