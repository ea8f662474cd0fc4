"""Which platform one works on, in its environment's colour; for production the lock."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from desktop_app.config.profiles import ENVIRONMENT_LABELS, Profile
from desktop_app.core.language import _
from desktop_app.ui.dialogs.unlock_dialog import UnlockDialog
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.theme.tokens import SPACE_2
from desktop_app.ui.times import duration
from desktop_app.ui.widgets.plain_text import one_line, plain_label, plain_tooltip

if TYPE_CHECKING:
    from desktop_app.api.guard import WriteGuard

STRIPE_WIDTH = 6


class ConnectionBadge(QWidget):
    """Name, environment and address of the connection; the lock where there is one.

    ``guard_changed`` may come from any thread and is followed on this one.
    """

    guard_changed = Signal()

    def __init__(
        self, profile: Profile, address: str, guard: WriteGuard, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._profile, self._address, self._guard = profile, address, guard
        environment = str(profile.environment)
        stripe = QFrame()
        stripe.setObjectName("environment")
        stripe.setProperty("environment", environment)
        stripe.setFixedWidth(STRIPE_WIDTH)
        self._name = plain_label(role="strong")
        self._environment = plain_label()
        self._environment.setProperty("environment", environment)
        self._left = plain_label(role="muted")
        self._lock = QPushButton()
        self._lock.setVisible(guard.protected)
        self._left.setVisible(guard.protected)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_2)
        for part in (stripe, self._name, self._environment, self._left, self._lock):
            row.addWidget(part)
        self._tick = QTimer(self)
        self._tick.setInterval(1000)
        self._tick.timeout.connect(self._show_lock)
        self._lock.clicked.connect(self._on_lock_clicked)
        self.guard_changed.connect(self._show_lock)
        unsubscribe = guard.on_changed(self.guard_changed.emit)
        self.destroyed.connect(lambda: unsubscribe())
        follow_language(self, self._word)

    def _word(self) -> None:
        name = one_line(_(self._profile.name) if self._profile.is_local else self._profile.name)
        environment = _(ENVIRONMENT_LABELS[self._profile.environment])
        self._name.setText(name)
        self._environment.setText(environment)
        self.setToolTip(plain_tooltip(f"{name}\n{self._address}"))
        self.setAccessibleName(
            _("Connection: {name}, {environment}").format(name=name, environment=environment)
        )
        self._show_lock()

    def _show_lock(self) -> None:
        if not self._guard.protected:
            return
        self._guard.expire_if_due()
        until = self._guard.unlocked_until
        self._lock.setIcon(icon("lock" if until is None else "unlock"))
        if until is None:
            self._tick.stop()
            self._lock.setText(_("Unlock…"))
            self._left.setText(_("read-only"))
            return
        self._lock.setText(_("Lock"))
        left = (until - datetime.now(UTC)).total_seconds()
        self._left.setText(_("open for changes, {time} left").format(time=duration(left)))
        if not self._tick.isActive():
            self._tick.start()

    def _on_lock_clicked(self) -> None:
        if self._guard.locked:
            UnlockDialog(self._guard, self.window()).open()
        else:
            self._guard.lock()
