"""A moment in the time zone that the person chose; kept in UTC, as ISO 8601."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QDateTime, QEvent, QObject, QTime, QTimer, QTimeZone
from PySide6.QtWidgets import QCheckBox, QDateTimeEdit, QWidget

from desktop_app.core.fields import Field
from desktop_app.core.language import _
from desktop_app.ui.forms.editors import Editor
from desktop_app.ui.theme import tokens

_ISO = "yyyy-MM-dd'T'HH:mm:ss'Z'"


def moment_text(value: Any) -> Any:
    """A moment as forms keep it, to the second in UTC: "2026-11-30T09:00:00Z"; else ``value``."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return value
    if not isinstance(value, datetime):
        return value
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return aware.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class MomentEditor(Editor):
    """Date and time to the minute in ``zone``; a field that is not required may have none.

    An empty one offers the coming day at six in the evening.
    """

    def __init__(self, field: Field, zone: QTimeZone, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self._zone = zone
        self._kept: str | None = None
        self.given = QCheckBox(_("Set a time"))
        self.given.setVisible(not field.required)
        self.given.setChecked(field.required)
        self.given.clicked.connect(self._on_given_clicked)
        self.moment = _DateTimeEdit()
        self.moment.setTimeZone(zone)
        self.moment.setCalendarPopup(True)
        self.moment.setFixedHeight(tokens.CONTROL_HEIGHT)
        self.moment.setDisplayFormat("yyyy-MM-dd HH:mm")
        self.moment.setDateTime(_tomorrow_evening(zone))
        self.moment.setEnabled(field.required)
        self.moment.dateTimeChanged.connect(self._on_moment_changed)
        self.row.addWidget(self.given)
        self.take(self.moment)

    def value(self) -> Any:
        """The value as it is kept."""
        if not self.given.isChecked():
            return None
        if self._kept is not None:
            return self._kept  # seconds that the editor does not show are not lost
        return self.moment.dateTime().toTimeZone(QTimeZone.utc()).toString(_ISO)

    def set_value(self, value: Any) -> None:
        """Show ``value``."""
        self.given.setChecked(value is not None or self.field.required)
        self.moment.setEnabled(self.given.isChecked())
        self._kept = None
        if value is None:
            return
        self._kept = str(moment_text(value))
        moment = QDateTime.fromString(self._kept, _ISO)
        moment.setTimeZone(QTimeZone.utc())
        self.moment.blockSignals(True)
        self.moment.setDateTime(moment.toTimeZone(self._zone))
        self.moment.blockSignals(False)

    def set_read_only(self, read_only: bool) -> None:
        """Let the value be read but not changed."""
        self.given.setEnabled(not read_only)
        self.moment.setReadOnly(read_only)
        self.moment.setEnabled(self.given.isChecked())

    def _on_given_clicked(self, given: bool) -> None:
        self.moment.setEnabled(given)
        self.edited.emit()

    def _on_moment_changed(self) -> None:
        self._kept = None
        self.edited.emit()


class _DateTimeEdit(QDateTimeEdit):
    """A click selects the part it is in, so that digits typed next replace it as after Tab."""

    def __init__(self) -> None:
        super().__init__()
        self.lineEdit().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Select the part once the button is up, unless the person has selected something."""
        handled = super().eventFilter(watched, event)
        if event.type() == QEvent.Type.MouseButtonRelease and not self.lineEdit().selectedText():
            QTimer.singleShot(0, self, self._select_part)
        return handled

    def _select_part(self) -> None:
        if not self.lineEdit().selectedText():
            self.setSelectedSection(self.currentSection())


def _tomorrow_evening(zone: QTimeZone) -> QDateTime:
    today = QDateTime.currentDateTimeUtc().toTimeZone(zone).date()
    return QDateTime(today.addDays(1), QTime(18, 0), zone)
