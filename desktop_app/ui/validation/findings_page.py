"""What a run found: the verdict in one sentence, the findings, and each of them in full."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSplitter, QVBoxLayout, QWidget

from desktop_app.core.language import _, language, ngettext
from desktop_app.core.validation.report import Stop
from desktop_app.core.validation.suites import Suite
from desktop_app.services.validation import words
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tables.tree_model import TreeModel
from desktop_app.ui.tables.tree_view import CheckTree
from desktop_app.ui.texts import follow_language
from desktop_app.ui.times import local_time_exact
from desktop_app.ui.validation.chips import outcome_chip
from desktop_app.ui.validation.finding_detail import FindingDetail
from desktop_app.ui.validation.finding_filter import FindingFilter
from desktop_app.ui.validation.finding_rows import COLUMNS, FindingRow, Item, grouped
from desktop_app.ui.validation.left_dialog import LeftDialog
from desktop_app.ui.validation.opened import Opened, rows_in_use
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.empty_state import EmptyState
from desktop_app.ui.widgets.first_focus import FirstFocus
from desktop_app.ui.widgets.plain_text import plain_label, plain_tooltip
from desktop_app.ui.widgets.status_chip import StatusChip

PAGE = 200
"""So many findings are listed at first, and with each click more: a tree lays out all of them."""
_LEAST_HEIGHT = 132
"""Of the list, whatever is shown below it: its heading and three rows."""
_WIDE = 1360
"""From this width on the detail stands beside the list, else under it."""


class FindingsPage(QWidget):
    """Shows a run that is opened; its signals are those of ``detail``, and ``evidence_asked``."""

    evidence_asked = Signal()
    begin_asked = Signal()

    def __init__(self, tools: TabTools, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tools = tools
        self._opened: Opened | None = None
        self._suites: tuple[Suite, ...] = ()
        self._rows: dict[str, FindingRow] = {}
        self._language = language()
        self._most = PAGE
        self._sort: tuple[int, bool] | None = None
        self._shared_out = False
        self.verdict = StatusChip(tools.theme)
        self.sentence = plain_label()
        self.sentence.setWordWrap(True)
        self.about = plain_label(role="muted")
        self.notice, self.left = Banner(tools.theme), Banner(tools.theme)
        self.filter = FindingFilter()
        self.filter.changed.connect(self._on_filter_changed)
        self.more = QPushButton()
        self.more.setProperty("role", "link")
        self.more.clicked.connect(self._on_more)
        self.model: TreeModel[Item] = TreeModel(COLUMNS, tools.theme, self)
        self.tree = CheckTree(self.model)
        self.tree.chosen.connect(self._on_chosen)
        self.tree.opened.connect(self._on_opened)
        self.filter.search.left_downwards.connect(self.tree.setFocus)
        header = self.tree.header()
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.sectionClicked.connect(self._on_section_clicked)
        self.detail = FindingDetail(tools)
        self.none_listed, self.empty = EmptyState(tools.theme), EmptyState(tools.theme)
        self._build()
        FirstFocus(self, self.tree)
        follow_language(self, self._word)

    @property
    def most(self) -> int:
        """How many findings are listed at once."""
        return self._most

    @most.setter
    def most(self, count: int) -> None:
        self._most = count
        self._list()

    @property
    def opened(self) -> Opened | None:
        """The run shown."""
        return self._opened

    @property
    def rows(self) -> Sequence[FindingRow]:
        """All its findings, listed or not."""
        return tuple(self._rows.values())

    def show_run(self, opened: Opened | None, suites: Sequence[Suite]) -> None:
        """Show a run; the same run again (updated) keeps what is listed and chosen."""
        before = self._opened
        same = (
            before is not None
            and opened is not None
            and before.report.run_id == opened.report.run_id
        )
        self._opened, self._suites = opened, tuple(suites)
        self._take_rows()
        if not same:
            self.detail.note.hide()
            self.detail.show_row(None)
            self._most = PAGE
        self.filter.show_rows(self._rows.values(), anew=not same)
        self._list()
        self._word()

    def choose(self, key: str) -> bool:
        """Go to a finding by its key, or to the first one of a check; whether there is one."""
        found = self._rows.get(key) or next(
            (row for row in self._rows.values() if row.result.check == key), None
        )
        if found is None:
            return False
        if not self.model.index_of(found.id).isValid():
            self.filter.keep(found.id)
            self._list()
        if not self.model.index_of(found.id).isValid():  # the search hides it
            self.filter.only()
        return self.tree.choose(found.id)

    def showEvent(self, event: QShowEvent) -> None:
        """The first time the room is known."""
        super().showEvent(event)
        if not event.spontaneous() and not self._shared_out:
            self._shared_out = True
            self._share_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The detail beside the list where there is room for it."""
        wide = self.width() >= _WIDE
        way = Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical
        if self.split.orientation() != way:
            self.split.setOrientation(way)
            self._share_out()
        super().resizeEvent(event)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.verdict, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.sentence, 1)
        head.addWidget(self.about, 0, Qt.AlignmentFlag.AlignTop)
        above = QWidget()
        upper = QVBoxLayout(above)
        upper.setContentsMargins(0, 0, 0, 8)
        upper.addWidget(self.tree, 1)
        upper.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        upper.addWidget(self.none_listed, 1)
        self.tree.setMinimumHeight(_LEAST_HEIGHT)
        self._below = QWidget()
        lower = QVBoxLayout(self._below)
        lower.setContentsMargins(8, 8, 0, 0)
        lower.addWidget(self.detail, 1)
        self.split = QSplitter(Qt.Orientation.Vertical)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(above)
        self.split.addWidget(self._below)
        self.split.setStretchFactor(0, 44)
        self.split.setStretchFactor(1, 56)
        self._content = QWidget()
        column = QVBoxLayout(self._content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.notice)
        column.addWidget(self.left)
        column.addWidget(self.filter)
        column.addWidget(self.split, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._content, 1)
        whole.addWidget(self.empty, 1)

    def _share_out(self) -> None:
        """Give the list its part of the room, as it is at first."""
        wide = self.split.orientation() is Qt.Orientation.Horizontal
        room = self.width() if wide else self.height()
        part = 0.44
        self.split.setSizes([round(room * part), round(room * (1 - part))])

    def _list(self) -> None:
        """Make the tree anew, keeping the row that the keyboard is on."""
        kept = self.detail.row.id if self.detail.row is not None else ""
        rows = list(self.filter.listed())
        left = len(rows) - self._most
        if self._sort is not None:
            at, descending = self._sort
            column = COLUMNS[at]
            value = column.value or column.shown
            rows.sort(key=value, reverse=descending)
        grouping = self.filter.group_by
        shown = {row.id for row in rows[: self._most]}
        if left > 0 and (kept_rows := self.filter.kept):
            shown |= {row.id for row in rows[self._most :] if row.id in kept_rows}
        self.model.show(grouped(rows, grouping, shown))
        self.more.setVisible(left > 0)
        self.more.setText(self._more_text(left))
        self.tree.setRootIsDecorated(grouping != "none")
        self.tree.open_groups()
        if not self.tree.choose(kept):
            first = rows[0].id if rows else ""
            if not self.tree.choose(first, scroll=False):
                self.detail.show_row(None)
        self.tree.setVisible(bool(rows))
        self.none_listed.setVisible(not rows)
        self._below.setVisible(bool(rows))
        self._on_chosen(self.tree.current_key)

    def _take_rows(self) -> None:
        rows = rows_in_use(self._opened, self._suites) if self._opened is not None else ()
        self._rows = {row.id: row for row in rows}
        self._language = language()

    def _more_text(self, left: int) -> str:
        count = ngettext("{n} more finding fits.", "{n} more findings fit.", left)
        more = _("Show {n} more").format(n=f"{min(PAGE, left):,}")
        return f"{count.format(n=f'{left:,}')} {more}"

    def _on_filter_changed(self) -> None:
        self._most = PAGE
        self._list()

    def _on_more(self) -> None:
        self.most += PAGE

    def _on_chosen(self, key: str) -> None:
        if key in self._rows:
            self.detail.show_row(self._rows[key])
        elif not key:
            self.detail.show_row(None)

    def _on_opened(self, key: str) -> None:
        if key in self._rows:
            self.detail.tabs.setCurrentIndex(1)
            self.detail.exchanges.which.setFocus()

    def _on_section_clicked(self, at: int) -> None:
        descending = self._sort == (at, False)
        self._sort = (at, descending)
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        self.tree.header().setSortIndicator(at, order)
        self._list()

    def _show_left(self) -> None:
        if self._opened is not None:
            left = self._opened.report.left_behind
            LeftDialog(left, self._tools.theme, self.window()).open()

    def _word(self) -> None:
        opened = self._opened
        if opened is not None and self._language != language():
            self._take_rows()
            self.filter.show_rows(self._rows.values(), anew=False)
            self._list()
        self._content.setVisible(opened is not None)
        self.empty.setVisible(opened is None)
        self.tree.setAccessibleName(_("Findings"))
        self.empty.tell(
            _("No run is open"),
            _("Begin a run, or open an earlier one from the first page."),
            icon_name="search",
            action=(_("Choose suites"), self.begin_asked.emit),
        )
        if opened is None or self._rows:
            self.none_listed.tell(
                _("No finding fits"),
                _("Take back a filter, or look at everything."),
                icon_name="filter",
                action=(_("Show everything"), self.filter.only),
            )
        else:
            self.none_listed.tell(_("The run came to no check"), "", icon_name="minus")
        self.model.redraw()
        if opened is not None:
            self._word_run(opened)

    def _word_run(self, opened: Opened) -> None:
        report = opened.report
        chip = outcome_chip(opened.judgement.outcome)
        self.verdict.show_state(chip.text, chip.icon, chip.token)
        said = [one.text() for one in opened.judgement.reasons]
        said.append(_("Measured: {coverage}.").format(coverage=words.coverage(report)))
        said.append(words.beside(opened.judgement))
        self.sentence.setText(" ".join(part for part in said if part))
        when = local_time_exact(report.started_at, self._tools.settings)
        spent = words.requests(report.requests), words.duration(report.seconds)
        self.about.setText(" · ".join((when, *spent)))
        run = _("Run {id} by {who}").format(id=report.run_id, who=report.by or "–")
        self.about.setToolTip(plain_tooltip(run))
        self._word_notices(opened)

    def _word_notices(self, opened: Opened) -> None:
        report = opened.report
        if report.stop is Stop.UNREACHABLE:
            self.notice.tell(
                _("The server does not answer: nothing was measured, and nothing is scored."),
                tone="danger",
                action=(_("What was tried"), self.evidence_asked.emit),
                closable=False,
            )
        elif report.stop is Stop.CANCELLED:
            text = _("The run was stopped: what it had found is here, the rest was not run.")
            self.notice.tell(text, tone="warning", closable=False)
        elif report.stop is Stop.SPENT:
            text = _("The run reached its limit: what it had found is here, the rest was not run.")
            self.notice.tell(text, tone="warning", closable=False)
        elif report.stop is Stop.REFUSED:
            text = _("The run was refused: nothing was sent.")
            self.notice.tell(text, tone="danger", closable=False)
        else:
            self.notice.hide()
        count = len(report.left_behind)
        if count:
            text = ngettext(
                "{n} piece of test data could not be removed.",
                "{n} pieces of test data could not be removed.",
                count,
            )
            self.left.tell(
                text.format(n=f"{count:,}"),
                tone="warning",
                action=(_("Show them"), self._show_left),
                closable=False,
            )
        else:
            self.left.hide()
