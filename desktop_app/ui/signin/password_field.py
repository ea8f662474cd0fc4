"""A field for a password: it can be shown, and it says when Caps Lock is on."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from desktop_app.core.language import _
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.theme.tokens import SPACE_1
from desktop_app.ui.widgets.plain_text import plain_label


class PasswordField(QWidget):
    """``changed`` on each edit, ``entered`` on Enter; what it holds leaves only by ``text``."""

    changed = Signal()
    entered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = QLineEdit()
        self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.edit.setMaxLength(256)
        self.edit.installEventFilter(self)
        self.edit.textEdited.connect(lambda _text: self.changed.emit())
        self.edit.returnPressed.connect(self.entered)
        self.reveal = QAction(icon("eye", "muted"), "", self.edit)
        self.reveal.setCheckable(True)
        self.reveal.toggled.connect(self._on_reveal_toggled)
        self.edit.addAction(self.reveal, QLineEdit.ActionPosition.TrailingPosition)
        self.caps_hint = plain_label(role="warning")
        self.caps_hint.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_1)
        column.addWidget(self.edit)
        column.addWidget(self.caps_hint)
        self.setFocusProxy(self.edit)
        follow_language(self, self._word)

    def text(self) -> str:
        """The password typed."""
        return self.edit.text()

    def clear(self) -> None:
        """Forget what was typed, and hide it again."""
        self.edit.clear()
        self.reveal.setChecked(False)
        self.caps_hint.hide()

    def name(self, accessible_name: str) -> None:
        """Name the field for a screen reader (translated)."""
        self.edit.setAccessibleName(accessible_name)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002
        """Learn from the letters typed whether Caps Lock is on: Qt does not tell it."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_CapsLock:
                self.caps_hint.hide()
            elif event.text().isalpha() and event.text().isascii():
                shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                self.caps_hint.setVisible(event.text().isupper() != shift)
        elif event.type() == QEvent.Type.FocusOut:
            self.caps_hint.hide()
        return False

    def _on_reveal_toggled(self, shown: bool) -> None:
        mode = QLineEdit.EchoMode
        self.edit.setEchoMode(mode.Normal if shown else mode.Password)
        self.reveal.setIcon(icon("eye-off" if shown else "eye", "muted"))
        self._word()

    def _word(self) -> None:
        text = _("Hide the password") if self.reveal.isChecked() else _("Show the password")
        self.reveal.setText(text)
        self.reveal.setToolTip(text)
        self.caps_hint.setText(_("Caps Lock is on."))
