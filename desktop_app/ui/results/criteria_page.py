"""The criteria of up to three companies compared: a radar, and its figures in a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QCompleter, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from desktop_app.core.language import N_, _
from desktop_app.core.results import Alpha, CompanyResult, Results
from desktop_app.core.templates import Criterion
from desktop_app.ui.results.figure_table import FigureTable
from desktop_app.ui.results.plot import LegendKey
from desktop_app.ui.results.radar_chart import MOST_COMPANIES, RadarChart
from desktop_app.ui.results.words import agreement_text, number, rank_text
from desktop_app.ui.tables.columns import Align, Column
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.theme import Theme
from desktop_app.ui.widgets.plain_text import one_line, plain_label


@dataclass(frozen=True, slots=True)
class _Line:
    """One criterion: its number, how far evaluators agree on it, and the companies' means."""

    place: int
    criterion: Criterion
    alpha: Alpha
    means: tuple[float | None, ...]


def _mean(line: _Line, place: int) -> float | None:
    return line.means[place] if place < len(line.means) else None


def _mean_column(place: int) -> Column[_Line]:
    titles = (N_("First company"), N_("Second company"), N_("Third company"))
    return Column(
        key=f"mean{place}",
        title=titles[place],
        value=lambda line: _mean(line, place),
        text=lambda line: number(_mean(line, place)),
        align=Align.END,
        width=92,
    )


_COLUMNS: tuple[Column[_Line], ...] = (
    Column(
        key="place",
        title=N_("No."),
        value=lambda line: line.place,
        align=Align.END,
        width=44,
    ),
    Column(key="name", title=N_("Criterion"), value=lambda line: line.criterion.name, width=148),
    Column(
        key="weight",
        title=N_("Weight"),
        value=lambda line: line.criterion.weight,
        text=lambda line: f"{line.criterion.weight:g} %",
        align=Align.END,
        width=76,
    ),
    Column(
        key="max_score",
        title=N_("Highest score"),
        value=lambda line: line.criterion.max_score,
        text=lambda line: f"{line.criterion.max_score:g}",
        align=Align.END,
        width=76,
    ),
    *(_mean_column(place) for place in range(MOST_COMPANIES)),
    Column(
        key="alpha",
        title=N_("Agreement"),
        value=lambda line: line.alpha.alpha,
        text=lambda line: agreement_text(line.alpha),
        width=200,
    ),
)


class CriteriaPage(QWidget):
    """Three pickers choose the companies; ``compare`` puts one into the first."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._results: Results | None = None
        self.radar = RadarChart(theme)
        self.pickers = tuple(self._build_picker() for _place in range(MOST_COMPANIES))
        self._keys = tuple(LegendKey(self.radar, place) for place in range(MOST_COMPANIES))
        self.table: FigureTable[_Line] = FigureTable(
            _COLUMNS, lambda line: line.criterion.id, theme
        )
        self._few = plain_label(role="muted")
        self._few.setWordWrap(True)
        keys = QVBoxLayout()
        keys.setSpacing(4)
        for key in self._keys:
            keys.addWidget(key)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 16, 0)
        column.setSpacing(8)
        column.addLayout(keys)
        column.addWidget(self._few)
        column.addWidget(self.radar, 1)
        parts = QSplitter(Qt.Orientation.Horizontal)
        parts.setChildrenCollapsible(False)
        parts.addWidget(left)
        parts.addWidget(self.table)
        parts.setStretchFactor(1, 1)
        parts.setSizes([440, 700])
        self._label = plain_label()
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._label)
        for picker in self.pickers:
            head.addWidget(picker, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(head)
        layout.addWidget(parts, 1)
        theme.changed.connect(self._recolour)
        follow_language(self, self._word)

    def show_results(self, results: Results) -> None:
        """Show these, keeping the companies chosen; at first the three best."""
        kept = [picker.currentData() for picker in self.pickers] if self._results else []
        self._results = results
        companies = results.figures.companies
        wanted = kept or [one.id for one in companies[:MOST_COMPANIES]]
        wanted += [None] * (MOST_COMPANIES - len(wanted))
        for picker, id_ in zip(self.pickers, wanted, strict=True):
            picker.blockSignals(True)
            picker.clear()
            picker.addItem(_("no company"), None)
            for company in companies:
                picker.addItem(f"{rank_text(company)}  {one_line(company.name)}", company.id)
            picker.setCurrentIndex(max(0, picker.findData(id_)))
            picker.blockSignals(False)
        self._draw()

    def compare(self, company_id: str) -> None:
        """Put this company into the first picker."""
        at = self.pickers[0].findData(company_id)
        self.pickers[0].setCurrentIndex(max(0, at))

    def _build_picker(self) -> QComboBox:
        """Editable, so that one of hundreds is found by a part of its name."""
        picker = QComboBox()
        picker.setEditable(True)
        picker.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        picker.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        picker.setMinimumContentsLength(14)
        completer = picker.completer()
        if isinstance(completer, QCompleter):
            completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
        picker.currentIndexChanged.connect(self._draw)
        return picker

    def _chosen(self) -> list[CompanyResult | None]:
        assert self._results is not None
        by_id = {company.id: company for company in self._results.figures.companies}
        return [by_id.get(picker.currentData()) for picker in self.pickers]

    def _draw(self) -> None:
        if self._results is None:
            return
        criteria, chosen = self._results.figures.criteria, self._chosen()
        for key, company in zip(self._keys, chosen, strict=True):
            key.tell("" if company is None else company.name)
            key.recolour()
        self.radar.show_companies(criteria, chosen)
        self.radar.setVisible(len(criteria) >= 3)
        self._few.setVisible(len(criteria) < 3)
        self.table.show_items(_lines(self._results, chosen))

    def _recolour(self) -> None:
        for key in self._keys:
            key.recolour()

    def _word(self) -> None:
        self._label.setText(_("Compare"))
        self._few.setText(_("A radar needs three criteria at least; the table has the figures."))
        self.radar.setAccessibleName(_("Means of the criteria as a radar"))
        self.table.view.setAccessibleName(_("Criteria"))
        for at, picker in enumerate(self.pickers):
            picker.setAccessibleName(_(_COLUMNS[4 + at].title))
            if picker.count():
                picker.setItemText(0, _("no company"))


def _lines(results: Results, chosen: Sequence[CompanyResult | None]) -> list[_Line]:
    return [
        _Line(
            at + 1,
            criterion,
            results.agreement.criteria[at],
            tuple(None if one is None else one.criterion_means[at] for one in chosen),
        )
        for at, criterion in enumerate(results.figures.criteria)
    ]
