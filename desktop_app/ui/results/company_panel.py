"""One company in detail: what each evaluator gave, what was dropped, who is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from desktop_app.core.evaluations import Pair
from desktop_app.core.language import N_, _
from desktop_app.core.projects import BASIS_LABELS, Basis
from desktop_app.core.results import CompanyResult, Dropped, GivenTotal, Results
from desktop_app.ui.results.figure_table import FigureTable
from desktop_app.ui.results.words import number, standing, tie_text
from desktop_app.ui.tables.columns import Align, Chip, Column
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.theme.theme import Theme
from desktop_app.ui.widgets.plain_text import plain_label
from desktop_app.ui.widgets.status_chip import StatusChip

_DROPPED = {
    Dropped.HIGHEST: N_("Dropped: highest"),
    Dropped.LOWEST: N_("Dropped: lowest"),
}


@dataclass(frozen=True, slots=True)
class _Line:
    """One evaluator's sheet of the company; without a total it is missing."""

    evaluator_id: str
    name: str
    given: GivenTotal | None
    conflict: bool = False

    def state(self) -> Chip:
        if self.given is None:
            return Chip(_("Missing"), "clock", "warning")
        if self.given.differs:
            return Chip(_("Differs from its scores"), "error", "danger")
        if self.conflict:
            return Chip(_("Conflict declared"), "warning", "warning")
        if self.given.dropped is not None:
            return Chip(_(_DROPPED[self.given.dropped]), "minus", "muted")
        return Chip(_("Counted"), "ok", "ok")


def _total(line: _Line) -> float | None:
    return None if line.given is None else line.given.total


_COLUMNS: tuple[Column[_Line], ...] = (
    Column(key="evaluator", title=N_("Evaluator"), value=lambda line: line.name, width=100),
    Column(
        key="total",
        title=N_("Total"),
        value=_total,
        text=lambda line: number(_total(line)),
        align=Align.END,
        width=72,
    ),
    Column(
        key="state",
        title=N_("In the result"),
        value=lambda line: line.state().text,
        chip=_Line.state,
        width=148,
    ),
)


class CompanyPanel(QWidget):
    """Shows the company chosen in the ranking.

    ``name_of`` an evaluator's id is its name; ``compare`` is asked to compare this company.
    """

    def __init__(
        self,
        theme: Theme,
        name_of: Callable[[str], str],
        compare: Callable[[str], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._compare = compare
        self._trims = False
        self._conflicts: frozenset[Pair] = frozenset()
        self._name_of = name_of
        self._company: CompanyResult | None = None
        self._name = plain_label(role="section")
        self._name.setWordWrap(True)
        self._standing = StatusChip(theme)
        self._facts = plain_label(role="muted")
        self._facts.setWordWrap(True)
        self.table: FigureTable[_Line] = FigureTable(
            _COLUMNS, lambda line: line.evaluator_id, theme
        )
        self.compare_button = QPushButton()
        self.compare_button.setIcon(icon("compare"))
        self.compare_button.clicked.connect(self._on_compare_button_clicked)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._name)
        layout.addWidget(self._standing)
        layout.addWidget(self._facts)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.compare_button, 0, Qt.AlignmentFlag.AlignLeft)
        follow_language(self, self._word)

    def set_results(self, results: Results) -> None:
        """Take rules and conflicts of interest for the companies shown from now on from these."""
        self._trims = results.figures.rules.basis is Basis.TRIMMED_MEAN
        self._conflicts = frozenset(results.conflicts)

    def show_company(self, company: CompanyResult) -> None:
        """Show ``company``."""
        self._company = company
        given = [self._line(company, total) for total in company.totals]
        missing = [_Line(id_, self._name_of(id_), None) for id_ in company.missing]
        self.table.show_items([*sorted(given, key=lambda line: line.name), *missing])
        self._word()

    def _line(self, company: CompanyResult, given: GivenTotal) -> _Line:
        conflict = Pair(company.id, given.evaluator_id) in self._conflicts
        return _Line(given.evaluator_id, self._name_of(given.evaluator_id), given, conflict)

    def _on_compare_button_clicked(self) -> None:
        if self._company is not None:
            self._compare(self._company.id)

    def _word(self) -> None:
        self.compare_button.setText(_("Compare criteria"))
        self.table.view.setAccessibleName(_("Sheets of this company"))
        if self._company is None:
            return
        company = self._company
        chip = standing(company)
        self._name.setText(company.name)
        self._standing.show_state(chip.text, chip.icon, chip.token)
        facts = []
        if company.ranked_by is not None:
            label = _(BASIS_LABELS[company.ranked_by])
            facts.append(
                _("{figure_name} {figure}, rank {rank}").format(
                    rank=company.rank, figure_name=label, figure=number(company.figure)
                )
            )
        if company.ranked_by is Basis.MEAN and self._trims:
            facts.append(_("too few sheets to drop any: the mean ranks"))
        if tie := tie_text(company.tie):
            facts.append(tie)
        self._facts.setText(" · ".join(facts))
