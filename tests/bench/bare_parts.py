"""What a probe of one screen needs of a console, without its window: theme, tasks, tools."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QApplication

from desktop_app.api.guard import WriteGuard
from desktop_app.app.console import make_application
from desktop_app.config.catalogues import use_language
from desktop_app.config.folders import user_folders
from desktop_app.config.resources import resource
from desktop_app.config.settings import Settings, UiState
from desktop_app.ui.changes import ChangeHub
from desktop_app.ui.garbage import GarbageCollector
from desktop_app.ui.messages import MessageCentre
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tasks import TaskRunner
from desktop_app.ui.theme.icons import use_icons
from desktop_app.ui.theme.theme import Theme


@dataclass(frozen=True, slots=True, kw_only=True)
class BareParts:
    """An application in Korean and light, collecting garbage as the console does."""

    app: QApplication
    collector: GarbageCollector
    tools: TabTools

    def close(self) -> None:
        """End what runs."""
        self.tools.runner.shutdown(5)
        self.collector.close()


def bare_parts(guard: WriteGuard) -> BareParts:
    """Make them; once in a process."""
    app = make_application()
    use_language("ko")
    folders = user_folders()
    theme = Theme(app, resource("theme"))
    use_icons(resource("icons"), theme)
    theme.apply("light")
    messages = MessageCentre()
    collector = GarbageCollector()
    collector.started()
    tools = TabTools(
        runner=TaskRunner(messages),
        messages=messages,
        changes=ChangeHub(),
        theme=theme,
        settings=Settings(folders.config),
        state=UiState(folders.config),
        guard=guard,
    )
    return BareParts(app=app, collector=collector, tools=tools)
