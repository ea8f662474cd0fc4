"""The line above the tabs: connection, commands, running work, messages, who is signed in."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QToolButton, QWidget

from desktop_app.core.language import _
from desktop_app.core.users import ROLE_LABELS, User
from desktop_app.ui.shell.bell import Bell
from desktop_app.ui.shell.connection import ConnectionBadge
from desktop_app.ui.shell.running import RunningWork
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.theme.theme import set_role
from desktop_app.ui.theme.tokens import SPACE_2, SPACE_3
from desktop_app.ui.widgets.plain_text import one_line

HEIGHT = 49
"""A control of 32, twice the margin of 8, and the line below."""


class Header(QFrame):
    """Holds its parts; its signals say what was asked for."""

    palette_asked = Signal()
    password_asked = Signal()
    sign_out_asked = Signal()
    about_asked = Signal()
    keyboard_asked = Signal()

    def __init__(
        self,
        user: User,
        connection: ConnectionBadge,
        running: RunningWork,
        bell: Bell,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("header")
        self.setFixedHeight(HEIGHT)
        self._user = user
        self.connection, self.running, self.bell = connection, running, bell
        self.palette_button = QPushButton()
        self.palette_button.setIcon(icon("search", "muted"))
        self.palette_button.setMinimumWidth(180)
        self.palette_button.clicked.connect(self.palette_asked)
        self.user_button = QToolButton()
        set_role(self.user_button, "labelled")
        self.user_button.setIcon(icon("user"))
        self.user_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.user_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self.user_button)
        self.user_button.setMenu(self._menu)
        self._build_menu()
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_3, SPACE_2, SPACE_3, SPACE_2)
        row.setSpacing(SPACE_3)
        row.addWidget(connection)
        row.addStretch(1)
        for part in (running, self.palette_button, bell, self.user_button):
            row.addWidget(part)
        follow_language(self, self._word)

    def _build_menu(self) -> None:
        self._password, self._keyboard, self._about, self._sign_out = (
            QAction(icon(name), "", self._menu) for name in ("key", "keyboard", "info", "sign-out")
        )
        self._password.triggered.connect(self.password_asked)
        self._keyboard.triggered.connect(self.keyboard_asked)
        self._about.triggered.connect(self.about_asked)
        self._sign_out.triggered.connect(self.sign_out_asked)
        self._menu.addAction(self._password)
        self._menu.addSeparator()
        self._menu.addActions([self._keyboard, self._about])
        self._menu.addSeparator()
        self._menu.addAction(self._sign_out)

    def _word(self) -> None:
        name = one_line(self._user.name)
        role = _(ROLE_LABELS[self._user.role])
        keys = QKeySequence("Ctrl+K").toString(QKeySequence.SequenceFormat.NativeText)
        self.palette_button.setText(_("Find a command ({keys})").format(keys=keys))
        self.user_button.setText(f"{name} · {role}")
        self.user_button.setAccessibleName(
            _("Signed in: {name}, {role}").format(name=name, role=role)
        )
        self.user_button.setToolTip(one_line(self._user.login_id))
        self._password.setText(_("Change password…"))
        self._keyboard.setText(_("Keyboard"))
        self._about.setText(_("About Evaluation Console"))
        self._sign_out.setText(_("Sign out"))
