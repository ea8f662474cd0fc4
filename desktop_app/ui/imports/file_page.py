"""Step 1: the file, how it was read, and its first rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.errors import Cancelled, ConsoleError
from desktop_app.core.fields import Field
from desktop_app.core.language import N_, _, ngettext
from desktop_app.core.tasks import TaskContext
from desktop_app.services.sheet import Sheet
from desktop_app.ui.imports.drop_zone import DropZone
from desktop_app.ui.imports.file_choice import ask_open, ask_save
from desktop_app.ui.imports.preview_model import PREVIEW_ROWS, PreviewModel
from desktop_app.ui.imports.progress_strip import ProgressStrip
from desktop_app.ui.imports.reading import ENCODINGS, ReadFile, read_file
from desktop_app.ui.imports.template_file import write_template
from desktop_app.ui.messages import Level
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tasks import Task
from desktop_app.ui.texts import follow_language
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.plain_text import plain_label


class FilePage(QWidget):
    """Chooses and reads the file on the pool; ``sheet`` is what was read, None before.

    ``sheet_changed`` is sent when it is read, or could not be. What is wrong with a file is said
    on the page, which stays usable.
    """

    sheet_changed = Signal()

    def __init__(
        self,
        fields: Sequence[Field],
        suggested_name: str,
        tools: TabTools,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._fields = tuple(fields)
        self._suggested_name = suggested_name
        self._tools = tools
        self._read: ReadFile | None = None
        self._path: Path | None = None
        self._task: Task | None = None
        self._build()
        follow_language(self, self._retranslate)

    @property
    def sheet(self) -> Sheet | None:
        """The table chosen."""
        return self._read.sheet if self._read is not None else None

    @property
    def busy(self) -> bool:
        """Whether a file is being read."""
        return self._task is not None and self._task.active

    def open_file(
        self, path: Path, *, sheet: str | None = None, encoding: str | None = None
    ) -> None:
        """Read ``path``; ``sheet`` of a workbook, ``encoding`` of a text guessed wrong."""
        if self._task is not None:
            self._task.cancel()
        self._path = path
        self._read = None
        self.banner.hide()
        self.progress.begin(_("Reading {name}").format(name=path.name))

        def work(context: TaskContext) -> ReadFile:
            return read_file(path, context, sheet=sheet, encoding=encoding)

        self._task = self._tools.runner.start(
            work,
            owner=self,
            done=self._show,
            failed=self._show_failure,
            progress=self.progress.show_progress,
        )
        self.sheet_changed.emit()

    def forget(self) -> None:
        """As before a file was chosen."""
        if self._task is not None:
            self._task.cancel()
        self._path, self._read = None, None
        self.banner.hide()
        self.progress.end()
        self._retranslate()
        self.sheet_changed.emit()

    def ask_for_file(self) -> None:
        """Open the file chooser."""
        ask_open(self, self._tools.state, self.open_file)

    def ask_for_template(self) -> None:
        """Ask where to save the template, and write it."""
        name = _("{name}-template.xlsx").format(name=self._suggested_name)
        ask_save(self, self._tools.state, _("Save a template"), name, self._write_template)

    def _build(self) -> None:
        self.drop_zone = DropZone()
        self.drop_zone.choose_wanted.connect(self.ask_for_file)
        self.drop_zone.template_wanted.connect(self.ask_for_template)
        self.drop_zone.dropped.connect(self.open_file)
        self.banner = Banner(self._tools.theme)
        self.progress = ProgressStrip(N_("{n} rows/s"))
        self.progress.stop_wanted.connect(self._stop)
        self.summary = plain_label(role="strong")
        self.summary.setWordWrap(True)
        self.sheet_label, self.encoding_label = plain_label(), plain_label()
        self.sheet_choice, self.encoding_choice = QComboBox(), QComboBox()
        self.sheet_label.setBuddy(self.sheet_choice)
        self.encoding_label.setBuddy(self.encoding_choice)
        for code, label in ENCODINGS:
            self.encoding_choice.addItem(label, code)
        self.sheet_choice.activated.connect(self._on_sheet_activated)
        self.encoding_choice.activated.connect(self._on_encoding_activated)
        self.preview = QTableView()
        self.model = PreviewModel(self)
        self.preview.setModel(self.model)
        self.preview.setShowGrid(False)
        self.preview.setWordWrap(False)
        self.preview.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.preview.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.preview.setTabKeyNavigation(False)
        self.preview.verticalHeader().setDefaultSectionSize(28)
        self.preview.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        self.preview_note = plain_label(role="caption")
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.summary, 1)
        line.addWidget(self.sheet_label)
        line.addWidget(self.sheet_choice)
        line.addWidget(self.encoding_label)
        line.addWidget(self.encoding_choice)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self.drop_zone)
        layout.addWidget(self.banner)
        layout.addWidget(self.progress)
        layout.addLayout(line)
        layout.addWidget(self.preview, 1)
        layout.addWidget(self.preview_note)
        layout.addStretch(0)

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _on_sheet_activated(self) -> None:
        if self._path is not None:
            self.open_file(self._path, sheet=self.sheet_choice.currentText())

    def _on_encoding_activated(self) -> None:
        if self._path is not None:
            self.open_file(self._path, encoding=self.encoding_choice.currentData())

    def _show(self, read: ReadFile) -> None:
        self._read = read
        self.progress.end()
        sheet = read.sheet
        self.model.show(sheet.columns, sheet.rows, sheet.first_row_number)
        for column in range(self.model.columnCount()):
            self.preview.setColumnWidth(column, 150)
        self.sheet_choice.clear()
        self.sheet_choice.addItems(list(read.sheet_names))
        self.sheet_choice.setCurrentText(sheet.name)
        if not sheet.rows:
            self.banner.tell(_("The file has headings but no rows under them."), tone="warning")
        self._retranslate()
        self.sheet_changed.emit()

    def _show_failure(self, error: Exception) -> None:
        self.progress.end()
        if not isinstance(error, ConsoleError):
            self._tools.messages.post_error(error, _("Reading the file"))
        elif not isinstance(error, Cancelled):
            self.banner.tell(str(error), tone="danger")
        self._retranslate()
        self.sheet_changed.emit()

    def _write_template(self, path: Path) -> None:
        fields = self._fields

        def work(context: TaskContext) -> None:
            write_template(path, fields, context)

        self._tools.runner.start(
            work,
            owner=self,
            done=lambda _none: self._tools.messages.post(
                Level.OK, _("Template saved as {name}.").format(name=path.name), str(path)
            ),
            failed=lambda error: self.banner.tell(
                str(error),
                tone="danger",
            ),
        )

    def _retranslate(self) -> None:
        read = self._read
        workbook = read is not None and not read.sheet.encoding
        self.sheet_label.setText(_("Sheet:"))
        self.encoding_label.setText(_("Encoding:"))
        several = read is not None and len(read.sheet_names) > 1
        for widget in (self.sheet_label, self.sheet_choice):
            widget.setVisible(workbook and several)
        text_tried = read is None and self._path is not None and self._path.suffix != ".xlsx"
        by_text = (read is not None and not workbook) or (text_tried and not self.busy)
        for widget in (self.encoding_label, self.encoding_choice):
            widget.setVisible(by_text)
        self.preview.setVisible(read is not None)
        self.preview_note.setVisible(read is not None)
        self.preview.setAccessibleName(_("First rows of the file"))
        self.summary.setText(self._summary_text())
        if read is None:
            return
        if not workbook:
            self.encoding_choice.setCurrentIndex(_encoding_place(read.sheet.encoding))
        notes = []
        if len(read.sheet.rows) > PREVIEW_ROWS:
            notes.append(_("The first {n} rows are shown.").format(n=PREVIEW_ROWS))
        if not read.sheet.headed:
            notes.append(_("No headings were found: columns are named by their letters."))
        self.preview_note.setText(" ".join(notes))

    def _summary_text(self) -> str:
        if self._read is None:
            return "" if self._path is not None else _("No file chosen yet.")
        sheet = self._read.sheet
        rows = ngettext("{n} row", "{n} rows", len(sheet.rows)).format(n=f"{len(sheet.rows):,}")
        columns = ngettext("{n} column", "{n} columns", len(sheet.columns))
        return _("{name}: {rows}, {columns}").format(
            name=sheet.path.name, rows=rows, columns=columns.format(n=len(sheet.columns))
        )


def _encoding_place(encoding: str) -> int:
    """The place in ``ENCODINGS`` that means ``encoding``: variants of UTF-8 and UTF-16 are one."""
    family = encoding.lower().replace("_", "-")
    for place, (code, _label) in enumerate(ENCODINGS):
        if family.startswith(code):
            return place
    return 0
