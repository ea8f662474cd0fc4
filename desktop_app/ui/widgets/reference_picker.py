"""Choosing one entry of another list, found on the server as it is typed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.language import _
from desktop_app.ui.tab import TabTools
from desktop_app.ui.widgets.latest import Latest
from desktop_app.ui.widgets.lookups import Lookup
from desktop_app.ui.widgets.plain_text import plain_label
from desktop_app.ui.widgets.search_field import SearchField


class ReferencePicker(QDialog):
    """Emits ``chosen`` with the id and the label of what was picked; open it with ``open()``.

    ``take`` is what the button says; by default that it filters.
    """

    chosen = Signal(str, str)

    def __init__(
        self,
        title: str,
        lookup: Lookup,
        tools: TabTools,
        parent: QWidget | None = None,
        *,
        take: str = "",
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.resize(400, 420)
        self._search = SearchField()
        self._search.setPlaceholderText(_("Search"))
        self._search.setAccessibleName(_("Search"))
        self._list = QListWidget()
        self._list.setAccessibleName(title)
        self._list.itemActivated.connect(self._on_item_activated)
        self._notice = plain_label(_("Loading…"), role="muted")
        self._notice.setWordWrap(True)
        self._take = QPushButton(take or _("Filter by this"))
        self._take.setProperty("role", "primary")
        self._take.setDefault(True)
        self._take.setEnabled(False)
        self._take.clicked.connect(self._on_take_clicked)
        cancel = QPushButton(_("Cancel"))
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self._take)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addWidget(self._search)
        column.addWidget(self._list, 1)
        column.addWidget(self._notice)
        column.addLayout(buttons)
        self._latest: Latest[str, list[tuple[str, str]]] = Latest(
            lookup,
            tools.runner,
            answered=self._on_answered,
            failed=self._on_failed,
            parent=self,
        )
        self._search.searched.connect(self._latest.ask)
        self._search.left_downwards.connect(self._list.setFocus)
        self._list.currentRowChanged.connect(lambda row: self._take.setEnabled(row >= 0))
        self._latest.ask("")

    def _on_answered(self, _question: str, found: list[tuple[str, str]]) -> None:
        self._list.clear()
        for entry_id, label in found:
            item = QListWidgetItem(label)
            item.setData(Qt.ItemDataRole.UserRole, entry_id)
            self._list.addItem(item)
        self._notice.setVisible(not found)
        self._notice.setText("" if found else _("Nothing found. Try fewer letters."))
        self._list.setCurrentRow(0 if found else -1)

    def _on_failed(self, _question: str, error: Exception) -> None:
        self._notice.setText(str(error))
        self._notice.show()

    def _on_item_activated(self, item: QListWidgetItem) -> None:
        self.chosen.emit(item.data(Qt.ItemDataRole.UserRole), item.text())
        self.accept()

    def _on_take_clicked(self) -> None:
        if (item := self._list.currentItem()) is not None:
            self._on_item_activated(item)
