"""A list of names pasted from elsewhere, one a line; what is not found is named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from desktop_app.core.language import _, ngettext
from desktop_app.core.tasks import TaskContext
from desktop_app.ui.dialogs.confirm import listing
from desktop_app.ui.dialogs.frame import DialogFrame
from desktop_app.ui.tab import TabTools
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.plain_text import one_line, plain_label
from desktop_app.ui.widgets.search_field import commit_composition

MOST_LINES = 5_000


@dataclass(frozen=True, slots=True)
class Resolved:
    """The entries that lines name, and the lines that name none or more than one."""

    entries: tuple[Any, ...]
    unknown: tuple[str, ...]


Resolve = Callable[[Sequence[str], TaskContext], Resolved]


class PasteDialog(DialogFrame):
    """``resolved`` carries the entries found, once the person takes them."""

    resolved = Signal(tuple)

    def __init__(
        self, resolve: Resolve, hint: str, tools: TabTools, parent: QWidget | None = None
    ) -> None:
        super().__init__(_("Paste a list"), parent, narrowest=520)
        self._resolve, self._tools = resolve, tools
        self._answer: Resolved | None = None
        self._busy = False
        words = plain_label(hint)
        words.setWordWrap(True)
        self.text = QPlainTextEdit()
        self.text.setTabChangesFocus(True)
        self.text.setMinimumHeight(180)
        self.text.setAccessibleName(hint)
        self.text.textChanged.connect(self._on_text_changed)
        self.banner = Banner(tools.theme)
        self.unknown: QPlainTextEdit | None = None
        self.content.addWidget(words)
        self.content.addWidget(self.text, 1)
        self.content.addWidget(self.banner)
        cancel = self.add_button(_("Cancel"))
        cancel.clicked.connect(self.reject)
        self.action_button = self.add_button("", role="primary")
        self.action_button.clicked.connect(self._on_action_clicked)
        self.text.setFocus()
        self._show_state()

    def lines(self) -> list[str]:
        """What was pasted, without empty lines and repetitions."""
        cleaned = (
            " ".join(one_line(line).split()) for line in self.text.toPlainText().splitlines()
        )
        return list(dict.fromkeys(line for line in cleaned if line))

    def _on_text_changed(self) -> None:
        self._answer = None
        self.banner.hide()
        self._forget_unknown()
        self._show_state()

    def _on_action_clicked(self) -> None:
        if self._busy:
            return
        if self._answer is not None and self._answer.entries:
            self.resolved.emit(self._answer.entries)
            self.accept()
            return
        commit_composition()
        lines, resolve = self.lines()[:MOST_LINES], self._resolve
        self._busy = True
        self._show_state()
        self._tools.runner.start(
            lambda context: resolve(lines, context),
            owner=self,
            done=self._on_resolved,
            failed=self._on_failed,
        )

    def _on_resolved(self, answer: Resolved) -> None:
        self._busy = False
        self._answer = answer
        if not answer.unknown:
            self.resolved.emit(answer.entries)
            self.accept()
            return
        found, missing = len(answer.entries), len(answer.unknown)
        parts = (
            ngettext("{n} line was found.", "{n} lines were found.", found).format(n=found),
            ngettext(
                "{n} line names nobody, or more than one:",
                "{n} lines name nobody, or more than one:",
                missing,
            ).format(n=missing),
        )
        self.banner.tell(" ".join(parts), tone="warning", closable=False)
        self._forget_unknown()
        self.unknown = listing(answer.unknown, _("Lines not found"))
        self.content.addWidget(self.unknown)
        self._show_state()

    def _on_failed(self, error: Exception) -> None:
        self._busy = False
        self.banner.tell(str(error), tone="danger")
        self._show_state()

    def _forget_unknown(self) -> None:
        if self.unknown is not None:
            self.unknown.hide()
            self.unknown.deleteLater()
            self.unknown = None

    def _show_state(self) -> None:
        count = len(self.lines())
        found = len(self._answer.entries) if self._answer is not None else 0
        if self._busy:
            text = _("Looking them up…")
        elif found:
            text = ngettext("Add the {n} found", "Add the {n} found", found).format(n=found)
        else:
            text = ngettext("Look up {n} line", "Look up {n} lines", count).format(n=count)
        self.action_button.setText(text)
        known = self._answer is not None and not found
        self.action_button.setEnabled(not self._busy and bool(count) and not known)
