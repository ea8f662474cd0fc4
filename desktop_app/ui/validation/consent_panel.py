"""What the operator allows a run: how far it may go, its limits, and the sign-off of production."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFormLayout,
    QLineEdit,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.language import N_, _
from desktop_app.core.validation.suites import Risk
from desktop_app.engines.validation.target import Limits
from desktop_app.ui.dialogs.lock_notice import LockNotice
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.theme import Theme, set_look
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.plain_text import one_line, plain_label

if TYPE_CHECKING:
    from desktop_app.api.guard import WriteGuard

LEVELS: Mapping[Risk, tuple[str, str]] = {
    Risk.READS: (
        N_("Only read"),
        N_("Signs in and reads. Nothing is changed. Much of the security suite cannot be tried."),
    ),
    Risk.WRITES: (
        N_("Read, and write marked test data"),
        N_(
            "Creates users, companies and the like, marked as test data, and removes them at the"
            " end. What cannot be removed is listed."
        ),
    ),
    Risk.ATTACKS: (
        N_("Read, write test data, and attack"),
        N_(
            "Sends what an attacker would: forged tokens, hostile input, bursts of requests."
            " Others may get slower answers meanwhile. No account of yours is locked out."
        ),
    ),
}
_MOST_REQUESTS, _MOST_SECONDS = 1_000_000, 24 * 3600


class ConsentPanel(QWidget):
    """``changed`` after each change. ``guard`` is None where no system is at stake."""

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = ""
        self._production = False
        self._lock: LockNotice | None = None
        self._heading = plain_label(role="strong")
        self._group = QButtonGroup(self)
        self.levels = {risk: QRadioButton() for risk in LEVELS}
        self._captions = {risk: plain_label(role="caption") for risk in LEVELS}
        self.banner = Banner(theme)
        self._typed_label = plain_label()
        self._typed_label.setWordWrap(True)
        self.typed = QLineEdit()
        self.typed.textChanged.connect(lambda _text: self._on_changed())
        self._limits_heading = plain_label(role="strong")
        self.requests, self.seconds = QSpinBox(), QSpinBox()
        self._requests_label, self._seconds_label = plain_label(), plain_label()
        self._build()
        self.levels[Risk.READS].setChecked(True)
        for button in self.levels.values():
            button.toggled.connect(lambda on: self._on_changed() if on else None)
        follow_language(self, self._word)

    @property
    def level(self) -> Risk:
        """How far the run may go."""
        return next(risk for risk, button in self.levels.items() if button.isChecked())

    @property
    def risks(self) -> frozenset[Risk]:
        """What is allowed: the level and all below it."""
        order = list(LEVELS)
        return frozenset(order[: order.index(self.level) + 1])

    @property
    def limits(self) -> Limits:
        """The limits of the run."""
        return Limits(requests=self.requests.value(), seconds=float(self.seconds.value()))

    @property
    def sign_off(self) -> str:
        """What was typed for production; "" elsewhere."""
        return self.typed.text().strip() if self._asks_sign_off else ""

    @property
    def ready(self) -> bool:
        """Whether what is allowed here is also signed off and unlocked."""
        if not self._asks_sign_off:
            return True
        locked = self._lock is not None and self._lock.locked
        return not locked and self.sign_off == self._name

    def show_target(self, name: str, guard: WriteGuard, *, production: bool) -> None:
        """What is at stake; on production the lock of ``guard`` has to be open."""
        self._name, self._production = name, production
        if self._lock is None and production:
            self._lock = LockNotice(self.banner, guard, self)
            self._lock.changed.connect(self._on_changed)
        self._word()

    @property
    def _asks_sign_off(self) -> bool:
        return self._production and self.level is not Risk.READS

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(4)
        column.addWidget(self._heading)
        for risk, button in self.levels.items():
            self._group.addButton(button)
            column.addWidget(button)
            caption = self._captions[risk]
            caption.setWordWrap(True)
            caption.setContentsMargins(24, 0, 0, 4)
            column.addWidget(caption)
        column.addWidget(self.banner)
        column.addWidget(self._typed_label)
        column.addWidget(self.typed)
        column.addSpacing(8)
        column.addWidget(self._limits_heading)
        form = QFormLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(4)
        standard = Limits()
        for label, box, most, step, value in (
            (self._requests_label, self.requests, _MOST_REQUESTS, 1000, standard.requests),
            (self._seconds_label, self.seconds, _MOST_SECONDS, 60, int(standard.seconds)),
        ):
            box.setRange(1, most)
            box.setSingleStep(step)
            box.setValue(value)
            box.setGroupSeparatorShown(True)
            box.setMaximumWidth(140)
            box.valueChanged.connect(lambda _value: self.changed.emit())
            label.setBuddy(box)
            form.addRow(label, box)
        column.addLayout(form)
        column.addStretch(1)

    def _on_changed(self) -> None:
        self._word()
        self.changed.emit()

    def _word(self) -> None:
        self._heading.setText(_("What the run may do"))
        for risk, (title, text) in LEVELS.items():
            self.levels[risk].setText(_(title))
            self.levels[risk].setAccessibleDescription(_(text))
            self._captions[risk].setText(_(text))
        asks = self._asks_sign_off
        if self._lock is not None:
            if asks:
                self._lock.show()
            else:
                self.banner.hide()
        name = one_line(self._name)
        self._typed_label.setText(
            _("“{name}” is a production system. Type its name to sign off.").format(name=name)
        )
        self.typed.setAccessibleName(self._typed_label.text())
        set_look(self.typed, "problem", bool(self.typed.text()) and self.sign_off != self._name)
        for part in (self._typed_label, self.typed):
            part.setVisible(asks)
        self._limits_heading.setText(_("Limits"))
        self._requests_label.setText(_("Requests at most"))
        self._seconds_label.setText(_("Seconds at most"))
