"""Choosing a new password: the rules are told while one types."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.errors import ConsoleError, Rejected
from desktop_app.core.language import N_, _
from desktop_app.core.users import MINIMUM_PASSWORD
from desktop_app.ui.signin.password_field import PasswordField
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import pixmap
from desktop_app.ui.theme.theme import set_role
from desktop_app.ui.theme.tokens import SPACE_1, SPACE_2, SPACE_4, SPACE_6
from desktop_app.ui.widgets.plain_text import plain_label

FIELD_WIDTH = 320

Rule = tuple[str, Callable[[str, str, str, str], bool]]
"""A message id, and whether it holds for login, current, new, repeated."""

RULES: tuple[Rule, ...] = (
    (
        N_("At least {minimum} characters"),
        lambda _login, _current, new, _again: len(new) >= MINIMUM_PASSWORD,
    ),
    (
        N_("Does not contain the sign-in name"),
        lambda login, _current, new, _again: bool(new) and login.lower() not in new.lower(),
    ),
    (
        N_("Differs from the current password"),
        lambda _login, current, new, _again: bool(new) and new != current,
    ),
    (N_("Both entries are alike"), lambda _login, _current, new, again: bool(new) and new == again),
)


class NewPasswordForm(QWidget):
    """``asked`` carries the current and the new password once all rules hold."""

    asked = Signal(str, str)
    ready_changed = Signal(bool)

    def __init__(self, login_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._login = login_id
        self._busy = False
        self.current, self.new, self.again = PasswordField(), PasswordField(), PasswordField()
        self._fields = (self.current, self.new, self.again)
        self._labels = tuple(plain_label() for _field in self._fields)
        self.problem = plain_label(role="problem")
        self.problem.setWordWrap(True)
        self._marks = tuple(plain_label() for _rule in RULES)
        self._words = tuple(plain_label(role="muted") for _rule in RULES)
        self._build()
        for field in self._fields:
            field.changed.connect(self._show_rules)
            field.entered.connect(self.ask)
        follow_language(self, self._word)

    @property
    def ready(self) -> bool:
        """Whether every rule holds."""
        return bool(self.current.text()) and all(rule(*self._typed()) for _text, rule in RULES)

    def know_current(self, password: str) -> None:
        """Take the current password from the sign-in just made: it need not be typed again."""
        self.current.edit.setText(password)
        self.current.hide()
        self._labels[0].hide()
        self._show_rules()

    def ask(self) -> None:
        """Ask for the change, once all rules hold and none is under way."""
        if self.ready and not self._busy:
            self.show_busy(True)
            self.asked.emit(self.current.text(), self.new.text())

    def show_busy(self, busy: bool) -> None:
        """Whether the change is under way."""
        self._busy = busy
        for field in self._fields:
            field.setEnabled(not busy)
        self.ready_changed.emit(self.ready and not busy)

    def show_error(self, error: ConsoleError) -> None:
        """Say why the server refused."""
        self.show_busy(False)
        problems = [p.text() for p in error.problems] if isinstance(error, Rejected) else []
        self.problem.setText("\n".join(problems) or str(error))
        self.problem.setAccessibleName(self.problem.text())
        wrong = isinstance(error, Rejected) and any(
            problem.field == "current_password" for problem in error.problems
        )
        if wrong:
            self.current.show()
            self._labels[0].show()
        (self.current if wrong else self.new).setFocus(Qt.FocusReason.OtherFocusReason)

    def forget(self) -> None:
        """Forget everything typed."""
        for field in self._fields:
            field.clear()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_1)
        for label, field in zip(self._labels, self._fields, strict=True):
            label.setBuddy(field.edit)
            field.setFixedWidth(FIELD_WIDTH)
            column.addWidget(label)
            column.addWidget(field)
            column.addSpacing(SPACE_2)
        rules = QFormLayout()
        rules.setHorizontalSpacing(SPACE_2)
        rules.setVerticalSpacing(SPACE_1)
        for mark, words in zip(self._marks, self._words, strict=True):
            rules.addRow(mark, words)
        column.addLayout(rules)
        column.addWidget(self.problem)

    def _typed(self) -> tuple[str, str, str, str]:
        return self._login, self.current.text(), self.new.text(), self.again.text()

    def _show_rules(self) -> None:
        self.problem.clear()
        typed = self._typed()
        for (text, rule), mark, words in zip(RULES, self._marks, self._words, strict=True):
            holds = rule(*typed)
            mark.setPixmap(pixmap("check" if holds else "minus", "ok" if holds else "muted", 16))
            words.setText(_(text).format(minimum=MINIMUM_PASSWORD))
            words.setAccessibleName(
                (_("{rule}: met") if holds else _("{rule}: not met yet")).format(rule=words.text())
            )
            set_role(words, "ok" if holds else "muted")
        self.ready_changed.emit(self.ready and not self._busy)

    def _word(self) -> None:
        names = (_("Current password"), _("New password"), _("New password again"))
        for name, label, field in zip(names, self._labels, self._fields, strict=True):
            label.setText(name)
            field.name(name)
        self._show_rules()


class NewPasswordPage(QWidget):
    """The page after a sign-in that demands a new password first."""

    sign_out_asked = Signal()

    def __init__(self, login_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self._login = login_id
        self.form = NewPasswordForm(login_id)
        self.button, self.back = QPushButton(), QPushButton()
        set_role(self.button, "primary")
        self.button.clicked.connect(self.form.ask)
        self.back.clicked.connect(self.sign_out_asked)
        self.form.ready_changed.connect(self.button.setEnabled)
        self.button.setEnabled(False)
        self._title, self._purpose = plain_label(role="title"), plain_label(role="muted")
        self._purpose.setWordWrap(True)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_2)
        for part in (self.back, self.button):
            buttons.addWidget(part)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_6 * 2, SPACE_6 * 2, SPACE_6 * 2, SPACE_6)
        column.setSpacing(SPACE_1)
        column.addWidget(self._title)
        column.addWidget(self._purpose)
        column.addSpacing(SPACE_6)
        column.addWidget(self.form)
        column.addSpacing(SPACE_4)
        column.addLayout(buttons)
        column.addStretch(1)
        follow_language(self, self._word)

    def _word(self) -> None:
        self._title.setText(_("Choose a new password"))
        self._purpose.setText(
            _(
                "You are signed in as {login}. Your password was given to you by someone else; "
                "only you should know the next one."
            ).format(login=self._login)
        )
        self.button.setText(_("Set the password"))
        self.back.setText(_("Sign out"))


class NewPasswordDialog(QDialog):
    """Changing one's own password at any time; deletes itself when closed."""

    def __init__(self, login_id: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Change password"))
        self.form = NewPasswordForm(login_id)
        self.button = QPushButton(_("Change password"))
        set_role(self.button, "primary")
        self.button.setDefault(True)
        self.button.setEnabled(False)
        cancel = QPushButton(_("Cancel"))
        cancel.clicked.connect(self.reject)
        self.button.clicked.connect(self.form.ask)
        self.form.ready_changed.connect(self.button.setEnabled)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_2)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_6, SPACE_6, SPACE_6, SPACE_4)
        column.setSpacing(SPACE_4)
        column.addWidget(self.form)
        column.addLayout(buttons)
