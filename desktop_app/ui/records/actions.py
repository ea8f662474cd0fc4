"""What can be done with selected entries, declared; shown only where the role may do it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence

from desktop_app.api.guard import WriteGuard
from desktop_app.core.errors import ProductionLocked
from desktop_app.core.language import _
from desktop_app.core.permissions import may
from desktop_app.core.users import Role
from desktop_app.ui.tab import TabAction
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAction(Generic[T]):
    """One action: ``run`` gets the selected items that it ``applies`` to.

    ``label`` is a message id. ``refusal`` gives the message id of why not, for one item. A
    ``write`` is refused while a production system is locked. ``many``: several at once.
    """

    id: str
    operation: str
    label: str
    icon: str
    run: Callable[[tuple[T, ...]], object]
    many: bool = True
    write: bool = True
    applies: Callable[[T], bool] = lambda _item: True
    refusal: Callable[[T], str] = lambda _item: ""
    shortcut: str = ""
    in_bar: bool = True


class RecordActions(QObject, Generic[T]):
    """The Qt actions of a table's entries, enabled as the selection and the lock allow.

    What makes no sense for the selection is not shown; what is refused is, with the reason.
    """

    def __init__(
        self,
        actions: Sequence[RecordAction[T]],
        selected: Callable[[], tuple[T, ...]],
        role: Role,
        guard: WriteGuard,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._selected, self._guard = selected, guard
        self._declared = {a.id: a for a in actions if may(a.operation, role)}
        self.actions: dict[str, QAction] = {}
        for action in self._declared.values():
            self.actions[action.id] = self._build(action)
        follow_language(self, self.refresh)

    def refresh(self) -> None:
        """Look at the selection, the lock and the language anew."""
        chosen = self._selected()
        for action_id, declared in self._declared.items():
            action = self.actions[action_id]
            fitting = self._fitting(declared, chosen)
            reason = self._reason(declared, chosen, fitting)
            action.setText(_(declared.label))
            action.setEnabled(bool(fitting) and not reason)
            refused = any(declared.refusal(item) for item in chosen)
            action.setVisible(not chosen or bool(fitting) or refused)
            action.setToolTip(reason or _(declared.label))

    def offers(self) -> list[TabAction]:
        """Those that are possible with what is selected."""
        self.refresh()
        return [
            TabAction(
                name=_(declared.label),
                english=declared.label,
                icon=declared.icon,
                run=partial(self.run, action_id),
                keys=declared.shortcut,
            )
            for action_id, declared in self._declared.items()
            if self._selected() and self.actions[action_id].isEnabled()
        ]

    def in_bar(self, action_id: str) -> bool:
        """Whether the action has a button beside the number of selected rows."""
        return self._declared[action_id].in_bar

    def run(self, action_id: str) -> None:
        """Do it with what is selected now, if it is possible."""
        self.refresh()
        declared = self._declared[action_id]
        if self.actions[action_id].isEnabled():
            declared.run(self._fitting(declared, self._selected()))

    def _build(self, declared: RecordAction[T]) -> QAction:
        action = QAction(self)
        action.setIcon(icon(declared.icon))
        if declared.shortcut:
            action.setShortcut(QKeySequence(declared.shortcut))
        action.triggered.connect(lambda: self.run(declared.id))
        return action

    def _fitting(self, declared: RecordAction[T], chosen: tuple[T, ...]) -> tuple[T, ...]:
        if not declared.many and len(chosen) != 1:
            return ()
        return tuple(i for i in chosen if declared.applies(i) and not declared.refusal(i))

    def _reason(
        self, declared: RecordAction[T], chosen: tuple[T, ...], fitting: tuple[T, ...]
    ) -> str:
        if declared.write and (lock := lock_reason(self._guard)):
            return lock
        if chosen and not fitting:
            reasons = [text for text in map(declared.refusal, chosen) if text]
            if reasons:
                return _(reasons[0])
        return ""


def lock_reason(guard: WriteGuard) -> str:
    """Why writes are refused now, in words; empty when they pass."""
    try:
        guard.check()
    except ProductionLocked as locked:
        return str(locked)
    return ""
