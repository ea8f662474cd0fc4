"""What only who runs a platform knows: its signing key and its database, each of them optional."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop_app.core.language import N_, _
from desktop_app.services.validation.platform_secrets import Known, Source
from desktop_app.ui.signin.password_field import PasswordField
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.theme import Theme
from desktop_app.ui.widgets.plain_text import plain_label
from desktop_app.ui.widgets.status_chip import StatusChip

_LONGEST = 8192
"""A private key in PEM is some thousand letters."""
_FIELD_WIDTH = 300

_TEXTS: Mapping[Known, tuple[str, str]] = {
    Known.SIGNING_KEY: (
        N_("Signing key of the tokens"),
        N_(
            "The secret, or the private key (PEM), that the platform signs its tokens with. With it"
            " tokens are made that are in order but for one thing: expired, of another issuer, of"
            " the wrong type. Without it those checks stay inconclusive."
        ),
    ),
    Known.MONGO_URI: (
        N_("Address of the database"),
        N_(
            "mongodb://name:password@host/…, a user that may read is enough. With it is looked at"
            " how passwords are stored, at indexes and at audit entries. Nothing is written."
        ),
    ),
}
_SOURCES: Mapping[Source, tuple[str, str, str]] = {
    Source.NOWHERE: (N_("Not given"), "circle", "muted"),
    Source.CONNECTION: (N_("Known by the connection"), "ok", "ok"),
    Source.KEYRING: (N_("Kept in the keyring"), "lock", "ok"),
    Source.MEMORY: (N_("Kept until the console closes"), "clock", "muted"),
}


@dataclass(slots=True)
class _Line:
    """One secret's row."""

    label: QLabel
    field: PasswordField
    state: StatusChip
    forget: QPushButton
    why: QLabel
    source: Source = Source.NOWHERE


class SecretsPanel(QWidget):
    """``forget_asked`` carries the ``Known`` that is to be kept no longer.

    What is typed goes with a run, which has it kept; no report ever shows it.
    """

    forget_asked = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heading = plain_label(role="section")
        self._note = plain_label(role="muted")
        self._note.setWordWrap(True)
        self.lines = {name: self._line(name, theme) for name in Known}
        self._build()
        follow_language(self, self._word)

    def typed(self) -> dict[Known, str]:
        """What was typed."""
        return {
            name: text for name, line in self.lines.items() if (text := line.field.text().strip())
        }

    def show_sources(self, sources: Mapping[Known, Source]) -> None:
        """Where each is known from."""
        for name, source in sources.items():
            self.lines[name].source = source
        self._word()

    def _line(self, name: Known, theme: Theme) -> _Line:
        line = _Line(
            label=plain_label(role="strong"),
            field=PasswordField(),
            state=StatusChip(theme),
            forget=QPushButton(),
            why=plain_label(role="caption"),
        )
        line.field.edit.setMaxLength(_LONGEST)
        line.field.changed.connect(self._word)
        line.field.setFixedWidth(_FIELD_WIDTH)
        line.why.setWordWrap(True)
        line.label.setBuddy(line.field.edit)
        line.forget.setProperty("role", "link")
        line.forget.clicked.connect(lambda: self._on_forget(name))
        return line

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._heading)
        column.addWidget(self._note)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        top = Qt.AlignmentFlag.AlignTop
        for place, line in enumerate(self.lines.values()):
            row = 4 * place
            if place:
                grid.setRowMinimumHeight(row - 1, 4)
            state = QHBoxLayout()
            state.setSpacing(8)
            state.addWidget(line.state)
            state.addWidget(line.forget)
            state.addStretch(1)
            line.state.setFixedHeight(32)
            grid.addWidget(line.label, row, 0, 1, 2)
            grid.addWidget(line.field, row + 1, 0, top)
            grid.addLayout(state, row + 1, 1, top)
            grid.addWidget(line.why, row + 2, 0, 1, 2)
        grid.setColumnStretch(1, 1)
        column.addLayout(grid)

    def _on_forget(self, name: Known) -> None:
        self.lines[name].field.clear()
        self.forget_asked.emit(name)

    def _word(self) -> None:
        self._heading.setText(_("What only you may know (optional)"))
        self._note.setText(
            _(
                "What you type is kept in the system's keyring with the next run. No report shows"
                " it."
            )
        )
        for name, line in self.lines.items():
            title, why = _TEXTS[name]
            own = line.source is Source.CONNECTION
            text, icon_name, token = _SOURCES[line.source]
            line.label.setText(_(title))
            line.field.name(_(title))
            line.why.setText(_(why))
            if line.field.text().strip():
                line.state.show_state(_("Goes with the next run"), "edit", "info")
            else:
                line.state.show_state(_(text), icon_name, token)
            line.forget.setText(_("Forget"))
            line.forget.setVisible(line.source in (Source.KEYRING, Source.MEMORY))
            line.field.edit.setPlaceholderText(_("Another one") if own else "")
