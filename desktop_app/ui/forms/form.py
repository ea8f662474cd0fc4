"""A form made from declared fields: labels above, problems in words below, at most two columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from desktop_app.core.documents import changed as differing
from desktop_app.core.fields import Field, Kind, check_fields
from desktop_app.core.language import _
from desktop_app.core.problems import Problem
from desktop_app.ui.forms.business_number_editor import BusinessNumberEditor
from desktop_app.ui.forms.editors import (
    ChoiceEditor,
    Editor,
    FlagEditor,
    LineEditor,
    MultilineEditor,
    NumberEditor,
    column_of,
)
from desktop_app.ui.forms.moment_editor import MomentEditor
from desktop_app.ui.forms.reference_editor import ReferenceEditor
from desktop_app.ui.tab import TabTools
from desktop_app.ui.times import qt_zone
from desktop_app.ui.widgets.lookups import Lookup
from desktop_app.ui.widgets.plain_text import plain_label
from desktop_app.ui.widgets.search_field import commit_composition

Check = Callable[..., tuple[Problem, ...]]
"""Rules over all values; ``only`` limits the fields that are told of, as in ``check_user``."""

_EDITORS: dict[Kind, Callable[[Field], Editor]] = {
    Kind.TEXT: LineEditor,
    Kind.MULTILINE: MultilineEditor,
    Kind.EMAIL: LineEditor,
    Kind.PHONE: LineEditor,
    Kind.BUSINESS_NUMBER: BusinessNumberEditor,
    Kind.CHOICE: ChoiceEditor,
    Kind.FLAG: FlagEditor,
    Kind.INTEGER: NumberEditor,
    Kind.DECIMAL: lambda field: NumberEditor(field, whole=False),
}

_RELEASE_MS = 50

_PLACEHOLDERS = {Kind.EMAIL: "name@example.com", Kind.PHONE: "02-123-4567"}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where one field is on the form."""

    label: QLabel
    editor: Editor
    note: QLabel


class Form(QWidget):
    """Edits flat values. ``changed`` after every edit; ``check`` adds rules across fields."""

    changed = Signal()

    def __init__(
        self,
        fields: Sequence[Field],
        *,
        lookups: Mapping[str, Lookup],
        tools: TabTools,
        check: Check | None = None,
        columns: int = 2,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.fields = tuple(fields)
        self._check = check
        self._base: dict[str, Any] = {}
        self._read_only: frozenset[str] = frozenset()
        self._shown: dict[str, Problem] = {}
        self._told: set[str] = set()
        self._left: list[str] = []
        self._release = QTimer(self)
        self._release.setInterval(_RELEASE_MS)
        self._release.timeout.connect(self._on_release_timeout)
        self._places: dict[str, _Place] = {}
        self._whole = plain_label(role="problem")
        self._whole.setWordWrap(True)
        self._whole.hide()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        outer.addWidget(self._whole)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(12)
        for column in range(columns):
            grid.setColumnStretch(column, 1)
            grid.setColumnMinimumWidth(column, 260)
        outer.addLayout(grid)
        self._place_fields(grid, columns, lookups, tools)
        self.set_values({field.key: field.default for field in fields})

    # Values

    def set_values(
        self, values: Mapping[str, Any], labels: Mapping[str, str] | None = None
    ) -> None:
        """Show ``values`` as what is there already; ``labels`` names referred entries by key."""
        for key, place in self._places.items():
            place.editor.set_value(values.get(key))
            label = (labels or {}).get(key)
            if label and isinstance(place.editor, ReferenceEditor):
                place.editor.set_label(label)
        self._base = self.values()
        self.show_problems(())
        self._mark_needed()

    def put(self, values: Mapping[str, Any], labels: Mapping[str, str] | None = None) -> None:
        """Write ``values`` into the form as if the person had typed them."""
        for key, value in values.items():
            editor = self._places[key].editor
            editor.set_value(value)
            if isinstance(editor, ReferenceEditor) and (labels or {}).get(key):
                editor.set_label((labels or {})[key])
        self._mark_needed()
        self.changed.emit()

    def values(self) -> dict[str, Any]:
        """What the form holds now, as it would be kept."""
        return {key: place.editor.value() for key, place in self._places.items()}

    def changes(self) -> dict[str, Any]:
        """Only what differs from the values set."""
        return differing(self._base, self.values())

    @property
    def dirty(self) -> bool:
        """Whether anything typed would be lost."""
        unchosen = any(place.editor.problem() for place in self._places.values())
        return unchosen or bool(self.changes())

    def label_of(self, key: str) -> str:
        """What a referred entry is called, as shown."""
        editor = self._places[key].editor
        return editor.label if isinstance(editor, ReferenceEditor) else ""

    def editor(self, key: str) -> Editor:
        """The editor of one field."""
        return self._places[key].editor

    def set_read_only(self, keys: Iterable[str] | None) -> None:
        """Let these fields (None: all) be read but not changed."""
        self._read_only = frozenset(self._places if keys is None else keys)
        for key, place in self._places.items():
            place.editor.set_read_only(key in self._read_only)
            self._show_note(key)
        self._mark_needed()

    # Problems

    def problems(self) -> tuple[Problem, ...]:
        """All problems of what the form holds now."""
        return self._find(None)

    def show_problems(self, problems: Iterable[Problem]) -> None:
        """Show ``problems`` in words under their fields, and no others; focus the first one."""
        known: dict[str, Problem] = {}
        whole: list[Problem] = []
        for problem in problems:
            if problem.field in self._places:
                known.setdefault(problem.field, problem)
            else:
                whole.append(problem)
        self._shown = known
        # What only the server can know stands until the field itself is edited.
        self._told = set(known) - {problem.field for problem in self._find(None)}
        for key in self._places:
            self._show_note(key)
        self._whole.setText("\n".join(self._whole_text(problem) for problem in whole))
        self._whole.setVisible(bool(whole))
        first = next((key for key in self._places if key in known), None)
        if first is not None:
            self._places[first].editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def shown_problem(self, key: str) -> str:
        """The words under a field, if they tell of a problem."""
        return self._places[key].note.text() if key in self._shown else ""

    def validate(self) -> bool:
        """Finish any composition, show all problems; True when there are none."""
        commit_composition()
        found = self.problems()
        self.show_problems(found)
        return not found

    def focus_first(self) -> None:
        """Put the caret into the first field that can be changed."""
        for key, place in self._places.items():
            if key not in self._read_only:
                place.editor.setFocus(Qt.FocusReason.TabFocusReason)
                return

    # Inside

    def _place_fields(
        self, grid: QGridLayout, columns: int, lookups: Mapping[str, Lookup], tools: TabTools
    ) -> None:
        at = 0
        for field in self.fields:
            wide = field.kind is Kind.MULTILINE or field.max_length > 254
            if wide and at % columns:
                at += 1
            cell = self._build_field(field, lookups, tools)
            grid.addWidget(cell, at // columns, at % columns, 1, columns if wide else 1)
            grid.setAlignment(cell, Qt.AlignmentFlag.AlignTop)
            at += columns if wide else 1

    def _build_field(self, field: Field, lookups: Mapping[str, Lookup], tools: TabTools) -> QWidget:
        editor: Editor
        if field.kind is Kind.REFERENCE:
            editor = ReferenceEditor(field, lookups[field.reference], tools)
        elif field.kind is Kind.DATETIME:
            editor = MomentEditor(field, qt_zone(tools.settings))
        else:
            editor = _EDITORS[field.kind](field)
        label = plain_label()
        label.setBuddy(editor.control)
        note = plain_label()
        note.setWordWrap(True)
        self._places[field.key] = _Place(label, editor, note)
        editor.edited.connect(lambda: self._on_edited(field.key))
        editor.left.connect(lambda: self._on_left(field.key))
        cell = QWidget()
        cell.setLayout(column_of(label, editor, note))
        return cell

    def _needed(self, field: Field) -> bool:
        """Whether an empty ``field`` would be a problem, as the others stand now."""
        if field.required or self._check is None:
            return field.required
        without = {**self.values(), field.key: None}
        return any(p.field == field.key for p in self._check(without, only={field.key}))

    def _mark_needed(self) -> None:
        """Name the fields, with a star those that must be filled in."""
        for key, place in self._places.items():
            field = place.editor.field
            name = _(field.label)
            needed = key not in self._read_only and self._needed(field)
            place.label.setText(f"{name} *" if needed else name)
            spoken = _("{field}, needed").format(field=name) if needed else name
            place.editor.control.setAccessibleName(spoken)
            if isinstance(place.editor, LineEditor) and field.kind in _PLACEHOLDERS:
                example = "" if key in self._read_only else _PLACEHOLDERS[field.kind]
                place.editor.line.setPlaceholderText(example)

    def _on_edited(self, key: str) -> None:
        now = {problem.field for problem in self._find(None)}
        mended = {k for k in self._shown if k not in now and (k == key or k not in self._told)}
        for mended_key in mended:
            del self._shown[mended_key]
            self._show_note(mended_key)
        self._told.discard(key)
        self._mark_needed()
        self.changed.emit()

    def _on_left(self, key: str) -> None:
        if key in self._read_only:
            return
        self._left.append(key)
        if QGuiApplication.mouseButtons() == Qt.MouseButton.NoButton:
            self._tell_left()
        else:
            # Words that appear now would move the button from under the pointer.
            self._release.start()

    def _on_release_timeout(self) -> None:
        if QGuiApplication.mouseButtons() == Qt.MouseButton.NoButton:
            self._release.stop()
            self._tell_left()

    def _tell_left(self) -> None:
        left, self._left = self._left, []
        for key in left:
            self._tell(key)

    def _tell(self, key: str) -> None:
        for problem in self._find({key}):
            if problem.field == key:
                self._shown[key] = problem
                self._told.discard(key)
        self._show_note(key)

    def _find(self, only: set[str] | None) -> tuple[Problem, ...]:
        values = self.values()
        keys = None if only is None else set(only)
        own = [
            problem
            for key, place in self._places.items()
            if (only is None or key in only) and (problem := place.editor.problem()) is not None
        ]
        rules = check_fields(self.fields, values, only=keys)
        if self._check is not None:
            rules = self._check(values, only=keys)
        told = {problem.field for problem in own}
        return (*own, *(problem for problem in rules if problem.field not in told))

    def _show_note(self, key: str) -> None:
        place = self._places[key]
        problem = self._shown.get(key)
        field = place.editor.field
        hint = "" if key in self._read_only else _(field.hint)
        text = problem.text() if problem is not None else hint
        place.note.setText(text)
        place.note.setProperty("role", "problem" if problem is not None else "caption")
        place.note.style().unpolish(place.note)
        place.note.style().polish(place.note)
        place.note.setVisible(bool(text))
        place.editor.mark(problem is not None)
        place.editor.control.setAccessibleDescription(text)

    def _whole_text(self, problem: Problem) -> str:
        return f"{problem.field}: {problem.text()}" if problem.field else problem.text()
