"""The revisions of a template: who saved which, what differs, and an older one restored."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop_app.api.templates import Templates
from desktop_app.core.errors import Conflict
from desktop_app.core.language import _
from desktop_app.core.tasks import TaskContext
from desktop_app.core.template_revisions import CONTENT_KEYS, difference, same_content
from desktop_app.core.templates import Template, TemplateRevision
from desktop_app.ui.changes import Change
from desktop_app.ui.dialogs.confirm import confirm
from desktop_app.ui.dialogs.frame import DialogFrame
from desktop_app.ui.messages import Level
from desktop_app.ui.records.actions import lock_reason
from desktop_app.ui.tab import TabTools
from desktop_app.ui.templates.difference_view import DifferenceView
from desktop_app.ui.templates.preview_dialog import PreviewDialog
from desktop_app.ui.times import local_time
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.plain_text import one_line, plain_label

_SIZE = (1040, 600)
_LIST_WIDTH = 400
_SHEETS = 3
_AT_END = Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class _History:
    """A template as it is, with all its revisions, the newest first."""

    template: Template
    revisions: tuple[TemplateRevision, ...]


class RevisionsDialog(DialogFrame):
    """Lists revisions; the chosen one is compared with any other. ``editable``: may be restored."""

    def __init__(
        self,
        template: Template,
        templates: Templates,
        tools: TabTools,
        *,
        editable: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Revisions of {name}").format(name=template.name), parent)
        self._templates, self._tools = templates, tools
        self._template, self._editable = template, editable
        self._history = _History(template, ())
        self._busy = False
        self.resize(*_SIZE)
        self.banner = Banner(tools.theme)
        self.list = self._build_list()
        self.other = QComboBox()
        self.other.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.other.activated.connect(self._show_difference)
        self.view = DifferenceView(tools.theme)
        self._build()
        self._load(None)

    @property
    def chosen(self) -> TemplateRevision | None:
        """The revision that the cursor is on."""
        at = self.list.currentRow()
        return self._history.revisions[at] if 0 <= at < len(self._history.revisions) else None

    def choose(self, revision: int) -> None:
        """Put the cursor on a revision."""
        for at, entry in enumerate(self._history.revisions):
            if entry.revision == revision:
                self.list.setCurrentCell(at, 0)

    def compare_with(self, revision: int) -> None:
        """Compare the chosen revision with another one."""
        self.other.setCurrentIndex(self.other.findData(revision))
        self._show_difference()

    def restore(self) -> None:
        """Ask, then save the content of the chosen revision as the present one."""
        chosen, template = self.chosen, self._history.template
        if chosen is None or self._busy or not self.restore_button.isEnabled():
            return
        parts = {"chosen": chosen.revision, "now": template.revision, "next": template.revision + 1}
        if template.in_use:
            text = _(
                "Revision {next} is made with the content of revision {chosen};"
                " what uses revision {now} keeps it."
            )
        else:
            text = _("Revision {now} is not in use: it takes the content of revision {chosen}.")
        confirm(
            self,
            title=_("Restore revision {n}?").format(n=chosen.revision),
            text=text.format(**parts),
            action=_("Restore revision {n}").format(n=chosen.revision),
            on_yes=lambda: self._restore(chosen),
        )

    def preview(self) -> None:
        """Show the chosen revision as evaluators see it."""
        if (chosen := self.chosen) is not None:
            name = _("{name}, revision {n}").format(name=chosen.name, n=chosen.revision)
            PreviewDialog(name, chosen.criteria, parent=self).open()

    # Loading and restoring

    def _load(self, choose: int | None) -> None:
        templates, template_id = self._templates, self._template.id

        def work(_context: TaskContext) -> _History:
            return _History(templates.get(template_id), templates.revisions(template_id))

        def done(history: _History) -> None:
            self._history = history
            self._show_list(choose)

        def failed(error: Exception) -> None:
            again = (_("Try again"), lambda: self._load(choose))
            self.banner.tell(str(error), tone="danger", action=again)

        self.banner.hide()
        self._tools.runner.start(work, owner=self, done=done, failed=failed)

    def _restore(self, chosen: TemplateRevision) -> None:
        templates, template = self._templates, self._history.template
        values = {key: getattr(chosen, key) for key in CONTENT_KEYS}
        values["criteria"] = [asdict(criterion) for criterion in chosen.criteria]

        def work(_context: TaskContext) -> Template:
            return templates.change(template.id, values, version=template.version)

        def done(now: Template) -> None:
            self._busy = False
            self._tools.changes.tell(Change("templates", frozenset({now.id})))
            text = _("{name}: revision {chosen} was restored as revision {now}.")
            said = text.format(name=now.name, chosen=chosen.revision, now=now.revision)
            self._tools.messages.post(Level.OK, said)
            self._load(now.revision)

        def failed(error: Exception) -> None:
            self._busy = False
            if isinstance(error, Conflict):
                self._load(chosen.revision)
                text = _("Someone changed the template in the meantime: look again, then restore.")
                self.banner.tell(text, tone="warning")
                return
            self.banner.tell(str(error), tone="danger")
            self._show_state()

        self._busy = True
        self._show_state()
        self._tools.runner.start(work, owner=self, done=done, failed=failed, keep=True)

    # Showing

    def _build(self) -> None:
        compared = QHBoxLayout()
        compared.setSpacing(8)
        self._chosen_label = plain_label(role="strong")
        with_label = plain_label(_("compared with"), role="muted")
        with_label.setBuddy(self.other)
        self.other.setAccessibleName(_("Compared with"))
        for widget in (self._chosen_label, with_label, self.other):
            compared.addWidget(widget)
        compared.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(12)
        right.addLayout(compared)
        right.addWidget(self.view, 1)
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addWidget(self.list)
        row.addLayout(right, 1)
        self.content.addWidget(self.banner)
        self.content.addLayout(row, 1)
        self.preview_button = self.add_button(_("Preview"), first=True)
        self.preview_button.clicked.connect(self.preview)
        self.restore_button = self.add_button(_("Restore…"), first=True)
        self.restore_button.clicked.connect(self.restore)
        self.restore_button.setVisible(self._editable)
        self.close_button = self.add_button(_("Close"), role="primary")
        self.close_button.clicked.connect(self.reject)
        unsubscribe = self._tools.guard.on_changed(self._show_state)
        self.destroyed.connect(lambda: unsubscribe())

    def _build_list(self) -> QTableWidget:
        table = QTableWidget(0, 4)
        table.setHorizontalHeaderLabels([_("Revision"), _("Saved"), _("By"), _("Sheets")])
        table.setAccessibleName(_("Revisions"))
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.verticalHeader().hide()
        table.setFixedWidth(_LIST_WIDTH)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        for at, width in ((0, 72), (1, 132), (_SHEETS, 76)):
            table.setColumnWidth(at, width)
        if (heading := table.horizontalHeaderItem(_SHEETS)) is not None:
            heading.setTextAlignment(_AT_END)
        table.currentCellChanged.connect(self._on_current_changed)
        return table

    def _show_list(self, choose: int | None) -> None:
        revisions = self._history.revisions
        self.list.blockSignals(True)
        self.list.setRowCount(len(revisions))
        for row, entry in enumerate(revisions):
            texts = (
                str(entry.revision),
                local_time(entry.saved_at, self._tools.settings),
                entry.saved_by_name or "–",
                str(entry.uses),
            )
            for column, text in enumerate(texts):
                item = QTableWidgetItem(one_line(text))
                if column == _SHEETS:
                    item.setTextAlignment(_AT_END)
                self.list.setItem(row, column, item)
        self.list.blockSignals(False)
        self.list.setCurrentCell(-1, -1)
        self.choose(choose or self._history.template.revision)
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_current_changed(self) -> None:
        chosen = self.chosen
        self.other.clear()
        if chosen is None:
            return
        self._chosen_label.setText(_("Revision {n}").format(n=chosen.revision))
        numbers = [entry.revision for entry in self._history.revisions]
        for number in numbers:
            if number != chosen.revision:
                self.other.addItem(_("revision {n}").format(n=number), number)
        older = [number for number in numbers if number < chosen.revision]
        default = older[0] if older else next((n for n in reversed(numbers)), chosen.revision)
        self.other.setCurrentIndex(max(0, self.other.findData(default)))
        self._show_difference()

    def _show_difference(self) -> None:
        chosen = self.chosen
        number = self.other.currentData()
        other = next((r for r in self._history.revisions if r.revision == number), None)
        if chosen is not None:
            # The older one stands at the left, whichever was chosen first.
            pair = sorted((chosen, other or chosen), key=lambda entry: entry.revision)
            before, after = (_("Revision {n}").format(n=entry.revision) for entry in pair)
            self.view.show_difference(difference(*pair), before, after)
        self.other.setEnabled(self.other.count() > 0)
        self._show_state()

    def _show_state(self) -> None:
        chosen, template = self.chosen, self._history.template
        older = chosen is not None and not same_content(chosen, template)
        reason = lock_reason(self._tools.guard)
        self.restore_button.setEnabled(older and not self._busy and not reason)
        self.restore_button.setToolTip(reason or ("" if older else _("This is what it is now.")))
        self.preview_button.setEnabled(chosen is not None)
