"""Takes what the journal holds to the server, one sheet at a time, and brings its word back."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.core.errors import ConsoleError
from desktop_app.core.evaluations import FINISHED, Draft, Evaluation, Sheet
from desktop_app.core.paging import PageQuery
from desktop_app.core.tasks import TaskContext
from desktop_app.services.scoring import sync
from desktop_app.services.scoring.desk import Desk
from desktop_app.services.scoring.records import Intent, SheetRecord
from desktop_app.services.scoring.server_clock import ServerClock
from desktop_app.services.scoring.sync import NotNow, Outcome, Read, Refused, Saved, Submitted
from desktop_app.ui.tasks import TaskRunner

if TYPE_CHECKING:
    from desktop_app.api.evaluations import Evaluations

SEND_AFTER_MS = 600
"""A draft is sent this long after the last key, and while typing goes on every few seconds."""
LONGEST_WAIT_S = 2.5
BACKOFF_S = (1.0, 2.0, 4.0, 8.0, 15.0)
_AT_ONCE = 3
"""How often a draft that the server answers, but does not take, is sent without a pause."""
_PAGE = 200


class Courier(QObject):
    """``changed`` carries the id of a sheet whose record or state is another now.

    ``listed``: the list of sheets is another. ``submission_ended`` carries the id and the outcome.
    ``trip_ended`` follows every exchange, whatever came of it. ``failed`` carries an error that is
    nobody's fault but the console's.
    """

    changed = Signal(str)
    listed = Signal()
    submission_ended = Signal(str, object)
    trip_ended = Signal()
    failed = Signal(object)

    def __init__(
        self,
        desk: Desk,
        api: Evaluations,
        runner: TaskRunner,
        clock: ServerClock,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._api, self._runner, self.clock = desk, api, runner, clock
        self.error: ConsoleError | None = None
        self.list_error: Exception | None = None
        self.loaded = False
        self.under_way = ""
        self._loading = False
        self._listed: tuple[Evaluation, ...] = ()
        self._to_send: dict[str, None] = {record.id: None for record in desk if record.to_send}
        self._to_read: dict[str, None] = {record.id: None for record in desk if record.intent}
        self._to_submit: dict[str, Intent] = {}
        self._failures = 0
        self._repeats = 0
        self._last: Draft | None = None
        self._first_touch = 0.0
        self._soon = self._timer(self._go)
        self._retry = self._timer(self._on_retry)

    @property
    def offline(self) -> bool:
        """Whether the last exchange found no server."""
        return self.error is not None

    @property
    def idle(self) -> bool:
        """Whether nothing is under way or waits for its turn."""
        return not (self.under_way or self._to_send or self._to_read or self._to_submit)

    @property
    def evaluations(self) -> tuple[Evaluation, ...]:
        """One's sheets as last heard of: from the server's list, else from this computer."""
        here = {record.id: record.sheet.evaluation for record in self._desk}
        if not self.loaded:
            return tuple(here.values())
        listed = {evaluation.id: evaluation for evaluation in self._listed}
        newest = {
            id_: max((e for e in (listed.get(id_), here.get(id_)) if e), key=lambda e: e.version)
            for id_ in (*listed, *here)
        }
        return tuple(newest.values())

    def touch(self, id_: str) -> None:
        """Something was typed in a sheet: send it soon."""
        self._to_send[id_] = None
        now = time.monotonic()
        if not self._soon.isActive():
            self._first_touch = now
        elif now - self._first_touch > LONGEST_WAIT_S:
            return
        self._soon.start(SEND_AFTER_MS)

    def want(self, id_: str) -> None:
        """Ask for a sheet before any other."""
        self._to_read = {id_: None, **self._to_read}
        self._go()

    def load(self) -> None:
        """Ask for the list of one's sheets, and then for those that are new here."""
        if self._loading:
            return
        self._loading = True
        api = self._api

        def work(_context: TaskContext) -> tuple[Evaluation, ...]:
            query = PageQuery(page_size=_PAGE, sort="created_at")
            page = api.page(query)
            found = list(page.items)
            for number in range(2, page.pages + 1):
                found += api.page(query.at(number)).items
            return tuple(found)

        self._runner.start(work, owner=self, done=self._on_listed, failed=self._on_list_failed)

    def flush(self) -> None:
        """Send at once what waits."""
        for record in self._desk:
            if record.to_send is not None:
                self._to_send[record.id] = None
        self._soon.stop()
        self._go()

    def submit(self, id_: str) -> None:
        """Hand a sheet in as it stands; ``submission_ended`` tells what came of it.

        The same content again goes under the same key: it is handed in once.
        """
        record = self._desk.get(id_)
        if record is None:
            return
        draft = record.draft
        intent = record.intent
        if intent is None or intent.draft != draft:
            intent = Intent(key=uuid.uuid4().hex, draft=draft)
        self._to_submit[id_] = intent
        self._go()

    def _timer(self, then: Callable[[], object]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(then)
        return timer

    def _go(self) -> None:
        """Begin the next exchange, unless one is under way; who submits waits for nobody."""
        if self.under_way:
            return
        if self._to_submit:
            id_, intent = next(iter(self._to_submit.items()))
            self._submit_now(id_, intent)
        elif self._to_read:
            id_ = next(iter(self._to_read))
            del self._to_read[id_]
            self._exchange(id_, lambda api: sync.read(api, id_))
        elif self._to_send:
            id_ = next(iter(self._to_send))
            del self._to_send[id_]
            self._send_now(id_)

    def _on_retry(self) -> None:
        if not self.loaded:
            self.load()
        self._go()

    def _submit_now(self, id_: str, intent: Intent) -> None:
        record = self._desk.get(id_)
        del self._to_submit[id_]
        if record is None:
            self._go()
            return
        self._to_send.pop(id_, None)
        self._desk.submitting(id_, intent)
        draft, version, key = intent.draft, record.sheet.evaluation.version, intent.key
        self._exchange(id_, lambda api: sync.submit(api, id_, draft, version, key), submission=True)

    def _send_now(self, id_: str) -> None:
        record = self._desk.get(id_)
        draft: Draft | None = record.to_send if record is not None else None
        if record is None or draft is None:
            self._go()
            return
        self._desk.sending(id_, draft)
        version, sent = record.sheet.evaluation.version, draft
        self._exchange(id_, lambda api: sync.save(api, id_, sent, version))

    def _exchange(
        self, id_: str, ask: Callable[[Evaluations], Outcome], *, submission: bool = False
    ) -> None:
        self.under_way = id_
        api = self._api

        def failed(error: Exception) -> None:
            shown = error if isinstance(error, ConsoleError) else ConsoleError()
            self._on_ended(id_, NotNow(shown), submission=submission)
            if shown is not error:
                self.failed.emit(error)

        self._runner.start(
            lambda _context: ask(api),
            owner=self,
            done=lambda outcome: self._on_ended(id_, outcome, submission=submission),
            failed=failed,
            keep=True,  # a draft that is on its way arrives, also when the window closes
        )
        self.changed.emit(id_)

    def _on_ended(self, id_: str, outcome: Outcome, *, submission: bool) -> None:
        self.under_way = ""
        record = self._desk.take(id_, outcome)
        said = _sheet_of(outcome)
        if said is not None:
            self.clock.note(said.server_time)
        if isinstance(outcome, NotNow):
            self._wait(id_, outcome, submission=submission)
        else:
            self._heard()
            self._send_again(record)
        self.changed.emit(id_)
        if submission:
            self.submission_ended.emit(id_, outcome)
        if not self._retry.isActive():
            self._go()
        self.trip_ended.emit()

    def _send_again(self, record: SheetRecord | None) -> None:
        """What is still to be sent goes at once; the same draft over and over, ever later."""
        draft = record.to_send if record is not None else None
        if record is None or draft is None:
            self._last = None
            return
        self._repeats = self._repeats + 1 if draft == self._last else 0
        self._last = draft
        self._to_send[record.id] = None
        if self._repeats >= _AT_ONCE:
            late = min(self._repeats - _AT_ONCE, len(BACKOFF_S) - 1)
            self._retry.start(round(BACKOFF_S[late] * 1000))

    def _heard(self) -> None:
        was_offline, self.error, self._failures = self.offline, None, 0
        if was_offline:
            self._changed_all()

    def _wait(self, id_: str, outcome: NotNow, *, submission: bool) -> None:
        record = self._desk.get(id_)
        if not submission and record is not None and record.to_send is not None:
            self._to_send[id_] = None
        elif not submission:
            self._to_read[id_] = None
        self._be_offline(outcome.error, outcome.wait_s)

    def _be_offline(self, error: ConsoleError, wait_s: float = 0.0) -> None:
        was_offline, self.error = self.offline, error
        pause_s = max(wait_s, BACKOFF_S[min(self._failures, len(BACKOFF_S) - 1)])
        self._failures += 1
        self._retry.start(round(pause_s * 1000))
        if not was_offline:
            self._changed_all()

    def _changed_all(self) -> None:
        for record in self._desk:
            self.changed.emit(record.id)
        self.listed.emit()

    def _on_listed(self, evaluations: tuple[Evaluation, ...]) -> None:
        self._loading, self.loaded, self.list_error = False, True, None
        self._listed = evaluations
        self._heard()
        self._desk.seen_listed(evaluation.id for evaluation in evaluations)
        for evaluation in evaluations:
            record = self._desk.get(evaluation.id)
            known = record is not None and _tells_as_much(record.sheet.evaluation, evaluation)
            if not known and (record is not None or evaluation.status not in FINISHED):
                self._to_read[evaluation.id] = None
        unfinished = [one for one in evaluations if one.status not in FINISHED]
        if unfinished and not self.clock.known and not self._to_read:
            # The list does not say what time it is there, and deadlines go by that clock.
            self._to_read[min(unfinished, key=_due).id] = None
        self.listed.emit()
        self._go()

    def _on_list_failed(self, error: Exception) -> None:
        self._loading, self.list_error = False, error
        if isinstance(error, ConsoleError):
            self._be_offline(error)
        else:
            self.failed.emit(error)
        self.listed.emit()


def _due(evaluation: Evaluation) -> datetime:
    """Until when it is to be handed in."""
    return evaluation.deadline or datetime.max.replace(tzinfo=UTC)


def _tells_as_much(known: Evaluation, listed: Evaluation) -> bool:
    """Whether the sheet need not be read anew: what is about it changes without its version."""
    return known.version >= listed.version and (
        (known.project_status, known.deadline, known.conflict)
        == (listed.project_status, listed.deadline, listed.conflict)
    )


def _sheet_of(outcome: Outcome) -> Sheet | None:
    return outcome.sheet if isinstance(outcome, Saved | Submitted | Read | Refused) else None
