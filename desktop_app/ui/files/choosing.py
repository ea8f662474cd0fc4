"""Asking for files to upload and for places to save to, without blocking."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop_app.config.settings import UiState
from desktop_app.core.file_names import local_name
from desktop_app.core.files import StoredFile
from desktop_app.core.language import _
from desktop_app.ui.widgets.file_asking import ask, file_dialog

_SENT_FROM, _SAVED_TO = "files.sent_from", "files.saved_to"


def ask_files(
    parent: QWidget, state: UiState, chosen: Callable[[tuple[Path, ...]], object]
) -> QFileDialog:
    """Ask for files to upload, several at once."""
    dialog = file_dialog(parent, _("Choose files to upload"), state, _SENT_FROM)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)

    def on_files_selected(names: Sequence[str]) -> None:
        paths = tuple(Path(name) for name in names)
        state.set(_SENT_FROM, str(paths[0].parent))
        chosen(paths)

    dialog.filesSelected.connect(on_files_selected)
    dialog.open()
    return dialog


def ask_target(
    parent: QWidget, state: UiState, file: StoredFile, chosen: Callable[[Path], object]
) -> QFileDialog:
    """Ask where to save one file."""
    dialog = file_dialog(parent, _("Save the file as"), state, _SAVED_TO)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.selectFile(local_name(file.file_name))
    return ask(dialog, state, _SAVED_TO, chosen)


def ask_folder(parent: QWidget, state: UiState, chosen: Callable[[Path], object]) -> QFileDialog:
    """Ask for a folder to save several files to."""
    dialog = file_dialog(parent, _("Save the files to which folder?"), state, _SAVED_TO)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)

    def on_file_selected(name: str) -> None:
        state.set(_SAVED_TO, name)
        chosen(Path(name))

    dialog.fileSelected.connect(on_file_selected)
    dialog.open()
    return dialog


def targets_in(folder: Path, files: Sequence[StoredFile]) -> list[Path]:
    """A free name in ``folder`` for each file: nothing that is there is written over."""
    taken: set[str] = set()
    targets = []
    for file in files:
        wanted = folder / local_name(file.file_name)
        target, number = wanted, 1
        while target.name.lower() in taken or target.exists():
            number += 1
            target = wanted.with_name(f"{wanted.stem} ({number}){wanted.suffix}")
        taken.add(target.name.lower())
        targets.append(target)
    return targets


def files_in(data: QMimeData) -> tuple[Path, ...]:
    """The local files that are dragged; folders and addresses of elsewhere are none."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return tuple(path for path in paths if path.is_file())
