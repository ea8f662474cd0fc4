"""The foot of a table: which rows are shown of how many, page by page."""

from __future__ import annotations

from PySide6.QtCore import QLocale, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QIntValidator, QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QToolButton, QWidget

from desktop_app.core.language import _, language
from desktop_app.core.paging import PAGE_SIZES
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.theme.theme import Theme
from desktop_app.ui.widgets.plain_text import plain_label


def grouped(number: int) -> str:
    """``number`` with the group separators of the language in use."""
    return QLocale(language()).toString(number)


class _PageField(QLineEdit):
    """Takes a page number; Esc puts the present one back."""

    abandoned = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc abandons what was typed."""
        if event.key() == Qt.Key.Key_Escape:
            self.abandoned.emit()
            event.accept()
            return
        super().keyPressEvent(event)


class Pager(QWidget):
    """Turns pages: ``page_wanted`` and ``size_wanted`` carry the number asked for."""

    page_wanted = Signal(int)
    size_wanted = Signal(int)

    def __init__(self, theme: Theme, page_size: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._page, self._pages, self._total, self._size = 1, 1, 0, page_size
        self._shown = 0
        self._range = plain_label(role="muted")
        self._sizes = QComboBox()
        for size in sorted({*PAGE_SIZES, page_size}):
            self._sizes.addItem("", size)
        self._sizes.currentIndexChanged.connect(self._on_sizes_changed)
        self._back, self._on = QToolButton(), QToolButton()
        for button in (self._back, self._on):
            button.setAutoRaise(True)
        self._back.clicked.connect(lambda: self.turn(-1))
        self._on.clicked.connect(lambda: self.turn(1))
        self._field = _PageField("1")
        self._field.setFixedWidth(56)
        self._field.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._field.setValidator(QIntValidator(1, 99_999_999, self._field))
        self._field.returnPressed.connect(self._on_field_returned)
        self._field.abandoned.connect(self._show)
        self._of = plain_label(role="muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget in (self._range, self._sizes, self._back, self._field, self._of, self._on):
            row.addWidget(widget)
        theme.changed.connect(self._set_icons)
        self._set_icons()
        follow_language(self, self._retranslate)

    def show_page(self, page: int, pages: int, total: int, shown: int, page_size: int) -> None:
        """Show where the table is; ``shown`` is how many rows this page has."""
        self._page, self._pages, self._total = page, pages, total
        self._shown, self._size = shown, page_size
        self._show()

    def turn(self, by: int) -> None:
        """Ask for the page ``by`` pages further, if there is one."""
        wanted = min(max(1, self._page + by), self._pages)
        if wanted != self._page:
            self.page_wanted.emit(wanted)

    def _on_field_returned(self) -> None:
        typed = "".join(filter(str.isdecimal, self._field.text()))
        wanted = min(max(1, int(typed or "1")), self._pages)
        self._field.setText(str(wanted))
        if wanted != self._page:
            self.page_wanted.emit(wanted)

    def _on_sizes_changed(self) -> None:
        size = self._sizes.currentData()
        if size is not None and size != self._size:
            self.size_wanted.emit(size)

    def _show(self) -> None:
        first = (self._page - 1) * self._size + 1 if self._shown else 0
        last = first + self._shown - 1 if self._shown else 0
        shown = _("{first}–{last} of {total}").format(
            first=grouped(first), last=grouped(last), total=grouped(self._total)
        )
        self._range.setText(shown if self._shown else "")
        self._field.setText(str(self._page))
        self._of.setText(_("of {pages}").format(pages=grouped(self._pages)))
        self._back.setEnabled(self._page > 1)
        self._on.setEnabled(self._page < self._pages)
        self._field.setEnabled(self._pages > 1)
        with QSignalBlocker(self._sizes):
            self._sizes.setCurrentIndex(self._sizes.findData(self._size))

    def _set_icons(self) -> None:
        self._back.setIcon(icon("chevron-left"))
        self._on.setIcon(icon("chevron-right"))

    def _retranslate(self) -> None:
        with QSignalBlocker(self._sizes):
            for at in range(self._sizes.count()):
                self._sizes.setItemText(
                    at, _("{n} per page").format(n=grouped(self._sizes.itemData(at)))
                )
        self._sizes.setAccessibleName(_("Rows per page"))
        self._back.setToolTip(_("Previous page (Alt+Left)"))
        self._back.setAccessibleName(_("Previous page"))
        self._on.setToolTip(_("Next page (Alt+Right)"))
        self._on.setAccessibleName(_("Next page"))
        self._field.setAccessibleName(_("Page"))
        self._show()
