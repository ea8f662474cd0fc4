"""A moment in the person's own time zone; kept in UTC, as ISO 8601."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QDateTime, Qt, QTimeZone
from PySide6.QtWidgets import QCheckBox, QDateTimeEdit, QWidget

from desktop_app.core.fields import Field
from desktop_app.core.language import _
from desktop_app.ui.forms.editors import Editor


class MomentEditor(Editor):
    """Date and time to the minute; a field that is not required may have none."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.given = QCheckBox(_("Set"))
        self.given.setVisible(not field.required)
        self.given.setChecked(field.required)
        self.given.clicked.connect(self._on_given_clicked)
        self.moment = QDateTimeEdit(QDateTime.currentDateTime())
        self.moment.setCalendarPopup(True)
        self.moment.setDisplayFormat("yyyy-MM-dd HH:mm")
        self.moment.dateTimeChanged.connect(self.edited)
        self.row.addWidget(self.given)
        self.take(self.moment)

    def value(self) -> Any:
        """The value as it is kept."""
        if not self.given.isChecked():
            return None
        return self.moment.dateTime().toTimeZone(QTimeZone.utc()).toString(Qt.DateFormat.ISODate)

    def set_value(self, value: Any) -> None:
        """Show ``value``."""
        self.given.setChecked(value is not None or self.field.required)
        self.moment.setEnabled(self.given.isChecked())
        if value is not None:
            self.moment.blockSignals(True)
            moment = QDateTime.fromString(str(value), Qt.DateFormat.ISODate)
            self.moment.setDateTime(moment.toLocalTime())
            self.moment.blockSignals(False)

    def set_read_only(self, read_only: bool) -> None:
        """Let the value be read but not changed."""
        self.given.setEnabled(not read_only)
        self.moment.setReadOnly(read_only)

    def _on_given_clicked(self, given: bool) -> None:
        self.moment.setEnabled(given)
        self.edited.emit()
