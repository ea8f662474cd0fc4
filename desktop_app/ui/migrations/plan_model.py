"""The plan's tree as a Qt model: read-only, four columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QFont

from desktop_app.core.language import N_, _
from desktop_app.services.migrations.plan_tree import Node
from desktop_app.ui.migrations.chips import TONE_LOOKS
from desktop_app.ui.theme import tokens
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.theme.theme import Theme
from desktop_app.ui.times import duration
from desktop_app.ui.widgets.plain_text import one_line, plain_tooltip

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
TITLE, STATE, DOES, TIME = range(4)
_TITLES = (N_("Migration step"), N_("State"), N_("What applying does"), N_("About"))


class PlanModel(QAbstractItemModel):
    """Shows ``Node`` trees; ``node_at`` gives what an index stands for."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._roots: tuple[Node, ...] = ()
        # Qt's indexes hold numbers: each node's place in this list, with its parent and its row.
        self._nodes: list[tuple[Node, int, int]] = []
        self._children: dict[int, list[int]] = {}

    @property
    def roots(self) -> tuple[Node, ...]:
        """The trees shown."""
        return self._roots

    def show(self, roots: Sequence[Node]) -> None:
        """Show these trees."""
        self.beginResetModel()
        self._roots = tuple(roots)
        self._nodes, self._children = [], {}
        self._add(self._roots, -1)
        self.endResetModel()

    def node_at(self, index: Index) -> Node | None:
        """The node of an index."""
        return self._nodes[index.internalId()][0] if index.isValid() else None

    def indexes(self) -> list[QModelIndex]:
        """The first column of every node, from the top."""
        return [self.createIndex(row, 0, at) for at, (_n, _p, row) in enumerate(self._nodes)]

    def index_of(self, key: str) -> QModelIndex:
        """The node of this key; an invalid index where there is none."""
        for at, (node, _parent, row) in enumerate(self._nodes):
            if node.key == key:
                return self.createIndex(row, 0, at)
        return QModelIndex()

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """Qt's way down."""
        children = self._children.get(parent.internalId() if parent.isValid() else -1, [])
        if not 0 <= row < len(children) or not 0 <= column < len(_TITLES):
            return QModelIndex()
        return self.createIndex(row, column, children[row])

    def parent(self, index: Index = QModelIndex()) -> Any:  # noqa: B008 - Qt's signature
        """Qt's way up."""
        if not index.isValid():
            return QModelIndex()
        above = self._nodes[index.internalId()][1]
        return QModelIndex() if above < 0 else self.createIndex(self._nodes[above][2], 0, above)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Children of a node."""
        if parent.isValid() and parent.column() > 0:
            return 0
        return len(self._children.get(parent.internalId() if parent.isValid() else -1, []))

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: ARG002, B008
        """Step, state, what applying does, how long."""
        return len(_TITLES)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """Text, icon, colour, weight and the whole text of a cell."""
        node = self.node_at(index)
        if node is None:
            return None
        column = index.column()
        if role == Role.DisplayRole:
            return one_line(_text(node, column))
        if role == Role.AccessibleTextRole:
            return f"{_(_TITLES[column])}: {one_line(_text(node, column))}"
        if role == Role.ToolTipRole:
            return plain_tooltip(_text(node, column))
        look = TONE_LOOKS.get(node.tone)
        if column == STATE and look is not None and node.state:
            if role == Role.DecorationRole:
                return icon(*look)
            if role == Role.ForegroundRole:
                return QBrush(self._theme.color(look[1]))
        if role == Role.FontRole and column == TITLE and self._nodes[index.internalId()][1] < 0:
            font = QFont()
            font.setPixelSize(tokens.TYPE_BODY)
            font.setWeight(QFont.Weight.DemiBold)
            return font
        if role == Role.DecorationRole and column == TITLE and node.offender is not None:
            return icon("file", "muted")
        if role == Role.TextAlignmentRole and column == TIME:
            return Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        """The columns' names."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Role.DisplayRole:
            return _(_TITLES[section])
        if role == Role.TextAlignmentRole and section == TIME:
            return Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        return None

    def _add(self, nodes: Sequence[Node], parent: int) -> None:
        places = self._children.setdefault(parent, [])
        for row, node in enumerate(nodes):
            place = len(self._nodes)
            self._nodes.append((node, parent, row))
            places.append(place)
            self._add(node.children, place)


def _text(node: Node, column: int) -> str:
    if column == TIME:
        return "" if node.seconds is None else about(node.seconds)
    return (node.title, node.state, node.does)[column]


def about(seconds: float) -> str:
    """An estimated time, never more exact than it is."""
    return _("under 1 s") if seconds < 1 else duration(seconds)
