"""The editor of a template's criteria: table, long texts, weight sum, undo."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop_app.core.criteria_draft import CriteriaDraft, row_of
from desktop_app.core.language import _
from desktop_app.core.problems import Problem
from desktop_app.core.templates import Criterion
from desktop_app.core.weights import distributed, is_number, scaled
from desktop_app.ui.templates.criteria_bar import CriteriaBar
from desktop_app.ui.templates.criteria_marks import CriteriaMarks
from desktop_app.ui.templates.criteria_model import COLUMN_OF, COLUMNS, KEYS, Cell, CriteriaModel
from desktop_app.ui.templates.criteria_view import CriteriaView
from desktop_app.ui.templates.criterion_texts import CriterionTexts
from desktop_app.ui.templates.pasting import pasted_rows
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme import tokens
from desktop_app.ui.theme.theme import Theme
from desktop_app.ui.widgets.plain_text import one_line, plain_label
from desktop_app.ui.widgets.search_field import commit_composition

_FEWEST_ROWS_SHOWN = 5


class CriteriaEditor(QWidget):
    """Edits criteria; ``changed`` after every change of any kind.

    Problems of a cell are told once it has been left, all of them by ``show_problems``.
    """

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.draft = CriteriaDraft()
        self._base: list[dict[str, Any]] = []
        self._marks = CriteriaMarks(self.draft)
        self._cursor: Cell = ("", "")
        self.model = CriteriaModel(self.draft, self)
        self.bar = CriteriaBar(theme)
        self.view = CriteriaView(self.model, theme)
        self.view.setMinimumHeight(_FEWEST_ROWS_SHOWN * tokens.ROW_HEIGHT)
        self.texts = CriterionTexts()
        self.problem_label = plain_label(role="problem")
        self.problem_label.setWordWrap(True)
        self.problem_label.hide()
        self._build()
        self._connect()
        follow_language(self, self._retranslate)

    # Values

    def set_criteria(self, criteria: Iterable[Criterion | Mapping[str, Any]]) -> None:
        """Show ``criteria`` as what is there already."""
        self.draft.load(row_of(criterion) for criterion in criteria)
        self._base = self.draft.plain()
        self._refill()

    def put(self, criteria: Iterable[Criterion | Mapping[str, Any]]) -> None:
        """Write ``criteria`` as if the person had made them: it can be undone."""
        self.draft.replace(row_of(criterion) for criterion in criteria)
        self._refill()
        self.changed.emit()

    def criteria(self) -> list[dict[str, Any]]:
        """All criteria as they are sent."""
        return self.draft.plain()

    @property
    def dirty(self) -> bool:
        """Whether anything differs from the criteria set."""
        return self.criteria() != self._base

    def set_read_only(self, read_only: bool) -> None:
        """Let everything be read but not changed."""
        self.model.read_only = read_only
        self.bar.set_read_only(read_only)
        self.texts.set_read_only(read_only)
        self._show_state()

    def drop_blank(self) -> None:
        """Take rows away into which nothing was typed, unless there is no other."""
        filled = [row for row in self.draft.rows if not row.blank]
        if filled and len(filled) < len(self.draft.rows):
            self.draft.replace(filled)
            self._changed()

    # Problems

    def problems(self) -> tuple[Problem, ...]:
        """All problems of what is typed now."""
        return self.draft.problems()

    def show_problems(self, problems: Iterable[Problem], *, focus: bool = True) -> None:
        """Show these, whose fields are ``criteria`` or ``criteria.2.weight``, and no others."""
        first = self._marks.tell(problems)
        self._show_marks()
        if focus and first is not None:
            self._go_to(first)

    def shown_problem(self, at: int, key: str) -> str:
        """The words at a cell, if it is marked."""
        return self.model.problem_at(self.model.index(at, COLUMN_OF[key]))

    def focus_first(self) -> None:
        """Put the cursor into the first cell."""
        if self.draft.rows:
            self.view.go(0, "name")
        else:
            self.bar.buttons["add"].setFocus(Qt.FocusReason.TabFocusReason)

    def resume(self) -> None:
        """Put the keyboard back where it was; without a cell under the cursor, nowhere."""
        self._go(*self._place())

    # What the person does

    def run(self, command: str) -> None:
        """Do what a key or a button asks for, at the cursor."""
        commit_composition()
        at, key = self._place()
        if self.model.read_only and command not in ("next", "previous", "up", "down", "enter"):
            return
        match command:
            case "next" | "previous":
                self._walk(at, key, 1 if command == "next" else -1)
            case "up":
                self._go(at - 1, key)
            case "down":
                self._go(at + 1, key)
            case "enter":
                self._enter(at, key)
            case "move_up":
                self._move(at, at - 1)
            case "move_down":
                self._move(at, at + 1)
            case _:
                _COMMANDS[command](self)

    def add(self) -> None:
        """An empty criterion below the cursor."""
        at = self._place()[0] + 1 if self.view.currentIndex().isValid() else len(self.draft.rows)
        self.draft.insert(at)
        self._changed()
        self._go(at, "name")

    def duplicate(self) -> None:
        """A copy of the criterion at the cursor, below it."""
        at = self._place()[0]
        if 0 <= at < len(self.draft.rows):
            self.draft.duplicate(at)
            self._changed()
            self._go(at + 1, "name")

    def remove(self) -> None:
        """Take the criterion at the cursor away; a notice offers it back."""
        at, key = self._place()
        if not 0 <= at < len(self.draft.rows):
            return
        name = one_line(self.draft.rows[at].name).strip() or str(at + 1)
        self.draft.remove(at)
        self._changed()
        self._tell(_("“{name}” was removed.").format(name=name), undo=True)
        if self.draft.rows:
            self._go(min(at, len(self.draft.rows) - 1), key)

    def undo(self) -> None:
        """Take the latest change back."""
        self.draft.undo()
        self._changed(structural=True)

    def redo(self) -> None:
        """Do again what was undone."""
        self.draft.redo()
        self._changed(structural=True)

    def paste(self) -> None:
        """Take the rows on the clipboard: over those from the cursor on, or as new ones.

        With a heading they are new rows, unless the cursor is in an empty one.
        """
        at, key = self._place()
        found = pasted_rows(QGuiApplication.clipboard().text(), key)
        if not found.rows:
            self._tell(_("The clipboard holds no rows of a table."))
            return
        at = min(max(at, 0), len(self.draft.rows))
        filled = at < len(self.draft.rows) and not self.draft.rows[at].blank
        fresh = found.headed and filled
        self.draft.fill(at + fresh, found.rows, fresh=fresh)
        self._marks.show_rows(row.id for row in self.draft.rows[at:])
        self._changed()
        self._go(at + fresh, next(iter(found.rows[0]), "name"))

    def distribute(self) -> None:
        """Give all criteria the same weight, to a hundredth."""
        if self.draft.rows:
            self.draft.weigh(distributed(len(self.draft.rows)))
            self._changed()

    def scale(self) -> None:
        """Keep the proportions of the weights and let them sum to 100."""
        weights = [row.weight for row in self.draft.rows]
        numbers = [weight for weight in weights if is_number(weight) and weight > 0]
        if numbers and len(numbers) == len(weights):
            self.draft.weigh(scaled(numbers))
            self._changed()

    # Going from cell to cell

    def _place(self) -> tuple[int, str]:
        """The row and the key that the cursor is on."""
        for key, editor in self.texts.editors.items():
            if editor.hasFocus():
                return self.view.currentIndex().row(), key
        index = self.view.currentIndex()
        key = COLUMNS[index.column()].key if index.isValid() else ""
        return index.row(), key or "name"

    def _go(self, at: int, key: str) -> None:
        if not 0 <= at < len(self.draft.rows):
            return
        if key in self.texts.editors:
            if self.view.currentIndex().row() != at:
                self.view.go(at, "step")
            self.texts.focus(key)
        else:
            self.view.go(at, key)

    def _go_to(self, cell: Cell) -> None:
        ids = [row.id for row in self.draft.rows]
        if cell[0] in ids:
            self._go(ids.index(cell[0]), cell[1] if cell[1] in KEYS else "name")

    def _walk(self, at: int, key: str, step: int) -> None:
        place = at * len(KEYS) + KEYS.index(key) + step
        if 0 <= place < len(self.draft.rows) * len(KEYS):
            self._go(place // len(KEYS), KEYS[place % len(KEYS)])
        else:
            if step < 0:  # an editor in a cell stands at the end of the chain of Tab
                self.view.setFocus(Qt.FocusReason.OtherFocusReason)
            self.focusNextPrevChild(step > 0)

    def _enter(self, at: int, key: str) -> None:
        if at + 1 < len(self.draft.rows):
            self._go(at + 1, key)
        elif not self.model.read_only and not self.draft.rows[at].blank:
            self.add()

    def _move(self, at: int, to: int) -> None:
        key = self._place()[1]
        if self.draft.move(at, to):
            self._changed()
            self._go(to, key)

    # Inside

    def _build(self) -> None:
        self._notice = plain_label(role="muted")
        self._undo = QPushButton()
        self._undo.setProperty("role", "link")
        self._undo.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._undo.clicked.connect(self.undo)
        self._notice_row = QWidget()
        notice = QHBoxLayout(self._notice_row)
        notice.setContentsMargins(0, 0, 0, 0)
        notice.setSpacing(8)
        notice.addWidget(self._notice)
        notice.addWidget(self._undo)
        notice.addStretch(1)
        self._notice_row.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.bar)
        column.addWidget(self.view, 1)
        column.addWidget(self.problem_label)
        column.addWidget(self._notice_row)
        column.addWidget(self.texts)

    def _connect(self) -> None:
        self.bar.commanded.connect(self.run)
        self.view.commanded.connect(self.run)
        self.view.moved.connect(self._move)
        self.view.cell_chosen.connect(self._on_cell_chosen)
        self.view.text_wanted.connect(self.texts.focus)
        self.model.edited.connect(self._on_cell_edited)
        self.texts.edited.connect(self._on_text_edited)
        self.texts.left.connect(self._on_text_left)
        self.texts.commanded.connect(lambda _key, command: self.run(command))

    def _tell(self, text: str, *, undo: bool = False) -> None:
        """Say something below the table until the next change."""
        self._notice.setText(text)
        self._undo.setVisible(undo)
        self._notice_row.show()

    def _refill(self) -> None:
        self._marks.clear()
        self.model.sync()
        self._notice_row.hide()
        if self.draft.rows and not self.view.currentIndex().isValid():
            # The texts below are those of the first one from the start; nothing is typed into yet.
            self.view.rest_on(0)
        self._show_marks()
        self._show_row()

    def _changed(self, *, structural: bool = False) -> None:
        """Rows came, went or changed: show them, and go to what came back."""
        come = self.model.sync()
        self._notice_row.hide()
        self._marks.edited()
        self._show_marks()
        self._show_row()
        self.changed.emit()
        if structural and come is not None:
            self._go(come, "name")

    def _on_cell_edited(self, at: int, key: str) -> None:
        self._notice_row.hide()
        self._marks.edited((self.draft.rows[at].id, key))
        self._show_marks()
        if key == "name":
            self._show_row()
        self.changed.emit()

    def _on_text_edited(self, key: str, text: str) -> None:
        index = self.view.currentIndex()
        if index.isValid():
            self.model.setData(self.model.index(index.row(), COLUMN_OF[key]), text)

    def _on_cell_chosen(self, at: int, key: str) -> None:
        before = self._cursor
        row_id = self.draft.rows[at].id if 0 <= at < len(self.draft.rows) else ""
        self._cursor = (row_id, key)
        if self._cursor == before:
            return
        self.draft.settle()
        self._marks.leave(before, row_left=row_id != before[0])
        self._show_marks()
        self._show_row()

    def _on_text_left(self, key: str) -> None:
        self.draft.settle()
        self._marks.leave((self._cursor[0], key), row_left=False)
        self._show_marks()

    def _show_marks(self) -> None:
        marks = self._marks.marks()
        self.model.show_problems(marks)
        row_id = self._cursor[0]
        self.texts.show_problems({key: text for (id_, key), text in marks.items() if id_ == row_id})
        text = self._marks.text(marks)
        self.problem_label.setText(text)
        self.problem_label.setVisible(bool(text))
        self._show_state()

    def _show_state(self) -> None:
        self.bar.show_state(self.draft, self.view.currentIndex().row())

    def _show_row(self) -> None:
        at = self.view.currentIndex().row()
        known = 0 <= at < len(self.draft.rows)
        self.texts.show_row(self.draft.rows[at] if known else None)
        self._show_state()

    def _retranslate(self) -> None:
        self.view.setAccessibleName(_("Criteria"))
        self._undo.setText(_("Undo"))
        self.model.reword()
        self._show_marks()


_COMMANDS = {
    "add": CriteriaEditor.add,
    "duplicate": CriteriaEditor.duplicate,
    "remove": CriteriaEditor.remove,
    "undo": CriteriaEditor.undo,
    "redo": CriteriaEditor.redo,
    "paste": CriteriaEditor.paste,
    "distribute": CriteriaEditor.distribute,
    "scale": CriteriaEditor.scale,
}
