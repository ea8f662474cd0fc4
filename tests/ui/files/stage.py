"""The tab of files on a real server, and files to play with."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.api.client import ApiClient
from desktop_app.core.files import PART_SIZE, StoredFile
from desktop_app.services.session import SignedIn
from desktop_app.services.upload_ledger import UploadLedger
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tabs.files import FilesTab
from tests.ui.records.stage import settle


def files_tab(qtbot: QtBot, who: SignedIn, tools: TabTools, folder: Path) -> FilesTab:
    """The tab of files, shown and loaded; ``folder`` holds the ledger of uploads."""
    api = who.api
    tab = FilesTab(
        files=api.files,
        audit=api.audit,
        companies=api.companies,
        projects=api.projects,
        users=api.users,
        imports=api.imports,
        ledger=UploadLedger(folder, server=who.profile.id, user_id=who.user.id),
        role=who.user.role,
        tools=tools,
    )
    qtbot.addWidget(tab)
    tab.resize(1100, 700)
    tab.show()
    tab.activated()
    settle(qtbot, tab.table)
    return tab


def keep(api: ApiClient, name: str, content: bytes, **target: str) -> StoredFile:
    """A file that is there already."""
    upload = api.files.start(name, len(content), **target)
    for offset in range(0, len(content), PART_SIZE):
        api.files.send_part(upload.id, offset, content[offset : offset + PART_SIZE])
    return api.files.finish(upload.id, sha256(content).hexdigest()).file


def select(tab: FilesTab, *files: StoredFile) -> None:
    """Select these files, and no others."""
    selection = tab.table.view.selectionModel()
    selection.clearSelection()
    rows = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    for file in files:
        row = tab.table.model.row_of(file.id)
        assert row is not None, file.file_name
        selection.select(tab.table.model.index(row, 0), rows)


def drop(widget: QWidget, *paths: Path) -> bool:
    """Drag files onto a widget and let them go; whether it was willing to take them."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    at = widget.rect().center()
    enter = QDragEnterEvent(at, copy, data, button, none)
    enter.ignore()
    QApplication.sendEvent(widget, enter)
    if not enter.isAccepted():
        return False
    QApplication.sendEvent(widget, QDropEvent(QPointF(at), copy, data, button, none))
    return True


def png(path: Path, width: int = 40, height: int = 30) -> bytes:
    """A small true image, through a file."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkCyan)
    assert image.save(str(path))
    return path.read_bytes()
