"""What applying would do, as a tree."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.language import _
from desktop_app.db.migrations.plan_data import Plan
from desktop_app.services.migrations.plan_tree import Node, plan_nodes
from desktop_app.services.migrations.reports import plan_verdict
from desktop_app.ui.migrations.plan_model import DOES, STATE, TIME, TITLE, PlanModel, about
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tables.tsv import tsv
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.widgets.empty_state import EmptyState
from desktop_app.ui.widgets.plain_text import plain_label

_WIDTHS = {STATE: 140, DOES: 270, TIME: 80}


class PlanTree(QTreeView):
    """The tree; Enter or a double click on a document asks for it by ``activated``."""

    opened = Signal(QModelIndex)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens a document, and opens or closes what has something below it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            index = self.currentIndex().siblingAtColumn(0)
            if index.isValid() and self.model().rowCount(index):
                self.setExpanded(index, not self.isExpanded(index))
            elif index.isValid():
                self.opened.emit(index)
            event.accept()
            return
        super().keyPressEvent(event)


class PlanPage(QWidget):
    """Shows a plan; ``document_asked`` carries the document that somebody wants to see.

    ``thorough_asked``: what was left uncounted is to be counted.
    """

    document_asked = Signal(object)
    thorough_asked = Signal()

    def __init__(self, tools: TabTools, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plan: Plan | None = None
        self.model = PlanModel(tools.theme, self)
        self.tree = PlanTree()
        self.nothing = EmptyState(tools.theme)
        self.verdict = plain_label(role="muted")
        self.verdict.setWordWrap(True)
        self.only_pending = QCheckBox()
        self.only_pending.setChecked(True)
        self.only_pending.toggled.connect(self._show)
        self.thorough_button = QPushButton()
        self.thorough_button.clicked.connect(self.thorough_asked)
        self.open_button = QPushButton()
        self.open_button.clicked.connect(self._on_open_clicked)
        self._build()
        self.tree.opened.connect(self._open)
        self.tree.doubleClicked.connect(self._open)
        self.tree.selectionModel().currentChanged.connect(self._on_current_changed)
        tools.theme.changed.connect(self.tree.viewport().update)
        follow_language(self, self._word)

    @property
    def plan(self) -> Plan | None:
        """The plan shown."""
        return self._plan

    def show_plan(self, plan: Plan | None) -> None:
        """Show a plan; what is open and chosen stays so."""
        self._plan = plan
        self._show()

    def node(self, key: str) -> Node | None:
        """The node of this key, if it is shown."""
        return self.model.node_at(self.model.index_of(key))

    def _build(self) -> None:
        tree = self.tree
        tree.setModel(self.model)
        tree.setUniformRowHeights(True)
        tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        tree.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        tree.setExpandsOnDoubleClick(True)
        tree.setAllColumnsShowFocus(True)
        header = tree.header()
        header.setStretchLastSection(False)
        header.setSectionsMovable(False)
        header.setSectionResizeMode(TITLE, QHeaderView.ResizeMode.Stretch)
        for at, width in _WIDTHS.items():
            header.resizeSection(at, width)
        copy = QAction(tree)
        copy.setShortcuts(QKeySequence.StandardKey.Copy)
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self.copy)
        tree.addAction(copy)
        bar = QHBoxLayout()
        bar.setSpacing(8)
        bar.addWidget(self.verdict, 1)
        bar.addWidget(self.only_pending)
        bar.addWidget(self.thorough_button)
        bar.addWidget(self.open_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(8)
        column.addLayout(bar)
        column.addWidget(tree, 1)
        column.addWidget(self.nothing, 1)

    def copy(self) -> None:
        """Put the line chosen on the clipboard."""
        index = self.tree.currentIndex()
        if index.isValid():
            cells = [str(index.siblingAtColumn(at).data() or "") for at in range(4)]
            QGuiApplication.clipboard().setText(tsv([cells]))

    def _show(self) -> None:
        plan = self._plan
        before = self.model.node_at(self.tree.currentIndex())
        opened = {
            node.key: self.tree.isExpanded(index)
            for index in self.model.indexes()
            if (node := self.model.node_at(index)) is not None
        }
        only = self.only_pending.isChecked()
        self.model.show(plan_nodes(plan, pending_only=only) if plan is not None else ())
        for index in self.model.indexes():
            node = self.model.node_at(index)
            if node is not None and opened.get(node.key, node.open):
                self.tree.expand(index)
        kept = self.model.index_of(before.key) if before is not None else QModelIndex()
        first = kept if kept.isValid() else self.model.index(0, 0)
        self.tree.setCurrentIndex(first)
        self._on_current_changed()
        nothing = plan is not None and not self.model.roots
        self.tree.setVisible(not nothing)
        self.nothing.setVisible(nothing)
        self.nothing.tell(
            _("There is nothing to do"),
            _("Collections, indexes, documents and initial data are as this version wants them."),
            icon_name="ok",
            tone="ok",
            action=(_("Show everything"), lambda: self.only_pending.setChecked(False)),
        )
        self.thorough_button.setVisible(plan is not None and bool(plan.uncounted))
        self.verdict.setText(self._verdict())

    def _verdict(self) -> str:
        if self._plan is None:
            return ""
        said = [plan_verdict(self._plan)]
        if self._plan.pending:
            said.append(_("Estimated time: {time}.").format(time=about(self._plan.estimate_s)))
        return " ".join(said)

    def _on_current_changed(self) -> None:
        node = self.model.node_at(self.tree.currentIndex())
        self.open_button.setEnabled(node is not None and node.offender is not None)

    def _on_open_clicked(self) -> None:
        self._open(self.tree.currentIndex())

    def _open(self, index: QModelIndex) -> None:
        node = self.model.node_at(index)
        if node is not None and node.offender is not None:
            self.document_asked.emit(node.offender)

    def _word(self) -> None:
        self.tree.setAccessibleName(_("Plan"))
        self.only_pending.setText(_("Only what changes"))
        self.thorough_button.setText(_("Count everything"))
        self.thorough_button.setToolTip(_("Count also what takes long, however long it takes"))
        self.open_button.setText(_("Open document"))
        self.open_button.setIcon(icon("external"))
        self._show()
