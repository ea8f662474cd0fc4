"""Work that runs: what, how far, how long still, and a way to stop it."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QToolButton, QVBoxLayout, QWidget

from desktop_app.core.language import _, ngettext
from desktop_app.ui.shell.popup import Popup
from desktop_app.ui.sizes import byte_size
from desktop_app.ui.tasks import Task, TaskRunner
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.theme.theme import set_role
from desktop_app.ui.theme.tokens import SPACE_1, SPACE_2
from desktop_app.ui.times import duration
from desktop_app.ui.widgets.plain_text import one_line, plain_label

_STEPS = 1000


def show_progress(bar: QProgressBar, task: Task) -> None:
    """Show how far ``task`` is; a moving bar while that is unknown."""
    total = task.progress.total
    if not total:
        bar.setRange(0, 0)
        return
    bar.setRange(0, _STEPS)
    bar.setValue(min(_STEPS, round(_STEPS * task.progress.done / total)))


def describe(task: Task) -> str:
    """How far and how long still, in words."""
    if task.cancelled:
        return _("stopping…")
    parts = [task.progress.text] if task.progress.text else []
    if task.progress.total:
        shown = byte_size if task.progress.unit == "bytes" else "{:,}".format
        parts.append(f"{shown(task.progress.done)} / {shown(task.progress.total)}")
    left = task.seconds_left()
    if left is not None:
        parts.append(_("{time} left").format(time=duration(left)))
    return " · ".join(parts)


class TaskRow(QWidget):
    """One piece of running work with its stop button."""

    def __init__(self, task: Task, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._task = task
        title = plain_label(one_line(task.title))
        title.setWordWrap(True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._state = plain_label(role="caption")
        self.stop = QToolButton()
        self.stop.setIcon(icon("stop"))
        self.stop.clicked.connect(self._on_stop_clicked)
        words = QVBoxLayout()
        words.setSpacing(SPACE_1)
        for part in (title, self._bar, self._state):
            words.addWidget(part)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, SPACE_2)
        row.setSpacing(SPACE_2)
        row.addLayout(words, 1)
        row.addWidget(self.stop)
        follow_language(self, self.update_progress)

    def update_progress(self) -> None:
        """Show how far the work is now."""
        show_progress(self._bar, self._task)
        self._state.setText(describe(self._task))
        self.stop.setEnabled(not self._task.cancelled)
        text = _("Stop: {what}").format(what=one_line(self._task.title))
        self.stop.setToolTip(_("Stop"))
        self.stop.setAccessibleName(text)

    def _on_stop_clicked(self) -> None:
        self._task.cancel()
        self.update_progress()


class RunningWork(QWidget):
    """In the header: the oldest running work and how many there are; hidden while none runs."""

    def __init__(self, runner: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._rows: dict[Task, TaskRow] = {}
        self.button = QToolButton()
        set_role(self.button, "labelled")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(96)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_2)
        row.addWidget(self._bar)
        row.addWidget(self.button)
        self._popup = Popup(self.button, 360)
        self._head = plain_label(role="strong")
        self._popup.column.addWidget(self._head)
        self.button.clicked.connect(self._popup.open_below)
        # Time left goes on counting between two reports.
        self._tick = QTimer(self)
        self._tick.setInterval(1000)
        self._tick.timeout.connect(self._show)
        runner.started.connect(self._on_runner_started)
        runner.progressed.connect(self._on_runner_progressed)
        runner.finished.connect(self._on_runner_finished)
        for task in runner.running:
            self._on_runner_started(task)
        follow_language(self, self._show)

    def _on_runner_started(self, task: Task) -> None:
        if not task.title or task in self._rows:
            return
        self._rows[task] = TaskRow(task, self._popup)
        self._popup.column.addWidget(self._rows[task])
        self._show()

    def _on_runner_progressed(self, task: Task) -> None:
        if task in self._rows:
            self._show()

    def _on_runner_finished(self, task: Task) -> None:
        row = self._rows.pop(task, None)
        if row is not None:
            row.hide()
            row.deleteLater()
            self._show()

    def _show(self) -> None:
        count = len(self._rows)
        self.setVisible(count > 0)
        if not count:
            self._tick.stop()
            self._popup.hide()
            return
        if not self._tick.isActive():
            self._tick.start()
        text = ngettext("{n} task running", "{n} tasks running", count).format(n=count)
        self._head.setText(text)
        self.button.setText(text)
        self.button.setAccessibleName(text)
        self.button.setToolTip(_("Running work: show and stop"))
        show_progress(self._bar, next(iter(self._rows)))
        for row in self._rows.values():
            row.update_progress()
        if self._popup.isVisible():
            self._popup.adjustSize()
