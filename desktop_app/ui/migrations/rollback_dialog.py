"""Before rolling back: which steps can be undone, which cannot, and which are to be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from desktop_app.core.language import _, ngettext
from desktop_app.services.migrations import words
from desktop_app.ui.dialogs.frame import DialogFrame
from desktop_app.ui.dialogs.lock_notice import LockNotice
from desktop_app.ui.tab import TabTools
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.times import local_time
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.plain_text import one_line, plain_label, plain_tooltip

if TYPE_CHECKING:
    from desktop_app.api.guard import WriteGuard
    from desktop_app.db.migrations.rollback import RollbackStep

STEP, UNDOABLE, DOCUMENTS, APPLIED = range(4)
_STEP_ROLE = Qt.ItemDataRole.UserRole


class RollbackDialog(DialogFrame):
    """Steps in the order in which they are undone; ``ordered`` gets the ids of those ticked."""

    def __init__(
        self,
        database: str,
        steps: Sequence[RollbackStep],
        guard: WriteGuard,
        tools: TabTools,
        *,
        ordered: Callable[[frozenset[str]], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Roll back"), parent, narrowest=680)
        self._ordered, self._tools, self._given = ordered, tools, False
        self.banner = Banner(tools.theme)
        self.content.addWidget(self.banner)
        self._say(database, steps)
        self.tree = QTreeWidget()
        self._fill(steps)
        self.content.addWidget(self.tree, 1)
        self.all_button, self.none_button = QPushButton(_("All")), QPushButton(_("None"))
        self.all_button.clicked.connect(lambda: self._tick(Qt.CheckState.Checked))
        self.none_button.clicked.connect(lambda: self._tick(Qt.CheckState.Unchecked))
        bar = QHBoxLayout()
        bar.setSpacing(8)
        bar.addWidget(self.all_button)
        bar.addWidget(self.none_button)
        bar.addStretch(1)
        self.content.addLayout(bar)
        self.cancel_button = self.add_button(_("Cancel"))
        self.cancel_button.clicked.connect(self.reject)
        self.action_button = self.add_button("", role="danger")
        self.action_button.clicked.connect(self.order)
        self.cancel_button.setDefault(True)
        self.lock = LockNotice(self.banner, guard, self)
        self.lock.changed.connect(self._show)
        self.tree.itemChanged.connect(lambda _item, _column: self._show())
        self._show()
        self.tree.setFocus()

    def chosen(self) -> frozenset[str]:
        """The ids of the steps ticked."""
        return frozenset(
            str(item.data(STEP, _STEP_ROLE))
            for item in self._items()
            if item.checkState(STEP) == Qt.CheckState.Checked
        )

    def order(self) -> None:
        """Give the order, once."""
        steps = self.chosen()
        if self._given or not steps or self.lock.show():
            return
        self._given = True
        self.accept()
        self._ordered(steps)

    def _say(self, database: str, steps: Sequence[RollbackStep]) -> None:
        text = _("What applying did to “{database}” is taken back, the last step first.")
        said = [text.format(database=database)]
        said.append(_("Documents that somebody changed since stay as they are, and are counted."))
        lasting = sum(not step.reversible for step in steps)
        if lasting:
            text = ngettext(
                "{n} step cannot be undone; only a backup brings back what was before it.",
                "{n} steps cannot be undone; only a backup brings back what was before them.",
                lasting,
            )
            said.append(text.format(n=lasting))
        if not steps:
            said = [_("Nothing was applied here that could be undone.")]
        label = plain_label(" ".join(said))
        label.setWordWrap(True)
        self.content.addWidget(label)

    def _fill(self, steps: Sequence[RollbackStep]) -> None:
        tree = self.tree
        tree.setRootIsDecorated(False)
        tree.setUniformRowHeights(True)
        tree.setAllColumnsShowFocus(True)
        tree.setAccessibleName(_("Steps"))
        tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        tree.setHeaderLabels(
            [_("Migration step"), _("Can be undone"), _("Documents"), _("Applied")]
        )
        tree.setMinimumHeight(220)
        header = tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(STEP, QHeaderView.ResizeMode.Stretch)
        for column, width in ((UNDOABLE, 130), (DOCUMENTS, 100), (APPLIED, 150)):
            header.resizeSection(column, width)
        for step in steps:
            item = QTreeWidgetItem(tree)
            title = one_line(words.step_title(step.id))
            item.setText(STEP, title)
            item.setToolTip(STEP, plain_tooltip(title))
            item.setData(STEP, _STEP_ROLE, step.id)
            item.setText(UNDOABLE, _("yes") if step.reversible else _("no"))
            look = ("undo", "ok") if step.reversible else ("ban", "danger")
            item.setIcon(UNDOABLE, icon(*look))
            item.setText(DOCUMENTS, f"{step.documents:,}" if step.documents else "")
            item.setTextAlignment(
                DOCUMENTS, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            )
            item.setText(APPLIED, local_time(step.applied_at, self._tools.settings))
            item.setToolTip(APPLIED, plain_tooltip(step.applied_by))
            if step.reversible:
                item.setCheckState(STEP, Qt.CheckState.Checked)
            else:
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsUserCheckable)

    def _items(self) -> list[QTreeWidgetItem]:
        found = [self.tree.topLevelItem(at) for at in range(self.tree.topLevelItemCount())]
        return [item for item in found if item is not None]

    def _tick(self, state: Qt.CheckState) -> None:
        for item in self._items():
            if item.flags() & Qt.ItemFlag.ItemIsUserCheckable:
                item.setCheckState(STEP, state)

    def _show(self) -> None:
        count = len(self.chosen())
        locked = self.lock.show()
        text = ngettext("Undo {n} step", "Undo {n} steps", count).format(n=count)
        self.action_button.setText(text)
        self.action_button.setEnabled(count > 0 and not locked)
