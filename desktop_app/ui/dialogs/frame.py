"""The frame that all dialogs share: title, content, buttons with the primary one last."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop_app.ui.widgets.plain_text import plain_label

MARGIN = 24


class DialogFrame(QDialog):
    """A dialog to be opened with ``open()``; it deletes itself when it is closed.

    It is at least ``narrowest`` wide, and wider where its texts need it. (A window's own minimum
    width would switch off that of its layout.)
    """

    def __init__(self, title: str, parent: QWidget | None = None, *, narrowest: int = 0) -> None:
        super().__init__(parent)
        self._opened = self._needed = 0
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 16, MARGIN, 16)
        column.setSpacing(16)
        column.addStrut(max(0, narrowest - 2 * MARGIN))
        self.heading = plain_label(title, role="section")
        self.heading.setWordWrap(True)
        column.addWidget(self.heading)
        self.content = QVBoxLayout()
        self.content.setSpacing(12)
        column.addLayout(self.content, 1)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._buttons.addStretch(1)
        column.addLayout(self._buttons)

    def showEvent(self, event: QShowEvent) -> None:
        """Have the final size before the window system places the dialog.

        A resize while a window manager on X11 puts its frame round the window would move the
        dialog into the corner of the screen: its position is that within the frame then.
        """
        if not event.spontaneous():
            self._opened = self.height()
            self._fit()
        super().showEvent(event)

    def event(self, event: QEvent) -> bool:
        """Grow while texts need more room; never shrink what the person sized."""
        if event.type() == QEvent.Type.LayoutRequest and self.isVisible():
            self._fit()
        # Nothing after this: the event may be the one that deletes the dialog.
        return super().event(event)

    def _fit(self) -> None:
        layout = self.layout()
        if layout is None:
            return
        layout.activate()  # the least height, which may be less now
        needed = layout.totalHeightForWidth(self.width())
        height = self.height()
        grown = height == self._needed  # by texts, not by hand
        if needed > height or (grown and needed < height):
            self.resize(self.width(), max(needed, self._opened))
        self._needed = needed

    def add_button(self, text: str, *, role: str = "", first: bool = False) -> QPushButton:
        """A button at the right end; ``first`` ones stand at the left, apart from the others.

        Enter presses the one that has the focus, elsewhere the primary one; a dangerous one is
        never pressed by accident.
        """
        button = QPushButton(text)
        if role:
            button.setProperty("role", role)
        if first:
            self._buttons.insertWidget(0, button)
        else:
            self._buttons.addWidget(button)
        if role == "primary":
            button.setDefault(True)  # of the dialog, which it has now
        return button
