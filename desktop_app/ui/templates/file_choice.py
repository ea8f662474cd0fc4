"""Asking for a file of templates to open or to save, without blocking; the folder is remembered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from desktop_app.config.settings import UiState
from desktop_app.core.language import N_, _
from desktop_app.ui.widgets.file_asking import ask, file_dialog

FORMATS = (("xlsx", N_("Excel workbook ({patterns})")), ("json", N_("JSON ({patterns})")))
_FOLDER = "templates.folder"


def ask_open(parent: QWidget, state: UiState, chosen: Callable[[Path], object]) -> QFileDialog:
    """Ask for a file with templates; ``chosen`` gets its path."""
    dialog = file_dialog(parent, _("Choose a file with templates"), state, _FOLDER)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    patterns = " ".join(f"*.{suffix}" for suffix, _label in FORMATS)
    dialog.setNameFilters(
        [
            _("Templates ({patterns})").format(patterns=patterns),
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
    """Ask where to save templates, as a workbook or as JSON; ``title`` is translated already."""
    dialog = file_dialog(parent, title, state, _FOLDER)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    names = {_(label).format(patterns=f"*.{suffix}"): suffix for suffix, label in FORMATS}
    dialog.setNameFilters(list(names))
    dialog.setDefaultSuffix(FORMATS[0][0])
    dialog.filterSelected.connect(lambda name: dialog.setDefaultSuffix(names[name]))
    dialog.selectFile(suggested)
    return ask(dialog, state, _FOLDER, chosen)


def file_name_of(name: str) -> str:
    """``name`` as a file may be called on any system, without a suffix."""
    plain = "".join(c if c.isalnum() or c in " -_()." else " " for c in name)
    return " ".join(plain.split()).strip(". ")[:80] or "templates"
