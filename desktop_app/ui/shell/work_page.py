"""Everything one sees while signed in: header, list of tabs, the tab in front."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop_app.config.profiles import Profile
from desktop_app.core.language import N_, _
from desktop_app.core.permissions import may
from desktop_app.core.users import ROLE_LABELS, User
from desktop_app.ui.shell.bell import Bell
from desktop_app.ui.shell.commands import Command
from desktop_app.ui.shell.connection import ConnectionBadge
from desktop_app.ui.shell.header import Header
from desktop_app.ui.shell.leaving import leave_all
from desktop_app.ui.shell.navigation import Navigation
from desktop_app.ui.shell.palette import CommandPalette
from desktop_app.ui.shell.running import RunningWork
from desktop_app.ui.shell.shortcuts import ShortcutsDialog
from desktop_app.ui.tab import Tab, TabSpec, TabTools
from desktop_app.ui.theme.tokens import SPACE_6
from desktop_app.ui.widgets.banner import Banner

FOLDED_STATE = "navigation_folded"


class WorkPage(QWidget):
    """Builds each tab when it is first opened, and keeps it.

    ``specs`` are all tabs there are; only those that the user's role may use are shown.
    """

    sign_out_asked = Signal()
    password_asked = Signal()
    about_asked = Signal()
    close_asked = Signal()

    def __init__(
        self,
        user: User,
        profile: Profile,
        address: str,
        specs: Sequence[TabSpec],
        tools: TabTools,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self._tools = tools
        self.specs = tuple(s for s in specs if not s.operation or may(s.operation, user.role))
        self.tabs: dict[str, Tab] = {}
        self.header = Header(
            user,
            ConnectionBadge(profile, address, tools.guard),
            RunningWork(tools.runner),
            Bell(tools.messages, tools.settings),
        )
        self.banner = Banner(tools.theme)
        self.navigation = Navigation(self.specs)
        self._stack = QStackedWidget()
        self._build()
        self._connect()
        self._build_shortcuts()
        if self.specs:
            self.open_tab(self.specs[0].key)
        if all(spec.group == "settings" for spec in self.specs):
            self.banner.tell(
                _("Your role, {role}, has no screens in this version.").format(
                    role=_(ROLE_LABELS[user.role])
                ),
                tone="info",
                closable=False,
            )

    @property
    def current(self) -> Tab | None:
        """The tab in front."""
        widget = self._stack.currentWidget()
        return widget if isinstance(widget, Tab) else None

    @property
    def unsaved(self) -> bool:
        """Whether a tab holds something that was typed and not saved."""
        return any(tab.unsaved for tab in self.tabs.values())

    def open_tab(self, key: str, filters: dict[str, str] | None = None) -> None:
        """Bring a tab to the front, built when first opened; ``filters`` narrow what it shows."""
        spec = next((spec for spec in self.specs if spec.key == key), None)
        if spec is None:
            return
        if key not in self.tabs:
            self.tabs[key] = spec.build(self._stack)
            self._stack.addWidget(self.tabs[key])
        tab = self.tabs[key]
        self.navigation.show_current(key)
        self._stack.setCurrentWidget(tab)
        if filters is not None:
            tab.show_filtered(filters)
        tab.activated()

    def leave(self, proceed: Callable[[], None]) -> None:
        """Call ``proceed`` once every tab may be left; tabs ask about unsaved work in turn."""
        asking = [(key, tab) for key, tab in self.tabs.items() if tab.unsaved]

        def show(key: str) -> None:
            self.navigation.show_current(key)
            self._stack.setCurrentWidget(self.tabs[key])

        leave_all(asking, show, proceed)

    def commands(self) -> list[Command]:
        """What the palette offers here, besides what the window adds."""
        tabs = [
            Command(
                name=_(spec.title),
                group=_("Go to"),
                icon=spec.icon,
                aliases=(spec.title, spec.key),
                run=partial(self.open_tab, spec.key),
            )
            for spec in self.specs
        ]
        here = [
            Command(name=o.name, icon=o.icon, keys=o.keys, aliases=(o.english,), run=o.run)
            for o in (self.current.offers() if self.current is not None else ())
        ]
        table: tuple[tuple[str, str, str, Callable[[], object]], ...] = (
            (N_("Load anew"), "refresh", "F5", self.refresh),
            (N_("Messages"), "bell", "Ctrl+Shift+M", self.header.bell.open_history),
            (N_("Fold or unfold the list of tabs"), "sidebar", "Ctrl+B", self.toggle_fold),
            (N_("Change password…"), "key", "", self.password_asked.emit),
            (N_("Keyboard"), "keyboard", "F1", self.show_keyboard),
            (N_("About Evaluation Console"), "info", "", self.about_asked.emit),
            (N_("Sign out"), "sign-out", "", self.sign_out_asked.emit),
            (N_("Close the console"), "power", "Ctrl+Q", self.close_asked.emit),
        )
        return (
            here
            + tabs
            + [
                Command(name=_(name), icon=image, keys=keys, aliases=(name,), run=run)
                for name, image, keys, run in table
            ]
        )

    def refresh(self) -> None:
        """Load the tab in front anew."""
        if self.current is not None:
            self.current.refresh()

    def toggle_fold(self) -> None:
        """Fold the list of tabs to icons, or unfold it."""
        self.navigation.set_folded(not self.navigation.folded)

    def show_keyboard(self) -> None:
        """Show every shortcut."""
        ShortcutsDialog(self.window()).open()

    def show_palette(self, more: Sequence[Command] = ()) -> CommandPalette:
        """Open the command palette, with ``more`` after what this page offers."""
        palette = CommandPalette([*self.commands(), *more], self.window())
        palette.open()
        return palette

    def _build(self) -> None:
        content = QVBoxLayout()
        content.setContentsMargins(0, 0, 0, 0)
        content.setSpacing(0)
        above = QVBoxLayout()
        above.setContentsMargins(SPACE_6, 0, SPACE_6, 0)
        above.addWidget(self.banner)
        content.addLayout(above)
        content.addWidget(self._stack, 1)
        body = QHBoxLayout()
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(0)
        body.addWidget(self.navigation)
        body.addLayout(content, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addLayout(body, 1)
        self.navigation.set_folded(bool(self._tools.state.get(FOLDED_STATE)))

    def _connect(self) -> None:
        self.navigation.chosen.connect(self.open_tab)
        self.navigation.folded_changed.connect(
            lambda folded: self._tools.state.set(FOLDED_STATE, folded)
        )
        self.header.password_asked.connect(self.password_asked)
        self.header.sign_out_asked.connect(self.sign_out_asked)
        self.header.about_asked.connect(self.about_asked)
        self.header.keyboard_asked.connect(self.show_keyboard)

    def _build_shortcuts(self) -> None:
        for keys, run in (
            ("F5", self.refresh),
            ("Ctrl+B", self.toggle_fold),
            ("Ctrl+,", lambda: self.open_tab("settings")),
            ("Ctrl+Shift+M", self.header.bell.open_history),
            ("F1", self.show_keyboard),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
            shortcut.activated.connect(run)
