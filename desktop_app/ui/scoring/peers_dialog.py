"""Others' finished sheets of the same company, once one's own is in."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from desktop_app.core.evaluations import PeerSheet, Score, Sheet
from desktop_app.core.language import _
from desktop_app.core.sheet_fields import written
from desktop_app.ui.dialogs.frame import DialogFrame
from desktop_app.ui.widgets.plain_text import one_line, plain_label, plain_tooltip

_NUMBER = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class PeersDialog(DialogFrame):
    """A table of criteria × evaluators, who stay unnamed; comments are tooltips of their scores."""

    def __init__(
        self, sheet: Sheet, peers: Sequence[PeerSheet], parent: QWidget | None = None
    ) -> None:
        company = sheet.evaluation.company_name or "–"
        super().__init__(_("Scores for “{company}”").format(company=company), parent, narrowest=560)
        text = _("Others are numbered by when they submitted; names are not shown.")
        if not peers:
            text = _("Nobody else has submitted a sheet for this company yet.")
        words = plain_label(text, role="muted")
        words.setWordWrap(True)
        self.content.addWidget(words)
        self.table = QTableWidget(len(sheet.criteria) + 1, len(peers) + 2)
        self._fill(sheet, peers)
        self.content.addWidget(self.table, 1)
        close = self.add_button(_("Close"), role="primary")
        close.clicked.connect(self.accept)
        close.setFocus()
        self.resize(min(960, 460 + 90 * len(peers)), min(640, 240 + 32 * len(sheet.criteria)))

    def _fill(self, sheet: Sheet, peers: Sequence[PeerSheet]) -> None:
        table = self.table
        others = [_("Evaluator {n}").format(n=peer.label) for peer in peers]
        table.setHorizontalHeaderLabels([_("Criterion"), _("My score"), *others])
        table.setAccessibleName(_("Scores by criterion and evaluator"))
        table.verticalHeader().hide()
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        header = table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        columns = [_by_criterion(sheet.scores), *(_by_criterion(peer.scores) for peer in peers)]
        for row, criterion in enumerate(sheet.criteria):
            table.setItem(row, 0, _cell(criterion.name))
            for column, scores in enumerate(columns, start=1):
                score = scores.get(criterion.id)
                item = _cell(written(score.score) if score is not None else "–", number=True)
                item.setToolTip(plain_tooltip((score.comment if score else None) or ""))
                table.setItem(row, column, item)
        last = len(sheet.criteria)
        totals = [sheet.evaluation.total_score, *(peer.total_score for peer in peers)]
        cells = [_cell(_("Total")), *(_cell(f"{t or 0:.2f}", number=True) for t in totals)]
        for column, item in enumerate(cells):
            font = item.font()
            font.setWeight(font.Weight.DemiBold)
            item.setFont(font)
            table.setItem(last, column, item)


def _by_criterion(scores: Sequence[Score]) -> dict[str, Score]:
    return {score.criterion_id: score for score in scores}


def _cell(text: str, *, number: bool = False) -> QTableWidgetItem:
    item = QTableWidgetItem(one_line(text))
    if number:
        item.setTextAlignment(_NUMBER)
    return item
