"""Editors for cells of a bad row: a list where the field has choices, a line otherwise."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QPainter
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from desktop_app.core.language import _
from desktop_app.ui.imports.rows_model import RowsModel
from desktop_app.ui.widgets.search_field import commit_composition

Index = QModelIndex | QPersistentModelIndex


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
        """A combo box for a field with choices; a line for every other one."""
        model = index.model()
        field = model.field_of(index) if isinstance(model, RowsModel) else None
        if field is None or not field.choices:
            editor = super().createEditor(parent, option, index)
        else:
            editor = QComboBox(parent)
            for choice in field.choices:
                editor.addItem(_(choice.label), choice.value)
        if field is not None:
            editor.setAccessibleName(_(field.label))
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Put in what the cell holds."""
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(max(0, editor.findData(index.data(Qt.ItemDataRole.EditRole))))
        else:
            super().setEditorData(editor, index)

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Take over what was chosen or typed, finished syllables included."""
        if isinstance(editor, QComboBox):
            model.setData(index, editor.currentData(), Qt.ItemDataRole.EditRole)
            return
        if isinstance(editor, QLineEdit):
            commit_composition()
        super().setModelData(editor, model, index)
