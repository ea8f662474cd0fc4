"""The tab of validation: its screen is built once the engine is loaded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop_app.core.tasks import TaskContext
from desktop_app.core.users import User
from desktop_app.ui.tab import Tab, TabAction, TabTools
from desktop_app.ui.widgets.skeleton import Skeleton

if TYPE_CHECKING:
    from desktop_app.services.validation.desk import Desk
    from desktop_app.ui.validation.screen import ValidationScreen

_SCREEN = "desktop_app.ui.validation.screen"


class ValidationTab(Tab):
    """``desk`` makes what the wizard works with, on a worker; ``user`` is who is signed in."""

    key = "validation"

    def __init__(
        self,
        *,
        desk: Callable[[], Desk],
        user: User,
        tools: TabTools,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._user, self._tools = desk, user, tools
        self._screen: ValidationScreen | None = None
        self._loading = False
        self._stack = QStackedWidget()
        self._stack.addWidget(Skeleton(tools.theme))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)

    @property
    def shown(self) -> ValidationScreen | None:
        """The wizard, once it is loaded."""
        return self._screen

    def activated(self) -> None:
        """Load what is missing; the keyboard goes to the page in front."""
        if self._screen is not None:
            self._screen.activated()
        elif not self._loading:
            self._loading = True
            desk = self._desk

            def work(_context: TaskContext) -> Desk:
                import_module(_SCREEN)
                made = desk()
                made.shelf()  # the engine's probes and their libraries
                return made

            self._tools.runner.start(work, owner=self, done=self._on_loaded, failed=self._on_failed)

    def refresh(self) -> None:
        """Ask the server and read the runs anew."""
        if self._screen is not None:
            self._screen.refresh()
        else:
            self.activated()

    def offers(self) -> Sequence[TabAction]:
        """What can be done now."""
        return self._screen.offers() if self._screen is not None else ()

    def _on_loaded(self, desk: Desk) -> None:
        from desktop_app.ui.validation.screen import ValidationScreen

        self._screen = ValidationScreen(desk, self._user, self._tools)
        self._stack.addWidget(self._screen)
        self._stack.setCurrentWidget(self._screen)
        self._screen.activated()

    def _on_failed(self, error: Exception) -> None:
        self._loading = False
        self._tools.messages.post_error(error)
