"""The list of tabs at the left, grouped; it folds to icons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.language import N_, _
from desktop_app.ui.tab import TabSpec
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.theme.tokens import SPACE_1, SPACE_2
from desktop_app.ui.widgets.plain_text import plain_label

WIDTH = 200
FOLDED_WIDTH = 56

GROUPS = {
    "manage": N_("Manage"),
    "score": N_("Score"),
    "operate": N_("Operate"),
    "settings": "",
}

_LAST_NUMBERED = 9


class Navigation(QFrame):
    """Offers ``specs`` in the order given; ``chosen`` carries the key of the tab asked for.

    The first nine answer to Ctrl+1…9.
    """

    chosen = Signal(str)
    folded_changed = Signal(bool)

    def __init__(self, specs: Sequence[TabSpec], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("navigation")
        self._buttons: dict[str, QToolButton] = {}
        self._captions: list[QLabel] = []
        self.folded = False
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._fold = QToolButton()
        self._fold.clicked.connect(lambda: self.set_folded(not self.folded))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(SPACE_2, SPACE_2, SPACE_2, SPACE_2)
        self._column.setSpacing(SPACE_1)
        self._build(specs)
        self.set_folded(False)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the tabs offered, in their order."""
        return tuple(self._buttons)

    def show_current(self, key: str) -> None:
        """Mark ``key`` as the tab in front."""
        self._buttons[key].setChecked(True)

    def set_folded(self, folded: bool) -> None:
        """Show icons only, or icons with names."""
        self.folded = folded
        self.setFixedWidth(FOLDED_WIDTH if folded else WIDTH)
        style = Qt.ToolButtonStyle
        shape = style.ToolButtonIconOnly if folded else style.ToolButtonTextBesideIcon
        for button in (*self._buttons.values(), self._fold):
            button.setToolButtonStyle(shape)
        for caption in self._captions:
            caption.setVisible(not folded)
        self._word_fold()
        self.folded_changed.emit(folded)

    def _build(self, specs: Sequence[TabSpec]) -> None:
        bottom = [spec for spec in specs if spec.group == "settings"]
        for group, title in GROUPS.items():
            members = [spec for spec in specs if spec.group == group]
            if group == "settings" or not members:
                continue
            if title:
                self._add_caption(title)
            for spec in members:
                self._add(spec)
        self._column.addStretch(1)
        for spec in bottom:
            self._add(spec)
        self._prepare(self._fold)
        self._fold.setIcon(icon("sidebar", "muted"))
        self._column.addWidget(self._fold)
        follow_language(self, self._word_fold)

    def _add_caption(self, title: str) -> None:
        caption = plain_label(role="caption")
        caption.setContentsMargins(SPACE_2, SPACE_2, 0, 0)
        follow_language(caption, lambda: caption.setText(_(title)))
        self._captions.append(caption)
        self._column.addWidget(caption)

    def _add(self, spec: TabSpec) -> None:
        button = QToolButton()
        self._prepare(button)
        button.setCheckable(True)
        button.setIcon(icon(spec.icon))
        number = len(self._buttons) + 1
        keys = QKeySequence(f"Ctrl+{number}") if number <= _LAST_NUMBERED else QKeySequence()

        def word() -> None:
            name = _(spec.title)
            button.setText(name)
            button.setAccessibleName(name)
            shown = keys.toString(QKeySequence.SequenceFormat.NativeText)
            button.setToolTip(f"{name} ({shown})" if shown else name)

        follow_language(button, word)
        button.clicked.connect(lambda: self.chosen.emit(spec.key))
        if not keys.isEmpty():
            QShortcut(keys, self).activated.connect(lambda: self.chosen.emit(spec.key))
        self._group.addButton(button)
        self._buttons[spec.key] = button
        self._column.addWidget(button)

    def _prepare(self, button: QToolButton) -> None:
        # Wider than the icon is drawn: the rest parts it from the name.
        button.setIconSize(QSize(28, 20))
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def _word_fold(self) -> None:
        text = _("Unfold") if self.folded else _("Fold")
        self._fold.setText(text)
        self._fold.setToolTip(text)
        self._fold.setAccessibleName(_("Fold or unfold the list of tabs"))
