"""Runs one operation over several entries as one listed task, then tells what became of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from PySide6.QtWidgets import QWidget

from desktop_app.core.errors import Cancelled, Conflict, ConsoleError, InUse, NotFound
from desktop_app.core.language import N_, _, ngettext
from desktop_app.ui.changes import Change
from desktop_app.ui.dialogs.edit_dialog import Record
from desktop_app.ui.dialogs.outcome_dialog import OutcomeDialog
from desktop_app.ui.messages import Level
from desktop_app.ui.records.batch import Outcome, run_batch
from desktop_app.ui.records.kind import usage_text
from desktop_app.ui.tab import TabTools

T = TypeVar("T", bound=Record)
Done = Callable[[Outcome[T]], object]


class BatchRunner(Generic[T]):
    """``resource`` is told of as changed; ``name_of`` names an entry in what is told."""

    def __init__(
        self, resource: str, name_of: Callable[[T], str], tools: TabTools, owner: QWidget
    ) -> None:
        self._changed, self._name_of = resource, name_of
        self._tools, self._owner = tools, owner

    def start(
        self,
        title: str,
        items: tuple[T, ...],
        operate: Callable[[T], object],
        *,
        instead: Callable[[Outcome[T]], tuple[str, Callable[[], object]] | None] | None = None,
        ended: Done[T] | None = None,
    ) -> None:
        """Run ``operate`` over ``items`` as the task ``title``; ``instead`` may offer a way out.

        ``ended`` gets the outcome before it is told.
        """
        name_of = self._name_of

        def finished(outcome: Outcome[T]) -> None:
            if ended is not None:
                ended(outcome)
            self._tell(title, outcome, instead(outcome) if instead is not None else None)

        self._tools.runner.start(
            lambda context: run_batch(items, operate, name_of, context),
            owner=self._owner,
            done=finished,
            title=title,
            keep=True,  # stopping ends in an outcome of its own, which must be told
        )

    def _tell(
        self,
        title: str,
        outcome: Outcome[T],
        instead: tuple[str, Callable[[], object]] | None,
    ) -> None:
        moved = [item for item, error in outcome.failed if isinstance(error, (Conflict, NotFound))]
        if outcome.done or moved:  # what others changed is shown anew too, to be tried again
            ids = frozenset(item.id for item in (*outcome.done, *moved))
            self._tools.changes.tell(Change(self._changed, ids))
        if not outcome.failed and not outcome.untried:
            self._tools.messages.post(Level.OK, _("{work}: done.").format(work=title))
            return
        dialog = OutcomeDialog(
            _title(title, outcome),
            _summary(outcome),
            self._reasons(outcome),
            instead=instead,
            parent=self._owner.window(),
        )
        dialog.open()

    def _reasons(self, outcome: Outcome[T]) -> Sequence[tuple[str, str]]:
        told = [(self._name_of(item), _reason(error)) for item, error in outcome.failed]
        return told + [(self._name_of(item), _(_UNTRIED)) for item in outcome.untried]


_UNTRIED = N_("Not tried.")
_CONFLICT = N_(
    "Someone else changed it in the meantime. The list shows it as it is now: look, then try again."
)


def _reason(error: ConsoleError) -> str:
    if isinstance(error, InUse):
        return _("In use by {usage}.").format(usage=usage_text(error.usage))
    if isinstance(error, Conflict):
        return _(_CONFLICT)
    problems = getattr(error, "problems", ())
    if problems:
        return " ".join(problem.text() for problem in problems)
    return _("Stopped before this one.") if isinstance(error, Cancelled) else str(error)


def _title(work: str, outcome: Outcome[T]) -> str:
    said = _("{work}: not everything was done") if outcome.done else _("{work}: not done")
    return said.format(work=work)


def _summary(outcome: Outcome[T]) -> str:
    done, failed = len(outcome.done), len(outcome.failed) + len(outcome.untried)
    if not done:
        return _("Nothing was changed:")
    return " ".join(
        (
            ngettext("{n} entry was done.", "{n} entries were done.", done).format(n=done),
            ngettext("{n} entry was not:", "{n} entries were not:", failed).format(n=failed),
        )
    )
