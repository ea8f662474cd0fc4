"""The strip of transfers above the list of files: how far, how fast, how long still."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.language import _, ngettext
from desktop_app.ui.files.transfers import State, Transfer, Transfers
from desktop_app.ui.sizes import byte_size
from desktop_app.ui.tab import TabTools
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.theme.theme import set_look
from desktop_app.ui.times import duration
from desktop_app.ui.widgets.elided_label import ElidedLabel
from desktop_app.ui.widgets.plain_text import plain_label
from desktop_app.ui.widgets.status_chip import StatusChip

_STEPS = 1000
_ROWS_SEEN = 3
_BETWEEN = 4

_LOOKS: dict[State, tuple[str, str]] = {
    State.WAITING: ("clock", "muted"),
    State.RUNNING: ("play", "info"),
    State.STOPPED: ("stop", "warning"),
    State.FAILED: ("error", "danger"),
    State.DONE: ("ok", "ok"),
}


def state_text(state: State) -> str:
    """A state as a word, in the language in use."""
    return {
        State.WAITING: _("Waiting"),
        State.RUNNING: _("Under way"),
        State.STOPPED: _("Stopped"),
        State.FAILED: _("Failed"),
        State.DONE: _("Done"),
    }[state]


def describe(transfer: Transfer) -> str:
    """How far a transfer is, how fast and how long still; or what is the matter with it."""
    if transfer.state is State.FAILED:
        return transfer.note
    size = byte_size(transfer.size)
    if transfer.state is State.DONE:
        return " · ".join(part for part in (size, transfer.note) if part)
    parts = [_("{done} of {total}").format(done=byte_size(transfer.done), total=size)]
    if transfer.note:
        parts.append(transfer.note)
    speed = transfer.speed.bytes_per_s if transfer.state is State.RUNNING else None
    if speed is not None:
        parts.append(_("{size} per second").format(size=byte_size(speed)))
        left = transfer.speed.seconds_left(transfer.done, transfer.size)
        if left is not None:
            parts.append(_("{time} left").format(time=duration(left)))
    return " · ".join(parts)


def _head_text(going: int, failed: Sequence[Transfer]) -> str:
    if going:
        text = ngettext("{n} file on its way", "{n} files on their way", going)
        return text.format(n=f"{going:,}")
    if failed:
        text = ngettext(
            "{name} was not transferred.", "{n} files were not transferred.", len(failed)
        )
        return text.format(name=failed[0].name, n=f"{len(failed):,}")
    return _("Transfers")


class TransferRow(QWidget):
    """One transfer with its buttons."""

    def __init__(
        self,
        transfer: Transfer,
        transfers: Transfers,
        tools: TabTools,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.transfer, self._transfers = transfer, transfers
        self.name = ElidedLabel(transfer.name, role="strong")
        self.state = StatusChip(tools.theme)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, _STEPS)
        self.caption = ElidedLabel(role="caption")
        self.stop_button, self.again_button = QToolButton(), QToolButton()
        self.folder_button, self.remove_button = QToolButton(), QToolButton()
        self.stop_button.clicked.connect(lambda: transfers.stop(transfer))
        self.again_button.clicked.connect(lambda: transfers.go_on(transfer))
        self.folder_button.clicked.connect(lambda: transfers.open_folder(transfer))
        self.remove_button.clicked.connect(lambda: transfers.remove(transfer))
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.name, 1)
        head.addWidget(self.state)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addLayout(head)
        words.addWidget(self.bar)
        words.addWidget(self.caption)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 4, 0, 4)
        row.setSpacing(8)
        row.addLayout(words, 1)
        for button in self._buttons():
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        follow_language(self, self.refresh)

    def refresh(self) -> None:
        """Show the transfer as it is now."""
        transfer = self.transfer
        state = transfer.state
        self.name.show_text(transfer.name)
        self.state.show_state(state_text(state), *_LOOKS[state])
        share = transfer.done / transfer.size if transfer.size else float(state is State.DONE)
        self.bar.setValue(round(_STEPS * min(1.0, share)))
        set_look(self.bar, "level", {State.FAILED: "danger", State.DONE: "ok"}.get(state, ""))
        self.bar.setVisible(state is not State.DONE)
        self.caption.show_text(describe(transfer))
        going = state in (State.RUNNING, State.WAITING)
        self.stop_button.setVisible(going)
        self.again_button.setVisible(state in (State.STOPPED, State.FAILED) and transfer.again)
        self.folder_button.setVisible(state is State.DONE and transfer.target is not None)
        failed = state is State.FAILED
        remove = _("Take off the list") if state is State.DONE else _("Cancel")
        self._word(self.stop_button, "stop", _("Stop"))
        self._word(self.again_button, "refresh", _("Try again") if failed else _("Go on"))
        self._word(self.folder_button, "folder", _("Open folder"))
        self._word(self.remove_button, "close", remove)

    def _buttons(self) -> tuple[QToolButton, ...]:
        return (self.stop_button, self.again_button, self.folder_button, self.remove_button)

    def _word(self, button: QToolButton, image: str, text: str) -> None:
        button.setIcon(icon(image))
        button.setToolTip(text)
        button.setAccessibleName(f"{text}: {self.transfer.name}")


class TransferList(QFrame):
    """All transfers, the newest below; hidden while there are none."""

    def __init__(
        self, transfers: Transfers, tools: TabTools, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "surface")
        self._transfers, self._tools = transfers, tools
        self.rows: dict[Transfer, TransferRow] = {}
        self._head = plain_label(role="strong")
        self.clear_button = QPushButton()
        self.clear_button.setProperty("role", "quiet")
        self.clear_button.clicked.connect(transfers.clear_done)
        head = QHBoxLayout()
        head.addWidget(self._head, 1)
        head.addWidget(self.clear_button)
        held = QWidget()
        held.setObjectName("scrolled")
        self._column = QVBoxLayout(held)
        self._column.setContentsMargins(0, 0, 12, 0)
        self._column.setSpacing(_BETWEEN)
        self._column.addStretch(1)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(held)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 8, 8)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._area)
        # Speed and time left fade out when nothing arrives any more.
        self._tick = QTimer(self)
        self._tick.setInterval(1000)
        self._tick.timeout.connect(self._on_tick)
        transfers.added.connect(self._on_added)
        transfers.changed.connect(self._on_changed)
        transfers.removed.connect(self._on_removed)
        follow_language(self, self._show)

    def _on_added(self, transfer: Transfer) -> None:
        row = TransferRow(transfer, self._transfers, self._tools)
        self.rows[transfer] = row
        self._column.insertWidget(self._column.count() - 1, row)
        self._show()
        self._bring_into_sight(transfer)

    def _on_changed(self, transfer: Transfer) -> None:
        if transfer in self.rows:
            self.rows[transfer].refresh()
            if transfer.state is not State.RUNNING or not self._tick.isActive():
                self._show()
            if transfer.state is State.FAILED:
                self._bring_into_sight(transfer)

    def _bring_into_sight(self, transfer: Transfer) -> None:
        """Scroll to it once the rows are laid out: with more than a few it would be below them."""

        def scroll() -> None:
            if transfer in self.rows:
                self._area.ensureWidgetVisible(self.rows[transfer], 0, 0)

        QTimer.singleShot(0, self, scroll)

    def _on_removed(self, transfer: Transfer) -> None:
        row = self.rows.pop(transfer, None)
        if row is not None:
            row.hide()
            row.deleteLater()
            self._show()

    def _on_tick(self) -> None:
        for transfer, row in self.rows.items():
            if transfer.state is State.RUNNING:
                transfer.speed.note(time.monotonic(), transfer.done)
                row.refresh()

    def _show(self) -> None:
        count = len(self.rows)
        self.setVisible(count > 0)
        left = sum(t.state is not State.DONE for t in self.rows)
        failed = [t for t in self.rows if t.state is State.FAILED]
        self._head.setText(_head_text(left - len(failed), failed))
        self.clear_button.setText(_("Clear what is done"))
        self.clear_button.setVisible(left < count)
        seen = list(self.rows.values())[:_ROWS_SEEN]
        height = sum(row.sizeHint().height() + _BETWEEN for row in seen)
        self._area.setFixedHeight(height + _BETWEEN)
        busy = any(t.state is State.RUNNING for t in self.rows)
        if busy and not self._tick.isActive():
            self._tick.start()
        elif not busy:
            self._tick.stop()
