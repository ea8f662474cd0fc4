"""What a local workspace tells those who watch it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from desktop_app.core.errors import ConsoleError
from desktop_app.core.language import _
from desktop_app.core.tasks import Progress

State = Literal["starting", "ready", "recovering", "failed", "stopped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceInfo:
    """A workspace that can be used.

    ``mongo_uri`` holds the database administrator's password: it belongs on no screen and in no
    log. ``pids`` are those of ``supervisor``, ``mongod`` and ``api``. ``owned`` is false when
    another program runs it and this one joined.
    """

    api_url: str
    mongo_uri: str = field(repr=False)
    admin_login: str
    admin_password_file: str
    pids: dict[str, int]
    owned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceEvent:
    """A change of a workspace's state, or of what is being done about it.

    ``message`` (a message id) says it in a sentence; ``info`` comes with "ready", ``error`` and
    ``log_tail`` with "failed" and "recovering". ``warning`` is set when there is little space left.
    """

    state: State
    message: str = ""
    progress: Progress | None = None
    log_tail: str = ""
    info: WorkspaceInfo | None = None
    error: ConsoleError | None = None
    warning: str = ""

    @property
    def text(self) -> str:
        """What happened, in the language in use at the moment it is asked."""
        return self.error.text() if self.error else _(self.message)
