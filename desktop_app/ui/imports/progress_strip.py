"""How far long work is: what, how many, how fast, how long still, and a way to stop."""

from __future__ import annotations

import time

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from desktop_app.core.language import _
from desktop_app.core.tasks import Progress
from desktop_app.ui.texts import follow_language
from desktop_app.ui.times import duration
from desktop_app.ui.widgets.plain_text import plain_label

_PACE_KNOWN_AFTER_S = 0.5


class ProgressStrip(QWidget):
    """Hidden until ``begin``; ``stop_wanted`` is sent by its button.

    ``unit_per_second`` is a message id with ``{n}``.
    """

    stop_wanted = Signal()

    def __init__(self, unit_per_second: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._unit_per_second = unit_per_second
        self._started_at = 0.0
        self._already = 0
        self._title = plain_label()
        self._title.setWordWrap(True)
        self.pace = plain_label(role="caption")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(8)
        self.stop_button = QPushButton()
        self.stop_button.clicked.connect(self._on_stop_clicked)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.bar, 1)
        row.addWidget(self.stop_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._title)
        layout.addLayout(row)
        layout.addWidget(self.pace)
        follow_language(self.stop_button, lambda: self.stop_button.setText(_("Stop")))
        self.hide()

    def begin(self, title: str, *, already: int = 0) -> None:
        """Show ``title`` (translated), with nothing known; ``already`` were done earlier."""
        self._started_at = time.monotonic()
        self._already = already
        self._title.setText(title)
        self.pace.setText("")
        self.bar.setRange(0, 0)
        self.bar.setAccessibleName(title)
        self.stop_button.setEnabled(True)
        self.show()

    def show_progress(self, progress: Progress) -> None:
        """Show how far it is, and from the pace so far how long still."""
        total = progress.total
        if total:
            self.bar.setRange(0, total)
            self.bar.setValue(min(progress.done, total))
        parts = [progress.text] if progress.text else []
        if total:
            parts.append(
                _("{done} of {total} rows").format(done=f"{progress.done:,}", total=f"{total:,}")
            )
        passed = time.monotonic() - self._started_at
        done_now = progress.done - self._already
        if total and done_now > 0 and passed > _PACE_KNOWN_AFTER_S:
            pace = done_now / passed
            parts.append(_(self._unit_per_second).format(n=f"{pace:,.0f}"))
            left = duration((total - progress.done) / pace)
            parts.append(_("{time} left").format(time=left))
        self.pace.setText(" · ".join(parts))

    def end(self) -> None:
        """The work is over."""
        self.hide()

    def _on_stop_clicked(self) -> None:
        self.stop_button.setEnabled(False)
        self.stop_wanted.emit()
