"""Asking for a file to open or to save, without blocking; the folder is remembered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from desktop_app.config.settings import UiState
from desktop_app.core.language import _
from desktop_app.ui.widgets.file_asking import ask, file_dialog

SUFFIXES = ("xlsx", "xlsm", "csv", "tsv", "txt")
_FOLDER = "import.folder"


def ask_open(parent: QWidget, state: UiState, chosen: Callable[[Path], object]) -> QFileDialog:
    """Ask for a table to import; ``chosen`` gets its path."""
    patterns = " ".join(f"*.{suffix}" for suffix in SUFFIXES)
    dialog = file_dialog(parent, _("Choose a file to import"), state, _FOLDER)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilters(
        [
            _("Tables ({patterns})").format(patterns=patterns),
            _("All files ({patterns})").format(patterns="*"),
        ]
    )
    return ask(dialog, state, _FOLDER, chosen)


def ask_save(
    parent: QWidget,
    state: UiState,
    title: str,
    suggested: str,
    chosen: Callable[[Path], object],
) -> QFileDialog:
    """Ask where to save a table (.xlsx or .csv); ``title`` is translated already."""
    dialog = file_dialog(parent, title, state, _FOLDER)
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
    return ask(dialog, state, _FOLDER, chosen)
