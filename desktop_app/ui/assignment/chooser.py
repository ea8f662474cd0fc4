"""Choosing many entries of a long list: found by search on the server, pasted, or all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.language import _, ngettext
from desktop_app.core.tasks import TaskContext
from desktop_app.ui.assignment.paste_dialog import PasteDialog, Resolve
from desktop_app.ui.tab import TabTools
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.theme.theme import set_role
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.latest import Latest
from desktop_app.ui.widgets.plain_text import plain_label, plain_tooltip
from desktop_app.ui.widgets.search_field import SearchField


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to choose: ``note`` tells it from others of the same name."""

    id: str
    name: str
    note: str = ""

    @property
    def label(self) -> str:
        """Name and note."""
        return f"{self.name} · {self.note}" if self.note else self.name


@dataclass(frozen=True, slots=True)
class Found:
    """The first entries that fit a search, out of ``total``."""

    entries: tuple[Entry, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where entries come from; both functions block and run on the pool.

    ``find`` gives the first ones that fit a search, ``everything`` all of them, ``resolve`` those
    that pasted lines name. ``nothing`` says what to do where none is chosen; at most ``most`` can
    be.
    """

    find: Callable[[str], Found]
    everything: Callable[[str, TaskContext], tuple[Entry, ...]]
    resolve: Resolve
    search_hint: str
    paste_hint: str
    nothing: str
    most: int


class Chooser(QWidget):
    """What is found at the left, what is chosen at the right; ``changed`` after each change.

    Entries with sheets (``sheets`` counts them) stay: they are marked, and cannot be removed.
    """

    changed = Signal()

    def __init__(
        self,
        source: Source,
        chosen: Sequence[Entry],
        sheets: Mapping[str, int],
        tools: TabTools,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._source, self._tools, self._sheets = source, tools, sheets
        self._chosen: dict[str, Entry] = {}
        self._found: tuple[Entry, ...] = ()
        self._build()
        self._connect()
        self._latest: Latest[str, Found] = Latest(
            source.find,
            tools.runner,
            answered=self._on_found,
            failed=self._on_failed,
            parent=self,
        )
        self.show_chosen(chosen)
        self._latest.ask("")

    @property
    def chosen(self) -> tuple[Entry, ...]:
        """What is chosen, in the order of choosing."""
        return tuple(self._chosen.values())

    @property
    def too_many(self) -> bool:
        """Whether more are chosen than a project can have."""
        return len(self._chosen) > self._source.most

    def show_chosen(self, entries: Iterable[Entry]) -> None:
        """Show ``entries`` as chosen, in place of what was."""
        self._chosen = {entry.id: entry for entry in entries}
        self._list_chosen()
        self._mark_found()

    def add(self, entries: Iterable[Entry]) -> int:
        """Choose ``entries`` too; returns how many are new."""
        fresh = [entry for entry in entries if entry.id not in self._chosen]
        self._chosen |= {entry.id: entry for entry in fresh}
        if fresh:
            self._list_chosen()
            self._mark_found()
            self.changed.emit()
        return len(fresh)

    def remove_selected(self) -> None:
        """Take what is selected out again, as far as it has no sheets."""
        ids = [item.data(Qt.ItemDataRole.UserRole) for item in self.chosen_list.selectedItems()]
        gone = [id_ for id_ in ids if not self._sheets.get(id_)]
        for id_ in gone:
            self._chosen.pop(id_, None)
        if len(gone) < len(ids):
            self.banner.tell(
                _("Entries with sheets stay: take their assignments away first."), tone="warning"
            )
        if gone:
            self._list_chosen()
            self._mark_found()
            self.changed.emit()

    def _build(self) -> None:
        self.search = SearchField()
        self.search.setPlaceholderText(self._source.search_hint)
        self.search.setAccessibleName(self._source.search_hint)
        self.found_list, self.chosen_list = QListWidget(), QListWidget()
        for box, name in ((self.found_list, _("Found")), (self.chosen_list, _("Chosen"))):
            box.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
            box.setUniformItemSizes(True)
            box.setAccessibleName(name)
        self.found_title = plain_label(role="caption")
        self.chosen_title = plain_label(role="caption")
        self.add_button = QPushButton(_("Add selected"))
        self.add_button.setIcon(icon("arrow-right"))
        self.all_button = QPushButton(_("Add all"))
        self.paste_button = QPushButton(_("Paste a list…"))
        self.paste_button.setIcon(icon("copy"))
        self.remove_button = QPushButton(_("Remove selected"))
        self.remove_button.setIcon(icon("arrow-left"))
        self.banner = Banner(self._tools.theme)
        left, right = QHBoxLayout(), QHBoxLayout()
        for row, buttons in (
            (left, (self.add_button, self.all_button)),
            (right, (self.remove_button, self.paste_button)),
        ):
            row.setSpacing(8)
            for button in buttons:
                row.addWidget(button)
            row.addStretch(1)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.search, 0, 0)
        grid.addWidget(self.found_title, 1, 0)
        grid.addWidget(self.chosen_title, 1, 1)
        grid.addWidget(self.found_list, 2, 0)
        grid.addWidget(self.chosen_list, 2, 1)
        grid.addLayout(left, 3, 0)
        grid.addLayout(right, 3, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.banner)
        column.addLayout(grid, 1)

    def _connect(self) -> None:
        self.search.searched.connect(self._on_searched)
        self.search.left_downwards.connect(self.found_list.setFocus)
        self.found_list.itemSelectionChanged.connect(self._show_buttons)
        self.found_list.itemActivated.connect(lambda _item: self._add_selected())
        self.chosen_list.itemSelectionChanged.connect(self._show_buttons)
        self.add_button.clicked.connect(self._add_selected)
        self.all_button.clicked.connect(self._add_everything)
        self.paste_button.clicked.connect(self._paste)
        self.remove_button.clicked.connect(self.remove_selected)

    def _on_searched(self, text: str) -> None:
        self._latest.ask(text)

    def _on_found(self, _text: str, found: Found) -> None:
        self._found = found.entries
        self.found_list.clear()
        for entry in found.entries:
            item = QListWidgetItem(entry.label)
            item.setData(Qt.ItemDataRole.UserRole, entry.id)
            self.found_list.addItem(item)
        shown = len(found.entries)
        if not found.total:
            title = _("Nothing found")
        elif shown < found.total:
            title = _("The first {n} of {total} found").format(n=shown, total=f"{found.total:,}")
        else:
            title = ngettext("{n} found", "{n} found", shown).format(n=shown)
        self.found_title.setText(title)
        self.all_button.setText(
            ngettext("Add the one found", "Add all {n}", found.total).format(n=f"{found.total:,}")
        )
        self.all_button.setEnabled(bool(found.total))
        self._mark_found()

    def _on_failed(self, _text: str, error: Exception) -> None:
        self.banner.tell(str(error), tone="danger")

    def _mark_found(self) -> None:
        """What is chosen already is shown so, and cannot be chosen twice."""
        for row in range(self.found_list.count()):
            item = self.found_list.item(row)
            there = item.data(Qt.ItemDataRole.UserRole) in self._chosen
            flags = Qt.ItemFlag.NoItemFlags if there else _CHOOSABLE
            item.setFlags(flags)
            item.setIcon(icon("check", "ok") if there else icon("plus", "muted"))
        self._show_buttons()

    def _list_chosen(self) -> None:
        scrolled = self.chosen_list.verticalScrollBar().value()
        self.chosen_list.clear()
        for entry in self._chosen.values():
            item = QListWidgetItem(entry.label)
            item.setData(Qt.ItemDataRole.UserRole, entry.id)
            if sheets := self._sheets.get(entry.id, 0):
                item.setIcon(icon("lock", "muted"))
                words = ngettext("{n} sheet: stays.", "{n} sheets: stays.", sheets)
                item.setToolTip(plain_tooltip(words.format(n=sheets)))
            self.chosen_list.addItem(item)
        self.chosen_list.verticalScrollBar().setValue(scrolled)
        count = len(self._chosen)
        text = ngettext("{n} chosen", "{n} chosen", count).format(n=f"{count:,}")
        if self.too_many:
            most = _("at most {most} are possible").format(most=f"{self._source.most:,}")
            text = f"{text} · {most}"
        self.chosen_title.setText(text if count else self._source.nothing)
        set_role(self.chosen_title, "problem" if self.too_many else "caption")
        self._show_buttons()

    def _show_buttons(self) -> None:
        self.add_button.setEnabled(bool(self.found_list.selectedItems()))
        self.remove_button.setEnabled(bool(self.chosen_list.selectedItems()))

    def _add_selected(self) -> None:
        ids = {item.data(Qt.ItemDataRole.UserRole) for item in self.found_list.selectedItems()}
        self.add(entry for entry in self._found if entry.id in ids)

    def _add_everything(self) -> None:
        everything, query = self._source.everything, self.search.query
        self.all_button.setEnabled(False)

        def done(entries: tuple[Entry, ...]) -> None:
            self.all_button.setEnabled(True)
            self.add(entries)

        def failed(error: Exception) -> None:
            self.all_button.setEnabled(True)
            self.banner.tell(str(error), tone="danger")

        self._tools.runner.start(
            lambda context: everything(query, context), owner=self, done=done, failed=failed
        )

    def _paste(self) -> None:
        dialog = PasteDialog(self._source.resolve, self._source.paste_hint, self._tools, self)
        dialog.resolved.connect(self._on_pasted)
        dialog.open()

    def _on_pasted(self, entries: tuple[Entry, ...]) -> None:
        added = self.add(entries)
        again = len(entries) - added
        text = ngettext("{n} added.", "{n} added.", added).format(n=added)
        if again:
            text += " " + ngettext("{n} was there.", "{n} were there.", again).format(n=again)
        self.banner.tell(text, tone="ok")


_CHOOSABLE = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
