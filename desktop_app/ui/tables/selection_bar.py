"""How many rows are selected, and what can be done with them."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from desktop_app.core.language import _, ngettext
from desktop_app.ui.tables.pager import grouped
from desktop_app.ui.texts import follow_language
from desktop_app.ui.widgets.plain_text import plain_label


class SelectionBar(QWidget):
    """Keeps its height when empty, so that nothing jumps as rows are selected.

    ``used``: a button was pressed. What it did may hide it, and the next button must not slip
    under the hand unseen: the keyboard belongs back in the table.
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
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setVisible(action.isVisible())
        action.visibleChanged.connect(lambda: button.setVisible(action.isVisible()))
        button.clicked.connect(self.used)
        self._buttons.append(button)
        self._row.addWidget(button)

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
