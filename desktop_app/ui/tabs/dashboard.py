"""The dashboard: how the platform is doing, what waits for a person, what happened lately."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.analytics import Dashboard, ServiceHealth
from desktop_app.core.errors import Cancelled, ConsoleError, Forbidden
from desktop_app.core.language import N_, _
from desktop_app.core.permissions import may
from desktop_app.core.tasks import TaskContext
from desktop_app.core.users import Role
from desktop_app.ui.changes import Change
from desktop_app.ui.dashboard.activity_list import ActivityList
from desktop_app.ui.dashboard.attention_panel import AttentionPanel
from desktop_app.ui.dashboard.health_panel import HealthPanel, state_of
from desktop_app.ui.dashboard.tile_row import OpenTab, TileRow
from desktop_app.ui.tab import Tab, TabTools
from desktop_app.ui.texts import follow_language
from desktop_app.ui.times import local_clock
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.page_header import PageHeader
from desktop_app.ui.widgets.plain_text import plain_label

if TYPE_CHECKING:
    from desktop_app.api.analytics import Analytics
    from desktop_app.api.health import Health, HealthSummary
    from desktop_app.ui.tasks import Task

T = TypeVar("T")

REFRESH_MS = 15_000
_AGE_MS = 1_000
_AFTER_CHANGE_MS = 300
_NO_HEALTH = N_("Your role sees whether the services run, not how busy they are.")
_HEALTH_FAILED = N_("The health of the services could not be read.")


class DashboardTab(Tab):
    """Counts, health, attention and activity; refreshes itself every 15 s while it is visible.

    ``open_tab(key, filters)`` opens another tab. What the role may not read says so and is not
    asked for.
    """

    key = "dashboard"

    def __init__(
        self,
        *,
        analytics: Analytics,
        health: Health,
        role: Role,
        open_tab: OpenTab,
        tools: TabTools,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._analytics, self._health_api = analytics, health
        self._may_count = may("analytics.dashboard", role)
        self._may_see_health = may("health.detailed", role)
        self._may_see_audit = may("audit.list", role)
        self._tools = tools
        self._loading: dict[str, Task] = {}
        self._figures_at: datetime | None = None
        self._build(open_tab)
        self._timer = self._build_timer(REFRESH_MS, self.refresh)
        self._age_timer = self._build_timer(_AGE_MS, self._show_age)
        self._soon = self._build_timer(_AFTER_CHANGE_MS, self.refresh)
        self._soon.setSingleShot(True)
        tools.changes.changed.connect(self._on_changes_changed)
        follow_language(self, self._retranslate)

    def refresh(self) -> None:
        """Ask for everything anew that the role may read; what is shown stays meanwhile."""
        self.activity.refresh_times()
        analytics, health = self._analytics, self._health_api  # the work must not hold the widget
        if self._may_count:
            self._load("figures", lambda _context: analytics.dashboard(), self._show_figures)
        if self._may_see_health:
            self._load("health", lambda _context: health.detailed(), self.health.show_health)
        else:
            self._load("health", lambda _context: health.summary(), self._show_summary)

    @property
    def timers_run(self) -> bool:
        """Whether the tab refreshes itself now."""
        return self._timer.isActive() or self._soon.isActive()

    def showEvent(self, event: QShowEvent) -> None:
        """Visible: figures at once, then every 15 s."""
        super().showEvent(event)
        self._timer.start()
        self._age_timer.start()
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Hidden: nothing is asked of the server."""
        super().hideEvent(event)
        for timer in (self._timer, self._age_timer, self._soon):
            timer.stop()

    def _build_timer(self, interval_ms: int, then: Callable[[], object]) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(interval_ms)
        timer.timeout.connect(then)
        return timer

    def _build(self, open_tab: OpenTab) -> None:
        theme = self._tools.theme
        self._age = plain_label(role="caption")
        self._refresh_button = QPushButton()
        self._refresh_button.clicked.connect(self.refresh)
        header = PageHeader(
            N_("Dashboard"), N_("How the platform is doing, and what waits for you.")
        )
        header.add_action(self._refresh_button)
        self.banner = Banner(theme)
        self.tiles = TileRow(theme, open_tab)
        self.attention = AttentionPanel(open_tab)
        self.health = HealthPanel(theme)
        self.activity = ActivityList(self._tools)
        self._sections = {
            "attention": _Section(N_("Needs attention"), self.attention),
            "health": _Section(N_("Health of the services"), self.health),
            "activity": _Section(N_("Recent activity"), self.activity, framed=True),
        }
        content = QWidget()
        self._content = QGridLayout(content)
        self._content.setContentsMargins(0, 0, 0, 0)
        self._content.setHorizontalSpacing(24)
        self._content.setVerticalSpacing(24)
        self._content.addWidget(self.tiles, 0, 0, 1, 2)
        self._content.addWidget(self._sections["attention"], 1, 0)
        if self._may_see_audit:
            self._content.addWidget(self._sections["health"], 2, 0)
            self._content.addWidget(self._sections["activity"], 1, 1, 2, 1)
        else:
            self._content.addWidget(self._sections["health"], 1, 1, 2, 1)
            self._sections["activity"].setParent(self)
            self._sections["activity"].hide()
        self._content.setColumnStretch(0, 1)
        self._content.setColumnStretch(1, 1)
        self._content.setRowStretch(2, 1)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 16, 24, 16)
        layout.setSpacing(12)
        layout.addWidget(header)
        layout.addWidget(self._age)
        layout.addWidget(self.banner)
        layout.addWidget(scroll, 1)

    def _load(
        self, what: str, work: Callable[[TaskContext], T], show: Callable[[T], object]
    ) -> None:
        running = self._loading.get(what)
        if running is not None and running.active:
            return  # the answer under way is fresh enough
        self._loading[what] = self._tools.runner.start(
            work, owner=self, done=show, failed=lambda error: self._show_failure(what, error)
        )

    def _show_figures(self, dashboard: Dashboard) -> None:
        self._figures_at = datetime.now(UTC)
        self.banner.hide()
        self.tiles.show_statistics(dashboard.statistics)
        self.attention.show_items(dashboard.attention)
        if self._may_see_audit:
            self.activity.show_entries(dashboard.activity)
        self._show_age()

    def _show_summary(self, summary: HealthSummary) -> None:
        parts = {"api": summary.status, "database": summary.database, "cache": summary.cache}
        services = tuple(
            ServiceHealth(name=name, state=state_of(said))
            for name, said in parts.items()
            if said is not None
        )
        self.health.show_services(services, _NO_HEALTH)

    def _show_failure(self, what: str, error: Exception) -> None:
        if isinstance(error, Cancelled):
            return
        if not isinstance(error, ConsoleError):
            self._tools.messages.post_error(error, _("Reading the dashboard"))
            return
        if what == "health":
            self.health.show_failed(_NO_HEALTH if isinstance(error, Forbidden) else _HEALTH_FAILED)
            return
        self.tiles.set_stale(True)
        text = error.text()
        if self._figures_at is not None:
            at = local_clock(self._figures_at, self._tools.settings)
            text = _("{problem} The figures below are those of {time}.").format(
                problem=text, time=at
            )
        self.banner.tell(
            text,
            tone="warning",
            action=(_("Try again"), self.refresh),
            closable=False,
        )

    def _on_changes_changed(self, _change: Change) -> None:
        if self.isVisible():
            self._soon.start()  # several changes in a row ask once

    def _show_age(self) -> None:
        if not self._may_count:
            self._age.setText(_("Your role sees no figures of the platform."))
            return
        if self._figures_at is None:
            self._age.setText(_("Reading the figures…"))
            return
        seconds = int((datetime.now(UTC) - self._figures_at).total_seconds())
        if seconds < 5:
            text = _("Figures of just now")
        elif seconds < 120:
            text = _("Figures of {n} seconds ago").format(n=seconds)
        else:
            text = _("Figures of {n} minutes ago").format(n=seconds // 60)
        self._age.setText(text)

    def _retranslate(self) -> None:
        self._refresh_button.setText(_("Refresh"))
        self._refresh_button.setToolTip(_("Read all figures anew (F5)"))
        self._show_age()


class _Section(QWidget):
    """A heading over its content on a surface; ``framed`` content has its own."""

    def __init__(self, title: str, content: QWidget, *, framed: bool = False) -> None:
        super().__init__()
        heading = plain_label(role="section")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(heading)
        layout.addWidget(content if framed else _surface(content), 1)

        def word() -> None:
            heading.setText(_(title))
            content.setAccessibleName(_(title))

        follow_language(heading, word)


def _surface(content: QWidget) -> QFrame:
    surface = QFrame()
    surface.setProperty("role", "surface")
    inner = QVBoxLayout(surface)
    inner.setContentsMargins(16, 12, 16, 12)
    inner.addWidget(content, 1)
    return surface
