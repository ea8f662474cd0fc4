"""The rows of an import with the verdict on each; 10,000 of them, no widget per row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QBrush, QFont, QIcon

from desktop_app.core.fields import Field
from desktop_app.core.imports import Verdict
from desktop_app.core.language import N_, _
from desktop_app.services.import_words import problem_of_cell, problem_of_row
from desktop_app.ui.imports.draft import BAD, ImportDraft
from desktop_app.ui.imports.words import (
    ORDER,
    STATES,
    WRITTEN_STATES,
    State,
    cell_text,
    field_text,
)
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.theme.theme import Theme
from desktop_app.ui.widgets.plain_text import one_line, plain_tooltip

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole

ROW, VERDICT, PROBLEMS, FIRST_FIELD = 0, 1, 2, 3
_TITLES = (N_("Row"), N_("Verdict"), N_("What is wrong"))
_ANSWERED = frozenset(
    {
        Role.DisplayRole,
        Role.AccessibleTextRole,
        Role.EditRole,
        Role.DecorationRole,
        Role.ForegroundRole,
        Role.BackgroundRole,
        Role.ToolTipRole,
        Role.FontRole,
    }
)
_EDITABLE = frozenset({Verdict.INVALID, Verdict.FAILED})


class RowsModel(QAbstractTableModel):
    """Row number, verdict, problems, then the mapped fields: values, or ``old → new``.

    Cells of bad rows are editable; ``corrected`` is sent after each edit. ``show_only`` keeps the
    rows of one state. ``written`` says what has become of the rows instead of what would.
    """

    corrected = Signal()

    def __init__(
        self,
        draft: ImportDraft,
        theme: Theme,
        parent: QObject | None = None,
        *,
        editable: bool = True,
    ) -> None:
        super().__init__(parent)
        self._draft = draft
        self._theme = theme
        self._written = False
        self._editing = editable
        self._only: State | None = None
        self._shown: list[int] | range = range(len(draft))
        self._fields = {field.key: field for field in draft.fields}
        self._icons: dict[tuple[str, str], QIcon] = {
            (name, token): icon(name, token)
            for words in (STATES, WRITTEN_STATES)
            for _word, name, token in words.values()
        }

    @property
    def draft(self) -> ImportDraft:
        """The rows behind the model."""
        return self._draft

    @property
    def only(self) -> State | None:
        """The state that is shown alone, or None."""
        return self._only

    def show_only(self, state: State | None, *, written: bool | None = None) -> None:
        """Show the draft's rows anew: those of one state, or all.

        ``written`` says that the verdicts are what has become of the rows.
        """
        self.beginResetModel()
        self._only = state
        if written is not None:
            self._written = written
        draft = self._draft
        if self._only is None:
            self._shown = range(len(draft))
        else:
            self._shown = draft.places(self._only)
        self.endResetModel()

    def reword(self) -> None:
        """Say everything anew, after a switch of language or theme."""
        if self._shown:
            last = self.index(len(self._shown) - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.columnCount() - 1)

    def first_bad(self) -> int | None:
        """The first row shown that must be corrected; 10,000 good ones cost nothing."""
        draft, counts = self._draft, self._draft.counts()
        if not any(counts.get(state) for state in BAD):
            return None
        rows = enumerate(self._shown)
        return next((row for row, place in rows if draft.state(place) in BAD), None)

    def place_of(self, index: Index) -> int:
        """The draft's row behind ``index``."""
        return self._shown[index.row()]

    def field_of(self, index: Index) -> Field | None:
        """The field in ``index``'s column; None for number, verdict and problems."""
        place = index.column() - FIRST_FIELD
        return self._draft.fields[place] if 0 <= place < len(self._draft.fields) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The rows shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Number, verdict, problems, and one per mapped field."""
        return 0 if parent.isValid() else FIRST_FIELD + len(self._draft.fields)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        """The columns' names."""
        if role != Role.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        if 0 <= section < FIRST_FIELD:
            return _(_TITLES[section])
        place = section - FIRST_FIELD
        return _(self._draft.fields[place].label) if place < len(self._draft.fields) else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Cells of bad rows, and of those just corrected, may be edited."""
        flags = super().flags(index)
        if self._editable(index):
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """Text, icon, colour and tooltip of a cell."""
        if role not in _ANSWERED or not index.isValid() or self._is_plain(index, role):
            return None
        if role in (Role.DisplayRole, Role.AccessibleTextRole):
            return self.text(index)
        if role == Role.EditRole:
            return self._edit_text(index)
        if role == Role.DecorationRole and index.column() == VERDICT:
            _word, name, token = self._words()[self._draft.state(self.place_of(index))]
            return self._icons[name, token]
        if role == Role.ForegroundRole:
            return self._foreground(index)
        if role == Role.BackgroundRole:
            return self._background(index)
        if role == Role.ToolTipRole:
            return plain_tooltip(self._tooltip(index))
        if role == Role.FontRole and self._difference(index):
            font = QFont()
            font.setWeight(QFont.Weight.DemiBold)
            return font
        return None

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:
        """Correct a cell; the row is unchecked from then on."""
        field = self.field_of(index)
        if role != Role.EditRole or field is None or not self._editable(index):
            return False
        if not self._draft.correct(self.place_of(index), field.key, str(value)):
            return False
        row = index.row()
        self.dataChanged.emit(self.index(row, 0), self.index(row, self.columnCount() - 1))
        self.corrected.emit()
        return True

    def _is_plain(self, index: Index, role: int) -> bool:
        """A field of a new row looks like any text: most of what is painted, so found out first."""
        if role == Role.DisplayRole or index.column() < FIRST_FIELD:
            return False
        result = self._draft.result(self.place_of(index))
        return result is not None and result.verdict == Verdict.CREATE and role != Role.EditRole

    def _editable(self, index: Index) -> bool:
        if not index.isValid() or not self._editing or self.field_of(index) is None:
            return False
        place = self.place_of(index)
        return self._draft.state(place) in _EDITABLE or self._draft.is_corrected(place)

    def _words(self) -> Mapping[State, tuple[str, str, str]]:
        return WRITTEN_STATES if self._written else STATES

    def text(self, index: Index) -> str:
        """What stands in a cell."""
        place, column = self.place_of(index), index.column()
        if column == ROW:
            return str(self._draft.row_number(place))
        if column == VERDICT:
            return _(self._words()[self._draft.state(place)][0])
        if column == PROBLEMS:
            return " ".join(self._problems(place))  # sentences, each with its stop
        field = self.field_of(index)
        assert field is not None
        if difference := self._difference(index):
            before, after = (field_text(field, value) or "—" for value in difference)
            return one_line(f"{before} → {after}")
        return one_line(cell_text(self._draft.cell(place, field.key)))

    def _edit_text(self, index: Index) -> str:
        field = self.field_of(index)
        if field is None:
            return self.text(index)
        return cell_text(self._draft.cell(self.place_of(index), field.key))

    def _difference(self, index: Index) -> tuple[object, object] | None:
        """Old and new value where the row updates this field."""
        field = self.field_of(index)
        result = self._draft.result(self.place_of(index))
        if field is None or result is None or result.verdict != Verdict.UPDATE:
            return None
        if field.key not in result.after:
            return None
        return result.before.get(field.key), result.after[field.key]

    def _bad(self, index: Index) -> tuple[str, ...]:
        """What is wrong with this very cell."""
        field = self.field_of(index)
        if field is None:
            return ()
        place = self.place_of(index)
        return tuple(
            problem_of_cell(problem, field, self._draft.cell(place, field.key))
            for problem in self._draft.problems(place)
            if problem.field == field.key
        )

    def _problems(self, place: int) -> list[str]:
        """What is wrong with a row, each with the name of its field."""
        draft = self._draft
        return [
            problem_of_row(
                problem,
                self._fields,
                draft.cell(place, problem.field) if problem.field in self._fields else None,
            )
            for problem in draft.problems(place)
        ]

    def _foreground(self, index: Index) -> QBrush | None:
        state = self._draft.state(self.place_of(index))
        if index.column() == VERDICT:
            return QBrush(self._theme.color(self._words()[state][2]))
        if index.column() == ROW:
            return QBrush(self._theme.color("muted"))
        if index.column() == PROBLEMS or self._bad(index):
            return QBrush(self._theme.color("danger"))
        quiet = state == Verdict.UNCHANGED or (
            state == Verdict.UPDATE and not self._difference(index)
        )
        return QBrush(self._theme.color("muted")) if quiet else None

    def _background(self, index: Index) -> QBrush | None:
        if self._bad(index):
            return QBrush(self._theme.color("danger_soft"))
        if self._difference(index):
            return QBrush(self._theme.color("info_soft"))
        return None

    def _tooltip(self, index: Index) -> str:
        if index.column() == PROBLEMS:
            return "\n".join(self._problems(self.place_of(index)))
        bad = self._bad(index)
        if bad and self._editable(index):
            return "\n".join((*bad, _("Double-click or press F2 to correct it.")))
        return "\n".join(bad)


def counts_in_order(counts: Mapping[State, int]) -> list[tuple[State, int]]:
    """``counts`` in the order in which verdicts are shown."""
    return [(state, counts[state]) for state in ORDER if counts.get(state)]
