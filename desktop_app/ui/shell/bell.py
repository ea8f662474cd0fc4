"""What happened: the bell in the header with the number of unseen messages, and their history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.language import _, ngettext
from desktop_app.ui.messages import LEVEL_LABELS, Message, MessageCentre
from desktop_app.ui.shell.popup import Popup
from desktop_app.ui.shell.toasts import LEVEL_ICONS
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon, pixmap
from desktop_app.ui.theme.theme import set_role
from desktop_app.ui.theme.tokens import SPACE_1, SPACE_2
from desktop_app.ui.times import local_clock
from desktop_app.ui.widgets.plain_text import one_line, plain_label, plain_tooltip

if TYPE_CHECKING:
    from desktop_app.config.settings import Settings

SHOWN = 50
HEIGHT = 400
_MOST_COUNTED = 99


class Bell(QWidget):
    """Opens the history; opening it marks everything as seen."""

    def __init__(
        self, messages: MessageCentre, settings: Settings, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._messages, self._settings = messages, settings
        self.button = QToolButton(self)
        self.button.setIcon(icon("bell"))
        self.button.clicked.connect(self.open_history)
        self.badge = plain_label(parent=self)
        self.badge.setObjectName("badge")
        self.badge.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.badge.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFixedSize(44, 32)
        self.button.setGeometry(0, 0, 32, 32)
        self._popup = Popup(self.button, 528)
        self._build_popup()
        messages.history_changed.connect(self._show_count)
        follow_language(self, self._word)

    def open_history(self) -> None:
        """Show what happened, newest first."""
        self._fill()
        self._popup.open_below()
        self._messages.mark_seen()

    def _build_popup(self) -> None:
        self._head = plain_label(role="section")
        self._clear, self._copy = QPushButton(), QPushButton()
        for button in (self._copy, self._clear):
            set_role(button, "quiet")
        self._clear.clicked.connect(self._on_clear_clicked)
        self._copy.clicked.connect(self._on_copy_clicked)
        head = QHBoxLayout()
        head.addWidget(self._head, 1)
        head.addWidget(self._copy)
        head.addWidget(self._clear)
        self._popup.column.addLayout(head)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._popup.column.addWidget(self._area)

    def _word(self) -> None:
        self._head.setText(_("Messages"))
        self._clear.setText(_("Clear"))
        self._copy.setText(_("Copy all"))
        self._show_count()

    def _show_count(self) -> None:
        count = self._messages.unseen
        self.badge.setVisible(count > 0)
        self.badge.setText(f"{count}" if count <= _MOST_COUNTED else f"{_MOST_COUNTED}+")
        self.badge.adjustSize()
        width = max(16, self.badge.width())
        self.badge.setGeometry(min(18, 44 - width), 0, width, 16)
        text = ngettext("{n} new message", "{n} new messages", count).format(n=count)
        self.button.setToolTip(text)
        self.button.setAccessibleName(f"{_('Messages')}: {text}")

    def _fill(self) -> None:
        content = QWidget()
        content.setObjectName("scrolled")
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, SPACE_2, 0)
        column.setSpacing(SPACE_2)
        history = self._messages.history[:SHOWN]
        if not history:
            column.addWidget(plain_label(_("Nothing happened yet."), role="muted"))
        for message in history:
            column.addWidget(self._row(message))
        column.addStretch(1)
        self._area.setWidget(content)
        width = self._popup.width() - 3 * SPACE_2
        self._area.setFixedHeight(min(HEIGHT, max(64, content.heightForWidth(width))))

    def _row(self, message: Message) -> QWidget:
        row = QWidget()
        mark = plain_label()
        mark.setPixmap(pixmap(LEVEL_ICONS[message.level], str(message.level), 16))
        mark.setAccessibleName(_(LEVEL_LABELS[message.level]))
        times = f" ({message.count}×)" if message.count > 1 else ""
        text = plain_label(one_line(message.text) + times)
        text.setWordWrap(True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        when = plain_label(local_clock(message.at, self._settings), role="caption")
        words = QVBoxLayout()
        words.setSpacing(SPACE_1)
        words.addWidget(text)
        if message.detail:
            detail = plain_label(one_line(message.detail.strip().splitlines()[-1]), role="caption")
            detail.setWordWrap(True)
            detail.setToolTip(plain_tooltip(message.detail))
            words.addWidget(detail)
        if message.action is not None:
            label, run = message.action
            button = QPushButton(label)
            set_role(button, "link")
            button.clicked.connect(self._popup.hide)
            button.clicked.connect(lambda: run())
            words.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(SPACE_2)
        line.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(words, 1)
        line.addWidget(when, 0, Qt.AlignmentFlag.AlignTop)
        return row

    def _on_clear_clicked(self) -> None:
        self._messages.clear()
        self._fill()

    def _on_copy_clicked(self) -> None:
        lines = [
            f"{message.at.isoformat(timespec='seconds')} {message.level} {message.text}\n"
            f"{message.detail}".rstrip()
            for message in self._messages.history
        ]
        QGuiApplication.clipboard().setText("\n".join(lines))
