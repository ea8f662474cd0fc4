"""Who the users of a run sign in as. Nothing of it is kept."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.language import _, ngettext
from desktop_app.core.load.scenario import Account
from desktop_app.core.tasks import TaskContext
from desktop_app.services.loadtest.accounts import accounts_of
from desktop_app.ui.signin.password_field import PasswordField
from desktop_app.ui.tab import TabTools
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.file_asking import ask, file_dialog
from desktop_app.ui.widgets.plain_text import plain_label

FOLDER = "load.accounts_folder"


class AccountsPanel(QWidget):
    """``changed`` after each edit."""

    changed = Signal()

    def __init__(self, tools: TabTools, login_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tools = tools
        self._pool: tuple[Account, ...] = ()
        self._file = ""
        self._group = QButtonGroup(self)
        self.own, self.many = QRadioButton(), QRadioButton()
        self.login, self.password = QLineEdit(login_id), PasswordField()
        self.login.setMaxLength(100)
        self.file_button = QPushButton()
        self.pool = plain_label(role="muted")
        self.problem = Banner(tools.theme)
        self.note = plain_label(role="caption")
        self.note.setWordWrap(True)
        self._labels = [plain_label(role="caption"), plain_label(role="caption")]
        self._build()
        self.own.setChecked(True)
        self.own.toggled.connect(lambda _on: self._on_changed())
        self.login.textEdited.connect(lambda _text: self.changed.emit())
        self.password.changed.connect(self.changed)
        self.file_button.clicked.connect(self.ask_file)
        follow_language(self, self._word)

    @property
    def accounts(self) -> tuple[Account, ...]:
        """The login pool, as far as it is given."""
        if not self.own.isChecked():
            return self._pool
        login_id, password = self.login.text().strip(), self.password.text()
        return (Account(login_id=login_id, password=password),) if login_id and password else ()

    def ask_file(self) -> None:
        """Ask for a csv of accounts."""
        chooser = file_dialog(self, _("Which accounts?"), self._tools.state, FOLDER)
        chooser.setNameFilter(_("Tables") + " (*.csv)")
        ask(chooser, self._tools.state, FOLDER, self.read)

    def read(self, path: Path) -> None:
        """Read a csv of accounts in the background."""

        def work(_context: TaskContext) -> tuple[Account, ...]:
            return accounts_of(path)

        def done(found: tuple[Account, ...]) -> None:
            self._pool, self._file = found, path.name
            self.problem.hide()
            self._on_changed()

        self._tools.runner.start(work, owner=self, done=done, failed=self._on_failed)

    def _on_failed(self, error: Exception) -> None:
        self._pool, self._file = (), ""
        self.problem.tell(str(error), tone="danger")
        self._on_changed()

    def _on_changed(self) -> None:
        self._word()
        self.changed.emit()

    def _build(self) -> None:
        self._fields = QWidget()
        fields = QHBoxLayout(self._fields)
        fields.setContentsMargins(24, 0, 0, 0)
        fields.setSpacing(12)
        for label, widget in zip(self._labels, (self.login, self.password), strict=True):
            pair = QVBoxLayout()
            pair.setSpacing(4)
            pair.addWidget(label)
            pair.addWidget(widget)
            pair.addStretch(1)
            label.setBuddy(widget)
            fields.addLayout(pair, 1)
        self._files = QWidget()
        files = QHBoxLayout(self._files)
        files.setContentsMargins(24, 0, 0, 0)
        files.setSpacing(12)
        files.addWidget(self.file_button)
        files.addWidget(self.pool, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for button, part in ((self.own, self._fields), (self.many, self._files)):
            self._group.addButton(button)
            column.addWidget(button)
            column.addWidget(part)
        column.addWidget(self.problem)
        column.addWidget(self.note)

    def _word(self) -> None:
        own = self.own.isChecked()
        self.own.setText(_("All users sign in as one"))
        self.many.setText(_("Users take accounts of a file in turn"))
        for label, text in zip(self._labels, (_("Sign-in name"), _("Password")), strict=True):
            label.setText(text)
        self.login.setAccessibleName(_("Sign-in name"))
        self.password.name(_("Password"))
        self.file_button.setText(_("Choose a csv…"))
        self.file_button.setIcon(icon("folder"))
        count = len(self._pool)
        text = ngettext("{n} account of {file}", "{n} accounts of {file}", count)
        none = _("Columns: login_id, password")
        self.pool.setText(text.format(n=f"{count:,}", file=self._file) if count else none)
        self.note.setText(_("Names and passwords are not kept: neither with the run nor after it."))
        self._fields.setVisible(own)
        self._files.setVisible(not own)
