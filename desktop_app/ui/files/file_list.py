"""The files of what is evaluated, small: to be read beside a form."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.api.files import Files
from desktop_app.core.files import StoredFile
from desktop_app.core.language import _
from desktop_app.core.paging import PageQuery
from desktop_app.services.downloading import Downloading
from desktop_app.ui.files.choosing import ask_target
from desktop_app.ui.files.transfers import Transfers, words_of
from desktop_app.ui.files.type_words import type_text
from desktop_app.ui.sizes import byte_size
from desktop_app.ui.tab import TabTools
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.widgets.latest import Latest
from desktop_app.ui.widgets.plain_text import one_line, plain_label

_MOST = 200
_ROW_HEIGHT = 28
_ROWS_SEEN = 5

Scope = tuple[str, str | None]


class FileList(QWidget):
    """Lists the files of a project that are about one company or about none; to look at and save.

    ``FileList(api.files, tools)``, then ``show_for(project_id, company_id)`` whenever another
    sheet is shown. ``loaded`` carries how many there are: hide the widget where there are none.
    Enter or a double click previews, the buttons preview and download.
    """

    loaded = Signal(int)

    def __init__(self, files: Files, tools: TabTools, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tools = tools
        self._downloading = Downloading(files)
        self.transfers = Transfers(None, self._downloading, tools, self)
        self._shown: tuple[StoredFile, ...] = ()
        self.list = QListWidget()
        self.list.setUniformItemSizes(True)
        self._notice = plain_label(role="muted")
        self._notice.setWordWrap(True)
        self.preview_button, self.download_button = QPushButton(), QPushButton()
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.preview_button)
        buttons.addWidget(self.download_button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.list)
        column.addWidget(self._notice)
        column.addLayout(buttons)
        self.list.itemActivated.connect(lambda _item: self.preview())
        self.list.currentRowChanged.connect(self._on_current_row_changed)
        self.preview_button.clicked.connect(self.preview)
        self.download_button.clicked.connect(self.download)
        self._latest: Latest[Scope, list[StoredFile]] = Latest(
            lambda scope: _find(files, scope),
            tools.runner,
            answered=self._on_answered,
            failed=self._on_failed,
            parent=self,
        )
        follow_language(self, self._retranslate)
        self._show(())

    @property
    def files(self) -> tuple[StoredFile, ...]:
        """The files shown."""
        return self._shown

    def show_for(self, project_id: str, company_id: str | None) -> None:
        """Show the files of a project for whoever evaluates ``company_id`` in it."""
        self._latest.ask((project_id, company_id))

    def current(self) -> StoredFile | None:
        """The file that the keyboard's cursor is on."""
        row = self.list.currentRow()
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def preview(self) -> None:
        """Look at the current file."""
        from desktop_app.ui.files.preview_dialog import PreviewDialog

        if (file := self.current()) is not None:
            dialog = PreviewDialog(
                file, self._downloading, self._tools, download=self.download, parent=self
            )
            dialog.open()

    def download(self) -> None:
        """Ask where to, and save the current file."""
        if (file := self.current()) is not None:
            ask_target(
                self,
                self._tools.state,
                file,
                lambda path: self.transfers.download(file, path),
            )

    def _on_answered(self, _scope: Scope, found: list[StoredFile]) -> None:
        self._show(tuple(found))
        self.loaded.emit(len(found))

    def _on_failed(self, _scope: Scope, error: Exception) -> None:
        self._show((), words_of(error))

    def _show(self, files: tuple[StoredFile, ...], problem: str = "") -> None:
        self._shown = files
        self.list.clear()
        for file in files:
            facts = f"{type_text(file)} · {byte_size(file.size)}"
            item = QListWidgetItem(icon("file"), f"{one_line(file.file_name)} — {facts}")
            self.list.addItem(item)
        self.list.setCurrentRow(0 if files else -1)
        self.list.setFixedHeight(_ROW_HEIGHT * min(len(files), _ROWS_SEEN) + 4)
        self.list.setVisible(bool(files))
        self._notice.setText(problem or _("There are no files."))
        self._notice.setVisible(not files)
        self._on_current_row_changed()

    def _on_current_row_changed(self, _row: int = -1) -> None:
        for button in (self.preview_button, self.download_button):
            button.setEnabled(self.current() is not None)
            button.setVisible(bool(self._shown))

    def _retranslate(self) -> None:
        self.list.setAccessibleName(_("Files"))
        self.preview_button.setText(_("Preview"))
        self.preview_button.setIcon(icon("eye"))
        self.download_button.setText(_("Download…"))
        self.download_button.setIcon(icon("download"))


def _find(files: Files, scope: Scope) -> list[StoredFile]:
    project_id, company_id = scope
    query = PageQuery(page_size=_MOST, sort="file_name", filters={"project_id": project_id})
    found = files.page(query).items
    return [file for file in found if file.company_id in (None, company_id)]
