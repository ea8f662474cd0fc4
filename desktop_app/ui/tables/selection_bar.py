"""How many rows are selected, and what can be done with them."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from desktop_app.core.language import _, ngettext
from desktop_app.ui.tables.pager import grouped
from desktop_app.ui.texts import follow_language
from desktop_app.ui.widgets.plain_text import plain_label

_WORDS = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
_ICONS = Qt.ToolButtonStyle.ToolButtonIconOnly
_BESIDE_WORDS = 16
"""At least what a button has beside its icon and its words: less would make it waver."""


class SelectionBar(QWidget):
    """Keeps its height when empty, so that nothing jumps as rows are selected.

    ``used``: a button was pressed. What it did may hide it, and the next button must not slip
    under the hand unseen: the keyboard belongs back in the table. Where the words of the buttons
    have no room, their icons stand alone, and the words are tooltips.
    """

    used = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = 0
        self._total = 0
        self._label = plain_label()
        self._buttons: list[QToolButton] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._row.addWidget(self._label)
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)
        follow_language(self, self._show)

    def add_action(self, action: QAction) -> None:
        """Show ``action`` as a button while rows are selected."""
        button = QToolButton()
        button.setDefaultAction(action)
        button.setProperty("role", "labelled")
        button.setToolButtonStyle(_WORDS)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setVisible(action.isVisible())

        def follow() -> None:
            button.setVisible(action.isVisible())
            self._fit()

        action.changed.connect(follow)
        button.clicked.connect(self.used)
        self._buttons.append(button)
        self._row.addWidget(button)

    def sizeHint(self) -> QSize:
        """The room for all words."""
        return QSize(self._width(words=True), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """The room for the icons alone."""
        return QSize(self._width(words=False), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as much as there is room for."""
        super().resizeEvent(event)
        self._fit()

    @property
    def text(self) -> str:
        """What is said of the selection."""
        return self._label.text()

    def show_count(self, count: int, *, of_total: int = 0) -> None:
        """Tell how many rows are selected.

        ``of_total`` is for a whole page of a longer list: nobody must think that all are chosen.
        """
        self._count, self._total = count, of_total
        self._show()

    def _show(self) -> None:
        count = grouped(self._count)
        if self._total > self._count:
            text = _("{n} on this page of {total} selected").format(
                n=count, total=grouped(self._total)
            )
        else:
            text = ngettext("{n} selected", "{n} selected", self._count).format(n=count)
        self._label.setText(text)
        self.setVisible(self._count > 0)
        self._fit()

    def _fit(self) -> None:
        style = _WORDS if self.width() >= self._width(words=True) else _ICONS
        for button in self._buttons:
            button.setToolButtonStyle(style)
        self.updateGeometry()

    def _width(self, *, words: bool) -> int:
        if not self._count:
            return 0  # hidden, only its height is kept: the pager has the width
        width = self._label.sizeHint().width()
        for button in self._buttons:
            if button.isHidden():
                continue
            shown = button.sizeHint().width()
            text = button.fontMetrics().horizontalAdvance(button.text()) + _BESIDE_WORDS
            if words and button.toolButtonStyle() == _ICONS:
                shown += text
            elif not words and button.toolButtonStyle() == _WORDS:
                shown = max(0, shown - text)
            width += self._row.spacing() + shown
        return width
