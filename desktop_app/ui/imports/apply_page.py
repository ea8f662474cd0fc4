"""Step 4: what will be written, how far it is, and what has become of it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop_app.core.errors import Cancelled, ConsoleError
from desktop_app.core.language import N_, _, ngettext
from desktop_app.ui.dialogs.confirm import confirm
from desktop_app.ui.dialogs.lock_notice import LockNotice
from desktop_app.ui.imports.check_page import ask_for_error_file
from desktop_app.ui.imports.file_choice import ask_save
from desktop_app.ui.imports.job import ImportJob
from desktop_app.ui.imports.outcome_words import action_text, outcome_lines, plan_lines, undo_lines
from desktop_app.ui.imports.progress_strip import ProgressStrip
from desktop_app.ui.imports.rows_page import RowsPage
from desktop_app.ui.messages import Level
from desktop_app.ui.tab import TabTools
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.plain_text import plain_label


class ApplyPage(QWidget):
    """Writes the rows, says truthfully what is in and what is not, and takes it back if wanted.

    ``changed`` is sent whenever that changes.
    """

    changed = Signal()

    def __init__(self, job: ImportJob, tools: TabTools, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._job, self._tools = job, tools
        self._error: Exception | None = None
        self._undoing = False
        self.heading = plain_label(role="section")
        self.account = plain_label()
        self.account.setWordWrap(True)
        self.banner = Banner(tools.theme)
        self.progress = ProgressStrip(N_("{n} rows/s"))
        self.lock = LockNotice(self.banner, tools.guard, self)
        self.passwords_button, self.undo_button = QPushButton(), QPushButton()
        self.passwords_button.setIcon(icon("key"))
        self.undo_button.setIcon(icon("undo"))
        self.rows = RowsPage(tools.theme, editable=False)
        self._lay_out()
        self.passwords_button.clicked.connect(self._ask_for_password_file)
        self.undo_button.clicked.connect(self._ask_to_undo)
        self.rows.error_file_wanted.connect(self._ask_for_error_file)
        self.progress.stop_wanted.connect(job.stop)
        follow_language(self, self._refresh)

    @property
    def wants_apply(self) -> bool:
        """Whether rows are there that could be written now."""
        job = self._job
        return not job.busy and job.undone is None and job.left > 0

    @property
    def action_text(self) -> str:
        """What the main button does now, in words."""
        job = self._job
        if job.started:
            return _("Go on: {action}").format(action=action_text(job.resource.name, job.left))
        writing = job.draft.to_write if job.draft is not None else 0
        return action_text(job.resource.name, writing)

    def begin(self) -> None:
        """Show what would be written."""
        self._error = None
        self.banner.hide()
        assert self._job.draft is not None
        self.rows.show_draft(self._job.draft)
        self.lock.show()
        self._refresh()

    def apply(self) -> None:
        """Write, or go on writing after a stop or a lost connection."""
        if self.lock.show():
            return
        self._error = None
        self.banner.hide()
        self.rows.set_busy(True)
        self.progress.begin(_("Importing"), already=self._job.written)
        self._job.apply(self.progress.show_progress, self._on_apply_ended)
        self._refresh()
        self.changed.emit()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.passwords_button)
        buttons.addWidget(self.undo_button)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for widget in (self.heading, self.account, self.banner, self.progress):
            layout.addWidget(widget)
        layout.addLayout(buttons)
        layout.addWidget(self.rows, 1)
        layout.addStretch(0)

    def _on_apply_ended(self, error: Exception | None) -> None:
        self._error = error
        self.progress.end()
        self.rows.set_busy(False)
        self.rows.verdicts_changed(written=True)
        if isinstance(error, Cancelled):
            self._tell(_("Stopped. You can go on: rows already written are not written again."))
        elif isinstance(error, ConsoleError):
            text = _("{problem} You can go on: rows already written are not written again.")
            self._tell(text.format(problem=error), "danger")
        elif error is not None:
            self._tools.messages.post_error(error, _("Importing"))
        self._refresh()
        self.changed.emit()

    def _tell(self, text: str, tone: str = "info") -> None:
        self.banner.tell(text, tone=tone)

    def _refresh(self) -> None:
        self.passwords_button.setText(
            _("Save one-time passwords…")
            if not self._job.passwords_saved
            else _("Save one-time passwords again…")
        )
        self.undo_button.setText(_("Undo this import…"))
        job = self._job
        idle = not job.busy
        self.passwords_button.setVisible(idle and job.passwords > 0 and job.undone is None)
        self.undo_button.setVisible(
            job.may_undo and idle and job.written > 0 and job.undone is None
        )
        if job.draft is None:
            return
        self.rows.setVisible(job.undone is None)
        heading, lines = self._account()
        self.heading.setText(heading)
        self.account.setText("\n".join(lines))

    def _account(self) -> tuple[str, tuple[str, ...]]:
        job = self._job
        assert job.draft is not None
        name, counts = job.resource.name, job.draft.counts()
        if job.undone is not None:
            return _("The import is undone"), undo_lines(name, job.undone)
        if not job.started:
            lines = (
                *plan_lines(name, counts),
                _("Nothing is written before you press the button."),
            )
            return _("Ready to import"), lines
        if self._undoing:
            return _("Undoing the import"), ()
        if job.busy:
            return _("Importing {name}").format(name=job.draft.sheet.path.name), ()
        heading = _("The import is not complete") if job.left else _("The import is done")
        return heading, outcome_lines(name, counts)

    def _ask_for_error_file(self) -> None:
        ask_for_error_file(self, self._job, self._tools, self.banner)

    def _ask_for_password_file(self) -> None:
        assert self._job.draft is not None
        name = _("{name}-passwords").format(name=self._job.draft.sheet.path.stem)
        confirm(
            self,
            title=_("Save one-time passwords"),
            text=_(
                "Whoever reads this file can sign in as these people until they have changed their "
                "password. Keep it where nobody else can read it, hand each password over in "
                "person, then delete the file."
            ),
            action=_("Choose where to save…"),
            on_yes=lambda: ask_save(
                self,
                self._tools.state,
                _("Save one-time passwords"),
                f"{name}.xlsx",
                self._save_passwords,
            ),
        )

    def _save_passwords(self, path: Path) -> None:
        def ended(error: Exception | None) -> None:
            if error is not None:
                self._tell(str(error), "danger")
                return
            n = self._job.passwords
            text = ngettext(
                "{n} one-time password saved in {name}.",
                "{n} one-time passwords saved in {name}.",
                n,
            ).format(n=f"{n:,}", name=path.name)
            self._tools.messages.post(Level.OK, text, str(path))
            self._tell(text, "ok")
            self._refresh()
            self.changed.emit()

        self._job.save_passwords(path, ended)

    def _ask_to_undo(self) -> None:
        confirm(
            self,
            title=_("Undo this import"),
            text=_(
                "What it created is deleted and what it changed gets its former values. Entries "
                "that were changed since, or are in use, are kept and named."
            ),
            action=_("Undo the import"),
            on_yes=self._undo,
            danger=True,
        )

    def _undo(self) -> None:
        def ended(error: Exception | None) -> None:
            self.progress.end()
            self._undoing = False
            if isinstance(error, ConsoleError):
                self._tell(
                    _("The import was not undone. {problem}").format(problem=error), "danger"
                )
            elif error is not None:
                self._tools.messages.post_error(error, _("Undoing the import"))
            self._refresh()
            self.changed.emit()

        self._undoing = True
        self.progress.begin(_("Undoing the import"))
        self._job.undo(ended)
        self._refresh()
        self.changed.emit()
