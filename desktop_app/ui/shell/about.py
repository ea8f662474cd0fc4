"""About the program: version, licences, where it keeps its files."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QPlainTextEdit, QWidget

from desktop_app.core.language import N_, _
from desktop_app.ui.dialogs.frame import DialogFrame
from desktop_app.ui.theme.icons import pixmap
from desktop_app.ui.theme.tokens import SPACE_2, SPACE_4
from desktop_app.ui.widgets.plain_text import plain_label

LICENCES = N_(
    "This program is proprietary. It stands on free software, each under its own licence: "
    "Qt and PySide6 (LGPL 3), Python (PSF), MongoDB (SSPL, run as a separate program), FastAPI, "
    "uvicorn, httpx, pydantic, msgspec, PyMongo, argon2-cffi, openpyxl, XlsxWriter, keyring, "
    "pyqtgraph and others (MIT, BSD or Apache 2)."
)


class AboutDialog(DialogFrame):
    """Shows ``facts`` (translated name, value) and ``folders`` (translated name, path)."""

    def __init__(
        self,
        facts: Sequence[tuple[str, str]],
        folders: Sequence[tuple[str, str]],
        parent: QWidget,
    ) -> None:
        super().__init__(_("About Evaluation Console"), parent, narrowest=560)
        self._facts, self._folders = facts, folders
        mark = plain_label()
        mark.setPixmap(pixmap("app", "text", 48))
        body = QHBoxLayout()
        body.setSpacing(SPACE_4)
        body.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        body.addLayout(self._build_facts(), 1)
        self.content.addLayout(body)
        licences = QPlainTextEdit(_(LICENCES))
        licences.setReadOnly(True)
        licences.setAccessibleName(_("Licences"))
        licences.setFixedHeight(112)
        self.content.addWidget(licences)
        self._build_buttons()

    def details(self) -> str:
        """Everything shown, as text for a report to support."""
        return "\n".join(f"{name}: {value}" for name, value in (*self._facts, *self._folders))

    def _build_facts(self) -> QFormLayout:
        form = QFormLayout()
        form.setHorizontalSpacing(SPACE_4)
        form.setVerticalSpacing(SPACE_2)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        for name, value in (*self._facts, *self._folders):
            shown = plain_label(value)
            shown.setWordWrap(True)
            shown.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse
                | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            form.addRow(plain_label(name, role="muted"), shown)
        return form

    def _build_buttons(self) -> None:
        logs = self.add_button(_("Open the log folder"), first=True)
        logs.clicked.connect(self._on_logs_clicked)
        self.copy_button = self.add_button(_("Copy details"), first=True)
        self.copy_button.clicked.connect(self._on_copy_clicked)
        close = self.add_button(_("Close"), role="primary")
        close.clicked.connect(self.accept)
        close.setFocus()

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self.details())
        self.copy_button.setText(_("Copied"))

    def _on_logs_clicked(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(self._folders[-1][1]))
