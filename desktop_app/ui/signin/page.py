"""The first page of the window: where to, who, and what is wrong when it does not work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.config.profiles import ENVIRONMENT_LABELS, Profile
from desktop_app.config.settings import SETTINGS
from desktop_app.core.errors import ConsoleError
from desktop_app.core.language import _
from desktop_app.ui.messages import error_detail
from desktop_app.ui.signin.connection_panel import ConnectionPanel
from desktop_app.ui.signin.password_field import PasswordField
from desktop_app.ui.signin.workspace_panel import WorkspacePanel
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import pixmap
from desktop_app.ui.theme.theme import set_role
from desktop_app.ui.theme.tokens import SPACE_1, SPACE_2, SPACE_4, SPACE_6
from desktop_app.ui.widgets.plain_text import one_line, plain_label

if TYPE_CHECKING:
    from desktop_app.workspace.events import WorkspaceEvent

FORM_WIDTH = 400


class SignInPage(QWidget):
    """Asks by its signals; whoever listens shows the outcome by its methods.

    ``sign_in_asked`` carries profile, sign-in name, password and whether to stay signed in; it is
    sent once until ``show_busy(False)`` or ``show_error``.
    """

    sign_in_asked = Signal(object, str, str, bool)
    profile_chosen = Signal(object)
    language_chosen = Signal(str)
    manage_asked = Signal()
    doctor_asked = Signal(object)
    retry_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self._profiles: tuple[Profile, ...] = ()
        self._busy = False
        self._ready = True
        self._error: ConsoleError | None = None
        self._notice = ""
        self._keyring_kept = True
        self._create()
        self._build()
        self._connect()
        follow_language(self, self._word)

    @property
    def profile(self) -> Profile | None:
        """The profile chosen."""
        index = self.profiles.currentIndex()
        return self._profiles[index] if 0 <= index < len(self._profiles) else None

    def show_language(self, choice: str) -> None:
        """Show which language is set ("system", "ko", "en")."""
        with QSignalBlocker(self.language):
            self.language.setCurrentIndex(self.language.findData(choice))

    def show_profiles(self, profiles: Sequence[Profile], current: str) -> None:
        """Offer ``profiles`` and choose the one whose id is ``current``."""
        with QSignalBlocker(self.profiles):
            self._profiles = tuple(profiles)
            self.profiles.clear()
            for profile in self._profiles:
                self.profiles.addItem(_profile_text(profile), profile.id)
            self.profiles.setCurrentIndex(max(0, self.profiles.findData(current)))
        self._on_profile_changed()

    def show_login(self, login_id: str) -> None:
        """Fill in the name used last here, and put the focus where typing starts."""
        self.login.setText(login_id)
        self.password.clear()
        self.focus_first()

    def focus_first(self) -> None:
        """Put the focus into the first field that is empty."""
        (self.password if self.login.text() else self.login).setFocus(
            Qt.FocusReason.OtherFocusReason
        )

    def show_workspace(self, event: WorkspaceEvent) -> None:
        """Show what the local workspace does; sign-in waits until it is ready."""
        self.workspace.show_event(event)
        self.set_ready(event.state == "ready")

    def set_ready(self, ready: bool) -> None:
        """Whether there is something to sign in to."""
        self._ready = ready
        self._show_button()

    def show_busy(self, busy: bool) -> None:
        """Whether a sign-in is under way: nothing can be changed then."""
        self._busy = busy
        for part in (self.login, self.password, self.profiles, self.stay):
            part.setEnabled(not busy)
        self._show_button()

    def show_error(self, error: ConsoleError | None) -> None:
        """Say beside the form why the sign-in failed (None: nothing is wrong)."""
        self._error = error
        self.show_busy(False)
        self._word_problem()
        if error is not None:
            self.password.setFocus(Qt.FocusReason.OtherFocusReason)
            self.password.edit.selectAll()

    def show_notice(self, text: str) -> None:
        """Say something that is no error (translated): signed out, session ended."""
        self._notice = text
        self._word_problem()

    def show_initial_account(self, shown: bool) -> None:
        """Whether to name the account that a new local workspace has."""
        self.hint.setVisible(shown)

    def show_keyring(self, kept: bool) -> None:
        """Whether the system has a keyring; without one staying signed in is not offered."""
        self._keyring_kept = kept
        self.stay.setVisible(kept)
        self.no_keyring.setVisible(not kept)

    def _create(self) -> None:
        self.language = QComboBox()
        for value, text in SETTINGS["language"].choices:
            self.language.addItem(text, value)
        self.profiles = QComboBox()
        self.login = QLineEdit()
        self.login.setMaxLength(64)
        self.login.setInputMethodHints(
            Qt.InputMethodHint.ImhLatinOnly | Qt.InputMethodHint.ImhNoAutoUppercase
        )
        self.password = PasswordField()
        self.stay = QCheckBox()
        # What is below must not move under the mouse once it is known whether there is a keyring.
        in_place = self.stay.sizePolicy()
        in_place.setRetainSizeWhenHidden(True)
        self.stay.setSizePolicy(in_place)
        self.no_keyring = plain_label(role="caption")
        self.no_keyring.setWordWrap(True)
        self.no_keyring.hide()
        self.problem = plain_label(role="danger")
        self.problem.setWordWrap(True)
        self.problem.hide()
        self.hint = plain_label(role="caption")
        self.hint.setWordWrap(True)
        self.hint.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.hint.hide()
        self.button = QPushButton()
        set_role(self.button, "primary")
        self._title, self._purpose = plain_label(role="title"), plain_label(role="muted")
        self._purpose.setWordWrap(True)
        self._labels = [plain_label() for _i in range(4)]
        fields: tuple[QWidget, ...] = (
            self.language,
            self.profiles,
            self.login,
            self.password.edit,
        )
        for label, field in zip(self._labels, fields, strict=True):
            label.setBuddy(field)
        self.workspace = WorkspacePanel()
        self.connection = ConnectionPanel()

    def _build(self) -> None:
        form = QVBoxLayout()
        form.setSpacing(SPACE_1)
        mark = plain_label()
        mark.setPixmap(pixmap("app", "text", 40))
        form.addWidget(mark)
        form.addSpacing(SPACE_2)
        form.addWidget(self._title)
        form.addWidget(self._purpose)
        form.addSpacing(SPACE_6)
        fields: tuple[QWidget, ...] = (self.profiles, self.login, self.password)
        for label, field in zip(self._labels[1:], fields, strict=True):
            form.addWidget(label)
            form.addWidget(field)
            form.addSpacing(SPACE_2)
        for part in (self.hint, self.stay, self.problem):
            form.addWidget(part)
        form.addSpacing(SPACE_2)
        form.addWidget(self.button)
        form.addSpacing(SPACE_2)
        form.addWidget(self.no_keyring)
        form.addStretch(1)
        form.addWidget(self._labels[0])
        form.addWidget(self.language, 0, Qt.AlignmentFlag.AlignLeft)
        left = QFrame()
        left.setFixedWidth(FORM_WIDTH)
        left.setLayout(form)
        form.setContentsMargins(0, 0, 0, 0)
        right = QVBoxLayout()
        right.setSpacing(SPACE_4)
        right.addWidget(self.connection)
        right.addWidget(self.workspace)
        right.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_6 * 2, SPACE_6 * 2, SPACE_6 * 2, SPACE_6)
        row.setSpacing(SPACE_6 * 2)
        row.addWidget(left)
        row.addLayout(right, 1)

    def _connect(self) -> None:
        self.language.currentIndexChanged.connect(
            lambda _index: self.language_chosen.emit(self.language.currentData())
        )
        self.profiles.currentIndexChanged.connect(self._on_profile_changed)
        self.login.returnPressed.connect(self._on_login_entered)
        self.login.textEdited.connect(lambda _text: self._forget_problem())
        self.password.entered.connect(self._ask)
        self.password.changed.connect(self._forget_problem)
        self.button.clicked.connect(self._ask)
        self.workspace.retry_asked.connect(self.retry_asked)
        self.connection.manage_asked.connect(self.manage_asked)
        self.connection.doctor_asked.connect(lambda: self.doctor_asked.emit(self.profile))

    def _on_profile_changed(self) -> None:
        profile = self.profile
        if profile is None:
            return
        self._forget_problem()
        self.workspace.setVisible(profile.is_local)
        self.connection.show_profile(profile)
        self.hint.hide()
        self.profile_chosen.emit(profile)

    def _on_login_entered(self) -> None:
        if self.password.text():
            self._ask()
        else:
            self.password.setFocus(Qt.FocusReason.TabFocusReason)

    def _ask(self) -> None:
        profile = self.profile
        login, password = self.login.text().strip(), self.password.text()
        if self._busy or not self._ready or profile is None:
            return
        if not login or not password:
            self.focus_first()
            return
        self._forget_problem()
        self.show_busy(True)
        self.sign_in_asked.emit(profile, login, password, self.stay.isChecked())

    def _forget_problem(self) -> None:
        if self._error is not None or self._notice:
            self._error, self._notice = None, ""
            self._word_problem()

    def _show_button(self) -> None:
        self.button.setEnabled(self._ready and not self._busy)
        text = _("Signing in…") if self._busy else _("Sign in")
        self.button.setText(text if self._ready else _("Waiting for the workspace…"))

    def _word_problem(self) -> None:
        if self._error is not None:
            parts = (self._error.text(), error_detail(self._error))
            text = "\n".join(part for part in parts if part)
            set_role(self.problem, "danger")
        else:
            text = self._notice
            set_role(self.problem, "info")
        self.problem.setText(text)
        self.problem.setVisible(bool(text))
        self.problem.setAccessibleName(text)

    def _word(self) -> None:
        self._title.setText(_("Evaluation Console"))
        self._purpose.setText(_("Sign in to manage and operate the evaluation platform."))
        names = (_("Language"), _("Connection"), _("Sign-in name"), _("Password"))
        fields = (self.language, self.profiles, self.login)
        for label, name in zip(self._labels, names, strict=True):
            label.setText(name)
        for field, name in zip(fields, names, strict=False):
            field.setAccessibleName(name)
        self.password.name(names[-1])
        for index, (_value, text) in enumerate(SETTINGS["language"].choices):
            self.language.setItemText(index, _(text))
        for index, profile in enumerate(self._profiles):
            self.profiles.setItemText(index, _profile_text(profile))
        self.stay.setText(_("Stay signed in"))
        self.no_keyring.setText(
            _("This system has no keyring: passwords and sign-ins are kept in memory only.")
        )
        self.hint.setText(
            _("In a new workspace, sign in as “{login}” with the password “{password}”").format(
                login="admin", password="admin123!"
            )
        )
        self._show_button()
        self._word_problem()


def _profile_text(profile: Profile) -> str:
    name = _(profile.name) if profile.is_local else profile.name
    return f"{one_line(name)} · {_(ENVIRONMENT_LABELS[profile.environment])}"
