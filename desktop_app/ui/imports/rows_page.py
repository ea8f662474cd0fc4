"""The rows with their verdicts: step 3 shows what would happen, step 4 what has happened."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.language import _, ngettext
from desktop_app.ui.imports.cell_editor import CellEditor
from desktop_app.ui.imports.draft import BAD, ImportDraft
from desktop_app.ui.imports.rows_model import FIRST_FIELD, PROBLEMS, ROW, VERDICT, RowsModel
from desktop_app.ui.imports.verdict_filter import VerdictFilter
from desktop_app.ui.imports.words import STATES, UNCHECKED, WRITTEN_STATES
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.theme.theme import Theme
from desktop_app.ui.widgets.plain_text import plain_label

_ROW_HEIGHT = 28
_ROW_WIDTH = 56
_NARROWEST, _WIDEST = 64, 240
_PROBLEMS_NARROWEST, _PROBLEMS_WIDEST = 300, 560
_MEASURED_ROWS = 24
_BESIDE_TEXT = 2 * 8 + 8  # padding, and room to breathe
_ICON = 24
_EDIT_TRIGGERS = (
    QAbstractItemView.EditTrigger.DoubleClicked
    | QAbstractItemView.EditTrigger.EditKeyPressed
    | QAbstractItemView.EditTrigger.AnyKeyPressed
)


class RowsPage(QWidget):
    """Filter buttons over the table, and under it what can be done about bad rows.

    ``recheck_wanted``: check the corrected rows again. ``error_file_wanted``: save what is bad.
    ``edited``: a cell was corrected.
    """

    edited = Signal()
    recheck_wanted = Signal()
    error_file_wanted = Signal()

    def __init__(
        self, theme: Theme, parent: QWidget | None = None, *, editable: bool = True
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._editable = editable
        self._written = False
        self.model: RowsModel | None = None
        self.filter = VerdictFilter()
        self.filter.chosen.connect(self._on_filter_chosen)
        self.table = self._build_table()
        self.hint = plain_label(role="muted")
        self.hint.setWordWrap(True)
        self.recheck_button, self.error_file_button = QPushButton(), QPushButton()
        self.recheck_button.setIcon(icon("refresh"))
        self.error_file_button.setIcon(icon("download"))
        self.recheck_button.clicked.connect(self.recheck_wanted)
        self.error_file_button.clicked.connect(self.error_file_wanted)
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(self.hint, 1)
        below.addWidget(self.error_file_button)
        below.addWidget(self.recheck_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.filter)
        layout.addWidget(self.table, 1)
        layout.addLayout(below)
        theme.changed.connect(self._reword_rows)
        follow_language(self, self._retranslate)

    @property
    def draft(self) -> ImportDraft | None:
        """The rows shown."""
        return self.model.draft if self.model is not None else None

    def show_draft(self, draft: ImportDraft) -> None:
        """Show the rows of ``draft``, all of them."""
        old, self._written = self.model, False
        self.model = RowsModel(draft, self._theme, self, editable=self._editable)
        self.model.corrected.connect(self._on_model_corrected)
        self.table.setModel(self.model)
        if old is not None:
            old.deleteLater()
        self.filter.choose(None)
        self._refresh()
        self._fit_columns()

    def set_busy(self, busy: bool) -> None:
        """Offer nothing while the verdicts change; rows may be looked at all the time.

        The table stays as it is: greying it would paint every cell twice, each time for a frame.
        """
        self.filter.setEnabled(not busy)
        self.error_file_button.setEnabled(not busy)
        self.recheck_button.setEnabled(not busy)
        idle = QAbstractItemView.EditTrigger.NoEditTriggers
        self.table.setEditTriggers(idle if busy else _EDIT_TRIGGERS)

    def verdicts_changed(self, *, written: bool = False) -> None:
        """New verdicts came into the draft: show them; ``written`` says that they are final."""
        if self.model is None:
            return
        self._written = written
        self._refresh()
        self.filter.settle()
        self.model.show_only(self.filter.state, written=written)
        self._fit_verdicts()

    def focus_first_bad(self) -> bool:
        """Put the cursor on the first bad cell; False when there is none among the rows shown."""
        row = self.model.first_bad() if self.model is not None else None
        if self.model is None or row is None:
            return False
        self.table.setCurrentIndex(self.model.index(row, self._first_bad_column(row)))
        self.table.setFocus()
        return True

    def _fit_columns(self) -> None:
        """Give the fields the width of what stands in them, so that all of a row is in view."""
        assert self.model is not None
        for column in range(FIRST_FIELD, self.model.columnCount()):
            wanted = max(self._heading_width(column), *self._text_widths(column))
            width = min(max(wanted, _NARROWEST), _WIDEST)
            self.table.setColumnWidth(column, width)
        self._fit_verdicts()

    def _fit_verdicts(self) -> None:
        """What is wrong gets the room that is left beside the rest."""
        assert self.model is not None
        self.table.setColumnWidth(ROW, _ROW_WIDTH)
        self.table.setColumnWidth(VERDICT, self._verdict_width())
        others = sum(
            self.table.columnWidth(column)
            for column in range(self.model.columnCount())
            if column != PROBLEMS
        )
        left = self.table.viewport().width() - others
        wanted = min(max(_PROBLEMS_NARROWEST, *self._text_widths(PROBLEMS)), _PROBLEMS_WIDEST)
        self.table.setColumnWidth(PROBLEMS, max(_PROBLEMS_NARROWEST, min(left, wanted)))

    def _verdict_width(self) -> int:
        """The room for the verdicts that there are."""
        assert self.model is not None
        metrics = self.table.fontMetrics()
        words = WRITTEN_STATES if self._written else STATES
        texts = [metrics.horizontalAdvance(_(words[s][0])) for s in self.model.draft.counts()]
        return max(max(texts, default=0) + _ICON + _BESIDE_TEXT, self._heading_width(VERDICT))

    def _heading_width(self, column: int) -> int:
        assert self.model is not None
        text = self.model.headerData(column, Qt.Orientation.Horizontal)
        header = self.table.horizontalHeader()
        return header.fontMetrics().horizontalAdvance(str(text)) + _BESIDE_TEXT

    def _text_widths(self, column: int) -> list[int]:
        """The widths of the first rows' texts: never of all, there may be thousands."""
        assert self.model is not None
        metrics = self.table.fontMetrics()
        rows = range(min(_MEASURED_ROWS, self.model.rowCount()))
        texts = {self.model.text(self.model.index(row, column)) for row in rows}
        return [0] + [metrics.horizontalAdvance(text) + _BESIDE_TEXT for text in texts]

    def _first_bad_column(self, row: int) -> int:
        assert self.model is not None
        place = self.model.place_of(self.model.index(row, 0))
        wrong = {problem.field for problem in self.model.draft.problems(place)}
        for column, field in enumerate(self.model.draft.fields, start=FIRST_FIELD):
            if field.key in wrong:
                return column
        return PROBLEMS

    def _build_table(self) -> QTableView:
        table = QTableView()
        table.setItemDelegate(CellEditor(table))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(_EDIT_TRIGGERS)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.setShowGrid(False)
        table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        table.horizontalHeader().setHighlightSections(False)
        table.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        return table

    def _on_model_corrected(self) -> None:
        self._refresh()
        width = max(self.table.columnWidth(VERDICT), self._verdict_width())
        self.table.setColumnWidth(VERDICT, width)
        self.edited.emit()

    def _on_filter_chosen(self, state: object) -> None:
        if self.model is not None:
            self.model.show_only(str(state) if state is not None else None)
            if state in BAD:
                self.table.setCurrentIndex(self.model.index(0, self._first_bad_column(0)))

    def _refresh(self) -> None:
        counts = self.model.draft.counts() if self.model is not None else {}
        self.filter.show_counts(counts, written=self._written)
        bad = sum(counts.get(state, 0) for state in BAD)
        unchecked = counts.get(UNCHECKED, 0)
        self.recheck_button.setVisible(bool(unchecked) and self._editable)
        self.recheck_button.setText(
            ngettext("Check {n} corrected row again", "Check {n} corrected rows again", unchecked)
            .format(n=f"{unchecked:,}")
        )  # fmt: skip
        self.error_file_button.setVisible(bad > 0)
        self.table.setColumnHidden(PROBLEMS, not bad + unchecked)
        self.error_file_button.setText(_("Save error file…"))
        self.error_file_button.setToolTip(
            _("All rows that are not imported, with all columns of the file and the problem.")
        )
        self.hint.setText(self._hint_text(bad, unchecked))

    def _hint_text(self, bad: int, unchecked: int) -> str:
        if not self._editable or not bad + unchecked:
            return ""
        return _(
            "Correct marked cells here (double-click or F2) and check them again, or save the "
            "error file, correct it there and import it."
        )

    def _retranslate(self) -> None:
        self.table.setAccessibleName(_("Rows of the file with their verdicts"))
        self._refresh()
        self._reword_rows()

    def _reword_rows(self) -> None:
        if self.model is not None:
            self.model.reword()
