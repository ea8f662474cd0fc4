"""Choosing the database to look at: the platform's, or any MongoDB by its address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QLabel,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.config.profiles import ENVIRONMENT_LABELS, Environment
from desktop_app.core.errors import ConsoleError
from desktop_app.core.language import _
from desktop_app.core.tasks import TaskContext
from desktop_app.db.migrations.server import ServerFacts
from desktop_app.services.migrations.choice import (
    LONGEST_ADDRESS,
    LONGEST_NAME,
    DatabaseChoice,
    check_choice,
)
from desktop_app.services.migrations.desk import Desk
from desktop_app.ui.dialogs.frame import DialogFrame
from desktop_app.ui.signin.password_field import PasswordField
from desktop_app.ui.tab import TabTools
from desktop_app.ui.theme.theme import set_look
from desktop_app.ui.theme.tokens import SPACE_1
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.plain_text import plain_label


class TargetDialog(DialogFrame):
    """Tries the database before it closes; ``chosen`` gets it, once it has let one in."""

    def __init__(
        self,
        desk: Desk,
        choice: DatabaseChoice,
        tools: TabTools,
        *,
        chosen: Callable[[DatabaseChoice], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Choose a database"), parent, narrowest=520)
        self._desk, self._tools, self._chosen = desk, tools, chosen
        self._trying = False
        self._typed_stake = bool(choice.uri)
        self._problems: dict[str, QLabel] = {}
        self.banner = Banner(tools.theme)
        self.own = QRadioButton(_("The database of this platform"))
        self.other = QRadioButton(_("Another MongoDB, by its address"))
        self.uri, self.database = QLineEdit(choice.uri), QLineEdit(choice.database)
        self.password = PasswordField()
        self.environment = QComboBox()
        self._stake_note = plain_label(role="caption")
        self._stake_note.setWordWrap(True)
        for stake in (Environment.LOCAL, Environment.STAGING, Environment.PRODUCTION):
            self.environment.addItem(_(ENVIRONMENT_LABELS[stake]), stake.value)
        self._build()
        self.own.setEnabled(desk.has_own)
        (self.other if choice.uri or not desk.has_own else self.own).setChecked(True)
        self.environment.setCurrentIndex(self.environment.findData(choice.environment.value))
        self._connect()
        self._show()
        (self.uri if self.other.isChecked() else self.own).setFocus()

    def choice(self) -> DatabaseChoice:
        """What is chosen; it may have problems."""
        uri = self.uri.text().strip() if self.other.isChecked() else ""
        made = DatabaseChoice(
            uri=uri,
            database=self.database.text().strip(),
            environment=Environment(self.environment.currentData()),
        )
        return made if check_choice(made) else self._desk.settled(made)

    def try_it(self) -> None:
        """Check, connect, and close; a second call while it tries does nothing."""
        if self._trying:
            return
        choice = self.choice()
        found = check_choice(choice)
        problems = {one.field: one.text() for one in found}
        if any(one.code == "address_form" for one in found):
            problems["uri"] = _("Write it as in mongodb://host.example:27017/?replicaSet=rs0.")
        if self.other.isChecked() and not choice.uri:
            problems["uri"] = _("Type an address.")
        for field, label in self._problems.items():
            label.setText(problems.get(field, ""))
            label.setVisible(field in problems)
            set_look(getattr(self, field), "problem", field in problems)
        if problems:
            getattr(self, next(iter(problems))).setFocus()
            return
        desk, password = self._desk, self.password.text()

        def work(_context: TaskContext) -> ServerFacts:
            return desk.connect(choice, password)

        self._trying = True
        self.banner.hide()
        self._show()
        self._tools.runner.start(
            work,
            owner=self,
            done=lambda _facts: self._done(choice),
            failed=self._failed,
        )

    def reject(self) -> None:
        """Close; what is tried meanwhile is of no interest any more."""
        self.password.clear()
        super().reject()

    def _build(self) -> None:
        which = QButtonGroup(self)
        self.content.addWidget(self.banner)
        for button in (self.own, self.other):
            which.addButton(button)
            self.content.addWidget(button)
        self.uri.setMaxLength(LONGEST_ADDRESS)
        self.uri.setPlaceholderText("mongodb://name@db.example.org:27017/?replicaSet=rs0")
        self.database.setMaxLength(LONGEST_NAME)
        self.address_label = self._field(
            _("Address"),
            self.uri,
            "uri",
            _("With the name of the database's user, never with a password."),
        )
        self.password.name(_("Password"))
        kept = _("Kept in this computer's keyring. Empty: the one kept already.")
        if not self._desk.passwords_kept:
            kept = _("This computer has no keyring: the password is kept until the console closes.")
        self.password_label = self._field(_("Password"), self.password, "", kept)
        self._field(_("Database"), self.database, "database", "")
        self._field(_("Environment"), self.environment, "", "")
        self.content.addWidget(self._stake_note)
        self.content.addStretch(1)
        self.cancel_button = self.add_button(_("Cancel"))
        self.cancel_button.clicked.connect(self.reject)
        self.action_button = self.add_button(_("Connect"), role="primary")
        self.action_button.clicked.connect(self.try_it)

    def _field(self, text: str, field: QWidget, key: str, hint: str) -> QLabel:
        label = plain_label(text)
        label.setBuddy(field)
        if not isinstance(field, PasswordField):
            field.setAccessibleName(text)
        field.setAccessibleDescription(hint)
        column = QVBoxLayout()
        column.setSpacing(SPACE_1)
        column.addWidget(label)
        column.addWidget(field)
        if hint:
            caption = plain_label(hint, role="caption")
            caption.setWordWrap(True)
            column.addWidget(caption)
        if key:
            problem = plain_label(role="problem")
            problem.setWordWrap(True)
            problem.hide()
            self._problems[key] = problem
            column.addWidget(problem)
        self.content.addLayout(column)
        return label

    def _connect(self) -> None:
        self.own.toggled.connect(lambda _on: self._show())
        self.uri.textEdited.connect(lambda _text: self._on_uri_edited())
        self.environment.activated.connect(self._on_environment_activated)
        self.password.entered.connect(self.try_it)

    def _on_uri_edited(self) -> None:
        if not self._typed_stake:
            self._suggest()
        self._show()

    def _suggest(self) -> None:
        made = replace(self.choice(), database="x")
        if made.uri and not check_choice(made):
            stake = self._desk.suggested(made.uri)
            self.environment.setCurrentIndex(self.environment.findData(stake.value))

    def _on_environment_activated(self) -> None:
        self._typed_stake = True

    def _show(self) -> None:
        other = self.other.isChecked()
        idle = not self._trying
        for part in (self.uri, self.password, self.address_label, self.password_label):
            part.setEnabled(other and idle)
        self.password.setEnabled(idle and (other or not self._desk.own_holds_password))
        self.password_label.setEnabled(self.password.isEnabled())
        self.own.setEnabled(idle and self._desk.has_own)
        self.other.setEnabled(idle)
        self.database.setEnabled(idle)
        self._show_stake(other, idle)
        self.action_button.setEnabled(idle)
        self.action_button.setText(_("Connect") if idle else _("Connecting…"))

    def _show_stake(self, other: bool, idle: bool) -> None:
        made = self.choice()
        least = None
        if not other:
            least = self._desk.own().environment
        elif made.uri and not check_choice(replace(made, database="x")):
            least = self._desk.least_stake(made.uri)
        if least is not None and (not other or made.environment is not self._shown_stake()):
            self.environment.setCurrentIndex(self.environment.findData(made.environment.value))
        fixed = not other or least is Environment.PRODUCTION
        self.environment.setEnabled(idle and not fixed)
        text = _("Production is migrated only with a backup, and after it was unlocked.")
        if fixed:
            text = _("As the connection of this address says.")
        self._stake_note.setText(text)

    def _shown_stake(self) -> Environment:
        return Environment(self.environment.currentData())

    def _done(self, choice: DatabaseChoice) -> None:
        self._trying = False
        self.password.clear()
        self.accept()
        self._chosen(choice)

    def _failed(self, error: Exception) -> None:
        self._trying = False
        self._show()
        if isinstance(error, ConsoleError):
            self.banner.tell(str(error), tone="danger")
        else:
            self._tools.messages.post_error(error, doing=self.windowTitle())
        self.password.setFocus()
