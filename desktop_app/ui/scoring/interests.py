"""Declaring and withdrawing conflicts of interest: the dialog and the server, brought together."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop_app.core.errors import ConsoleError
from desktop_app.core.evaluations import Candidates
from desktop_app.core.tasks import TaskContext
from desktop_app.ui.scoring.interest_dialog import InterestDialog
from desktop_app.ui.tab import TabTools

if TYPE_CHECKING:
    from desktop_app.api.projects import Projects


class Interests(QObject):
    """``changed``: something was declared or withdrawn."""

    changed = Signal()

    def __init__(self, projects: Projects, tools: TabTools, parent: QObject) -> None:
        super().__init__(parent)
        self._projects, self._tools = projects, tools

    def open(self, project_id: str, project: str, company_id: str, parent: QWidget) -> None:
        """Show the conflicts of one project; ``company_id`` is chosen to begin with."""
        dialog = InterestDialog(project, company_id, parent)
        api = self._projects

        def ask(change: Callable[[], object] | None) -> None:
            def work(_context: TaskContext) -> Candidates:
                if change is not None:
                    change()
                return api.candidates(project_id)

            def done(candidates: Candidates) -> None:
                dialog.show_candidates(candidates)
                if change is not None:
                    self.changed.emit()

            self._tools.runner.start(
                work, owner=dialog, done=done, failed=lambda error: self._say(dialog, error)
            )

        dialog.declare_asked.connect(
            lambda company, reason: ask(lambda: api.declare(project_id, company, reason))
        )
        dialog.withdraw_asked.connect(
            lambda company: ask(lambda: api.withdraw(project_id, company))
        )
        dialog.open()
        ask(None)

    def _say(self, dialog: InterestDialog, error: Exception) -> None:
        shown = error if isinstance(error, ConsoleError) else ConsoleError()
        dialog.show_problem(str(shown))
        if shown is not error:
            self._tools.messages.post_error(error)
