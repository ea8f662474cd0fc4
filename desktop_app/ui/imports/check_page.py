"""Step 3: the verdict on each row, before anything is written."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.core.errors import Cancelled, ConsoleError
from desktop_app.core.language import N_, _
from desktop_app.services.sheet import Sheet
from desktop_app.ui.imports.file_choice import ask_save
from desktop_app.ui.imports.job import ImportJob
from desktop_app.ui.imports.mapping_page import Mapped
from desktop_app.ui.imports.progress_strip import ProgressStrip
from desktop_app.ui.imports.rows_page import RowsPage
from desktop_app.ui.messages import Level
from desktop_app.ui.tab import TabTools
from desktop_app.ui.widgets.banner import Banner


class CheckPage(QWidget):
    """Checks the rows, shows what is wrong, and has corrected ones checked again.

    ``changed`` is sent whenever verdicts, corrections or the work under way change;
    ``checked_anew`` when a check has got through.
    """

    changed = Signal()
    checked_anew = Signal()

    def __init__(self, job: ImportJob, tools: TabTools, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._job, self._tools = job, tools
        self._prepared: tuple[Sheet, Mapped] | None = None
        self.banner = Banner(tools.theme)
        self.progress = ProgressStrip(N_("{n} rows/s"))
        self.rows = RowsPage(tools.theme)
        self.rows.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.banner)
        layout.addWidget(self.progress)
        layout.addWidget(self.rows, 1)
        layout.addStretch(0)
        self.rows.recheck_wanted.connect(self.check)
        self.rows.error_file_wanted.connect(self._ask_for_error_file)
        self.rows.edited.connect(self.changed)
        self.progress.stop_wanted.connect(job.stop)

    @property
    def checked(self) -> bool:
        """Whether every row has been checked at least once."""
        return self._job.checked

    def begin(self, sheet: Sheet, mapped: Mapped) -> None:
        """Check ``sheet``, unless this very sheet with this mapping has been checked already."""
        if self._prepared == (sheet, mapped) and self.checked:
            return
        self._prepared = (sheet, mapped)
        self._job.prepare(sheet, mapped)
        self.rows.hide()
        self.check()

    def forget(self) -> None:
        """Whatever comes next is checked anew."""
        self._prepared = None

    def check(self) -> None:
        """Check all rows, or those corrected since the last time."""
        self.banner.hide()
        self.rows.set_busy(True)
        self.progress.begin(_("Checking the rows; nothing is written."))
        self._job.check(self.progress.show_progress, self._on_check_ended)
        self.changed.emit()

    def _on_check_ended(self, error: Exception | None) -> None:
        self.progress.end()
        self.rows.set_busy(False)
        if error is None:
            self._show_verdicts()
        elif isinstance(error, Cancelled):
            self._tell_failure(_("The check was stopped; nothing is written."), "info")
        elif isinstance(error, ConsoleError):
            text = _("The check did not get through; nothing is written. {problem}")
            self._tell_failure(text.format(problem=error), "danger")
        else:
            self._tools.messages.post_error(error, _("Checking the rows"))
        self.changed.emit()
        if error is None:
            self.checked_anew.emit()

    def _show_verdicts(self) -> None:
        draft = self._job.draft
        assert draft is not None
        if self.rows.draft is not draft:
            self.rows.show_draft(draft)
        self.rows.verdicts_changed()
        self.rows.show()

    def _tell_failure(self, text: str, tone: str) -> None:
        self.banner.tell(text, tone=tone, action=(_("Check again"), self.check))

    def _ask_for_error_file(self) -> None:
        ask_for_error_file(self, self._job, self._tools, self.banner)


def ask_for_error_file(page: QWidget, job: ImportJob, tools: TabTools, banner: Banner) -> None:
    """Ask where the rows with problems go, write them, and say how that went."""
    assert job.draft is not None
    source = job.draft.sheet.path
    suffix = ".csv" if source.suffix.lower() in (".csv", ".tsv", ".txt") else ".xlsx"
    name = _("{name}-problems").format(name=source.stem)

    def write(path: Path) -> None:
        def ended(error: Exception | None) -> None:
            if error is not None:
                banner.tell(str(error), tone="danger")
                return
            text = _("The rows with problems are in {name}.").format(name=path.name)
            tools.messages.post(Level.OK, text, str(path))
            banner.tell(text, tone="ok")

        job.save_errors(path, ended)

    ask_save(page, tools.state, _("Save error file"), f"{name}{suffix}", write)
