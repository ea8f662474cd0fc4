"""The connection doctor: one step after the other, with what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from desktop_app.config.profiles import Profile
from desktop_app.core.errors import Cancelled
from desktop_app.core.language import N_, _
from desktop_app.core.tasks import TaskContext
from desktop_app.ui.signin.password_field import PasswordField
from desktop_app.ui.tasks import Task, TaskRunner
from desktop_app.ui.theme.icons import pixmap
from desktop_app.ui.theme.theme import set_role
from desktop_app.ui.theme.tokens import SPACE_1, SPACE_2, SPACE_4, SPACE_6
from desktop_app.ui.widgets.plain_text import one_line, plain_label

if TYPE_CHECKING:
    from desktop_app.services.doctor import Step

Diagnose = Callable[[Profile, str | None, str | None, TaskContext], "Iterator[Step]"]
"""Examines a profile with a sign-in name and password, if given."""

STATES = {
    "ok": ("ok", "ok", N_("in order")),
    "warning": ("warning", "warning", N_("with a warning")),
    "failed": ("error", "danger", N_("failed")),
    "skipped": ("minus", "muted", N_("skipped")),
}


class DoctorDialog(QDialog):
    """Examines ``profile`` at once; the sign-in step needs a name and a password.

    Deletes itself when closed, which stops the examination.
    """

    def __init__(
        self,
        profile: Profile,
        diagnose: Diagnose,
        runner: TaskRunner,
        parent: QWidget,
        *,
        login: str = "",
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        name = _(profile.name) if profile.is_local else profile.name
        self.setWindowTitle(_("Connection doctor: {name}").format(name=one_line(name)))
        self._profile, self._diagnose, self._runner = profile, diagnose, runner
        self._task: Task | None = None
        self.steps: list[Step] = []
        self.login, self.password = QLineEdit(login), PasswordField()
        self.summary = plain_label(role="strong")
        self.summary.setWordWrap(True)
        self.again, self.copy, self.close_button = (
            QPushButton(text) for text in (_("Examine again"), _("Copy report"), _("Close"))
        )
        set_role(self.again, "primary")
        self._rows = QWidget()
        self._rows.setObjectName("scrolled")
        self._grid = QGridLayout(self._rows)
        self._build()
        self.again.clicked.connect(self.examine)
        self.copy.clicked.connect(self._on_copy_clicked)
        self.close_button.clicked.connect(self.reject)
        self.password.entered.connect(self.examine)
        self.examine()

    def examine(self) -> None:
        """Begin anew; a running examination is stopped first."""
        if self._task is not None:
            self._task.cancel()
        self._clear()
        self.again.setEnabled(False)
        self.summary.setText(_("Examining…"))
        profile, diagnose = self._profile, self._diagnose
        login, password = self.login.text().strip() or None, self.password.text() or None
        found: list[Step] = []

        def work(context: TaskContext) -> tuple[Step, ...]:
            for step in diagnose(profile, login, password, context):
                found.append(step)
                context.report(len(found), text=step.title)
            return tuple(found)

        self._task = self._runner.start(
            work,
            owner=self,
            progress=lambda _progress: self._show_more(found),
            done=lambda _steps: self._on_examined(found),
            failed=self._on_failed,
        )

    def _build(self) -> None:
        self._grid.setContentsMargins(0, 0, SPACE_2, 0)
        self._grid.setHorizontalSpacing(SPACE_2)
        self._grid.setVerticalSpacing(SPACE_2)
        self._grid.setColumnStretch(1, 1)
        self._grid.setAlignment(Qt.AlignmentFlag.AlignTop)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(self._rows)
        fields = QHBoxLayout()
        fields.setSpacing(SPACE_4)
        for text, field in ((_("Sign-in name"), self.login), (_("Password"), self.password)):
            part = QVBoxLayout()
            part.setSpacing(SPACE_1)
            label = plain_label(text)
            label.setBuddy(field)
            field.setAccessibleName(text)
            part.addWidget(label)
            part.addWidget(field)
            fields.addLayout(part, 1)
        self.password.name(_("Password"))
        note = plain_label(
            _("Name and password are only needed to examine the sign-in; they are not kept."),
            role="caption",
        )
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_2)
        buttons.addWidget(self.copy)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.again)
        self.again.setDefault(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_6, SPACE_6, SPACE_6, SPACE_4)
        column.setSpacing(SPACE_4)
        column.addWidget(self.summary)
        column.addWidget(area, 1)
        column.addLayout(fields)
        column.addWidget(note)
        column.addLayout(buttons)
        self.resize(640, 600)

    def _clear(self) -> None:
        self.steps = []
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()

    def _show_more(self, found: list[Step]) -> None:
        for step in found[len(self.steps) :]:
            self._add(step)

    def _add(self, step: Step) -> None:
        row = len(self.steps)
        self.steps.append(step)
        image, token, word = STATES[step.state]
        mark = plain_label()
        mark.setPixmap(pixmap(image, token, 16))
        took = "" if step.state == "skipped" else f"{step.took_ms:,.0f} ms"
        head = plain_label(f"{step.title} – {_(word)}", role="strong")
        words = QWidget()
        lines = QVBoxLayout(words)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(SPACE_1)
        lines.addWidget(head)
        for text, role in ((step.detail, "muted"), (step.advice, "")):
            if text:
                line = plain_label(text, role=role)
                line.setWordWrap(True)
                line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                lines.addWidget(line)
        top = Qt.AlignmentFlag.AlignTop
        self._grid.addWidget(mark, row, 0, top)
        self._grid.addWidget(words, row, 1, top)
        self._grid.addWidget(
            plain_label(took, role="caption"), row, 2, top | Qt.AlignmentFlag.AlignRight
        )

    def _on_examined(self, found: list[Step]) -> None:
        self._show_more(found)
        failed = [step.title for step in self.steps if step.state == "failed"]
        self.summary.setText(
            _("What fails: {steps}.").format(steps=", ".join(failed))
            if failed
            else _("Everything examined is in order.")
        )
        self._finish()

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, Cancelled) or not isValid(self):
            return
        self.summary.setText(str(error))
        self._finish()

    def _finish(self) -> None:
        self._task = None
        self.again.setEnabled(True)

    def _on_copy_clicked(self) -> None:
        lines = [
            f"{step.state}\t{step.title}\t{step.detail}\t{step.advice}".rstrip()
            for step in self.steps
        ]
        QGuiApplication.clipboard().setText("\n".join([self.windowTitle(), *lines]))
