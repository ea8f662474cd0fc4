"""What the local workspace does while it starts, and why when it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.language import _
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import pixmap
from desktop_app.ui.theme.theme import monospace_font, set_role
from desktop_app.ui.theme.tokens import SPACE_2, SPACE_4
from desktop_app.ui.widgets.plain_text import plain_label

if TYPE_CHECKING:
    from desktop_app.workspace.events import WorkspaceEvent

_STATE_ICONS = {
    "starting": ("clock", "info"),
    "recovering": ("refresh", "warning"),
    "ready": ("ok", "ok"),
    "failed": ("error", "danger"),
    "stopped": ("stop", "muted"),
}


class WorkspacePanel(QFrame):
    """Follows ``show_event``; ``retry_asked`` after a failure."""

    retry_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "surface")
        self._event: WorkspaceEvent | None = None
        self._title = plain_label(role="section")
        self._mark = plain_label()
        self._text = plain_label()
        self._text.setWordWrap(True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._advice = plain_label(role="muted")
        self._advice.setWordWrap(True)
        self.retry, self.show_log = QPushButton(), QPushButton()
        set_role(self.show_log, "quiet")
        self.show_log.setCheckable(True)
        self.log = QPlainTextEdit()
        self.log.setReadOnly(True)
        self.log.setFont(monospace_font())
        self.log.setProperty("role", "log")
        self.log.setMinimumHeight(140)
        self.retry.clicked.connect(self.retry_asked)
        self.show_log.toggled.connect(self.log.setVisible)
        self._build()
        follow_language(self, self._show)

    def show_event(self, event: WorkspaceEvent) -> None:
        """Show what the workspace told last."""
        self._event = event
        if event.log_tail:
            self.log.setPlainText(event.log_tail)
            self.log.moveCursor(self.log.textCursor().MoveOperation.End)
        self._show()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_4, SPACE_4, SPACE_4, SPACE_4)
        column.setSpacing(SPACE_2)
        line = QHBoxLayout()
        line.setSpacing(SPACE_2)
        line.addWidget(self._mark)
        line.addWidget(self._text, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.retry)
        buttons.addWidget(self.show_log)
        buttons.addStretch(1)
        column.addWidget(self._title)
        column.addLayout(line)
        for part in (self._bar, self._advice):
            column.addWidget(part)
        column.addLayout(buttons)
        column.addWidget(self.log, 1)
        self.log.hide()

    def _show(self) -> None:
        event = self._event
        state = event.state if event else "starting"
        self._title.setText(_("On this computer"))
        self.retry.setText(_("Start again"))
        self.show_log.setText(_("Show the log"))
        self.log.setAccessibleName(_("End of the log"))
        name, token = _STATE_ICONS[state]
        self._mark.setPixmap(pixmap(name, token, 16))
        failed = state == "failed"
        error = event.error if event else None
        text = event.text if event else _("Starting…")
        self._text.setText(text)
        self.setAccessibleName(text)
        warning = event.warning if event else ""
        self._advice.setText(error.advice_text() if failed and error else warning)
        self._advice.setVisible(bool(self._advice.text()))
        self._show_progress()
        self.retry.setVisible(failed or state == "stopped")
        has_log = bool(self.log.toPlainText()) and state in ("failed", "recovering")
        self.show_log.setVisible(has_log)
        if not has_log:
            self.show_log.setChecked(False)

    def _show_progress(self) -> None:
        event = self._event
        busy = event is None or event.state in ("starting", "recovering")
        self._bar.setVisible(busy)
        progress = event.progress if event else None
        if progress and progress.total:
            self._bar.setRange(0, progress.total + 1)
            self._bar.setValue(progress.done + 1)
        else:
            self._bar.setRange(0, 0)
