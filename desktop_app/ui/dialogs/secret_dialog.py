"""A password that is shown once: masked, copied with care, gone when the dialog is."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QMimeData, QObject, QTimer
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from desktop_app.core.language import _
from desktop_app.ui.dialogs.confirm import confirm
from desktop_app.ui.dialogs.frame import DialogFrame
from desktop_app.ui.tab import TabTools
from desktop_app.ui.theme.theme import monospace_font
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.plain_text import plain_label

CLEAR_AFTER_S = 60

_KEEP_OUT_OF_HISTORY = {
    # Clipboard history and cloud clipboard of Windows; password hint of KDE's Klipper.
    'application/x-qt-windows-mime;value="ExcludeClipboardContentFromMonitorProcessing"': b"1",
    "x-kde-passwordManagerHint": b"secret",
}


class ClipboardSecret(QObject):
    """Puts a secret on the clipboard and takes it off again after a minute, if still there."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(CLEAR_AFTER_S * 1000)
        self._timer.timeout.connect(self.clear)
        self._secret = ""
        if (app := QCoreApplication.instance()) is not None:
            app.aboutToQuit.connect(self.clear)

    def copy(self, secret: str) -> None:
        """Put ``secret`` on the clipboard, out of the reach of clipboard histories."""
        self._secret = secret
        data = QMimeData()
        data.setText(secret)
        for form, value in _KEEP_OUT_OF_HISTORY.items():
            data.setData(form, value)
        QGuiApplication.clipboard().setMimeData(data)
        self._timer.start()

    def clear(self) -> None:
        """Take the secret off the clipboard, unless something else is there by now."""
        clipboard = QGuiApplication.clipboard()
        if self._secret and clipboard.text() == self._secret:
            clipboard.clear()
        self._secret = ""
        self._timer.stop()


class SecretDialog(DialogFrame):
    """Shows ``secret`` this once. Closing without having copied or seen it asks first."""

    def __init__(
        self, title: str, text: str, secret: str, tools: TabTools, parent: QWidget
    ) -> None:
        super().__init__(title, parent, narrowest=460)
        self._noted = False
        self._clipboard = ClipboardSecret(parent)
        explanation = plain_label(text)
        explanation.setWordWrap(True)
        self.field = QLineEdit(secret)
        self.field.setReadOnly(True)
        self.field.setCursorPosition(0)
        self.field.setFont(monospace_font())
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setAccessibleName(_("One-time password"))
        self.show_button = QPushButton(_("Show"))
        self.show_button.setCheckable(True)
        self.show_button.toggled.connect(self._on_show_toggled)
        self.copy_button = QPushButton(_("Copy"))
        self.copy_button.clicked.connect(self._on_copy_clicked)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.field, 1)
        row.addWidget(self.show_button)
        row.addWidget(self.copy_button)
        self._note = plain_label(role="caption")
        self._note.hide()
        warning = Banner(tools.theme)
        warning.tell(
            _("This password cannot be shown again. Hand it over in a safe way."),
            tone="warning",
            closable=False,
        )
        self.content.addWidget(explanation)
        self.content.addLayout(row)
        self.content.addWidget(self._note)
        self.content.addWidget(warning)
        self.content.addStretch(1)
        self.close_button = self.add_button(_("Close"), role="primary")
        self.close_button.clicked.connect(self.reject)
        self.copy_button.setFocus()

    def reject(self) -> None:
        """Close; ask first when nobody can have noted the password. Then it is forgotten."""
        if self._noted:
            self.field.clear()
            super().reject()
            return
        confirm(
            self,
            title=_("Close without the password?"),
            text=_("You have neither shown nor copied it, and it cannot be shown again."),
            action=_("Close without it"),
            danger=True,
            on_yes=self._close_anyway,
        )

    def closeEvent(self, event: QCloseEvent) -> None:
        """The window's close button asks as the other ways do."""
        event.ignore()
        self.reject()

    def _close_anyway(self) -> None:
        self._noted = True
        self.reject()

    def _on_show_toggled(self, shown: bool) -> None:
        self._noted = self._noted or shown
        mode = QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password
        self.field.setEchoMode(mode)
        self.field.setCursorPosition(0)
        self.show_button.setText(_("Hide") if shown else _("Show"))

    def _on_copy_clicked(self) -> None:
        self._noted = True
        self._clipboard.copy(self.field.text())
        self._note.show()
        self._note.setText(
            _("Copied. It is taken off the clipboard in {seconds} seconds.").format(
                seconds=CLEAR_AFTER_S
            )
        )
