"""The row of tiles and the users by role: what each counts and opens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop_app.core.analytics import Statistics
from desktop_app.core.language import N_, _, ngettext
from desktop_app.core.users import ROLE_LABELS, Role
from desktop_app.ui.dashboard.tiles import CountTile
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.theme import Theme
from desktop_app.ui.widgets.plain_text import plain_label

OpenTab = Callable[[str, dict[str, str]], None]
_TILE_WIDTH = 156
_GAP = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class TileSpec:
    """One tile: what it counts, the detail below, and the tab and filters that it opens.

    Without ``tab`` it is a figure only.
    """

    key: str
    title: str
    figure: Callable[[Statistics], int]
    detail: Callable[[Statistics], str]
    tab: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)


def _deactivated(count: int) -> str:
    if not count:
        return _("all active")
    return ngettext("{n} deactivated", "{n} deactivated", count).format(n=f"{count:,}")


def _evaluations_detail(statistics: Statistics) -> str:
    submitted = sum(statistics.evaluations_by_status.get(s, 0) for s in ("submitted", "confirmed"))
    return _("{n} submitted").format(n=f"{submitted:,}") if statistics.evaluations else ""


TILES: tuple[TileSpec, ...] = (
    TileSpec(
        key="users",
        title=N_("Users"),
        figure=lambda s: s.users,
        detail=lambda s: _deactivated(s.users - s.active_users),
        tab="users",
    ),
    TileSpec(
        key="active_users",
        title=N_("Active users"),
        figure=lambda s: s.active_users,
        detail=lambda s: _("{n} % of all").format(n=100 * s.active_users // max(1, s.users)),
        tab="users",
        filters={"is_active": "true"},
    ),
    TileSpec(
        key="companies",
        title=N_("Companies"),
        figure=lambda s: s.companies,
        detail=lambda s: _deactivated(s.companies - s.active_companies),
        tab="companies",
    ),
    TileSpec(
        key="projects", title=N_("Projects"), figure=lambda s: s.projects, detail=lambda _s: ""
    ),
    TileSpec(
        key="templates", title=N_("Templates"), figure=lambda s: s.templates, detail=lambda _s: ""
    ),
    TileSpec(
        key="evaluations",
        title=N_("Evaluations"),
        figure=lambda s: s.evaluations,
        detail=_evaluations_detail,
    ),
)


class TileRow(QWidget):
    """The tiles in as many columns as fit, and under them the users by role."""

    def __init__(self, theme: Theme, open_tab: OpenTab, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._open_tab = open_tab
        self._statistics: Statistics | None = None
        self._columns = 0
        self._tiles = {spec.key: self._build_tile(spec, theme) for spec in TILES}
        self._roles = {role: self._build_role(role) for role in Role}
        self._roles_title = plain_label(role="muted")
        self._grid = QGridLayout()
        self._grid.setSpacing(_GAP)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(self._grid)
        strip = QHBoxLayout()
        strip.setSpacing(4)
        strip.addWidget(self._roles_title)
        for button in self._roles.values():
            strip.addWidget(button)
        strip.addStretch(1)
        layout.addLayout(strip)
        self._place(len(TILES))
        follow_language(self, self._refresh)

    def tile(self, key: str) -> CountTile:
        """The tile of one ``TileSpec.key``."""
        return self._tiles[key]

    def role_button(self, role: Role) -> QPushButton:
        """The button that opens the users of ``role``."""
        return self._roles[role]

    def show_statistics(self, statistics: Statistics) -> None:
        """Put in fresh figures."""
        self._statistics = statistics
        self.set_stale(False)
        self._refresh()

    def set_stale(self, stale: bool) -> None:
        """Grey the figures: they are what was known last."""
        for tile in self._tiles.values():
            tile.set_stale(stale)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many columns as fit: six, three or two."""
        super().resizeEvent(event)
        fitting = (self.width() + _GAP) // (_TILE_WIDTH + _GAP)
        self._place(6 if fitting >= 6 else 3 if fitting >= 3 else 2)

    def minimumSizeHint(self) -> QSize:
        """Two tiles side by side must fit; more is welcome."""
        return QSize(2 * _TILE_WIDTH + _GAP, super().minimumSizeHint().height())

    def _place(self, columns: int) -> None:
        if columns == self._columns:
            return
        for column in range(max(self._columns, columns)):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        self._columns = columns
        for place, spec in enumerate(TILES):
            self._grid.addWidget(self._tiles[spec.key], place // columns, place % columns)

    def _build_tile(self, spec: TileSpec, theme: Theme) -> CountTile:
        tile = CountTile(theme, opens=bool(spec.tab))
        if spec.tab:
            tile.clicked.connect(lambda: self._open_tab(spec.tab, dict(spec.filters)))
        return tile

    def _build_role(self, role: Role) -> QPushButton:
        button = QPushButton()
        button.setProperty("role", "quiet")
        button.clicked.connect(lambda: self._open_tab("users", {"role": role.value}))
        return button

    def _refresh(self) -> None:
        known = self._statistics
        for spec in TILES:
            figure = f"{spec.figure(known):,}" if known else "–"
            detail = spec.detail(known) if known else ""
            self._tiles[spec.key].show_figure(_(spec.title), figure, detail)
        self._roles_title.setText(_("Users by role:"))
        for role, button in self._roles.items():
            count = f"{known.users_by_role.get(role, 0):,}" if known else "–"
            button.setText(f"{_(ROLE_LABELS[role])} {count}")
