"""What a dialog says while a production system is locked, with the way to unlock it from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop_app.core.errors import ProductionLocked
from desktop_app.core.language import _
from desktop_app.ui.dialogs.unlock_dialog import UnlockDialog
from desktop_app.ui.widgets.banner import Banner

if TYPE_CHECKING:
    from desktop_app.api.guard import WriteGuard


class LockNotice(QObject):
    """Tells on ``banner`` that ``guard`` is locked until it no longer is.

    The button beside the connection's name is out of reach while a dialog is open, so the notice
    brings its own. ``changed`` follows each lock and unlock, on the GUI thread.
    """

    changed = Signal()
    _guard_changed = Signal()

    def __init__(self, banner: Banner, guard: WriteGuard, parent: QWidget) -> None:
        super().__init__(parent)
        self._banner, self._guard, self._widget = banner, guard, parent
        self._told = ""
        self._guard_changed.connect(self._follow)
        unsubscribe = guard.on_changed(self._guard_changed.emit)
        self.destroyed.connect(lambda: unsubscribe())

    @property
    def locked(self) -> bool:
        """Whether nothing can be written now."""
        return self._guard.locked

    def show(self) -> bool:
        """Tell of the lock if there is one; whether there is."""
        if self.locked:
            self._told = ProductionLocked(profile=self._guard.name).text()
            self._banner.tell(
                self._told,
                tone="warning",
                action=(_("Unlock…"), self.ask_to_unlock),
                closable=False,
            )
        elif self._told and self._banner.text == self._told:
            self._told = ""
            self._banner.hide()
        return self.locked

    def ask_to_unlock(self) -> UnlockDialog:
        """Open the dialog that unlocks."""
        dialog = UnlockDialog(self._guard, self._widget.window())
        dialog.open()
        return dialog

    def _follow(self) -> None:
        self.show()
        self.changed.emit()
