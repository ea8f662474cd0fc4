"""Files on their way, up and down: a few at once, the rest in turn, each can be gone on with."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from desktop_app.core.errors import Cancelled, ConsoleError, LocalFailure, NotFound, Rejected
from desktop_app.core.files import StoredFile, UploadedFile
from desktop_app.core.language import _, ngettext
from desktop_app.core.tasks import Progress, TaskContext
from desktop_app.services.downloading import Downloading
from desktop_app.services.upload_ledger import Order
from desktop_app.services.uploading import Uploading
from desktop_app.ui.changes import Change
from desktop_app.ui.files.speed import SpeedMeter
from desktop_app.ui.messages import Level
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tasks import Task

AT_ONCE = 2
"""Each takes a thread of the pool for as long as it lasts."""


class State(StrEnum):
    """Where a transfer is."""

    WAITING = "waiting"
    RUNNING = "running"
    STOPPED = "stopped"
    FAILED = "failed"
    DONE = "done"


@dataclass(slots=True, eq=False, kw_only=True)
class Transfer:
    """One file on its way: up by ``order``, or down from ``file`` to ``target``.

    ``note`` says in words what is on or why it failed.
    """

    name: str
    size: int
    order: Order | None = None
    file: StoredFile | None = None
    target: Path | None = None
    state: State = State.WAITING
    done: int = 0
    note: str = ""
    again: bool = True
    speed: SpeedMeter = field(default_factory=SpeedMeter)
    task: Task | None = None
    unwanted: bool = False

    @property
    def upward(self) -> bool:
        """Whether it goes to the server."""
        return self.order is not None


class Transfers(QObject):
    """All transfers of a screen; signals carry the ``Transfer``.

    ``ended`` comes when nothing waits or runs any more.
    """

    added = Signal(object)
    changed = Signal(object)
    removed = Signal(object)
    ended = Signal()

    def __init__(
        self,
        uploading: Uploading | None,
        downloading: Downloading,
        tools: TabTools,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._uploading, self._downloading, self._tools = uploading, downloading, tools
        self.all: list[Transfer] = []
        self._round: list[Transfer] = []

    @property
    def busy(self) -> bool:
        """Whether anything waits or runs."""
        return any(t.state in (State.WAITING, State.RUNNING) for t in self.all)

    def upload(self, orders: Iterable[Order]) -> None:
        """Send files, in this order; one that is on its way already is not sent twice."""
        for order in orders:
            same = next((t for t in self.all if t.order == order and t.state != State.DONE), None)
            if same is None:
                self._add(Transfer(name=order.path.name, size=_size(order.path), order=order))
            else:
                self.go_on(same)
        self._start_next()

    def remember(self, orders: Iterable[Order]) -> None:
        """Show uploads that were begun earlier and not finished; the person may go on."""
        known = [t.order for t in self.all]
        for order in orders:
            if order not in known:
                transfer = Transfer(name=order.path.name, size=_size(order.path), order=order)
                transfer.state = State.STOPPED
                transfer.note = _("Begun earlier and not finished")
                self._add(transfer)

    def download(self, file: StoredFile, target: Path) -> None:
        """Fetch a file to ``target``."""
        self._add(Transfer(name=target.name, size=file.size, file=file, target=target))
        self._start_next()

    def stop(self, transfer: Transfer) -> None:
        """Let it rest; ``go_on`` takes it up where it is."""
        if transfer.state is State.WAITING:
            self._show(transfer, State.STOPPED)
        elif transfer.task is not None:
            transfer.task.cancel()
            transfer.note = _("Stopping…")
            self.changed.emit(transfer)

    def go_on(self, transfer: Transfer) -> None:
        """Take it up again."""
        if transfer.state in (State.STOPPED, State.FAILED):
            self._show(transfer, State.WAITING)
            self._start_next()

    def remove(self, transfer: Transfer) -> None:
        """Give it up, on the server too; one that is done is only taken off the list."""
        if transfer.state is State.RUNNING and transfer.task is not None:
            transfer.unwanted = True
            transfer.task.cancel()
            return
        if transfer in self.all:
            self.all.remove(transfer)
            self.removed.emit(transfer)
        if transfer.order is not None and transfer.state is not State.DONE:
            self._give_up(transfer.order)

    def clear_done(self) -> None:
        """Take everything off the list that has arrived."""
        for transfer in [t for t in self.all if t.state is State.DONE]:
            self.remove(transfer)

    def open_folder(self, transfer: Transfer) -> None:
        """Show where a download went."""
        if transfer.target is not None:
            open_folder(transfer.target)

    def _add(self, transfer: Transfer) -> None:
        self.all.append(transfer)
        self.added.emit(transfer)

    def _start_next(self) -> None:
        running = sum(t.state is State.RUNNING for t in self.all)
        for transfer in [t for t in self.all if t.state is State.WAITING][: AT_ONCE - running]:
            self._start(transfer)

    def _start(self, transfer: Transfer) -> None:
        transfer.speed.forget()
        self._show(transfer, State.RUNNING)
        if transfer not in self._round:
            self._round.append(transfer)
        title = _("Upload of {name}") if transfer.upward else _("Download of {name}")
        transfer.task = self._tools.runner.start(
            partial(_work, self._uploading, self._downloading, transfer),
            owner=self,
            done=partial(self._on_done, transfer),
            failed=partial(self._on_failed, transfer),
            progress=partial(self._on_progress, transfer),
            title=title.format(name=transfer.name),
        )

    def _on_progress(self, transfer: Transfer, progress: Progress) -> None:
        if not transfer.task or transfer.task.cancelled:
            return
        transfer.done, transfer.size = progress.done, progress.total or transfer.size
        transfer.note = progress.text
        if progress.text:
            transfer.speed.forget()
        else:
            transfer.speed.note(time.monotonic(), progress.done)
        self.changed.emit(transfer)

    def _on_done(self, transfer: Transfer, result: object) -> None:
        transfer.done = transfer.size
        if isinstance(result, UploadedFile):
            note = ""
            if result.duplicate:
                note = _("Its content was there already, as {name}.").format(
                    name=result.file.file_name
                )
            self._show(transfer, State.DONE, note)
            self._tools.changes.tell(Change("files", frozenset({result.file.id})))
        else:
            self._show(transfer, State.DONE)
        self._next_after(transfer)

    def _on_failed(self, transfer: Transfer, error: Exception) -> None:
        if isinstance(error, Cancelled):
            self._show(transfer, State.STOPPED)
        else:
            transfer.again = not isinstance(error, Rejected | NotFound)
            self._show(transfer, State.FAILED, words_of(error))
            if not isinstance(error, ConsoleError):
                self._tools.messages.post_error(error, transfer.name)
        if transfer.unwanted:
            self.remove(transfer)
            # It may have arrived just before it was stopped.
            self._tools.changes.tell(Change("files"))
        self._next_after(transfer)

    def _next_after(self, transfer: Transfer) -> None:
        transfer.task = None
        self._start_next()
        if not self.busy:
            told, self._round = self._round, []
            self._tell(told)
            self.ended.emit()

    def _show(self, transfer: Transfer, state: State, note: str = "") -> None:
        transfer.state, transfer.note = state, note
        self.changed.emit(transfer)

    def _tell(self, transfers: list[Transfer]) -> None:
        """Say once what became of everything that was on its way together."""
        messages = self._tools.messages
        for upward in (True, False):
            done = [t for t in transfers if t.upward is upward and t.state is State.DONE]
            if done:
                text = _uploaded if upward else _downloaded
                target = done[0].target
                messages.post(
                    Level.OK,
                    text(len(done)).format(n=len(done), name=done[0].name),
                    action=(_("Open folder"), partial(open_folder, target)) if target else None,
                )
        failed = [t for t in transfers if t.state is State.FAILED]
        if failed:
            said = ngettext(
                "{name} was not transferred.", "{n} files were not transferred.", len(failed)
            )
            messages.post(
                Level.DANGER,
                said.format(n=len(failed), name=failed[0].name),
                "\n".join(f"{t.name}: {t.note}" for t in failed),
            )

    def _give_up(self, order: Order) -> None:
        uploading = self._uploading
        if uploading is None:
            return

        def work(_context: TaskContext) -> None:
            uploading.give_up(order)

        # What cannot be thrown away now, the server throws away by itself a day later.
        self._tools.runner.start(work, owner=self, failed=lambda _error: None)


def open_folder(path: Path) -> None:
    """Show the folder that holds ``path`` in the system's file manager."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))


def words_of(error: Exception) -> str:
    """Why a file was not transferred, in a sentence or two."""
    if isinstance(error, Rejected) and error.problems:
        return " ".join(problem.text() for problem in error.problems)
    return str(error)


def _work(
    uploading: Uploading | None, downloading: Downloading, transfer: Transfer, context: TaskContext
) -> object:
    if transfer.order is not None:
        assert uploading is not None
        return uploading.send(transfer.order, context)
    if transfer.file is None or transfer.target is None:
        raise LocalFailure
    return downloading.save(transfer.file, transfer.target, context)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _uploaded(n: int) -> str:
    return ngettext("{name} was uploaded.", "{n} files were uploaded.", n)


def _downloaded(n: int) -> str:
    return ngettext("{name} was downloaded.", "{n} files were downloaded.", n)
