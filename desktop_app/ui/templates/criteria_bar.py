"""What can be done with criteria, and what their weights sum to."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget

from desktop_app.core.criteria_draft import CriteriaDraft
from desktop_app.core.language import N_, _, ngettext
from desktop_app.core.weights import WeightSum, is_number
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.theme.theme import Theme
from desktop_app.ui.widgets.plain_text import plain_label
from desktop_app.ui.widgets.status_chip import StatusChip


@dataclass(frozen=True, slots=True)
class _Button:
    command: str
    label: str
    icon: str
    keys: str
    labelled: bool = False


_BUTTONS = (
    _Button("add", N_("Add"), "plus", "Alt+Ins", labelled=True),
    _Button("duplicate", N_("Duplicate"), "copy", "Ctrl+D"),
    _Button("remove", N_("Remove"), "trash", "Alt+Del"),
    _Button("move_up", N_("Move up"), "arrow-up", "Alt+↑"),
    _Button("move_down", N_("Move down"), "arrow-down", "Alt+↓"),
    _Button("undo", N_("Undo"), "undo", "Ctrl+Z"),
    _Button("paste", N_("Paste rows"), "inbox", "Ctrl+V"),
)
_EVEN_OUT = (
    ("distribute", N_("Distribute evenly")),
    ("scale", N_("Scale to 100")),
)


def sum_words(weights: WeightSum) -> tuple[str, str, str]:
    """What weights sum to, in words, with icon and colour token."""
    total = _number(weights.total)
    if weights.whole:
        return _("Sum {total} %").format(total=total), "ok", "ok"
    if weights.unreadable:
        text = ngettext(
            "Sum {total} %, {n} weight missing",
            "Sum {total} %, {n} weights missing",
            weights.unreadable,
        )
        return text.format(total=total, n=weights.unreadable), "warning", "warning"
    if weights.missing > 0:
        text = _("Sum {total} %: {missing} missing")
        return text.format(total=total, missing=_number(weights.missing)), "warning", "warning"
    text = _("Sum {total} %: {excess} too much")
    return text.format(total=total, excess=_number(-weights.missing)), "error", "danger"


def _number(value: object) -> str:
    return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"


class CriteriaBar(QWidget):
    """``commanded`` carries the command of a button, as ``command_of`` of a key."""

    commanded = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._read_only = False
        self.sum = StatusChip(theme)
        self.buttons: dict[str, QToolButton] = {}
        self._title = plain_label(role="strong")
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self.sum)
        row = QHBoxLayout()
        row.setSpacing(4)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addLayout(row)
        for declared in _BUTTONS:
            row.addWidget(self._build(declared))
        self.even_out = QPushButton()
        self.even_out.setProperty("menu", "true")
        self.even_out.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        menu = QMenu(self.even_out)
        menu.setToolTipsVisible(True)
        self.actions_of_weights: dict[str, QAction] = {}
        for command, _label in _EVEN_OUT:
            action = menu.addAction("")
            action.triggered.connect(lambda _on=False, c=command: self.commanded.emit(c))
            self.actions_of_weights[command] = action
        self.even_out.setMenu(menu)
        row.addSpacing(4)
        row.addWidget(self.even_out)
        row.addStretch(1)
        follow_language(self, self._retranslate)

    def show_state(self, draft: CriteriaDraft, at: int) -> None:
        """Follow the draft and the cursor, which is on row ``at`` (-1: on none)."""
        count = len(draft.rows)
        possible = {
            "add": True,
            "duplicate": at >= 0,
            "remove": at >= 0,
            "move_up": at > 0,
            "move_down": 0 <= at < count - 1,
            "undo": draft.can_undo,
            "paste": True,
        }
        for command, button in self.buttons.items():
            button.setEnabled(possible[command] and not self._read_only)
        weights = [row.weight for row in draft.rows]
        scalable = all(is_number(weight) and weight > 0 for weight in weights)
        self.actions_of_weights["distribute"].setEnabled(count > 0)
        scale = self.actions_of_weights["scale"]
        scale.setEnabled(count > 0 and scalable)
        scale.setToolTip("" if scalable else _("First give every criterion a weight above 0."))
        self.even_out.setEnabled(count > 0 and not self._read_only)
        self.sum.setVisible(count > 0)
        self.sum.show_state(*sum_words(draft.sum()))

    def set_read_only(self, read_only: bool) -> None:
        """Show the sum alone."""
        self._read_only = read_only
        for widget in (*self.buttons.values(), self.even_out):
            widget.setVisible(not read_only)

    def _build(self, declared: _Button) -> QToolButton:
        button = QToolButton()
        button.setIcon(icon(declared.icon))
        if declared.labelled:
            button.setProperty("role", "labelled")
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        # A click leaves the cursor in the cell: the button acts on it.
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self.commanded.emit(declared.command))
        self.buttons[declared.command] = button
        return button

    def _retranslate(self) -> None:
        for declared in _BUTTONS:
            button = self.buttons[declared.command]
            button.setText(_(declared.label))
            button.setAccessibleName(_(declared.label))
            button.setToolTip(f"{_(declared.label)} ({declared.keys})")
        self._title.setText(_("Criteria"))
        self.even_out.setText(_("Even out"))
        for command, label in _EVEN_OUT:
            self.actions_of_weights[command].setText(_(label))
