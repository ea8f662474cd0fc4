"""What the main window asks of a tab, and what it hands to one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from desktop_app.ui.changes import ChangeHub
from desktop_app.ui.messages import MessageCentre
from desktop_app.ui.tasks import TaskRunner

if TYPE_CHECKING:
    from desktop_app.api.guard import WriteGuard
    from desktop_app.config.settings import Settings, UiState
    from desktop_app.ui.theme.theme import Theme


@dataclass(frozen=True, slots=True, kw_only=True)
class TabTools:
    """What every tab works with; handed down by the composition root."""

    runner: TaskRunner
    messages: MessageCentre
    changes: ChangeHub
    theme: Theme
    settings: Settings
    state: UiState
    guard: WriteGuard


@dataclass(frozen=True, slots=True, kw_only=True)
class TabAction:
    """Something that a tab can do now; ``name`` is translated, ``icon`` one of ``theme.icons``.

    ``english`` finds it in the palette whatever the language.
    """

    name: str
    english: str
    icon: str
    run: Callable[[], object]
    keys: str = ""


class Tab(QWidget):
    """One screen of the main window; a subclass overrides what it needs."""

    key: str = ""

    @property
    def unsaved(self) -> bool:
        """Whether leaving now would lose something the person typed."""
        return False

    def activated(self) -> None:
        """The tab has come to the front: refresh what is stale, set the focus."""

    def refresh(self) -> None:
        """Load everything shown anew (F5)."""

    def offers(self) -> Sequence[TabAction]:
        """What the tab can do as it stands, for the command palette."""
        return ()

    def leave(self, proceed: Callable[[], None]) -> None:
        """Call ``proceed`` when the tab may be left; ask about unsaved work first if there is any.

        Not called when the person decides to stay.
        """
        proceed()

    def show_filtered(self, filters: dict[str, str]) -> None:
        """Show only what fits ``filters`` (dotted key to value); another screen asked for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TabSpec:
    """A tab before it is built: ``title`` is a message id, ``icon`` a name of ``ui.theme.icons``.

    ``group`` is "manage", "score", "operate" or "settings"; ``operation`` is the operation of
    ``core.permissions`` that a role must be allowed to see the tab ("": everyone may).
    """

    key: str
    group: str
    title: str
    icon: str
    operation: str
    build: Callable[[QWidget], Tab]
