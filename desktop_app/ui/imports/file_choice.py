"""Asking for a file to open or to save, without blocking; the folder is remembered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop_app.config.settings import UiState
from desktop_app.core.language import _

SUFFIXES = ("xlsx", "xlsm", "csv", "tsv", "txt")
_FOLDER = "import.folder"


def ask_open(parent: QWidget, state: UiState, chosen: Callable[[Path], object]) -> QFileDialog:
    """Ask for a table to import; ``chosen`` gets its path."""
    patterns = " ".join(f"*.{suffix}" for suffix in SUFFIXES)
    dialog = _dialog(parent, _("Choose a file to import"), state)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilters(
        [
            _("Tables ({patterns})").format(patterns=patterns),
            _("All files ({patterns})").format(patterns="*"),
        ]
    )
    return _ask(dialog, state, chosen)


def ask_save(
    parent: QWidget,
    state: UiState,
    title: str,
    suggested: str,
    chosen: Callable[[Path], object],
) -> QFileDialog:
    """Ask where to save a table (.xlsx or .csv); ``title`` is translated already."""
    dialog = _dialog(parent, title, state)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilters(
        [
            _("Excel workbook ({patterns})").format(patterns="*.xlsx"),
            _("Text with commas, UTF-8 ({patterns})").format(patterns="*.csv"),
        ]
    )
    dialog.setDefaultSuffix("xlsx")
    dialog.filterSelected.connect(
        lambda name: dialog.setDefaultSuffix("csv" if "*.csv" in name else "xlsx")
    )
    dialog.selectFile(suggested)
    return _ask(dialog, state, chosen)


def _dialog(parent: QWidget, title: str, state: UiState) -> QFileDialog:
    dialog = QFileDialog(parent, title)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setDirectory(folder_to_begin_in(state.get(_FOLDER)))
    return dialog


def folder_to_begin_in(kept: object) -> str:
    """The folder ``kept`` from the last time if it is still there, else documents, else home."""
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    for folder in (kept, documents):
        if isinstance(folder, str) and folder and Path(folder).is_dir():
            return folder
    return str(Path.home())


def _ask(dialog: QFileDialog, state: UiState, chosen: Callable[[Path], object]) -> QFileDialog:
    def on_file_selected(name: str) -> None:
        state.set(_FOLDER, str(Path(name).parent))
        chosen(Path(name))

    dialog.fileSelected.connect(on_file_selected)
    dialog.open()
    return dialog
