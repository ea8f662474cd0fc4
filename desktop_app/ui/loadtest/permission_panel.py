"""What a run against another computer, or a production system, needs before it may begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from desktop_app.core.language import _
from desktop_app.core.load.models import LoadModel, duration_s
from desktop_app.core.load.permission import Permission, host_of, is_loopback, names_host
from desktop_app.ui.dialogs.lock_notice import LockNotice
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.theme import Theme, set_look
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.plain_text import one_line, plain_label

if TYPE_CHECKING:
    from desktop_app.api.guard import WriteGuard


class PermissionPanel(QWidget):
    """Shows nothing for this computer. ``changed`` after each edit, lock and unlock."""

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._url = ""
        self._production = False
        self._lock: LockNotice | None = None
        self.banner = Banner(theme)
        self._label = plain_label()
        self._label.setWordWrap(True)
        self.typed = QLineEdit()
        self.typed.setMaxLength(300)
        self.typed.textChanged.connect(lambda _text: self._on_changed())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.banner)
        column.addWidget(self._label)
        column.addWidget(self.typed)
        follow_language(self, self._word)

    @property
    def host(self) -> str:
        """What was typed."""
        return self.typed.text().strip()

    @property
    def host_name(self) -> str:
        """The name that has to be typed."""
        return host_of(self._url)

    @property
    def asks_host(self) -> bool:
        """Whether the target is another computer."""
        return bool(self._url) and not is_loopback(self.host_name)

    def show_target(self, url: str, guard: WriteGuard, *, production: bool) -> None:
        """What is at stake; on production the lock of ``guard`` has to be open."""
        self._url, self._production = url, production
        if self._lock is None and production:
            self._lock = LockNotice(self.banner, guard, self)
            self._lock.changed.connect(self._on_changed)
        self._word()

    def refusal(self, model: LoadModel) -> str:
        """Why this load may not be put on the target, in words; "" where it may."""
        if not self._url:
            return ""
        unlocked = self._lock is None or not self._lock.locked
        said = Permission(host=self.host, production=self._production, unlocked=unlocked).refusal(
            self._url,
            rate=model.highest_rate,
            users=model.users,
            seconds=duration_s(model.stages),
        )
        return said.text() if said is not None else ""

    def _on_changed(self) -> None:
        self._word()
        self.changed.emit()

    def _word(self) -> None:
        if self._lock is not None:
            self._lock.show()
        asks = self.asks_host
        name = one_line(self.host_name)
        self._label.setText(
            _("“{name}” is another computer. Type its name to confirm that it is yours.").format(
                name=name
            )
        )
        self.typed.setAccessibleName(self._label.text())
        set_look(self.typed, "problem", bool(self.host) and not names_host(self.host, self._url))
        for part in (self._label, self.typed):
            part.setVisible(asks)
        self.setVisible(asks or self._production)
