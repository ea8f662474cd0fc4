"""Asking before something is done: the button names what will be done."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QLabel, QPlainTextEdit, QWidget

from desktop_app.core.language import _
from desktop_app.ui.dialogs.frame import DialogFrame
from desktop_app.ui.widgets.plain_text import plain_label

_LISTED_HEIGHT = 120


class ConfirmDialog(DialogFrame):
    """Asks; ``confirm`` opens it. Enter does what is asked unless it is dangerous."""

    def __init__(
        self,
        title: str,
        text: str,
        action: str,
        *,
        danger: bool,
        lines: Sequence[str],
        cancel: str,
        parent: QWidget | None,
    ) -> None:
        super().__init__(title, parent, narrowest=400)
        self.text: QLabel = plain_label(text)
        self.text.setWordWrap(True)
        self.content.addWidget(self.text)
        if lines:
            self.content.addWidget(listing(lines, title))
        self.cancel_button = self.add_button(cancel or _("Cancel"))
        self.cancel_button.clicked.connect(self.reject)
        self.action_button = self.add_button(action, role="danger" if danger else "primary")
        self.action_button.clicked.connect(self.accept)
        default = self.cancel_button if danger else self.action_button
        default.setDefault(True)
        default.setFocus()


def listing(lines: Sequence[str], name: str) -> QPlainTextEdit:
    """Many lines to read, scroll and copy."""
    box = QPlainTextEdit("\n".join(lines))
    box.setReadOnly(True)
    box.setTabChangesFocus(True)
    box.setAccessibleName(name)
    box.setFixedHeight(min(_LISTED_HEIGHT, 20 * len(lines) + 24))
    return box


def confirm(
    parent: QWidget,
    *,
    title: str,
    text: str,
    action: str,
    on_yes: Callable[[], object],
    danger: bool = False,
    lines: Sequence[str] = (),
    cancel: str = "",
) -> ConfirmDialog:
    """Ask (all texts translated); ``on_yes`` is called when the person says so."""
    dialog = ConfirmDialog(
        title, text, action, danger=danger, lines=lines, cancel=cancel, parent=parent
    )
    dialog.accepted.connect(on_yes)
    dialog.open()
    return dialog
