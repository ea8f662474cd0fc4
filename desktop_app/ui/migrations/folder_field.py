"""A folder, typed or chosen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget

from desktop_app.config.settings import UiState
from desktop_app.core.language import _
from desktop_app.ui.widgets.file_asking import file_dialog, folder_to_begin_in

FOLDER = "migrations.folder"


class FolderField(QWidget):
    """``changed`` after each edit; ``new`` folders are made inside the one chosen."""

    changed = Signal()

    def __init__(self, title: str, state: UiState, *, new: str = "") -> None:
        super().__init__()
        self._title, self._state, self._new = title, state, new
        self.line = QLineEdit()
        self.line.setAccessibleName(title)
        self.line.textChanged.connect(lambda _text: self.changed.emit())
        self.button = QPushButton(_("Choose…"))
        self.button.clicked.connect(self.choose)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.line, 1)
        row.addWidget(self.button)
        self.setFocusProxy(self.line)
        if new:
            self.line.setText(str(Path(folder_to_begin_in(state.get(FOLDER))) / new))

    @property
    def path(self) -> Path | None:
        """The folder; None while nothing usable is typed."""
        text = self.line.text().strip()
        path = Path(text)
        return path if text and path.is_absolute() else None

    def remember(self) -> None:
        """Begin beside this folder the next time."""
        if self.path is not None:
            self._state.set(FOLDER, str(self.path.parent))

    def choose(self) -> None:
        """Ask for a folder."""
        dialog = file_dialog(self, self._title, self._state, FOLDER)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self._on_selected)
        dialog.open()

    def _on_selected(self, name: str) -> None:
        path = Path(name)
        self.line.setText(str(path / self._new if self._new else path))
        self._state.set(FOLDER, str(path if self._new else path.parent))
