"""A reference to an entry of another list, found on the server as its name is typed."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QCompleter, QLineEdit, QWidget

from desktop_app.core.fields import Field
from desktop_app.core.language import _
from desktop_app.core.problems import Problem
from desktop_app.ui.forms.editors import Editor
from desktop_app.ui.tab import TabTools
from desktop_app.ui.theme.theme import set_look
from desktop_app.ui.widgets.latest import Latest
from desktop_app.ui.widgets.lookups import Lookup
from desktop_app.ui.widgets.plain_text import add_clear_button
from desktop_app.ui.widgets.search_field import DEBOUNCE_MS


class ReferenceEditor(Editor):
    """Type a part of the name, choose from what the server finds; the value is the entry's id.

    What is typed but not chosen is a problem, not a silent nothing: it stays in the field.
    """

    def __init__(
        self, field: Field, lookup: Lookup, tools: TabTools, parent: QWidget | None = None
    ) -> None:
        super().__init__(field, parent)
        self._id: str | None = None
        self._label = ""
        self._found: list[tuple[str, str]] = []
        self._wanted = False
        self.line = QLineEdit()
        add_clear_button(self.line)
        self.line.setPlaceholderText(_("Type to search"))
        self.line.textEdited.connect(self._on_text_edited)
        self.line.textChanged.connect(self._on_text_changed)
        self.take(self.line)
        self._model = QStandardItemModel(self)
        self._completer = QCompleter(self._model, self)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setWidget(self.line)
        self._completer.activated[QModelIndex].connect(self._on_activated)  # type: ignore[index]
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DEBOUNCE_MS)
        self._timer.timeout.connect(self._on_timer_timeout)
        self._latest: Latest[str, list[tuple[str, str]]] = Latest(
            lookup,
            tools.runner,
            answered=self._on_answered,
            failed=self._on_failed,
            parent=self,
        )
        self.left.connect(self._on_left)

    def value(self) -> Any:
        """The value as it is kept."""
        return self._id

    def set_value(self, value: Any) -> None:
        """Show ``value``."""
        self._id = None if value is None else str(value)
        self._label = self._id or ""
        self.line.setText(self._label)

    def set_label(self, label: str) -> None:
        """What the entry referred to is called."""
        self._label = label
        self.line.setText(label)
        self.line.setCursorPosition(0)

    @property
    def label(self) -> str:
        """What is shown."""
        return self.line.text()

    def problem(self) -> Problem | None:
        """Something typed but not chosen."""
        typed = self.line.text().strip()
        if typed and self._id is None:
            return Problem(field=self.field.key, code="reference_unknown")
        return None

    def set_read_only(self, read_only: bool) -> None:
        """Let the value be read but not changed."""
        self.line.setReadOnly(read_only)
        self.line.setClearButtonEnabled(not read_only)
        set_look(self.line, "readOnly", "true" if read_only else "false")

    def choose(self, entry_id: str, label: str) -> None:
        """Take one entry, as a click on it does."""
        self._id, self._label = entry_id, label
        self.line.setText(label)
        self._timer.stop()
        self._wanted = False
        self.edited.emit()

    def _on_text_edited(self) -> None:
        self._wanted = True
        self._timer.start()

    def _on_text_changed(self, text: str) -> None:
        # The clear button changes the text without editing it.
        if text != self._label and (self._id is not None or self._label):
            self._id, self._label = None, ""
            self.edited.emit()

    def _on_timer_timeout(self) -> None:
        self._latest.ask(self.line.text().strip())

    def _on_answered(self, question: str, found: list[tuple[str, str]]) -> None:
        self._found = found
        exact = [entry for entry in found if entry[1] == question]
        if not self.line.hasFocus():
            if len(exact) == 1 and self._id is None:
                self.choose(*exact[0])
            return
        if not self._wanted:
            return
        self._model.clear()
        for entry_id, label in found:
            item = QStandardItem(label)
            item.setData(entry_id, Qt.ItemDataRole.UserRole)
            self._model.appendRow(item)
        if not found:
            nothing = QStandardItem(_("Nothing found"))
            nothing.setEnabled(False)
            self._model.appendRow(nothing)
        self._completer.complete()

    def _on_failed(self, _question: str, error: Exception) -> None:
        self._model.clear()
        notice = QStandardItem(str(error))
        notice.setEnabled(False)
        self._model.appendRow(notice)
        if self.line.hasFocus():
            self._completer.complete()

    def _on_activated(self, index: QModelIndex) -> None:
        entry_id = index.data(Qt.ItemDataRole.UserRole)
        if entry_id is not None:
            self.choose(entry_id, index.data())

    def _on_left(self) -> None:
        typed = self.line.text().strip()
        if self._id is None and typed:
            exact = [entry for entry in self._found if entry[1] == typed]
            if len(exact) == 1:
                self.choose(*exact[0])
