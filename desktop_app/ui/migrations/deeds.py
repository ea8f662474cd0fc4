"""What people do to a database from the screen: asked about first, then run one at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop_app.core.language import _
from desktop_app.core.tasks import TaskContext
from desktop_app.db.migrations.backup import BackupEnded
from desktop_app.db.migrations.events import Holder, RunEnded
from desktop_app.db.migrations.plan_data import Plan
from desktop_app.db.migrations.restore import RestoreEnded
from desktop_app.db.migrations.rollback import RollbackStep
from desktop_app.db.migrations.verification import VerifyEnded
from desktop_app.services.migrations import reports
from desktop_app.services.migrations.choice import DatabaseChoice
from desktop_app.services.migrations.desk import Answer, Applied, ApplyOrder, Desk
from desktop_app.services.migrations.telling import Telling
from desktop_app.services.report_document import ReportDocument
from desktop_app.ui.dialogs.confirm import confirm
from desktop_app.ui.dialogs.unlock_dialog import UnlockDialog
from desktop_app.ui.migrations.apply_dialog import ApplyDialog
from desktop_app.ui.migrations.backup_dialog import BackupDialog
from desktop_app.ui.migrations.engine_work import EngineWork
from desktop_app.ui.migrations.restore_dialog import RestoreDialog
from desktop_app.ui.migrations.rollback_dialog import RollbackDialog
from desktop_app.ui.tab import TabTools

R = TypeVar("R")
_RESUMED = ("apply", "rollback")
CopyEnd = RunEnded | BackupEnded | RestoreEnded


@dataclass(frozen=True, slots=True)
class Deed:
    """How a deed (``title``, in words) ended, and its report; ``kind`` as ``EngineWork.kind``."""

    kind: str
    title: str
    ended: CopyEnd
    report: ReportDocument


class Deeds(QObject):
    """Asks, and runs engines on the database in ``choice``.

    ``begun`` carries what runs in words; ``ended`` a ``Deed``, ``verified`` an answer; ``failed``
    what an engine could not even say; ``refused`` what failed before one began; ``broken`` the
    holder whose lease was broken.
    """

    begun = Signal(str)
    ended = Signal(object)
    verified = Signal(object)
    failed = Signal(object)
    refused = Signal(object)
    broken = Signal(object)

    def __init__(
        self, desk: Desk, choice: DatabaseChoice, work: EngineWork, tools: TabTools, owner: QWidget
    ) -> None:
        super().__init__(owner)
        self.choice = choice
        self._desk, self._work, self._tools, self._owner = desk, work, tools, owner
        self._asking = False
        self._title = ""

    # Asking

    def ask_apply(self, plan: Plan) -> None:
        """Say what applying does, offer a backup, and apply."""
        if not self._work.busy and plan.pending and not plan.blockers:
            ApplyDialog(
                plan,
                self._desk.guard_of(self.choice),
                self._tools,
                server=self._desk.address_of(self.choice),
                folder=self._folder_name(),
                ordered=self.apply,
                parent=self._owner.window(),
            ).open()

    def ask_backup(self, *, snapshots: bool) -> None:
        """Ask where to, and back up."""
        if not self._work.busy:
            BackupDialog(
                self.choice.database,
                self._tools,
                folder=self._folder_name(),
                snapshots=snapshots,
                ordered=self.backup,
                parent=self._owner.window(),
            ).open()

    def ask_restore(self) -> None:
        """Ask for a backup and a database, and restore."""
        if not self._work.busy:
            window = self._owner.window()
            RestoreDialog(
                self._desk, self.choice, self._tools, ordered=self.restore, parent=window
            ).open()

    def ask_rollback(self) -> None:
        """Read what can be undone, say so, and undo it."""
        if self._work.busy or self._asking:
            return
        self._asking = True
        choice, desk = self.choice, self._desk

        def work(_context: TaskContext) -> tuple[RollbackStep, ...]:
            return desk.rollback_plan(choice)

        self._tools.runner.start(
            work, owner=self, done=self._on_rollback_planned, failed=self._on_asking_failed
        )

    def ask_break(self, holder: Holder) -> None:
        """Take the lease away from somebody, after asking."""
        guard = self._desk.guard_of(self.choice)
        if guard.locked:
            UnlockDialog(guard, self._owner.window()).open()
            return
        text = _(
            "{by} holds the lease of this database (run {run}). Take it away only when you know"
            " that this run is dead: if it lives, it stops at its next step. Who broke the lease"
            " is written to the audit trail."
        )
        confirm(
            self._owner.window(),
            title=_("Break the lease of another run?"),
            text=text.format(by=holder.by, run=holder.run_id),
            action=_("Break the lease"),
            on_yes=lambda: self._break(holder),
            danger=True,
            cancel=_("Let it go on"),
        )

    # Doing

    def apply(self, order: ApplyOrder) -> None:
        """Apply as ordered."""
        choice, desk = self.choice, self._desk
        self._run(
            "apply",
            _("Applying to {database}"),
            lambda telling: desk.apply(choice, order, telling),
            self._on_applied,
        )

    def verify(self) -> None:
        """Run every check."""
        choice, desk = self.choice, self._desk

        def done(answer: Answer[VerifyEnded]) -> None:
            self.verified.emit(answer)

        self._run(
            "verify",
            _("Verifying {database}"),
            lambda telling: desk.verify(choice, telling),
            done,
        )

    def backup(self, folder: Path, snapshot: bool = True) -> None:
        """Back up into a new folder."""
        choice, desk = self.choice, self._desk

        def done(answer: Answer[BackupEnded]) -> None:
            self._tell("backup", answer.result, reports.backup_report(answer.target, answer.result))

        self._run(
            "backup",
            _("Backing up {database}"),
            lambda telling: desk.backup(choice, folder, telling, snapshot=snapshot),
            done,
        )

    def restore(self, into: DatabaseChoice, folder: Path) -> None:
        """Restore a backup into an empty database."""
        desk = self._desk

        def done(answer: Answer[RestoreEnded]) -> None:
            report = reports.restore_report(answer.target, answer.result)
            self._tell("restore", answer.result, report)

        self._run(
            "restore",
            _("Restoring into {database}"),
            lambda telling: desk.restore(into, folder, telling),
            done,
            database=into.database,
        )

    def rollback(self, steps: frozenset[str]) -> None:
        """Undo steps."""
        choice, desk = self.choice, self._desk

        def done(answer: Answer[RunEnded]) -> None:
            report = reports.run_report(answer.target, "rollback", answer.result)
            self._tell("rollback", answer.result, report)

        self._run(
            "rollback",
            _("Rolling back {database}"),
            lambda telling: desk.rollback(choice, steps, telling),
            done,
        )

    # Inside

    def _run(
        self,
        kind: str,
        title: str,
        work: Callable[[Telling], R],
        done: Callable[[R], object],
        *,
        database: str = "",
    ) -> None:
        words = title.format(database=database or self.choice.database)
        listed = words
        if kind in _RESUMED:  # whoever is about to stop it should know
            listed = _("{what}: the next run goes on from there").format(what=words)
        if self._work.start(kind, work, title=listed, done=done, failed=self.failed.emit):
            self._title = words
            self.begun.emit(words)

    def _tell(self, kind: str, ended: CopyEnd, report: ReportDocument) -> None:
        self.ended.emit(Deed(kind, self._title, ended, report))

    def _on_applied(self, answer: Answer[Applied]) -> None:
        saved, ended = answer.result.saved, answer.result.ended
        if ended is not None:
            self._tell("apply", ended, reports.run_report(answer.target, "apply", ended))
        elif saved is not None:
            self._tell("backup", saved, reports.backup_report(answer.target, saved))

    def _on_rollback_planned(self, steps: tuple[RollbackStep, ...]) -> None:
        self._asking = False
        RollbackDialog(
            self.choice.database,
            steps,
            self._desk.guard_of(self.choice),
            self._tools,
            ordered=self.rollback,
            parent=self._owner.window(),
        ).open()

    def _on_asking_failed(self, error: Exception) -> None:
        self._asking = False
        self.refused.emit(error)

    def _break(self, holder: Holder) -> None:
        choice, desk = self.choice, self._desk

        def work(_context: TaskContext) -> Holder:
            return desk.break_lease(choice, holder.run_id)

        self._tools.runner.start(work, owner=self, done=self.broken.emit, failed=self.refused.emit)

    def _folder_name(self) -> str:
        return f"{self.choice.database}-{datetime.now():%Y-%m-%d-%H%M%S}"
