"""Before backing up: into which folder, and as of which moment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from desktop_app.core.language import _
from desktop_app.ui.dialogs.frame import DialogFrame
from desktop_app.ui.migrations.folder_field import FolderField
from desktop_app.ui.tab import TabTools
from desktop_app.ui.widgets.plain_text import plain_label


class BackupDialog(DialogFrame):
    """``ordered`` gets the folder, and whether all is to be read as of one moment."""

    def __init__(
        self,
        database: str,
        tools: TabTools,
        *,
        folder: str,
        snapshots: bool,
        ordered: Callable[[Path, bool], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Back up"), parent, narrowest=560)
        self._ordered, self._given = ordered, False
        text = _(
            "Every collection of “{database}” is written to a folder, with its indexes, its options"
            " and a checksum. The documents in it are not encrypted: keep it safe."
        )
        label = plain_label(text.format(database=database))
        label.setWordWrap(True)
        self.content.addWidget(label)
        self.folder = FolderField(_("New folder"), tools.state, new=folder)
        column = QVBoxLayout()
        column.setSpacing(4)
        title = plain_label(_("New folder"))
        title.setBuddy(self.folder)
        column.addWidget(title)
        column.addWidget(self.folder)
        self.content.addLayout(column)
        self.snapshot = QCheckBox(_("All collections as of one moment"))
        self.snapshot.setChecked(snapshots)
        self.snapshot.setEnabled(snapshots)
        hint = _(
            "Without it collections may differ by moments; a very large database may need that."
        )
        if not snapshots:
            hint = _("This server cannot read so: collections may differ by moments.")
        caption = plain_label(hint, role="caption")
        caption.setWordWrap(True)
        self.content.addWidget(self.snapshot)
        self.content.addWidget(caption)
        self.content.addStretch(1)
        self.cancel_button = self.add_button(_("Cancel"))
        self.cancel_button.clicked.connect(self.reject)
        self.action_button = self.add_button(_("Back up"), role="primary")
        self.action_button.clicked.connect(self.order)
        self.folder.changed.connect(self._show)
        self._show()
        self.folder.setFocus()

    def order(self) -> None:
        """Give the order, once."""
        folder = self.folder.path
        if self._given or folder is None:
            return
        self._given = True
        self.folder.remember()
        self.accept()
        self._ordered(folder, self.snapshot.isChecked())

    def _show(self) -> None:
        self.action_button.setEnabled(self.folder.path is not None)
