"""The frame that all dialogs share: title, content, buttons with the primary one last."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
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

    def event(self, event: QEvent) -> bool:
        """Grow when texts appear that need more room; never shrink what the person sized."""
        if event.type() == QEvent.Type.LayoutRequest and self.isVisible():
            self._grow()
        # Nothing after this: the event may be the one that deletes the dialog.
        return super().event(event)

    def _grow(self) -> None:
        layout = self.layout()
        needed = layout.totalHeightForWidth(self.width()) if layout is not None else 0
        if needed > self.height():
            self.resize(self.width(), needed)

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
            button.setDefault(True)  # in its dialog already: one without would not count
        return button
