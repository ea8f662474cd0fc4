"""The syllable that an input method still composes: never taken unfinished, never lost."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QFocusEvent, QInputMethodEvent
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from desktop_app.ui.widgets.search_field import commit_composition


class Composition(QObject):
    """Watches one editor; what is composed in it joins its text when the focus goes elsewhere.

    Until then a widget's text holds committed characters only. Most input methods hand over what
    they hold before the focus leaves; one that does not loses it, one that does so afterwards
    would give it twice: both are made good here.
    """

    def __init__(self, editor: QWidget) -> None:
        super().__init__(editor)
        self._editor = editor
        self._composed = ""
        self._rescued = ""
        editor.installEventFilter(self)

    @property
    def active(self) -> bool:
        """Whether something is being composed."""
        return bool(self._composed)

    def finish(self) -> None:
        """Have what is composed join the text now."""
        if not self._composed:
            return
        commit_composition()
        if self._composed and isValid(self._editor):
            self._rescued = self._composed
            event = QInputMethodEvent("", [])
            event.setCommitString(self._rescued)
            QApplication.sendEvent(self._editor, event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the composition; end it when the focus leaves for another editor."""
        if isinstance(event, QInputMethodEvent):
            own = self._rescued and self._rescued == event.commitString() == self._composed
            late = self._rescued and not own and event.commitString() == self._rescued
            if not own:
                self._rescued = ""
            if late:
                return True  # it is in the text already
            self._composed = event.preeditString()
        elif isinstance(event, QFocusEvent) and event.type() == QEvent.Type.FocusOut:
            self.finish()
        elif event.type() in (QEvent.Type.FocusIn, QEvent.Type.KeyPress):
            self._rescued = ""
        return super().eventFilter(watched, event)
