"""A few fields and one thing that is done with them: a reason, a name, both."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from desktop_app.core.errors import Conflict, ConsoleError, Rejected
from desktop_app.core.fields import Field
from desktop_app.core.language import _
from desktop_app.core.tasks import TaskContext
from desktop_app.ui.dialogs.frame import DialogFrame
from desktop_app.ui.dialogs.lock_notice import LockNotice
from desktop_app.ui.forms.form import Form
from desktop_app.ui.tab import TabTools
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.lookups import Lookup
from desktop_app.ui.widgets.plain_text import plain_label
from desktop_app.ui.widgets.search_field import commit_composition

T = TypeVar("T")


class FormDialog(DialogFrame, Generic[T]):
    """``send`` runs on the pool with the values once they are right; ``done`` gets its answer.

    A refusal shows under the fields, a failure above them; what was typed stays. ``overtaken``:
    somebody else was first, and what it is about is to be loaded anew.
    """

    overtaken = Signal()

    def __init__(
        self,
        title: str,
        text: str,
        fields: Sequence[Field],
        *,
        action: str,
        send: Callable[[Mapping[str, Any]], T],
        done: Callable[[T], object],
        tools: TabTools,
        lookups: Mapping[str, Lookup] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, parent, narrowest=480)
        self._tools, self._send, self._done = tools, send, done
        self._sending, self._action = False, action
        self.banner = Banner(tools.theme)
        self.form = Form(fields, lookups=lookups or {}, tools=tools, columns=1)
        self.content.addWidget(self.banner)
        if text:
            words = plain_label(text)
            words.setWordWrap(True)
            self.content.addWidget(words)
        self.content.addWidget(self.form)
        self.content.addStretch(1)
        self.cancel_button = self.add_button(_("Cancel"))
        self.cancel_button.clicked.connect(self.reject)
        self.action_button = self.add_button(action, role="primary")
        self.action_button.clicked.connect(self.send)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.send)
        self.lock = LockNotice(self.banner, tools.guard, self)
        self.lock.changed.connect(self._show_state)
        self._show_state()
        self.form.focus_first()

    def send(self) -> None:
        """Check and send; a second call while it is under way does nothing."""
        if self._sending:
            return
        commit_composition()
        if not self.form.validate() or self.lock.show():
            return
        values, send = self.form.values(), self._send

        def work(_context: TaskContext) -> T:
            return send(values)

        self._sending = True
        self.banner.hide()
        self._show_state()
        self._tools.runner.start(
            work, owner=self, done=self._on_sent, failed=self._on_failed, keep=True
        )

    @property
    def unsaved(self) -> bool:
        """Whether closing now would lose something typed, or an answer on its way."""
        return self._sending or self.form.dirty

    def reject(self) -> None:
        """Close, but not while an answer is on its way."""
        if not self._sending:
            super().reject()

    def leave(self, proceed: Callable[[], object]) -> None:
        """Close and ``proceed``, but not while an answer is on its way: a few words are lost."""
        if not self._sending:
            self.done(0)
            proceed()

    def closeEvent(self, event: QCloseEvent) -> None:
        """The window's close button does as Esc."""
        if self._sending:
            event.ignore()
        else:
            super().closeEvent(event)

    def _on_sent(self, answer: T) -> None:
        self._sending = False
        self.accept()
        self._done(answer)

    def _on_failed(self, error: Exception) -> None:
        self._sending = False
        self._show_state()
        if isinstance(error, Rejected) and error.problems:
            self.form.show_problems(error.problems)
        elif isinstance(error, Conflict):
            advice = _("Close this, look at it as it is now, and try again.")
            self.banner.tell(f"{error.text()} {advice}", tone="danger")
            self.overtaken.emit()
        elif isinstance(error, ConsoleError):
            text = _("{problem} What you typed is still here.").format(problem=error)
            self.banner.tell(text, tone="danger")
        else:
            self._tools.messages.post_error(error, doing=self.windowTitle())

    def _show_state(self) -> None:
        locked = self.lock.show()
        self.form.setEnabled(not self._sending)
        self.cancel_button.setEnabled(not self._sending)
        self.action_button.setEnabled(not self._sending and not locked)
        self.action_button.setText(_("Saving…") if self._sending else self._action)
