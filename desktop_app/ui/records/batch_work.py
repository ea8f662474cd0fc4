"""Putting aside, bringing back and deleting several entries; what to do where that is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtWidgets import QWidget

from desktop_app.api.resource import Resource
from desktop_app.core.errors import InUse
from desktop_app.core.language import _
from desktop_app.ui.dialogs.confirm import confirm
from desktop_app.ui.dialogs.edit_dialog import Record
from desktop_app.ui.records.batch import Outcome
from desktop_app.ui.records.batch_runner import BatchRunner
from desktop_app.ui.records.kind import RecordKind, counted
from desktop_app.ui.tab import TabTools

T = TypeVar("T", bound=Record)


class BatchWork(BatchRunner[T]):
    """What can be done with several entries of one kind."""

    def __init__(
        self, kind: RecordKind[T], resource: Resource[T], tools: TabTools, owner: QWidget
    ) -> None:
        super().__init__(kind.name, kind.name_of, tools, owner)
        self._kind, self._resource = kind, resource

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

    def _set_activity(self, verb: str, words: tuple[str, str], items: tuple[T, ...]) -> None:
        operate = getattr(self._resource, verb)
        self.start(
            counted(words, len(items)), items, lambda item: operate(item.id, version=item.version)
        )

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
