"""Doing things to several entries at once and telling of it; deleting, or what to do instead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from PySide6.QtWidgets import QWidget

from desktop_app.api.resource import Resource
from desktop_app.core.errors import Cancelled, ConsoleError, InUse
from desktop_app.core.language import N_, _, ngettext
from desktop_app.ui.changes import Change
from desktop_app.ui.dialogs.confirm import confirm
from desktop_app.ui.dialogs.edit_dialog import Record
from desktop_app.ui.dialogs.outcome_dialog import OutcomeDialog
from desktop_app.ui.messages import Level
from desktop_app.ui.records.batch import Outcome, run_batch
from desktop_app.ui.records.kind import RecordKind, counted, usage_text
from desktop_app.ui.tab import TabTools

T = TypeVar("T", bound=Record)
Done = Callable[[Outcome[T]], object]


class BatchWork(Generic[T]):
    """Runs operations over entries of one kind as one listed task, then tells what happened."""

    def __init__(
        self, kind: RecordKind[T], resource: Resource[T], tools: TabTools, owner: QWidget
    ) -> None:
        self._kind, self._resource, self._tools, self._owner = kind, resource, tools, owner

    def activate(self, items: tuple[T, ...]) -> None:
        """Let ``items`` take part again."""
        self._set_activity(self._kind.activity.start, self._kind.words.activations, items)

    def ask_deactivate(self, items: tuple[T, ...]) -> None:
        """Ask, then keep ``items`` but let them take part no more."""
        title = counted(self._kind.words.deactivations, len(items))
        confirm(
            self._owner,
            title=_("{action}?").format(action=title),
            text=_(self._kind.words.deactivation_text),
            lines=[self._kind.name_of(item) for item in items],
            action=title,
            on_yes=lambda: self.deactivate(items),
        )

    def deactivate(self, items: tuple[T, ...]) -> None:
        """Keep ``items`` but let them take part no more."""
        self._set_activity(self._kind.activity.stop, self._kind.words.deactivations, items)

    def ask_delete(self, items: tuple[T, ...]) -> None:
        """Ask, then delete ``items``; those in use are told with what uses them."""
        title = counted(self._kind.words.deletions, len(items))
        confirm(
            self._owner,
            title=_("{action}?").format(action=title),
            text=_("This cannot be undone. Whatever is in use is kept, and you are told by what."),
            lines=[self._kind.name_of(item) for item in items],
            action=title,
            danger=True,
            on_yes=lambda: self.start(
                title,
                items,
                lambda item: self._resource.delete(item.id, version=item.version),
                instead=self._deactivation_of_used,
            ),
        )

    def start(
        self,
        title: str,
        items: tuple[T, ...],
        operate: Callable[[T], object],
        *,
        instead: Callable[[Outcome[T]], tuple[str, Callable[[], object]] | None] | None = None,
    ) -> None:
        """Run ``operate`` over ``items`` as the task ``title``; ``instead`` may offer a way out."""
        name_of = self._kind.name_of

        def finished(outcome: Outcome[T]) -> None:
            self._tell(title, outcome, instead(outcome) if instead is not None else None)

        self._tools.runner.start(
            lambda context: run_batch(items, operate, name_of, context),
            owner=self._owner,
            done=finished,
            title=title,
            keep=True,  # stopping ends in an outcome of its own, which must be told
        )

    def _set_activity(self, verb: str, words: tuple[str, str], items: tuple[T, ...]) -> None:
        operate = getattr(self._resource, verb)
        self.start(
            counted(words, len(items)), items, lambda item: operate(item.id, version=item.version)
        )

    def _tell(
        self,
        title: str,
        outcome: Outcome[T],
        instead: tuple[str, Callable[[], object]] | None,
    ) -> None:
        if outcome.done:
            ids = frozenset(item.id for item in outcome.done)
            self._tools.changes.tell(Change(self._kind.name, ids))
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
        told = [(self._kind.name_of(item), _reason(error)) for item, error in outcome.failed]
        return told + [(self._kind.name_of(item), _(_UNTRIED)) for item in outcome.untried]

    def _deactivation_of_used(self, outcome: Outcome[T]) -> tuple[str, Callable[[], object]] | None:
        used = tuple(
            item
            for item, error in outcome.failed
            if isinstance(error, InUse) and self._kind.is_active(item)
        )
        if not used:
            return None
        label = counted(self._kind.words.deactivations, len(used))
        return _("{action} instead").format(action=label), lambda: self.deactivate(used)


_UNTRIED = N_("Not tried.")


def _reason(error: ConsoleError) -> str:
    if isinstance(error, InUse):
        return _("In use by {usage}.").format(usage=usage_text(error.usage))
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
