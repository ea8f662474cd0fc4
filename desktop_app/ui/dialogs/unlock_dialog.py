"""Opening a production system for changes: by typing its name, for a limited time."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget

from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import _
from desktop_app.ui.dialogs.frame import DialogFrame
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.tokens import SPACE_1
from desktop_app.ui.widgets.plain_text import one_line, plain_label

if TYPE_CHECKING:
    from desktop_app.api.guard import WriteGuard

MINUTES = (5, 15, 30, 60)


class UnlockDialog(DialogFrame):
    """Unlocks ``guard`` when the profile's name is typed exactly; deletes itself when closed."""

    def __init__(self, guard: WriteGuard, parent: QWidget) -> None:
        super().__init__(_("Unlock for changes"), parent, narrowest=440)
        self._guard = guard
        self._words = plain_label()
        self._words.setWordWrap(True)
        self._typed_label, self._minutes_label = plain_label(), plain_label()
        self.typed = QLineEdit()
        self.minutes = QComboBox()
        self._problem = plain_label(role="problem")
        self._cancel = self.add_button("")
        self.unlock_button = self.add_button("", role="danger")
        self.unlock_button.setDefault(True)
        self._cancel.clicked.connect(self.reject)
        self.unlock_button.clicked.connect(self._on_unlock_clicked)
        self.typed.textChanged.connect(self._on_typed_changed)
        self._typed_label.setBuddy(self.typed)
        self._minutes_label.setBuddy(self.minutes)
        self._build()
        for minutes in MINUTES:
            self.minutes.addItem("", minutes)
        follow_language(self, self._word)
        self._on_typed_changed()
        # The buttons were there first: without this, a space in the name would press "Stay".
        order = (self.typed, self.minutes, self._cancel, self.unlock_button)
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)
        self.typed.setFocus()

    def _build(self) -> None:
        self.content.addWidget(self._words)
        for parts in ((self._typed_label, self.typed, self._problem), (self._minutes_label,)):
            column = QVBoxLayout()
            column.setSpacing(SPACE_1)
            for part in parts:
                column.addWidget(part)
            self.content.addLayout(column)
        column.addWidget(self.minutes, 0, Qt.AlignmentFlag.AlignLeft)

    def _word(self) -> None:
        name = one_line(self._guard.name)
        self.setWindowTitle(_("Unlock for changes"))
        self.heading.setText(self.windowTitle())
        self._words.setText(
            _(
                "“{name}” is a production system. What you change there is changed for everyone "
                "at once. It locks itself again when the time is over or the console is closed."
            ).format(name=name)
        )
        self._typed_label.setText(_("Type “{name}” to unlock").format(name=name))
        self._minutes_label.setText(_("Unlock for"))
        for index, minutes in enumerate(MINUTES):
            self.minutes.setItemText(index, _("{n} minutes").format(n=minutes))
        self._cancel.setText(_("Stay read-only"))
        self.unlock_button.setText(_("Unlock"))

    def _on_typed_changed(self) -> None:
        self._problem.clear()
        self.unlock_button.setEnabled(self.typed.text().strip() == self._guard.name)

    def _on_unlock_clicked(self) -> None:
        try:
            self._guard.unlock(self.typed.text().strip(), int(self.minutes.currentData()))
        except LocalFailure as failure:
            self._problem.setText(str(failure))
            return
        self.accept()
