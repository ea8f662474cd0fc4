"""Trees of checks and findings as one Qt model: typed columns, icons with words, check boxes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QFont

from desktop_app.core.language import _
from desktop_app.ui.tables.columns import Align, Chip
from desktop_app.ui.theme import tokens
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.theme.theme import Theme
from desktop_app.ui.widgets.plain_text import one_line, plain_tooltip

T = TypeVar("T")
Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
_END = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


@dataclass(frozen=True, slots=True)
class TreeColumn(Generic[T]):
    """One column: ``title`` is a message id; ``chip`` shows a state instead of ``text``.

    ``value`` is what a click on the heading sorts by, where that is not the text. ``width`` is in
    pixels at 100 %, 0 for the one that takes what is left; where that gets too narrow, columns
    with ``goes`` are left out, those with the highest first.
    """

    title: str
    text: Callable[[T], str] = lambda _item: ""
    chip: Callable[[T], Chip | None] | None = None
    value: Callable[[T], Any] | None = None
    width: int = 0
    align: Align = Align.START
    goes: int = 0

    def shown(self, item: T) -> str:
        """A cell's text."""
        if self.chip is not None:
            chip = self.chip(item)
            return chip.text if chip is not None else ""
        return one_line(self.text(item))


@dataclass(frozen=True, slots=True)
class Branch(Generic[T]):
    """An item by its key, with what is under it. ``strong`` is set in bold: it is a group."""

    key: str
    item: T
    children: tuple[Branch[T], ...] = ()
    strong: bool = False


@dataclass(slots=True)
class _Node(Generic[T]):
    key: str
    item: T
    parent: int
    row: int
    strong: bool
    children: list[int] = field(default_factory=list)
    checked: Qt.CheckState = Qt.CheckState.Unchecked


class TreeModel(QAbstractItemModel, Generic[T]):
    """Shows ``Branch`` trees in ``columns``; ``replace`` changes an item where it stands.

    With ``on_checked`` each row has a check box of three states; it is told after each change.
    """

    def __init__(
        self,
        columns: Sequence[TreeColumn[T]],
        theme: Theme,
        parent: QObject | None = None,
        *,
        on_checked: Callable[[], object] | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._theme = theme
        self._on_checked = on_checked
        # Qt's indexes hold numbers: each node's place in this list.
        self._nodes: list[_Node[T]] = []
        self._roots: list[int] = []
        self._places: dict[str, int] = {}

    def show(self, roots: Iterable[Branch[T]]) -> None:
        """Show these trees; boxes are empty."""
        self.beginResetModel()
        self._nodes, self._roots, self._places = [], [], {}
        for root in roots:
            self._roots.append(self._add(root, -1, len(self._roots)))
        self.endResetModel()

    def item_at(self, index: Index) -> T | None:
        """What an index stands for."""
        return self._nodes[index.internalId()].item if index.isValid() else None

    def key_at(self, index: Index) -> str:
        """The key of an index; "" where it stands for nothing."""
        return self._nodes[index.internalId()].key if index.isValid() else ""

    def index_of(self, key: str) -> QModelIndex:
        """The first cell of this key; an invalid index where there is none."""
        place = self._places.get(key)
        return QModelIndex() if place is None else self._index(place)

    def item(self, key: str) -> T | None:
        """The item of this key."""
        place = self._places.get(key)
        return None if place is None else self._nodes[place].item

    def leaves(self) -> list[str]:
        """The keys of what has nothing under it, from the top."""
        return [node.key for node in self._nodes if not node.children]

    def groups(self) -> list[QModelIndex]:
        """The first cells of what has something under it, from the top."""
        return [self._index(at) for at, node in enumerate(self._nodes) if node.children]

    def replace(self, key: str, item: T) -> None:
        """Put ``item`` in the place of the one with this key."""
        place = self._places.get(key)
        if place is not None:
            self._nodes[place].item = item
            self._changed(place)

    def redraw(self) -> None:
        """Read every cell anew: texts depend on the language."""
        last = len(self.columns) - 1
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, last)
        for places in (self._roots, *(node.children for node in self._nodes if node.children)):
            if places:
                ends = self._index(places[0]), self._index(places[-1], last)
                self.dataChanged.emit(*ends)

    # Boxes

    def checked(self) -> frozenset[str]:
        """The keys of the leaves that are checked."""
        full = Qt.CheckState.Checked
        return frozenset(
            node.key for node in self._nodes if not node.children and node.checked == full
        )

    def check(self, keys: Iterable[str]) -> None:
        """Check exactly these leaves; nobody is told."""
        wanted = set(keys)
        for node in self._nodes:
            if not node.children:
                node.checked = _state(node.key in wanted)
        for place in reversed(range(len(self._nodes))):
            self._sum_up(place)
        self.redraw()

    # Qt's side

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """Qt's way down."""
        places = self._below(parent)
        if not 0 <= row < len(places) or not 0 <= column < len(self.columns):
            return QModelIndex()
        return self.createIndex(row, column, places[row])

    def parent(self, index: Index = QModelIndex()) -> Any:  # noqa: B008 - Qt's signature
        """Qt's way up."""
        if not index.isValid():
            return QModelIndex()
        above = self._nodes[index.internalId()].parent
        return QModelIndex() if above < 0 else self._index(above)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Children of a node."""
        return 0 if parent.isValid() and parent.column() > 0 else len(self._below(parent))

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: ARG002, B008
        """The same everywhere."""
        return len(self.columns)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Rows can be chosen, and checked where there are boxes."""
        flags = super().flags(index)
        if self._on_checked is not None and index.isValid() and index.column() == 0:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """Text, icon, colour, weight, box and the whole text of a cell."""
        if not index.isValid():
            return None
        node, column = self._nodes[index.internalId()], self.columns[index.column()]
        if role == Role.DisplayRole:
            return column.shown(node.item)
        if role == Role.AccessibleTextRole:
            return f"{_(column.title)}: {column.shown(node.item)}"
        if role == Role.ToolTipRole:
            return plain_tooltip(column.shown(node.item))
        if role == Role.CheckStateRole and self._on_checked is not None and not index.column():
            return node.checked
        if role == Role.TextAlignmentRole and column.align is Align.END:
            return _END
        if role == Role.FontRole and node.strong and not index.column():
            return _strong()
        if column.chip is not None and (chip := column.chip(node.item)) is not None:
            if role == Role.DecorationRole:
                return icon(chip.icon, chip.token)
            if role == Role.ForegroundRole:
                return QBrush(self._theme.color(chip.token))
        return None

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:
        """Check or uncheck a node with all that is under it."""
        if role != Role.CheckStateRole or self._on_checked is None or not index.isValid():
            return False
        self._put(index.internalId(), _state(Qt.CheckState(value) != Qt.CheckState.Unchecked))
        above = self._nodes[index.internalId()].parent
        while above >= 0:
            self._sum_up(above)
            self._changed(above)
            above = self._nodes[above].parent
        self._on_checked()
        return True

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        """The columns' names."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Role.DisplayRole:
            return _(self.columns[section].title)
        if role == Role.TextAlignmentRole and self.columns[section].align is Align.END:
            return _END
        return None

    def _add(self, branch: Branch[T], parent: int, row: int) -> int:
        place = len(self._nodes)
        node = _Node(branch.key, branch.item, parent, row, branch.strong)
        self._nodes.append(node)
        self._places[branch.key] = place
        for at, child in enumerate(branch.children):
            node.children.append(self._add(child, place, at))
        return place

    def _below(self, parent: Index) -> list[int]:
        return self._nodes[parent.internalId()].children if parent.isValid() else self._roots

    def _index(self, place: int, column: int = 0) -> QModelIndex:
        return self.createIndex(self._nodes[place].row, column, place)

    def _changed(self, place: int) -> None:
        self.dataChanged.emit(self._index(place), self._index(place, len(self.columns) - 1))

    def _put(self, place: int, state: Qt.CheckState) -> None:
        node = self._nodes[place]
        node.checked = state
        for child in node.children:
            self._put(child, state)
        self._changed(place)

    def _sum_up(self, place: int) -> None:
        node = self._nodes[place]
        if not node.children:
            return
        states = {self._nodes[child].checked for child in node.children}
        node.checked = states.pop() if len(states) == 1 else Qt.CheckState.PartiallyChecked


def _state(on: bool) -> Qt.CheckState:
    return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked


def _strong() -> QFont:
    font = QFont()
    font.setPixelSize(tokens.TYPE_BODY)
    font.setWeight(QFont.Weight.DemiBold)
    return font
