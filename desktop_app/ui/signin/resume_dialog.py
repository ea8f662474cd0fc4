"""Signing in again over what is on screen, after the session has ended."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop_app.core.errors import ConsoleError
from desktop_app.core.language import _
from desktop_app.ui.signin.password_field import PasswordField
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.theme import set_role
from desktop_app.ui.theme.tokens import SPACE_1, SPACE_2, SPACE_4, SPACE_6
from desktop_app.ui.widgets.plain_text import one_line, plain_label


class ResumeDialog(QDialog):
    """Asks the same person for the password.

    ``resume_asked`` carries it; ``give_up_asked`` leaves for the sign-in page. Closing the dialog
    by Esc or its frame asks to give up, too.
    """

    resume_asked = Signal(str)
    give_up_asked = Signal()

    def __init__(self, name: str, login_id: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._name, self._login = one_line(name), one_line(login_id)
        self._busy = False
        self.setModal(True)
        self._words = plain_label()
        self._words.setWordWrap(True)
        self._label = plain_label()
        self.password = PasswordField()
        self._label.setBuddy(self.password.edit)
        self.problem = plain_label(role="problem")
        self.problem.setWordWrap(True)
        self.button, self.leave = QPushButton(), QPushButton()
        set_role(self.button, "primary")
        self.button.setDefault(True)
        self.button.clicked.connect(self._ask)
        self.leave.clicked.connect(self.reject)
        self.password.changed.connect(self.problem.clear)
        self._build()
        follow_language(self, self._word)

    def show_error(self, error: ConsoleError) -> None:
        """Say why it did not work; the dialog stays."""
        self._set_busy(False)
        self.problem.setText(str(error))
        self.problem.setAccessibleName(str(error))
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)
        self.password.edit.selectAll()

    def reject(self) -> None:
        """Never just close: whoever opened it decides."""
        if not self._busy:
            self.give_up_asked.emit()

    def finish(self) -> None:
        """Close for good."""
        self.password.clear()
        self.done(int(QDialog.DialogCode.Accepted))
        self.deleteLater()

    def _ask(self) -> None:
        if self._busy or not self.password.text():
            return
        self._set_busy(True)
        self.resume_asked.emit(self.password.text())

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        for part in (self.password, self.button, self.leave):
            part.setEnabled(not busy)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_6, SPACE_6, SPACE_6, SPACE_4)
        column.setSpacing(SPACE_1)
        column.addWidget(self._words)
        column.addSpacing(SPACE_4)
        for part in (self._label, self.password, self.problem):
            column.addWidget(part)
        column.addSpacing(SPACE_4)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_2)
        buttons.addStretch(1)
        buttons.addWidget(self.leave)
        buttons.addWidget(self.button)
        column.addLayout(buttons)
        column.addStrut(440 - 2 * SPACE_6)

    def _word(self) -> None:
        self.setWindowTitle(_("Sign in again"))
        self._words.setText(
            _(
                "Your session has ended. Sign in again as {name} ({login}): what is on screen is "
                "kept, and what was under way goes on."
            ).format(name=self._name, login=self._login)
        )
        self._label.setText(_("Password"))
        self.password.name(_("Password"))
        self.button.setText(_("Sign in and go on"))
        self.leave.setText(_("Sign out"))
