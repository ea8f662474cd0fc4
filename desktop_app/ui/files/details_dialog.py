"""All that is known of one file, its hash to be compared, and who opened it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from desktop_app.api.audit import Audit
from desktop_app.core.audit import AuditEntry
from desktop_app.core.files import StoredFile
from desktop_app.core.language import N_, _, ngettext
from desktop_app.core.paging import Page, PageQuery
from desktop_app.core.tasks import TaskContext
from desktop_app.ui.dialogs.frame import DialogFrame
from desktop_app.ui.files.type_words import misleading_text, type_text
from desktop_app.ui.sizes import byte_size
from desktop_app.ui.tab import TabTools
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.times import NO_MOMENT, local_time, local_time_exact
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.plain_text import one_line, plain_label

_ENTRIES = 200
_LISTED_HEIGHT = 200

_DONE = {
    "files.upload_finish": N_("uploaded it"),
    "files.change": N_("renamed it"),
    "files.download": N_("opened it"),
    "files.delete": N_("deleted it"),
}


class DetailsDialog(DialogFrame):
    """Shows ``file``; with ``audit``, for those who may read it, also who did what with it."""

    def __init__(
        self,
        file: StoredFile,
        tools: TabTools,
        *,
        audit: Audit | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(one_line(file.file_name), parent, narrowest=640)
        self.file, self._tools = file, tools
        self.banner = Banner(tools.theme)
        self.content.addWidget(self.banner)
        if warning := misleading_text(file):
            self.banner.tell(warning, tone="warning", closable=False)
        else:
            self.banner.hide()
        self.content.addLayout(self._build_facts())
        self.history = QTableWidget(0, 3)
        self._note = plain_label(role="muted")
        self._note.setWordWrap(True)
        if audit is not None:
            self._build_history()
            query = PageQuery(page_size=_ENTRIES, sort="-sequence", filters={"target_id": file.id})
            tools.runner.start(
                lambda context: _read(audit, query, context),
                owner=self,
                done=self._show_history,
                failed=lambda error: self._note.setText(str(error)),
            )
        close = self.add_button(_("Close"), role="primary")
        close.clicked.connect(self.reject)
        close.setFocus()

    def _build_facts(self) -> QGridLayout:
        file, settings = self.file, self._tools.settings
        size = byte_size(file.size)
        if file.size >= 1000:
            size = _("{size} ({n} bytes)").format(size=size, n=f"{file.size:,}")
        facts = (
            (N_("Type"), f"{type_text(file)} ({file.file_type})"),
            (N_("Size"), size),
            (N_("Company"), file.company_name or NO_MOMENT),
            (N_("Project"), file.project_name or NO_MOMENT),
            (N_("Uploaded by"), file.uploaded_by_name or NO_MOMENT),
            (N_("Uploaded"), local_time_exact(file.uploaded_at, settings)),
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for row, (name, value) in enumerate(facts):
            shown = plain_label(one_line(value))
            shown.setWordWrap(True)
            grid.addWidget(plain_label(_(name), role="muted"), row, 0)
            grid.addWidget(shown, row, 1)
        self.hash = QLineEdit(file.file_hash)
        self.hash.setReadOnly(True)
        self.hash.setProperty("readOnly", "true")
        self.hash.setAccessibleName("SHA-256")
        self.hash.setCursorPosition(0)
        self.copy_button = QPushButton(_("Copy"))
        self.copy_button.setIcon(icon("copy"))
        self.copy_button.clicked.connect(self._on_copy_clicked)
        beside = QHBoxLayout()
        beside.setSpacing(8)
        beside.addWidget(self.hash, 1)
        beside.addWidget(self.copy_button)
        grid.addWidget(plain_label("SHA-256", role="muted"), len(facts), 0)
        grid.addLayout(beside, len(facts), 1)
        return grid

    def _build_history(self) -> None:
        table = self.history
        table.setHorizontalHeaderLabels([_("When"), _("Who"), _("What")])
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.verticalHeader().hide()
        table.setAccessibleName(_("Who did what with it"))
        start = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
        table.horizontalHeader().setDefaultAlignment(start)
        table.setColumnWidth(0, 150)
        table.setColumnWidth(1, 200)
        table.horizontalHeader().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        table.setFixedHeight(_LISTED_HEIGHT)
        self._note.setText(_("Loading…"))
        self.content.addWidget(plain_label(_("Who did what with it"), role="strong"))
        self.content.addWidget(table)
        self.content.addWidget(self._note)

    def _show_history(self, page: Page[AuditEntry]) -> None:
        self.history.setRowCount(len(page.items))
        for row, entry in enumerate(page.items):
            texts = (
                local_time(entry.at, self._tools.settings),
                entry.actor_name or entry.actor,
                _words(entry),
            )
            for column, text in enumerate(texts):
                self.history.setItem(row, column, QTableWidgetItem(one_line(text)))
        opened = sum(entry.operation == "files.download" for entry in page.items)
        self._note.setText(
            ngettext("Opened {n} time.", "Opened {n} times.", opened).format(n=opened)
        )

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self.file.file_hash)
        self.copy_button.setText(_("Copied"))


def _words(entry: AuditEntry) -> str:
    change = entry.changes.get("file_name")
    if entry.operation == "files.change" and isinstance(change, list | tuple) and len(change) == 2:
        return _("renamed it: {before} → {after}").format(before=change[0], after=change[1])
    return _(_DONE.get(entry.operation, entry.operation))


def _read(audit: Audit, query: PageQuery, _context: TaskContext) -> Page[AuditEntry]:
    return audit.page(query)
