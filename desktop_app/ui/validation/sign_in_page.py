"""Who signs in for the checks: the operator's own sign-ins, proven, or users made for the run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.language import N_, _
from desktop_app.core.users import ROLE_LABELS, Role
from desktop_app.core.validation.report import SignInProven
from desktop_app.engines.validation.target import Credential
from desktop_app.ui.exchanges.exchange_dialog import ExchangeDialog
from desktop_app.ui.signin.password_field import PasswordField
from desktop_app.ui.tab import TabTools
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.validation.secrets_panel import SecretsPanel
from desktop_app.ui.widgets.first_focus import FirstFocus
from desktop_app.ui.widgets.plain_text import plain_label
from desktop_app.ui.widgets.status_chip import StatusChip

GIVEN, MADE = "given", "made"
_HEADINGS = (N_("Role"), N_("Sign-in"), N_("Sign-in name"), N_("Password"), N_("State"))
_LONGEST = 100


@dataclass(slots=True)
class _Person:
    """One role's row."""

    role: QLabel
    how: QComboBox
    login: QLineEdit
    password: PasswordField
    state: StatusChip
    evidence: QPushButton
    proven: SignInProven | None = None


class SignInPage(QWidget):
    """``prove_asked`` when the sign-ins given are to be tried; ``changed`` after each edit.

    Passwords are in the fields only: they go with a run, and are gone when the console closes.
    """

    prove_asked = Signal()
    changed = Signal()

    def __init__(self, tools: TabTools, login_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tools = tools
        self._proving = False
        self.waits = plain_label(role="muted")
        self.people: Mapping[Role, _Person] = {role: self._person(role, tools) for role in Role}
        self.people[Role.ADMIN].login.setText(login_id)
        self.note = plain_label(role="muted")
        self.note.setWordWrap(True)
        self.prove_button = QPushButton()
        self.prove_button.clicked.connect(self.prove_asked)
        self.secrets = SecretsPanel(tools.theme)
        self._headings = [plain_label(role="caption") for _heading in _HEADINGS]
        self._build()
        FirstFocus(self, self.people[Role.ADMIN].password)
        follow_language(self, self._word)

    def credentials(self) -> tuple[Credential, ...]:
        """The sign-ins that the operator gives."""
        return tuple(
            Credential(role=role, login_id=one.login.text().strip(), password=one.password.text())
            for role, one in self.people.items()
            if one.how.currentData() == GIVEN and one.login.text().strip() and one.password.text()
        )

    @property
    def proven(self) -> tuple[SignInProven, ...]:
        """How those sign-ins went that were tried as they stand."""
        return tuple(one.proven for one in self.people.values() if one.proven is not None)

    @property
    def all_proven(self) -> bool:
        """Whether every sign-in given was tried and worked."""
        given = {credential.role.value for credential in self.credentials()}
        worked = {one.role for one in self.proven if one.ok}
        return bool(given) and given <= worked

    def show_proving(self) -> None:
        """They are being tried."""
        self._proving = True
        self.waits.setText("")
        for one in self.people.values():
            one.proven = None
        self._word()

    def show_waiting(self, text: str) -> None:
        """Why and how long they still have to wait (translated); "" for no more."""
        self.waits.setText(text)

    def show_proven(self, proven: Iterable[SignInProven]) -> None:
        """How each went."""
        self._proving = False
        self.waits.setText("")
        for found in proven:
            self.people[Role(found.role)].proven = found
        self._word()

    def _person(self, role: Role, tools: TabTools) -> _Person:
        how = QComboBox()
        how.addItem("", GIVEN)
        how.addItem("", MADE)
        how.setCurrentIndex(0 if role is Role.ADMIN else 1)
        one = _Person(
            role=plain_label(role="strong"),
            how=how,
            login=QLineEdit(),
            password=PasswordField(),
            state=StatusChip(tools.theme),
            evidence=QPushButton(),
        )
        one.login.setMaxLength(_LONGEST)
        one.evidence.setProperty("role", "link")
        how.currentIndexChanged.connect(lambda _at: self._on_edited(one))
        one.login.textEdited.connect(lambda _text: self._on_edited(one))
        one.password.changed.connect(lambda: self._on_edited(one))
        one.password.entered.connect(self.prove_asked)
        one.login.returnPressed.connect(one.password.setFocus)
        one.evidence.clicked.connect(lambda: self.show_exchange(role))
        return one

    def show_exchange(self, role: Role) -> None:
        """The request of a sign-in and its answer."""
        proven = self.people[role].proven
        if proven is not None and proven.exchange is not None:
            title = _("Sign-in of {role}").format(role=_(ROLE_LABELS[role]))
            ExchangeDialog(title, (proven.exchange,), self._tools.theme, self.window()).open()

    def _build(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        for column, heading in enumerate(self._headings):
            grid.addWidget(heading, 0, column)
        for row, one in enumerate(self.people.values(), 1):
            state = QHBoxLayout()
            state.setSpacing(8)
            state.addWidget(one.state)
            state.addWidget(one.evidence)
            state.addStretch(1)
            top = Qt.AlignmentFlag.AlignTop
            one.role.setFixedHeight(32)
            one.state.setFixedHeight(32)
            grid.addWidget(one.role, row, 0, top)
            grid.addWidget(one.how, row, 1, top)
            grid.addWidget(one.login, row, 2, top)
            grid.addWidget(one.password, row, 3, top)
            grid.addLayout(state, row, 4, top)
            one.login.setMinimumWidth(100)
            one.login.setMaximumWidth(220)
            one.password.setMinimumWidth(110)
            one.password.setMaximumWidth(220)
        grid.setColumnStretch(2, 1)
        grid.setColumnStretch(3, 1)
        grid.setColumnStretch(4, 2)
        proving = QHBoxLayout()
        proving.setSpacing(12)
        proving.addWidget(self.prove_button)
        proving.addWidget(self.waits, 1)
        content = QWidget()
        whole = QVBoxLayout(content)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(16)
        whole.addWidget(self.note)
        whole.addLayout(grid)
        whole.addLayout(proving)
        whole.addWidget(self.secrets)
        whole.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        content.setObjectName("scrolled")
        area.setWidget(content)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)

    def _on_edited(self, one: _Person) -> None:
        one.proven = None  # what was proven was another sign-in
        self._word()
        self.changed.emit()

    def _show_state(self, role: Role, one: _Person) -> None:
        given = one.how.currentData() == GIVEN
        one.login.setEnabled(given and not self._proving)
        one.password.setEnabled(given and not self._proving)
        one.how.setEnabled(not self._proving)
        one.evidence.setVisible(one.proven is not None and one.proven.exchange is not None)
        one.state.setToolTip("")
        if not given:
            nobody = role is Role.ADMIN
            text = _("Nobody: much cannot be tried") if nobody else _("Made when the run begins")
            one.state.show_state(text, "warning" if nobody else "user-plus", "muted")
        elif one.proven is not None:
            good = one.proven.ok
            said = one.proven.said.text() if one.proven.said is not None else ""
            text = _("Signed in") if good else said or _("Not signed in")
            one.state.show_state(text, "ok" if good else "error", "ok" if good else "danger")
        elif not one.login.text().strip() or not one.password.text():
            one.state.show_state(_("Name and password are needed"), "key", "muted")
        elif self._proving:
            one.state.show_state(_("Signing in…"), "activity", "info")
        else:
            one.state.show_state(_("Not proven yet"), "circle", "muted")

    def _word(self) -> None:
        self.note.setText(
            _(
                "Checks act as each role. Give a sign-in of your own, or let the run make marked"
                " test users and remove them at the end. These passwords are never kept."
            )
        )
        for label, heading in zip(self._headings, _HEADINGS, strict=True):
            label.setText(_(heading))
        for role, one in self.people.items():
            name = _(ROLE_LABELS[role])
            one.role.setText(name)
            one.how.setItemText(0, _("My own sign-in"))
            without = _("Nobody") if role is Role.ADMIN else _("Made for the run")
            one.how.setItemText(1, without)
            one.how.setAccessibleName(f"{name}: {_('Sign-in')}")
            one.login.setAccessibleName(f"{name}: {_('Sign-in name')}")
            one.password.name(f"{name}: {_('Password')}")
            one.evidence.setText(_("Show the exchange"))
            self._show_state(role, one)
        self.prove_button.setText(_("Signing in…") if self._proving else _("Prove the sign-ins"))
        self.prove_button.setIcon(icon("key"))
        self.prove_button.setEnabled(not self._proving and bool(self.credentials()))
