"""What the console is made of, built once and handed down."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_app.app.languages import LanguageSwitch
from desktop_app.app.workspace_link import WorkspaceLink
from desktop_app.config.folders import Folders
from desktop_app.config.profiles import Profiles
from desktop_app.config.secrets import Secrets
from desktop_app.config.settings import Settings, UiState
from desktop_app.ui.changes import ChangeHub
from desktop_app.ui.messages import MessageCentre
from desktop_app.ui.shell.window import ConsoleWindow
from desktop_app.ui.tasks import TaskRunner
from desktop_app.ui.theme.theme import Theme


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything that lives as long as the window."""

    folders: Folders
    settings: Settings
    state: UiState
    profiles: Profiles
    secrets: Secrets
    messages: MessageCentre
    runner: TaskRunner
    changes: ChangeHub
    theme: Theme
    languages: LanguageSwitch
    window: ConsoleWindow
    workspace: WorkspaceLink
