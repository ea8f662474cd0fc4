"""The imports applied so far, each of which can be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop_app.core.errors import ConsoleError
from desktop_app.core.fields import Kind
from desktop_app.core.imports import ImportBatch, UndoResult, Verdict
from desktop_app.core.language import N_, _
from desktop_app.core.tasks import TaskContext
from desktop_app.ui.changes import Change
from desktop_app.ui.dialogs.confirm import confirm
from desktop_app.ui.imports.outcome_words import undo_lines
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tables.columns import Align, Chip, Column
from desktop_app.ui.tables.empty_texts import EmptyTexts
from desktop_app.ui.tables.paged_table import PagedTable
from desktop_app.ui.tables.pager import grouped
from desktop_app.ui.texts import follow_language
from desktop_app.ui.times import local_time
from desktop_app.ui.widgets.banner import Banner

if TYPE_CHECKING:
    from desktop_app.api.imports import Imports

_RESOURCES = {"users": N_("Users"), "companies": N_("Companies"), "projects": N_("Projects")}


def _state(batch: ImportBatch) -> Chip:
    if batch.undone_at is not None:
        return Chip(_("Undone"), "undo", "muted")
    return Chip(_("Applied"), "ok", "ok")


def _count(key: str, title: str, *verdicts: Verdict) -> Column[ImportBatch]:
    def count(batch: ImportBatch) -> int:
        return sum(batch.counts.get(verdict, 0) for verdict in verdicts)

    return Column(
        key=f"counts.{key}",
        title=title,
        value=count,
        text=lambda batch: grouped(count(batch)),
        align=Align.END,
        width=90,
        sortable=False,
        kind=Kind.INTEGER,
    )


def _columns(tools: TabTools) -> tuple[Column[ImportBatch], ...]:
    return (
        Column(
            key="created_at",
            title=N_("When"),
            value=lambda batch: batch.created_at,
            text=lambda batch: local_time(batch.created_at, tools.settings),
            width=140,
            kind=Kind.DATETIME,
        ),
        Column(
            key="resource",
            title=N_("Into"),
            value=lambda batch: batch.resource,
            text=lambda batch: _(_RESOURCES.get(batch.resource, batch.resource)),
            width=100,
            sortable=False,
        ),
        Column(
            key="file_name",
            title=N_("File"),
            value=lambda batch: batch.file_name,
            width=200,
            sortable=False,
        ),
        Column(
            key="created_by",
            title=N_("By"),
            value=lambda batch: batch.created_by,
            width=110,
            sortable=False,
        ),
        _count("create", N_("Created"), Verdict.CREATE),
        _count("update", N_("Changed"), Verdict.UPDATE),
        # Rows left out before were never sent: the server knows only what it refused itself.
        _count("refused", N_("Refused"), Verdict.INVALID, Verdict.FAILED),
        Column(
            key="undone_at",
            title=N_("State"),
            value=lambda batch: batch.undone_at,
            chip=_state,
            width=120,
            sortable=False,
        ),
    )


class PastImportsDialog(QDialog):
    """A table of import batches with a button that undoes the one selected."""

    def __init__(self, imports: Imports, tools: TabTools, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._imports, self._tools = imports, tools
        self._busy = False
        self.banner = Banner(tools.theme)
        self.table: PagedTable[ImportBatch] = PagedTable(
            _columns(tools),
            imports.page,
            key="past_imports",
            tools=tools,
            id_of=lambda batch: batch.id,
            empty=EmptyTexts(
                name=N_("imports"),
                heading=N_("Nothing has been imported yet"),
                text=N_("Every import appears here and can be undone."),
            ),
            parent=self,
        )
        self.undo_action = QAction(self)
        self.undo_action.triggered.connect(self._ask_to_undo)
        self.table.add_action(self.undo_action, in_bar=False)
        self.undo_button, self.close_button = QPushButton(), QPushButton()
        self.undo_button.clicked.connect(self._ask_to_undo)
        self.close_button.clicked.connect(self.reject)
        self.table.selection_changed.connect(self._refresh)
        self.table.loaded.connect(self._refresh)
        footer = QHBoxLayout()
        footer.setSpacing(8)
        footer.addStretch(1)
        footer.addWidget(self.close_button)
        footer.addWidget(self.undo_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 16, 24, 16)
        layout.setSpacing(12)
        layout.addWidget(self.banner)
        layout.addWidget(self.table, 1)
        layout.addLayout(footer)
        self.resize(1060, 560)
        follow_language(self, self._refresh)
        self.table.reload()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the focus and no other: there is nothing to confirm."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()
            return
        super().keyPressEvent(event)

    def _chosen(self) -> ImportBatch | None:
        selected = self.table.selected()
        return selected[0] if len(selected) == 1 and selected[0].undone_at is None else None

    def _refresh(self) -> None:
        self.setWindowTitle(_("Past imports"))
        self.undo_action.setText(_("Undo this import…"))
        self.undo_button.setText(_("Undo this import…"))
        self.close_button.setText(_("Close"))
        possible = self._chosen() is not None and not self._busy
        self.undo_action.setEnabled(possible)
        self.undo_button.setEnabled(possible)

    def _ask_to_undo(self) -> None:
        batch = self._chosen()
        if batch is None:
            return
        confirm(
            self,
            title=_("Undo this import"),
            text=_(
                "What “{file}” created is deleted and what it changed gets its former values. "
                "Entries that were changed since, or are in use, are kept and named."
            ).format(file=batch.file_name),
            action=_("Undo the import"),
            on_yes=lambda: self._undo(batch),
            danger=True,
        )

    def _undo(self, batch: ImportBatch) -> None:
        imports, tools = self._imports, self._tools
        self._busy = True
        self._refresh()

        def work(_context: TaskContext) -> UndoResult:
            return imports.undo(batch.id)

        def done(result: UndoResult) -> None:
            self._busy = False
            self.banner.tell("\n".join(undo_lines(batch.resource, result)), tone="ok")
            tools.changes.tell(Change(batch.resource))
            self.table.reload()
            self._refresh()

        def failed(error: Exception) -> None:
            self._busy = False
            if isinstance(error, ConsoleError):
                text = _("The import was not undone. {problem}").format(problem=error)
                self.banner.tell(text, tone="danger")
            else:
                tools.messages.post_error(error, _("Undoing the import"))
            self._refresh()

        title = _("Undo of {name}").format(name=batch.file_name)
        tools.runner.start(work, owner=self, done=done, failed=failed, title=title, keep=True)
