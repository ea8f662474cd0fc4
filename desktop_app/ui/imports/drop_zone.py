"""A place to drop a file on, or to press a button."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from desktop_app.core.language import _
from desktop_app.ui.imports.file_choice import SUFFIXES
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.theme.theme import set_look
from desktop_app.ui.widgets.plain_text import plain_label


class DropZone(QFrame):
    """``dropped`` carries the ``Path``; ``choose_wanted`` and ``template_wanted`` its buttons."""

    dropped = Signal(object)
    choose_wanted = Signal()
    template_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "surface")
        self.setAcceptDrops(True)
        self.choose_button, self.template_button = QPushButton(), QPushButton()
        self.choose_button.setIcon(icon("folder"))
        self.template_button.setIcon(icon("download"))
        self.template_button.setProperty("role", "quiet")
        self.choose_button.clicked.connect(self.choose_wanted)
        self.template_button.clicked.connect(self.template_wanted)
        self._text = plain_label(role="muted")
        self._text.setWordWrap(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(12)
        row.addWidget(self.choose_button)
        row.addWidget(self._text, 1)
        row.addWidget(self.template_button)
        follow_language(self, self._retranslate)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """One file of a kind that can be read is welcome."""
        if _file_in(event.mimeData()) is not None:
            set_look(self, "dropping", True)
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """The file went elsewhere."""
        set_look(self, "dropping", False)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Take the file."""
        set_look(self, "dropping", False)
        path = _file_in(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.dropped.emit(path)

    def _retranslate(self) -> None:
        self.choose_button.setText(_("Choose file…"))
        self.template_button.setText(_("Save a template…"))
        self.template_button.setToolTip(_("An empty file with the right headings, to fill in."))
        self._text.setText(_("or drop a file here: xlsx, csv or tsv"))


def _file_in(data: QMimeData) -> Path | None:
    urls = data.urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    path = Path(urls[0].toLocalFile())
    return path if path.suffix.lower().lstrip(".") in SUFFIXES else None
