"""The long texts of the chosen criterion: its description, and the guide that evaluators read."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QWidget

from desktop_app.core.criteria_draft import CriterionRow
from desktop_app.core.language import N_, _
from desktop_app.ui.forms.editors import column_of
from desktop_app.ui.templates.criteria_delegate import command_of
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.theme import set_look
from desktop_app.ui.widgets.plain_text import one_line, plain_label

_LABELS = {"description": N_("Description"), "guide": N_("Guide for evaluators")}
_HEIGHT = 84
_LONGEST_NAME = 24
_CELL_COMMANDS = frozenset({"next", "previous", "move_up", "move_down", "add", "remove"})


class CriterionTexts(QWidget):
    """Editors beside each other. ``edited`` carries key and text, ``commanded`` key and command.

    Undo and redo in a text are those of the whole list.
    """

    edited = Signal(str, str)
    commanded = Signal(str, str)
    left = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row: CriterionRow | None = None
        self.editors: dict[str, QPlainTextEdit] = {}
        self._labels: dict[str, QLabel] = {}
        self._notes: dict[str, QLabel] = {}
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(16)
        for key in _LABELS:
            line.addWidget(self._build(key), 1, Qt.AlignmentFlag.AlignTop)
        follow_language(self, self._name)

    def show_row(self, row: CriterionRow | None) -> None:
        """Show the texts of ``row``; None: nothing is chosen."""
        self._row = row
        for key, editor in self.editors.items():
            text = getattr(row, key) if row is not None else ""
            if editor.toPlainText() != text:
                editor.blockSignals(True)
                editor.setPlainText(text)
                editor.blockSignals(False)
            editor.setEnabled(row is not None)
        self._name()

    def show_problems(self, problems: dict[str, str]) -> None:
        """Tell what is wrong with the texts shown, by key."""
        for key, note in self._notes.items():
            text = problems.get(key, "")
            note.setText(text)
            note.setVisible(bool(text))
            set_look(self.editors[key], "problem", "true" if text else "false")
            self.editors[key].setAccessibleDescription(text)

    def set_read_only(self, read_only: bool) -> None:
        """Let the texts be read but not changed."""
        for editor in self.editors.values():
            editor.setReadOnly(read_only)

    def focus(self, key: str) -> None:
        """Put the caret behind the text of ``key``."""
        editor = self.editors[key]
        editor.setFocus(Qt.FocusReason.TabFocusReason)
        editor.moveCursor(editor.textCursor().MoveOperation.End)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tab goes to the next cell; Alt with arrows moves the criterion; Enter is typed."""
        key = next((k for k, editor in self.editors.items() if editor is watched), "")
        if not key:
            return super().eventFilter(watched, event)
        if event.type() == QEvent.Type.FocusOut:
            self.left.emit(key)
        if event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride) and isinstance(
            event, QKeyEvent
        ):
            command = command_of(event)
            if command in _CELL_COMMANDS or command in ("undo", "redo"):
                if event.type() == QEvent.Type.KeyPress:
                    self.commanded.emit(key, command)
                event.accept()
                return True
        return super().eventFilter(watched, event)

    def _build(self, key: str) -> QWidget:
        editor = QPlainTextEdit()
        editor.setFixedHeight(_HEIGHT)
        editor.textChanged.connect(lambda: self.edited.emit(key, editor.toPlainText()))
        editor.installEventFilter(self)
        label, note = plain_label(role="caption"), plain_label(role="problem")
        label.setBuddy(editor)
        note.setWordWrap(True)
        note.hide()
        self.editors[key], self._labels[key], self._notes[key] = editor, label, note
        cell = QWidget()
        cell.setLayout(column_of(label, editor, note))
        return cell

    def _name(self) -> None:
        for key, label in self._labels.items():
            what = _(_LABELS[key])
            name = one_line(self._row.name).strip() if self._row is not None else ""
            if not name:
                label.setText(what)
                self.editors[key].setAccessibleName(what)
                continue
            short = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
            label.setText(_("{what} of “{name}”").format(what=what, name=short))
            self.editors[key].setAccessibleName(label.text())
