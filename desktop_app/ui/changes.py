"""What changed, told once to every screen that may show it: tabs do not know each other."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal


@dataclass(frozen=True, slots=True)
class Change:
    """Documents of ``resource`` ("users") were created, changed or deleted; no ids: perhaps all."""

    resource: str
    ids: frozenset[str] = frozenset()


class ChangeHub(QObject):
    """Broadcasts changes; ``changed`` carries a ``Change``."""

    changed = Signal(object)

    def tell(self, change: Change) -> None:
        """Let every screen know of ``change``."""
        self.changed.emit(change)
