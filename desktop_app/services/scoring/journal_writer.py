"""The journal's one ordered writer: nobody who types waits for a disk."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, repeat

from desktop_app.services.scoring.journal import Change, Journal

_log = logging.getLogger(__name__)

_PAUSES_S = (0.1, 0.5, 2.0, 5.0)
"""Before a write that failed is tried again; the last pause from then on."""

_Place = tuple[str, str]


class JournalWriter:
    """Writes changes in the order in which they come, those that wait in one transaction.

    It has a thread of its own: on a shared pool it would queue behind requests that wait for a
    person to sign in again. ``written`` is called on that thread with the number of the newest
    change that is on the disk; ``failed`` with the error each time a write fails. A write that
    failed is tried again until it succeeds or the writer is closed.
    """

    def __init__(
        self,
        journal: Journal,
        *,
        written: Callable[[int], object] = lambda _number: None,
        failed: Callable[[Exception], object] = lambda _error: None,
    ) -> None:
        self._journal = journal
        self._written, self._failed = written, failed
        self._telling = threading.Lock()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._turn = threading.Condition()
        self._waiting: dict[_Place, Change] = {}
        self._asked = 0
        self._done = 0
        self._running = False
        self._closing = threading.Event()

    @property
    def settled(self) -> bool:
        """Whether everything put so far is on the disk."""
        with self._turn:
            return self._done == self._asked

    def put(self, changes: Iterable[Change]) -> int:
        """Have ``changes`` written soon, all together; returns at once with their number."""
        with self._turn:
            for change in changes:
                place = (change.sheet, change.name)
                self._waiting.pop(place, None)  # the newest comes last
                self._waiting[place] = change
            self._asked += 1
            if not self._running and not self._closing.is_set():
                self._running = True
                self._pool.submit(self._run)
            return self._asked

    def silence(self) -> None:
        """Tell nobody any more: who listened is about to go. Writing goes on."""
        with self._telling:
            self._written = lambda _number: None
            self._failed = lambda _error: None

    def flush(self, timeout_s: float) -> bool:
        """Wait until all is written; False when that takes longer."""
        with self._turn:
            return self._turn.wait_for(lambda: self._done == self._asked, timeout_s)

    def close(self, timeout_s: float) -> bool:
        """Write what waits, then let go of the file; False when not all could be written."""
        kept = self.flush(timeout_s)
        self._closing.set()
        with self._turn:
            ended = self._turn.wait_for(lambda: not self._running, timeout_s)
        self._pool.shutdown(wait=ended)
        if ended:
            self._journal.close()
        if not kept:
            _log.error("the journal was closed with changes that could not be written")
        return kept

    def _run(self) -> None:
        try:
            while self._write_waiting():
                pass
        except BaseException:
            _log.exception("the journal's writer failed")
            with self._turn:
                self._running = False
                self._turn.notify_all()
            raise

    def _write_waiting(self) -> bool:
        """Write one batch; False when there is nothing left to do."""
        with self._turn:
            batch, number = self._waiting, self._asked
            if not batch or self._closing.is_set():
                self._running = False
                self._turn.notify_all()
                return False
            self._waiting = {}
        if not self._write(batch):
            with self._turn:
                self._waiting = {**batch, **self._waiting}
            return True
        with self._turn:
            self._done = number
            self._turn.notify_all()
        with self._telling:
            self._written(number)
        return True

    def _write(self, batch: dict[_Place, Change]) -> bool:
        """Write ``batch``, however often it takes; False when the writer is closed before."""
        for pause_s in chain(_PAUSES_S, repeat(_PAUSES_S[-1])):
            try:
                self._journal.write(batch.values())
            except (sqlite3.Error, OSError) as error:
                _log.warning("the journal could not be written: %s", error)
                with self._telling:
                    self._failed(error)
                if self._closing.wait(pause_s):
                    return False
            else:
                return True
        raise AssertionError("there is always another try")
