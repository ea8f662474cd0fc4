"""Editors for cells of a bad row: a list where the field has choices, a line otherwise."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QBrush, QKeyEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from desktop_app.core.fields import Choice, Field
from desktop_app.core.language import _
from desktop_app.services.mapping import choice_of
from desktop_app.ui.imports.rows_model import RowsModel
from desktop_app.ui.widgets.search_field import commit_composition

Index = QModelIndex | QPersistentModelIndex


class ChoiceBox(QComboBox):
    """The choices of ``field``; what the file says stands above them where it is none of them.

    Nothing counts as chosen until a person chooses it: a look at a cell changes nothing. ``picked``
    tells that one was taken from the open list, which ends the editing.
    """

    picked = Signal()

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._field = field
        self._list_open = False
        self.activated.connect(self._on_activated)
        for choice in field.choices:
            self.addItem(_(choice.label), choice)

    def show_cell(self, text: str) -> None:
        """Select what ``text`` of the file means, or show it as it is."""
        meant = choice_of(self._field, text)
        values = [choice.value for choice in self._field.choices]
        if meant in values:
            self.setCurrentIndex(self.count() - len(values) + values.index(meant))
            return
        if self.count() == len(values):
            self.insertItem(0, text, None)
        self.setCurrentIndex(0)

    def chosen(self, text: str) -> str | None:
        """The word to write into a cell that says ``text``; None where it means that already."""
        choice = self.currentData()
        if not isinstance(choice, Choice) or choice_of(self._field, text) == choice.value:
            return None
        word = _(choice.label)
        return word if choice_of(self._field, word) == choice.value else choice.value

    def showPopup(self) -> None:
        """Open the list."""
        self._list_open = True
        super().showPopup()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys reach this only while the list is closed; what they choose may be gone on from."""
        self._list_open = False
        super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turning the wheel chooses nothing; it scrolls the table."""
        event.ignore()

    def _on_activated(self) -> None:
        if self._list_open:
            self._list_open = False
            self.picked.emit()


class CellEditor(QStyledItemDelegate):
    """Edits the cells of a ``RowsModel`` in place."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Lay the cell's own colour under it: a style sheet's rule for items would drop it."""
        brush = index.data(Qt.ItemDataRole.BackgroundRole)
        if isinstance(brush, QBrush):
            painter.fillRect(option.rect, brush)
        super().paint(painter, option, index)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """A list for a field with choices; a line for every other one."""
        model = index.model()
        field = model.field_of(index) if isinstance(model, RowsModel) else None
        if field is None or not field.choices:
            editor = super().createEditor(parent, option, index)
        else:
            editor = self._choice_box(field, parent)
        editor.setProperty("role", "cell")
        if field is not None:
            editor.setAccessibleName(_(field.label))
        return editor

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, _index: Index
    ) -> None:
        """Fill the cell, and never a neighbouring row; a list may need to be wider."""
        place = QRect(option.rect)
        if isinstance(editor, ChoiceBox):
            place.setWidth(max(place.width(), editor.sizeHint().width()))
            table = editor.parentWidget()
            if table is not None and place.right() >= table.width():
                place.moveLeft(max(0, table.width() - place.width()))
        editor.setGeometry(place)

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Put in what the cell holds."""
        if isinstance(editor, ChoiceBox):
            editor.show_cell(index.data(Qt.ItemDataRole.EditRole))
        else:
            super().setEditorData(editor, index)

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Take over what was chosen or typed, finished syllables included."""
        if isinstance(editor, ChoiceBox):
            word = editor.chosen(index.data(Qt.ItemDataRole.EditRole))
            if word is not None:
                model.setData(index, word, Qt.ItemDataRole.EditRole)
            return
        if isinstance(editor, QLineEdit):
            commit_composition()
        super().setModelData(editor, model, index)

    def _choice_box(self, field: Field, parent: QWidget) -> ChoiceBox:
        box = ChoiceBox(field, parent)

        def finish() -> None:
            self.commitData.emit(box)
            self.closeEditor.emit(box)

        box.picked.connect(finish)
        return box
