"""What is shown over a screen while files are dragged onto it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from desktop_app.core.language import _
from desktop_app.ui.texts import follow_language
from desktop_app.ui.widgets.plain_text import plain_label


class DropOverlay(QFrame):
    """Covers its parent while it is shown; lets the mouse through."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "drop")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._text = plain_label(role="section")
        self._text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.addWidget(self._text)
        self.hide()
        follow_language(self, lambda: self._text.setText(_("Drop the files here to upload them")))

    def cover(self) -> None:
        """Lie over the whole parent."""
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect().adjusted(8, 8, -8, -8))
        self.raise_()
        self.show()
