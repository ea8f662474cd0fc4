"""Asking for a file or a folder without blocking; where it was is remembered under a key."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop_app.config.settings import UiState


def file_dialog(parent: QWidget, title: str, state: UiState, key: str) -> QFileDialog:
    """A dialog that begins where the last one of ``key`` ended; ``title`` is translated."""
    dialog = QFileDialog(parent, title)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setDirectory(folder_to_begin_in(state.get(key)))
    return dialog


def ask(
    dialog: QFileDialog, state: UiState, key: str, chosen: Callable[[Path], object]
) -> QFileDialog:
    """Open a dialog for one file; ``chosen`` gets its path, and its folder is remembered."""

    def on_file_selected(name: str) -> None:
        state.set(key, str(Path(name).parent))
        chosen(Path(name))

    dialog.fileSelected.connect(on_file_selected)
    dialog.open()
    return dialog


def folder_to_begin_in(kept: object) -> str:
    """The folder ``kept`` from the last time if it is still there, else documents, else home."""
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    for folder in (kept, documents):
        if isinstance(folder, str) and folder and Path(folder).is_dir():
            return folder
    return str(Path.home())
