"""Before restoring: which backup, whether it is whole, and into which database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from desktop_app.core.errors import Cancelled, ConsoleError
from desktop_app.core.language import _
from desktop_app.core.tasks import Progress, TaskContext
from desktop_app.db.migrations.manifest import BackupDamaged, Damaged
from desktop_app.services.migrations import words
from desktop_app.services.migrations.choice import LONGEST_NAME, DatabaseChoice, check_choice
from desktop_app.services.migrations.desk import BackupState, Desk
from desktop_app.ui.dialogs.frame import DialogFrame
from desktop_app.ui.dialogs.lock_notice import LockNotice
from desktop_app.ui.migrations.folder_field import FolderField
from desktop_app.ui.sizes import byte_size
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tasks import Task
from desktop_app.ui.times import local_time
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.plain_text import plain_label


class RestoreDialog(DialogFrame):
    """``ordered`` gets the database to restore into, and the folder of the backup.

    Choosing a folder reads what it says of itself; "Check" reads it through, as restoring does
    anyway before it writes anything.
    """

    def __init__(
        self,
        desk: Desk,
        choice: DatabaseChoice,
        tools: TabTools,
        *,
        ordered: Callable[[DatabaseChoice, Path], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Restore"), parent, narrowest=580)
        self._desk, self._choice, self._tools, self._ordered = desk, choice, tools, ordered
        self._read: BackupState | None = None
        self._task: Task | None = None
        self._given = False
        self.banner, self.verdict = Banner(tools.theme), Banner(tools.theme)
        self.folder = FolderField(_("Folder of the backup"), tools.state)
        self.database = QLineEdit(f"{choice.database}_restored"[:LONGEST_NAME])
        self.database.setMaxLength(LONGEST_NAME)
        self._build()
        self.lock = LockNotice(self.banner, desk.guard_of(choice), self)
        self.lock.changed.connect(self._show)
        self.folder.changed.connect(self._on_folder_changed)
        self.database.textChanged.connect(lambda _text: self._show())
        self._show()
        self.folder.setFocus()

    def target(self) -> DatabaseChoice:
        """The database to restore into; it may have problems."""
        return replace(self._choice, database=self.database.text().strip())

    def check(self) -> None:
        """Read the backup through and say whether it is whole."""
        folder, desk = self.folder.path, self._desk
        if folder is None or self._task is not None:
            return
        self._task = self._tools.runner.start(
            lambda context: desk.check_backup(folder, context),
            owner=self,
            done=lambda state: self._on_read(folder, state, whole=True),
            failed=lambda error: self._on_failed(folder, error),
            progress=self._on_progress,
            title=_("Checking the backup in {folder}").format(folder=folder.name),
        )
        self._show()

    def order(self) -> None:
        """Give the order, once."""
        folder = self.folder.path
        if self._given or folder is None or self.lock.show():
            return
        self._given = True
        self.folder.remember()
        self.accept()
        self._ordered(self.target(), folder)

    def done(self, result: int) -> None:
        """A check that still runs is of no interest any more."""
        if self._task is not None:
            self._task.cancel()
        super().done(result)

    def _build(self) -> None:
        self.content.addWidget(self.banner)
        text = _(
            "A backup is restored into a database that is empty or does not exist yet, and then"
            " compared with the backup document by document. Nothing is overwritten."
        )
        label = plain_label(text)
        label.setWordWrap(True)
        self.content.addWidget(label)
        self._field(_("Folder of the backup"), self.folder)
        self.content.addWidget(self.verdict)
        self.database.setAccessibleName(_("Into the database"))
        server = self._desk.address_of(self._choice)
        caption = _("On {server}; empty or new.").format(server=server)
        self._field(_("Into the database"), self.database, caption)
        self.content.addStretch(1)
        self.check_button = self.add_button(_("Check the backup"), first=True)
        self.check_button.clicked.connect(self.check)
        self.cancel_button = self.add_button(_("Cancel"))
        self.cancel_button.clicked.connect(self.reject)
        self.action_button = self.add_button("", role="primary")
        self.action_button.clicked.connect(self.order)

    def _field(self, text: str, field: QWidget, hint: str = "") -> None:
        column = QVBoxLayout()
        column.setSpacing(4)
        label = plain_label(text)
        label.setBuddy(field)
        column.addWidget(label)
        column.addWidget(field)
        if hint:
            column.addWidget(plain_label(hint, role="caption"))
        self.content.addLayout(column)

    def _on_folder_changed(self) -> None:
        self._read = None
        self.verdict.hide()
        folder, desk = self.folder.path, self._desk
        if folder is not None:

            def work(_context: TaskContext) -> BackupState:
                return desk.read_backup(folder)

            self._tools.runner.start(
                work,
                owner=self,
                done=lambda state: self._on_read(folder, state, whole=False),
                failed=lambda error: self._on_failed(folder, error),
            )
        self._show()

    def _on_progress(self, progress: Progress) -> None:
        if progress.total:
            share = progress.done / progress.total
            self.check_button.setText(
                _("Checking… {percent} %").format(percent=f"{share:.0%}"[:-1])
            )

    def _on_read(self, folder: Path, state: BackupState, *, whole: bool) -> None:
        if whole:
            self._task = None
        if folder != self.folder.path:
            return
        self._read = state
        if state.damaged:
            self._tell_damaged(state.damaged)
        else:
            manifest = state.manifest
            text = _("{database} of {at}: {documents} in {collections} collections, {size}.")
            said = text.format(
                database=manifest.database,
                at=local_time(manifest.completed_at, self._tools.settings),
                documents=words.documents(manifest.documents),
                collections=len(manifest.collections),
                size=byte_size(manifest.size),
            )
            if whole:
                said += " " + _("Read through: it is whole.")
            self.verdict.tell(said, tone="ok" if whole else "info", closable=False)
        self._show()

    def _on_failed(self, folder: Path, error: Exception) -> None:
        self._task = None
        if isinstance(error, Cancelled) or folder != self.folder.path:
            self._show()
            return
        self._read = None
        if isinstance(error, BackupDamaged):
            self._tell_damaged(error.parts)
        elif isinstance(error, ConsoleError):
            self.verdict.tell(str(error), tone="danger", closable=False)
        else:
            self._tools.messages.post_error(error, doing=self.windowTitle())
        self._show()

    def _tell_damaged(self, parts: tuple[Damaged, ...]) -> None:
        lines = [words.damage_text(part) for part in parts[:10]]
        self.verdict.tell("\n".join(lines), tone="danger", closable=False)

    def _show(self) -> None:
        locked = self.lock.show()
        target = self.target()
        text = _("Restore into “{database}”").format(database=target.database)
        self.action_button.setText(text)
        whole = self._read is not None and not self._read.damaged
        self.action_button.setEnabled(whole and not locked and not check_choice(target))
        self.check_button.setEnabled(self.folder.path is not None and self._task is None)
        if self._task is None:
            self.check_button.setText(_("Check the backup"))
