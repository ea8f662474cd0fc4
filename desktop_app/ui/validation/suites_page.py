"""What is tried, how far it may go, and what it would cost."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.language import _, ngettext
from desktop_app.services.validation import words
from desktop_app.services.validation.desk import Estimate
from desktop_app.services.validation.shelf import Shelf
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tables.tree_model import TreeModel
from desktop_app.ui.tables.tree_view import CheckTree
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.validation.consent_panel import ConsentPanel
from desktop_app.ui.validation.suite_rows import COLUMNS, Pace, SuiteRow, branches, holder
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.first_focus import FirstFocus
from desktop_app.ui.widgets.plain_text import plain_label
from desktop_app.ui.widgets.search_field import SearchField

_PANEL_WIDTH = 300


class SuitesPage(QWidget):
    """``changed`` after each choice; ``folder_asked``, ``reload_asked`` for suites of one's own."""

    changed = Signal()
    folder_asked = Signal()
    reload_asked = Signal()

    def __init__(self, tools: TabTools, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shelf: Shelf | None = None
        self._estimate: Estimate | None = None
        self.model: TreeModel[SuiteRow] = TreeModel(
            COLUMNS, tools.theme, self, on_checked=self._on_checked
        )
        self.tree = CheckTree(self.model)
        self.search = SearchField()
        self.search.searched.connect(self._on_searched)
        self.search.left_downwards.connect(self.tree.setFocus)
        self.usual_button, self.own_button = QPushButton(), QPushButton()
        self.usual_button.clicked.connect(self.choose_usual)
        self.own_menu = QMenu(self.own_button)
        self.folder_action = self.own_menu.addAction("")
        self.reload_action = self.own_menu.addAction("")
        self.folder_action.triggered.connect(self.folder_asked)
        self.reload_action.triggered.connect(self.reload_asked)
        self.broken = Banner(tools.theme)
        self.consent = ConsentPanel(tools.theme)
        self.consent.changed.connect(self._on_consent_changed)
        self.summary = plain_label(role="strong")
        self.summary.setWordWrap(True)
        self.left_out = plain_label(role="warning")
        self.left_out.setWordWrap(True)
        self._build()
        FirstFocus(self, self.tree)
        follow_language(self, self._word)

    @property
    def checks(self) -> frozenset[str]:
        """The checks chosen, by id."""
        return self.model.checked()

    @property
    def will_run(self) -> int:
        """How many of them are allowed, as far as that was worked out."""
        return self._estimate.checks if self._estimate is not None else 0

    def show_shelf(self, shelf: Shelf, paces: Mapping[str, Pace]) -> None:
        """Show suites; what was chosen before stays so, new suites come as they usually are."""
        chosen = set(self.checks)
        known = set(self.model.leaves())
        first = self._shelf is None
        self._shelf = shelf
        self.model.show(branches(shelf.suites, paces))
        usual = {
            check.id
            for suite in shelf.suites
            if suite.id in shelf.usual
            for check in suite.checks
            if check.id not in known
        }
        self.model.check(chosen | usual)
        self.tree.open_groups(all_of_them=False)
        if first:
            self.tree.setCurrentIndex(self.model.index(0, 0))
        self._on_searched(self.search.query)
        self._word()
        self.changed.emit()

    def choose(self, checks: frozenset[str]) -> None:
        """Choose exactly these checks."""
        self.model.check(checks)
        self._on_checked()

    def choose_usual(self) -> None:
        """Choose the suites that do not take long."""
        if (shelf := self._shelf) is not None:
            usual = [suite for suite in shelf.suites if suite.id in shelf.usual]
            self.choose(frozenset(check.id for suite in usual for check in suite.checks))

    def show_estimate(self, estimate: Estimate | None) -> None:
        """What the choice costs."""
        self._estimate = estimate
        self._word_summary()

    def _build(self) -> None:
        self.own_button.setProperty("menu", "true")
        self.own_button.setMenu(self.own_menu)
        bar = QHBoxLayout()
        bar.setSpacing(8)
        bar.addWidget(self.search, 1)
        bar.addWidget(self.usual_button)
        bar.addWidget(self.own_button)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addLayout(bar)
        left.addWidget(self.broken)
        left.addWidget(self.tree, 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        self.consent.setObjectName("scrolled")
        area.setWidget(self.consent)
        side = QWidget()
        side.setFixedWidth(_PANEL_WIDTH)
        right = QVBoxLayout(side)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(8)
        right.addWidget(area, 1)
        right.addWidget(self.summary)
        right.addWidget(self.left_out)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addLayout(left, 1)
        row.addWidget(side)

    def _on_checked(self) -> None:
        self._word_summary()
        self.changed.emit()

    def _on_consent_changed(self) -> None:
        self._word_summary()
        self.changed.emit()

    def _on_searched(self, text: str) -> None:
        holds = holder(text)

        def hide(parent: QModelIndex) -> bool:
            """Hide what does not fit; whether nothing under ``parent`` does."""
            nothing = True
            for row in range(self.model.rowCount(parent)):
                index = self.model.index(row, 0, parent)
                out = (
                    hide(index)
                    if self.model.rowCount(index)
                    else not self._fits(index, text, holds)
                )
                self.tree.setRowHidden(row, parent, out)
                nothing = nothing and out
            return nothing

        hide(QModelIndex())
        if text:
            self.tree.expandAll()

    def _fits(self, index: QModelIndex, text: str, holds: object) -> bool:
        return not text or bool(holds(self.model.item_at(index)))  # type: ignore[operator]

    def _word_summary(self) -> None:
        estimate = self._estimate
        if not self.checks:
            self.summary.setText(_("Nothing is chosen."))
            self.left_out.hide()
            return
        if estimate is None:
            self.summary.setText(
                _("{checks} chosen.").format(checks=words.checks(len(self.checks)))
            )
            self.left_out.hide()
            return
        parts = [words.checks(estimate.checks)]
        parts.append(_("about {requests}").format(requests=words.requests(estimate.requests)))
        if estimate.seconds is not None:
            parts.append(_("about {time}").format(time=words.duration(estimate.seconds)))
        self.summary.setText(_("Will run: {what}.").format(what=", ".join(parts)))
        count = estimate.not_allowed
        text = ngettext(
            "{n} chosen check does more than is allowed, and is left out.",
            "{n} chosen checks do more than is allowed, and are left out.",
            count,
        )
        self.left_out.setText(text.format(n=f"{count:,}"))
        self.left_out.setVisible(count > 0)

    def _word(self) -> None:
        self.search.setPlaceholderText(_("Search checks"))
        self.search.setAccessibleName(_("Search checks"))
        self.tree.setAccessibleName(_("Suites and checks"))
        self.usual_button.setText(_("The usual ones"))
        self.usual_button.setToolTip(_("Choose every suite that does not take long"))
        self.own_button.setText(_("Own suites"))
        self.folder_action.setText(_("Open the folder of own suites"))
        self.folder_action.setIcon(icon("folder"))
        self.reload_action.setText(_("Read the suites anew"))
        self.reload_action.setIcon(icon("refresh"))
        broken = self._shelf.broken if self._shelf is not None else ()
        if broken:
            self.broken.tell("\n".join(map(str, broken)), tone="warning")
        else:
            self.broken.hide()
        self.model.redraw()
        self._word_summary()
