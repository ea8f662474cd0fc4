"""Filters of a table: a button per column that can be filtered, a removable chip per filter."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QToolButton, QWidget

from desktop_app.core.fields import Choice
from desktop_app.core.language import _
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tables.columns import ChoiceFilter, Column, FlagFilter, ReferenceFilter
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.widgets.lookups import Lookup
from desktop_app.ui.widgets.reference_picker import ReferencePicker

_SPACING = 8
TRUE, FALSE = "true", "false"


def filter_choices(column: Column[Any]) -> tuple[Choice, ...]:
    """The values that a column's filter offers, with their labels (message ids)."""
    if isinstance(column.filter, ChoiceFilter):
        return column.filter.choices
    if isinstance(column.filter, FlagFilter):
        return (Choice(TRUE, column.filter.yes), Choice(FALSE, column.filter.no))
    return ()


class FilterBar(QWidget):
    """Buttons that set filters; ``changed`` carries all filters, by key.

    Where the buttons have no room, one button with all of them in a menu stands for them.
    """

    changed = Signal(dict)

    def __init__(
        self,
        columns: Sequence[Column[Any]],
        lookups: Mapping[str, Lookup],
        tools: TabTools,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._columns = {c.filters_by: c for c in columns if c.filter is not None}
        self._lookups = lookups
        self._tools = tools
        self._filters: dict[str, str] = {}
        self._labels: dict[str, str] = {}
        self._buttons: dict[str, QToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_SPACING)
        for key, column in self._columns.items():
            self._buttons[key] = button = self._build_button(key, column)
            row.addWidget(button)
        self.all_button = self._build_all_button()
        row.addWidget(self.all_button)
        row.addStretch(1)
        follow_language(self, self._retranslate)

    @property
    def filters(self) -> dict[str, str]:
        """The filters set, by key."""
        return dict(self._filters)

    def sizeHint(self) -> QSize:
        """The room for all buttons."""
        widths = [button.sizeHint().width() for button in self._buttons.values()]
        full = sum(widths) + _SPACING * max(0, len(widths) - 1)
        return QSize(full, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """The room for the one button that stands for all."""
        least = min(self.all_button.sizeHint().width(), self.sizeHint().width())
        return QSize(least, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Each filter has its button where all of them have room."""
        super().resizeEvent(event)
        self._fit()

    def show_filters(self, filters: Mapping[str, str], labels: Mapping[str, str]) -> None:
        """Show ``filters`` as set, without telling; ``labels`` names referred entries by key."""
        self._filters = dict(filters)
        self._labels.update(labels)
        self._mark_buttons()

    def set(self, key: str, value: str | None, label: str = "") -> None:
        """Set one filter (None: take it away) and tell."""
        if value is None:
            self._filters.pop(key, None)
        else:
            self._filters[key] = value
            self._labels[key] = label
        self._mark_buttons()
        self.changed.emit(self.filters)

    def title_of(self, key: str) -> str:
        """What the filter of ``key`` is called, in words."""
        column = self._columns.get(key)
        if column is None:
            return _("Id") if key == "id" else key
        return _(column.filter_title or column.title)

    def value_text(self, key: str) -> str:
        """The value set for ``key``, in words."""
        value = self._filters[key]
        column = self._columns.get(key)
        for choice in filter_choices(column) if column else ():
            if choice.value == value:
                return _(choice.label)
        return self._labels.get(key) or value or _("none")

    def _build_button(self, key: str, column: Column[Any]) -> QToolButton:
        button = QToolButton()
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setCheckable(True)
        button.setProperty("role", "labelled")
        if isinstance(column.filter, ReferenceFilter):
            button.clicked.connect(lambda: self._pick(key))
        else:
            menu = QMenu(button)
            menu.aboutToShow.connect(lambda: self._fill_menu(menu, key))
            button.setMenu(menu)
            button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        return button

    def _build_all_button(self) -> QToolButton:
        button = QToolButton()
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setCheckable(True)
        button.setProperty("role", "labelled")
        menu = QMenu(button)
        menu.aboutToShow.connect(lambda: self._fill_all(menu))
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.hide()
        return button

    def _fill_all(self, menu: QMenu) -> None:
        menu.clear()
        for key, column in self._columns.items():
            title = self.title_of(key).replace("&", "&&")
            if isinstance(column.filter, ReferenceFilter):
                menu.addAction(_("{name}…").format(name=title), partial(self._pick, key))
            else:
                self._fill_menu(menu.addMenu(title), key)

    def _fit(self) -> None:
        room = self.width() >= self.sizeHint().width()
        for button in self._buttons.values():
            button.setVisible(room)
        self.all_button.setVisible(not room)

    def _fill_menu(self, menu: QMenu, key: str) -> None:
        menu.clear()
        group = QActionGroup(menu)
        everything = (None, _("All"))
        choices = [(c.value, _(c.label)) for c in filter_choices(self._columns[key])]
        for value, label in [everything, *choices]:
            action = QAction(label.replace("&", "&&"), menu)
            action.setCheckable(True)
            action.setChecked(self._filters.get(key) == value)
            action.triggered.connect(self._setter(key, value))
            group.addAction(action)
            menu.addAction(action)

    def _setter(self, key: str, value: str | None) -> Callable[[], None]:
        return lambda: self.set(key, value)

    def _pick(self, key: str) -> None:
        self._mark_buttons()
        reference = self._columns[key].filter
        assert isinstance(reference, ReferenceFilter)
        picker = ReferencePicker(
            self.title_of(key), self._lookups[reference.reference], self._tools, self.window()
        )
        picker.chosen.connect(lambda value, label: self.set(key, value, label))
        picker.open()

    def _mark_buttons(self) -> None:
        for key, button in self._buttons.items():
            button.setChecked(key in self._filters)
        self.all_button.setChecked(any(key in self._filters for key in self._buttons))

    def _retranslate(self) -> None:
        for key, button in self._buttons.items():
            title = self.title_of(key)
            button.setText(title.replace("&", "&&"))
            button.setIcon(icon("filter"))
            button.setToolTip(_("Filter by {column}").format(column=title))
            button.setAccessibleName(_("Filter by {column}").format(column=title))
        self.all_button.setText(_("Filters"))
        self.all_button.setIcon(icon("filter"))
        self.updateGeometry()
        self._fit()


class FilterChips(QWidget):
    """The filters set, each removable by click or key; ``cleared`` asks to drop them all."""

    cleared = Signal()

    def __init__(self, bar: FilterBar, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bar = bar
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        follow_language(self, self.refresh)

    def refresh(self) -> None:
        """Show a chip for each filter set; nothing at all without any."""
        while (item := self._row.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        filters = self._bar.filters
        for key in filters:
            self._row.addWidget(self._build_chip(key))
        if filters:
            clear = QPushButton(_("Clear filters"))
            clear.setProperty("role", "quiet")
            clear.clicked.connect(self.cleared)
            self._row.addWidget(clear)
        self._row.addStretch(1)
        self.setVisible(bool(filters))

    def _build_chip(self, key: str) -> QPushButton:
        text = _("{field}: {value}").format(
            field=self._bar.title_of(key), value=self._bar.value_text(key)
        )
        chip = QPushButton(text.replace("&", "&&"))
        chip.setProperty("role", "chip")
        chip.setIcon(icon("close"))
        chip.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        name = _("Remove the filter {filter}").format(filter=text)
        chip.setAccessibleName(name)
        chip.setToolTip(_("Remove this filter"))
        chip.clicked.connect(lambda: self._bar.set(key, None))
        return chip
