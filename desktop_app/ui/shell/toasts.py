"""Messages that appear in the corner for a moment: they never take the focus."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from desktop_app.core.language import _
from desktop_app.ui.messages import LEVEL_LABELS, Level, Message, MessageCentre
from desktop_app.ui.theme.icons import icon, pixmap
from desktop_app.ui.theme.theme import set_role
from desktop_app.ui.theme.tokens import SPACE_1, SPACE_2, SPACE_3, SPACE_4
from desktop_app.ui.widgets.plain_text import one_line, plain_label

WIDTH = 380
SHOWN_AT_ONCE = 3
LONGEST_TEXT = 400

LEVEL_ICONS = {
    Level.INFO: "info",
    Level.OK: "ok",
    Level.WARNING: "warning",
    Level.DANGER: "error",
}

LINE_HEIGHT = 32
"""Of the close button, with which the icon and a first line of text are level."""

ABOVE_FOOT = 64
"""Room left below: a table's pager stands there, and must not wait for a message to go."""

STAYS_MS = {Level.INFO: 5_000, Level.OK: 4_000, Level.WARNING: 9_000, Level.DANGER: 15_000}


class Toast(QFrame):
    """One message; it goes by itself, but not while the mouse is on it."""

    def __init__(self, message: Message, gone: Callable[[Toast], object], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("toast")
        self.setProperty("level", str(message.level))
        self.setFixedWidth(WIDTH)
        self._gone = gone
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(STAYS_MS[message.level])
        self._timer.timeout.connect(self.dismiss)
        self._timer.start()
        self.setAccessibleName(f"{_(LEVEL_LABELS[message.level])}: {message.text}")
        mark = plain_label()
        mark.setPixmap(pixmap(LEVEL_ICONS[message.level], str(message.level), 20))
        mark.setFixedHeight(LINE_HEIGHT)
        close = QToolButton()
        close.setIcon(icon("close", "muted"))
        close.setAccessibleName(_("Close this message"))
        close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        close.clicked.connect(self.dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_3, SPACE_2, SPACE_1, SPACE_2)
        row.setSpacing(SPACE_2)
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(self._words(message), 1)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)

    def dismiss(self) -> None:
        """Take the message away."""
        self._timer.stop()
        self._gone(self)

    def enterEvent(self, event: QEnterEvent) -> None:
        """The mouse holds the message."""
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """The mouse lets it go."""
        self._timer.start()
        super().leaveEvent(event)

    def _words(self, message: Message) -> QVBoxLayout:
        words = QVBoxLayout()
        words.setContentsMargins(0, SPACE_1, 0, SPACE_1)
        words.setSpacing(SPACE_1)
        text = plain_label(_shortened(message.text))
        text.setWordWrap(True)
        text.setMinimumHeight(LINE_HEIGHT - 2 * SPACE_1)
        words.addWidget(text)
        detail = message.detail.strip().splitlines()
        if detail and not detail[0].startswith("Traceback"):
            advice = plain_label(_shortened(detail[0]), role="caption")
            advice.setWordWrap(True)
            words.addWidget(advice)
        if message.action is not None:
            label, run = message.action
            button = QPushButton(label)
            set_role(button, "link")
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(self.dismiss)
            button.clicked.connect(lambda: run())
            words.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        words.addStretch(1)
        return words


class Toasts(QObject):
    """Shows what the message centre posts, at most three at once, at the window's lower right."""

    def __init__(self, messages: MessageCentre, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._shown: list[Toast] = []
        messages.posted.connect(self._on_message_posted)
        window.installEventFilter(self)

    @property
    def shown(self) -> tuple[Toast, ...]:
        """The toasts on screen, the newest last."""
        return tuple(self._shown)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002
        """Keep the corner when the window is resized."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _on_message_posted(self, message: Message) -> None:
        while len(self._shown) >= SHOWN_AT_ONCE:
            self._remove(self._shown[0])
        toast = Toast(message, self._remove, self._window)
        self._shown.append(toast)
        toast.show()
        toast.raise_()
        self._place()

    def _remove(self, toast: Toast) -> None:
        if toast in self._shown:
            self._shown.remove(toast)
            toast.hide()
            toast.deleteLater()
            self._place()

    def _place(self) -> None:
        bottom = self._window.height() - ABOVE_FOOT
        for toast in reversed(self._shown):
            height = toast.heightForWidth(WIDTH)  # the hint wraps words at a width of its own
            toast.setGeometry(
                self._window.width() - WIDTH - SPACE_4, bottom - height, WIDTH, height
            )
            bottom -= height + SPACE_2


def _shortened(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= LONGEST_TEXT else line[: LONGEST_TEXT - 1] + "…"
