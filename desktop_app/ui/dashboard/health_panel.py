"""Health of the platform's services and of the server's host, as the server measured it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from desktop_app.core.analytics import DetailedHealth, HostResources, ServiceHealth
from desktop_app.core.language import N_, _
from desktop_app.ui.dashboard.tiles import UsageBar
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import pixmap
from desktop_app.ui.theme.theme import Theme, set_role
from desktop_app.ui.widgets.plain_text import plain_label, plain_tooltip

HOST_TARGETS: Mapping[str, tuple[str, float]] = {
    "cpu": (N_("Processor"), 70.0),
    "memory": (N_("Memory"), 80.0),
    "disk": (N_("Disk"), 60.0),
}
"""Label and target in percent of each resource of the target's host (SYSTEM.md §4)."""

_STATES: Mapping[str, tuple[str, str, str]] = {
    "up": (N_("running"), "ok", "ok"),
    "down": (N_("down"), "error", "danger"),
    "degraded": (N_("impaired"), "warning", "warning"),
}
_SERVICE_NAMES: Mapping[str, str] = {
    "api": N_("API server"),
    "database": N_("Database"),
    "mongodb": N_("Database"),
    "cache": N_("Cache"),
    "storage": N_("File storage"),
}
_ICON_PX = 16


_GOOD = frozenset({"ok", "up", "healthy", "connected", "running", "available"})


def state_of(said: object) -> str:
    """A service's state from the word, or the object with a word, of ``GET /api/health``."""
    if isinstance(said, Mapping):
        said = said.get("status", said.get("state", ""))
    return "up" if said is True or str(said).lower() in _GOOD else "down"


class ServiceRow:
    """The three cells of one service: icon, name and state, latency."""

    def __init__(self, grid: QGridLayout, row: int) -> None:
        self.icon = plain_label()
        self.name = plain_label()
        self.state = plain_label()
        self.latency = plain_label(role="muted")
        self.latency.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for column, label in enumerate((self.icon, self.name, self.state, self.latency)):
            grid.addWidget(label, row, column)

    def show(self, service: ServiceHealth, *, stale: bool) -> None:
        """Put in what is known of ``service``; a state outside the contract is shown as it is.

        ``stale``: it was so when last asked, which says nothing of now.
        """
        word, icon_name, token = _STATES.get(service.state, (service.state, "help", "muted"))
        if stale:
            icon_name, token = "clock", "muted"
        self.icon.setPixmap(pixmap(icon_name, token, _ICON_PX, self.icon.devicePixelRatioF()))
        self.name.setText(_(_SERVICE_NAMES.get(service.name, service.name)))
        self.state.setText(_("{state} when last asked").format(state=_(word)) if stale else _(word))
        set_role(self.state, token)
        self.state.setToolTip(plain_tooltip(service.detail))
        latency = service.latency_ms
        measured = _("{ms:.1f} ms") if latency is not None and latency < 10 else _("{ms:.0f} ms")
        self.latency.setText(_("not measured") if latency is None else measured.format(ms=latency))

    def remove(self, grid: QGridLayout) -> None:
        """Take the cells out of ``grid``."""
        for label in (self.icon, self.name, self.state, self.latency):
            grid.removeWidget(label)
            label.deleteLater()


class HealthPanel(QWidget):
    """Services with icon, word and latency; CPU, memory and disk as bars with their targets.

    ``show_health(None, reason)`` says in words why nothing is measured.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._health: DetailedHealth | None = None
        self._services: tuple[ServiceHealth, ...] = ()
        self._reason = ""
        self._stale = False
        self._measured = True
        self._rows: list[ServiceRow] = []
        self._note = plain_label(role="muted")
        self._note.setWordWrap(True)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(2, 1)
        self._hosts = self._build_hosts(theme)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(self._grid)
        layout.addWidget(self._note)
        layout.addLayout(self._hosts_grid)
        layout.addStretch(1)
        theme.changed.connect(self._refresh)
        follow_language(self, self._refresh)

    def _build_hosts(self, theme: Theme) -> dict[str, tuple[QLabel, UsageBar, QLabel]]:
        self._hosts_grid = QGridLayout()
        self._hosts_grid.setHorizontalSpacing(12)
        self._hosts_grid.setVerticalSpacing(4)
        self._hosts_grid.setColumnStretch(1, 1)
        hosts = {}
        top = Qt.AlignmentFlag.AlignTop
        for row, (key, (_label, target)) in enumerate(HOST_TARGETS.items()):
            name, bar, value = plain_label(), UsageBar(theme, target), plain_label()
            value.setAlignment(Qt.AlignmentFlag.AlignRight)
            self._hosts_grid.addWidget(name, row, 0, top)
            self._hosts_grid.addWidget(bar, row, 1, top)
            self._hosts_grid.addWidget(value, row, 2, top)
            hosts[key] = (name, bar, value)
        return hosts

    def show_health(self, health: DetailedHealth | None, reason: str = "") -> None:
        """Show ``health``; without it say ``reason`` (a message id) and "not measured"."""
        self._health, self._reason, self._stale = health, reason, False
        self._measured = True
        self._services = health.services if health else ()
        self._refresh()

    def show_services(self, services: tuple[ServiceHealth, ...], reason: str) -> None:
        """Show the states alone, for a role that may not see more; ``reason`` is a message id."""
        self._health, self._reason, self._stale = None, reason, False
        self._measured = False
        self._services = services
        self._refresh()

    def show_failed(self, reason: str) -> None:
        """Nothing could be measured now: say ``reason`` (a message id), grey what was known."""
        self._stale, self._reason = True, reason
        self._refresh()

    def words(self) -> tuple[str, ...]:
        """Everything that the panel says, line by line."""
        if not self._measured:
            return (*(f"{r.name.text()} {r.state.text()}" for r in self._rows), self._note.text())
        lines = [f"{r.name.text()} {r.state.text()} {r.latency.text()}" for r in self._rows]
        lines += [f"{name.text()} {value.text()}" for name, _bar, value in self._hosts.values()]
        return (*lines, self._note.text())

    def _refresh(self) -> None:
        while len(self._rows) > len(self._services):
            self._rows.pop().remove(self._grid)
        while len(self._rows) < len(self._services):
            self._rows.append(ServiceRow(self._grid, len(self._rows)))
        for row, service in zip(self._rows, self._services, strict=True):
            row.show(service, stale=self._stale)
            row.latency.setVisible(self._measured)
        self._note.setText(_(self._reason))
        self._note.setVisible(bool(self._reason))
        self._show_host(self._health.host if self._health else None)

    def _show_host(self, host: HostResources | None) -> None:
        shares: dict[str, float | None] = {
            "cpu": host.cpu_percent if host else None,
            "memory": host.memory_percent if host else None,
            "disk": host.disk_percent if host else None,
        }
        totals = {"memory": host.memory_total, "disk": host.disk_total} if host else {}
        for key, (name, bar, value) in self._hosts.items():
            label, target = HOST_TARGETS[key]
            share = shares[key]
            name.setText(_(label))
            bar.show_share(share, stale=self._stale)
            for part in (name, bar, value):
                part.setVisible(self._measured)
            text = _("not measured") if share is None else _("{n:.0f} %").format(n=share)
            if bar.over:
                text = _("{share}, over target").format(share=text)
            value.setText(text)
            tip = _("Target: below {n:.0f} %.").format(n=target)
            if key in totals:
                size = _("{n:.1f} GiB in all.").format(n=totals[key] / 2**30)
                tip = f"{tip} {size}"
            bar.setToolTip(tip)
            bar.setAccessibleName(f"{name.text()}: {text}")
