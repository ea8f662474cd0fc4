"""Step 2: which column of the file goes into which field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.fields import Field
from desktop_app.core.language import N_, _
from desktop_app.ui.imports.words import cell_text, column_letter
from desktop_app.ui.texts import follow_language
from desktop_app.ui.widgets.plain_text import one_line, plain_label

if TYPE_CHECKING:
    from desktop_app.services.importing import Sheet

NOT_IMPORTED = -1
_SAMPLES = 3
_SAMPLE_LENGTH = 60
_SEARCHED_ROWS = 200
_NAMED_COLUMNS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """What the page decides: the column per field, and the options."""

    columns: Mapping[str, int]
    update_existing: bool
    issue_passwords: bool


class MappingPage(QWidget):
    """One line per field: its name, the file's column, sample values.

    ``match_key`` is the field by which existing entries are found. ``changed`` is sent whenever a
    choice changes; ``problems`` says what keeps it from being used.
    """

    changed = Signal()

    def __init__(
        self,
        fields: Sequence[Field],
        *,
        match_key: str,
        with_passwords: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._fields = tuple(fields)
        self._match_key = match_key
        self._with_passwords = with_passwords
        self._sheet: Sheet | None = None
        self._build()
        follow_language(self, self._retranslate)

    def show_sheet(self, sheet: Sheet, guessed: Mapping[str, int]) -> None:
        """Offer the columns of ``sheet``, with ``guessed`` (field key to column) chosen."""
        self._sheet = sheet
        for field in self._fields:
            combo = self.combos[field.key]
            combo.blockSignals(True)
            combo.clear()
            combo.addItem("", NOT_IMPORTED)
            for place, heading in enumerate(sheet.columns):
                combo.addItem(_column_text(place, heading), place)
            combo.setCurrentIndex(guessed.get(field.key, NOT_IMPORTED) + 1)
            combo.blockSignals(False)
        self._retranslate()
        self.changed.emit()

    def mapped(self) -> Mapped:
        """What is chosen now."""
        columns = {
            key: combo.currentData()
            for key, combo in self.combos.items()
            if combo.currentData() not in (None, NOT_IMPORTED)
        }
        return Mapped(
            columns=columns,
            update_existing=self.update_existing.isChecked(),
            issue_passwords=self._with_passwords and self.issue_passwords.isChecked(),
        )

    def problems(self) -> tuple[str, ...]:
        """What must be mended before going on, in words."""
        chosen = self.mapped()
        missing = [
            _(f.label) for f in self._fields if self._needed(f) and f.key not in chosen.columns
        ]
        found = []
        if missing:
            names = ", ".join(missing)
            found.append(_("Choose a column for: {fields}.").format(fields=names))
        used: dict[int, list[str]] = {}
        for field in self._fields:
            if field.key in chosen.columns:
                used.setdefault(chosen.columns[field.key], []).append(_(field.label))
        for column, labels in used.items():
            if len(labels) > 1:
                found.append(
                    _("Column {letter} is chosen more than once: {fields}.").format(
                        letter=column_letter(column), fields=", ".join(labels)
                    )
                )
        return tuple(found)

    def focus_first_missing(self) -> bool:
        """Put the keyboard on the first field that needs a column; False when none does."""
        chosen = self.mapped().columns
        for field in self._fields:
            if self._needed(field) and field.key not in chosen:
                self.combos[field.key].setFocus()
                return True
        return False

    def _needed(self, field: Field) -> bool:
        if field.key == self._match_key:
            return True
        # An update of existing entries may carry a few of their fields only.
        return field.required and field.default is None and not self.update_existing.isChecked()

    def _build(self) -> None:
        self.combos: dict[str, QComboBox] = {}
        self._names: dict[str, QLabel] = {}
        self._samples: dict[str, QLabel] = {}
        self._heads = [plain_label(role="caption") for _place in range(3)]
        lines = QWidget()
        grid = QGridLayout(lines)
        grid.setContentsMargins(16, 12, 16, 16)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(2, 1)
        for column, head in enumerate(self._heads):
            grid.addWidget(head, 0, column)
        for row, field in enumerate(self._fields, start=1):
            self._build_line(grid, row, field)
        grid.setRowStretch(len(self._fields) + 1, 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(lines)
        scroll.viewport().setAutoFillBackground(False)
        lines.setAutoFillBackground(False)
        surface = QFrame()
        surface.setProperty("role", "surface")
        inner = QVBoxLayout(surface)
        inner.setContentsMargins(1, 1, 1, 1)
        inner.addWidget(scroll)
        self.left_out = plain_label(role="muted")
        self.left_out.setWordWrap(True)
        self.problem_label = plain_label(role="problem")
        self.problem_label.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(surface, 1)
        layout.addWidget(self.left_out)
        layout.addWidget(self.problem_label)
        self._build_options(layout)

    def _build_line(self, grid: QGridLayout, row: int, field: Field) -> None:
        name, combo, sample = plain_label(), QComboBox(), plain_label(role="muted")
        combo.setMinimumWidth(240)
        combo.setMaximumWidth(320)
        combo.setMaxVisibleItems(20)
        combo.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        combo.currentIndexChanged.connect(self._on_choice_changed)
        name.setBuddy(combo)
        sample.setMinimumWidth(160)
        sample.setWordWrap(True)
        for column, widget in enumerate((name, combo, sample)):
            grid.addWidget(widget, row, column)
        self._names[field.key], self.combos[field.key] = name, combo
        self._samples[field.key] = sample

    def _build_options(self, layout: QVBoxLayout) -> None:
        self.update_existing, self.issue_passwords = QCheckBox(), QCheckBox()
        self._update_hint, self._password_hint = (plain_label(role="caption") for _n in range(2))
        self.update_existing.toggled.connect(self._on_choice_changed)
        self.issue_passwords.toggled.connect(self._on_choice_changed)
        for box, hint in (
            (self.update_existing, self._update_hint),
            (self.issue_passwords, self._password_hint),
        ):
            hint.setWordWrap(True)
            hint.setContentsMargins(24, 0, 0, 4)
            layout.addWidget(box)
            layout.addWidget(hint)
        self.issue_passwords.setVisible(self._with_passwords)
        self._password_hint.setVisible(self._with_passwords)

    def _on_choice_changed(self) -> None:
        self._refresh()
        self.changed.emit()

    def _refresh(self) -> None:
        for field in self._fields:
            column = self.combos[field.key].currentData()
            mapped = column is not None and column != NOT_IMPORTED
            text = self._sample_text(column) if mapped else self._left_out_text(field)
            self._samples[field.key].setText(text)
            mark = _("{field} *") if self._needed(field) else "{field}"
            self._names[field.key].setText(mark.format(field=_(field.label)))
        self.left_out.setText(self._left_out_columns())
        self.left_out.setVisible(bool(self.left_out.text()))
        problems = self.problems()
        self.problem_label.setText("\n".join(problems))
        self.problem_label.setVisible(bool(problems))

    def _left_out_columns(self) -> str:
        """Which columns of the file nobody will see again."""
        used = set(self.mapped().columns.values())
        columns = self._sheet.columns if self._sheet is not None else ()
        names = [_column_text(n, title) for n, title in enumerate(columns) if n not in used]
        if not names:
            return ""
        more = len(names) - _NAMED_COLUMNS
        listed = ", ".join(names[:_NAMED_COLUMNS]) + (f" … (+{more})" if more > 0 else "")
        return _("Columns of the file that are not imported: {columns}.").format(columns=listed)

    def _left_out_text(self, field: Field) -> str:
        if field.default is None:
            return ""
        labels = {choice.value: _(choice.label) for choice in field.choices}
        value = labels.get(field.default, cell_text(field.default))
        return _("New entries get: {value}").format(value=value)

    def _sample_text(self, column: int) -> str:
        assert self._sheet is not None
        found: list[str] = []
        for row in self._sheet.rows[:_SEARCHED_ROWS]:
            text = one_line(cell_text(row[column] if column < len(row) else None)).strip()
            if text and text not in found:
                found.append(text)
            if len(found) == _SAMPLES:
                break
        joined = " · ".join(found)
        if not joined:
            return _("empty in the first rows")
        return joined if len(joined) <= _SAMPLE_LENGTH else f"{joined[: _SAMPLE_LENGTH - 1]}…"

    def _retranslate(self) -> None:
        titles = (N_("Field (* needed)"), N_("Column of the file"), N_("First values"))
        for head, title in zip(self._heads, titles, strict=True):
            head.setText(_(title))
        for field in self._fields:
            combo = self.combos[field.key]
            combo.setItemText(0, _("– not imported –"))
            combo.setAccessibleName(_("Column for {field}").format(field=_(field.label)))
        match = next(_(f.label) for f in self._fields if f.key == self._match_key)
        self.update_existing.setText(_("Update entries that exist already"))
        self._update_hint.setText(
            _(
                "A row whose “{field}” exists changes that entry; empty cells leave it as it is. "
                "Without this, such rows are reported as problems."
            ).format(field=match)
        )
        self.issue_passwords.setText(_("Issue one-time passwords to new users"))
        self._password_hint.setText(
            _(
                "You save them to a file once, at the end, and each must be changed at the first "
                "sign-in. Without this, nobody can sign in until a password is reset."
            )
        )
        self._refresh()


def _column_text(place: int, heading: str) -> str:
    name = one_line(heading)
    return f"{column_letter(place)} · {name}" if name else column_letter(place)
