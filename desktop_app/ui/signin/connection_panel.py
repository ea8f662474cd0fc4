"""Beside the sign-in form: what kind of platform is about to be entered."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop_app.config.profiles import ENVIRONMENT_LABELS, Environment, Profile
from desktop_app.core.language import N_, _
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.theme.theme import set_look
from desktop_app.ui.theme.tokens import SPACE_2, SPACE_4
from desktop_app.ui.widgets.plain_text import one_line, plain_label

_MEANING = {
    Environment.LOCAL: N_("Data on this computer, for you alone: try whatever you like."),
    Environment.STAGING: N_("A platform for trials: nobody's real work depends on it."),
    Environment.PRODUCTION: N_(
        "The platform that people work on. It opens read-only; changes need unlocking by name."
    ),
}


class ConnectionPanel(QFrame):
    """Shows a profile; the buttons ask for the connection doctor and the list of connections."""

    doctor_asked = Signal()
    manage_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "surface")
        self._profile: Profile | None = None
        self._stripe = QFrame()
        self._stripe.setObjectName("environment")
        self._stripe.setFixedWidth(6)
        self._name = plain_label(role="section")
        self._environment = plain_label()
        self._address = plain_label(role="muted")
        self._address.setWordWrap(True)
        self._meaning = plain_label()
        self._meaning.setWordWrap(True)
        self.doctor, self.manage = QPushButton(), QPushButton()
        self.doctor.setIcon(icon("doctor"))
        self.manage.setIcon(icon("server"))
        self.doctor.clicked.connect(self.doctor_asked)
        self.manage.clicked.connect(self.manage_asked)
        words = QVBoxLayout()
        words.setSpacing(SPACE_2)
        head = QHBoxLayout()
        head.addWidget(self._name)
        head.addWidget(self._environment)
        head.addStretch(1)
        words.addLayout(head)
        for part in (self._address, self._meaning):
            words.addWidget(part)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(0, SPACE_2, 0, 0)
        buttons.addWidget(self.manage)
        buttons.addWidget(self.doctor)
        buttons.addStretch(1)
        words.addLayout(buttons)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_4, SPACE_4, SPACE_4, SPACE_4)
        row.setSpacing(SPACE_4)
        row.addWidget(self._stripe)
        row.addLayout(words, 1)
        follow_language(self, self._word)

    def show_profile(self, profile: Profile) -> None:
        """Describe ``profile``."""
        self._profile = profile
        for part in (self._stripe, self._environment):
            set_look(part, "environment", str(profile.environment))
        self._word()

    def _word(self) -> None:
        self.manage.setText(_("Connections…"))
        self.doctor.setText(_("Connection doctor…"))
        profile = self._profile
        if profile is None:
            return
        self._name.setText(one_line(_(profile.name) if profile.is_local else profile.name))
        self._environment.setText(_(ENVIRONMENT_LABELS[profile.environment]))
        self._address.setText(one_line(profile.api_url or ""))
        self._address.setVisible(bool(profile.api_url))
        self._meaning.setText(_(_MEANING[profile.environment]))
