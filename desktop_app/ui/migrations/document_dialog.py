"""A document as it is in the database, to be read: of a collection or a platform without a tab."""

from __future__ import annotations

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from desktop_app.core.language import _
from desktop_app.db.migrations.events import Offender
from desktop_app.services.migrations import words
from desktop_app.ui.dialogs.frame import DialogFrame
from desktop_app.ui.theme.theme import monospace_font
from desktop_app.ui.widgets.plain_text import one_line, plain_label


class DocumentDialog(DialogFrame):
    """Shows ``text``, with what is wrong above it."""

    def __init__(self, offender: Offender, text: str, parent: QWidget | None = None) -> None:
        super().__init__(one_line(f"{offender.collection} / {offender.id}"), parent, narrowest=640)
        if offender.detail:
            wrong = plain_label(words.detail_text(offender.detail), role="warning")
            wrong.setWordWrap(True)
            self.content.addWidget(wrong)
        self.text = QPlainTextEdit(text)
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setFont(monospace_font())
        self.text.setProperty("role", "log")
        self.text.setAccessibleName(_("Document"))
        self.text.setMinimumHeight(320)
        self.content.addWidget(self.text, 1)
        self.close_button = self.add_button(_("Close"), role="primary")
        self.close_button.clicked.connect(self.reject)
