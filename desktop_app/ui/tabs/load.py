"""The tab of load runs: its screen is built once the engine is loaded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop_app.core.tasks import TaskContext
from desktop_app.core.users import User
from desktop_app.ui.tab import Tab, TabAction, TabTools
from desktop_app.ui.widgets.skeleton import Skeleton

if TYPE_CHECKING:
    from desktop_app.core.validation.report import ValidationReport
    from desktop_app.services.loadtest.desk import LoadDesk
    from desktop_app.ui.loadtest.screen import LoadScreen

_SCREEN = "desktop_app.ui.loadtest.screen"


class LoadTab(Tab):
    """``desk`` makes what the screen works with, on a worker; ``user`` is who is signed in.

    ``last_validation`` reads the last validation run of the same target, on a worker.
    ``open_requested`` as other tabs: when this one is to come to the front.
    """

    key = "load"
    open_requested = Signal(str, dict)

    def __init__(
        self,
        *,
        desk: Callable[[], LoadDesk],
        last_validation: Callable[[], ValidationReport | None],
        user: User,
        tools: TabTools,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._user, self._tools = desk, user, tools
        self._last_validation = last_validation
        self._screen: LoadScreen | None = None
        self._loading = False
        self._stack = QStackedWidget()
        self._stack.addWidget(Skeleton(tools.theme))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)

    @property
    def shown(self) -> LoadScreen | None:
        """The screen, once it is loaded."""
        return self._screen

    def activated(self) -> None:
        """Load what is missing; the keyboard goes to the page in front."""
        if self._screen is not None:
            self._screen.activated()
        elif not self._loading:
            self._loading = True
            desk = self._desk

            def work(_context: TaskContext) -> LoadDesk:
                import_module(_SCREEN)
                return desk()

            self._tools.runner.start(work, owner=self, done=self._on_loaded, failed=self._on_failed)

    def refresh(self) -> None:
        """Read scenarios and runs anew."""
        if self._screen is not None:
            self._screen.refresh()
        else:
            self.activated()

    def offers(self) -> Sequence[TabAction]:
        """What can be done now."""
        return self._screen.offers() if self._screen is not None else ()

    def _on_loaded(self, desk: LoadDesk) -> None:
        from desktop_app.ui.loadtest.screen import LoadScreen

        self._screen = LoadScreen(desk, self._last_validation, self._user, self._tools)
        self._screen.front_asked.connect(lambda: self.open_requested.emit(self.key, {}))
        self._stack.addWidget(self._screen)
        self._stack.setCurrentWidget(self._screen)
        self._screen.activated()

    def _on_failed(self, error: Exception) -> None:
        self._loading = False
        self._tools.messages.post_error(error)
