"""The settings tab: every shown setting of ``config.settings``, applied at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import available_timezones

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtWidgets import QComboBox, QCompleter, QFrame, QScrollArea, QVBoxLayout, QWidget

from desktop_app.config.settings import DECLARED, SETTINGS, Setting
from desktop_app.core.errors import ConsoleError
from desktop_app.core.language import N_, _
from desktop_app.ui.tab import Tab, TabTools
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.tokens import SPACE_1, SPACE_4, SPACE_6
from desktop_app.ui.times import local_time_exact
from desktop_app.ui.widgets.page_header import PageHeader
from desktop_app.ui.widgets.plain_text import plain_label

FIELD_WIDTH = 280
TIME_ZONE = "time_zone"

HINTS = {
    "language": N_("The whole window changes at once; reports are written in this language, too."),
    "theme": N_("As the system follows the setting of your computer, also when it changes."),
    "page_size": N_("How many rows a table asks for at a time."),
    TIME_ZONE: N_("Times are kept in UTC; this is how they are shown to you."),
}


class SettingsTab(Tab):
    """One combo box per setting; what is chosen holds at once and is kept."""

    key = "settings"

    def __init__(self, *, tools: TabTools, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tools = tools
        self.boxes: dict[str, QComboBox] = {}
        self._now = plain_label(role="caption")
        content = QWidget()
        content.setObjectName("scrolled")
        self._form = QVBoxLayout(content)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setSpacing(SPACE_1)
        for setting in DECLARED:
            if setting.shown:
                self._add(setting)
        self._form.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(content)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_6, SPACE_4, SPACE_6, SPACE_4)
        column.setSpacing(SPACE_6)
        column.addWidget(
            PageHeader(N_("Settings"), N_("How the console looks and speaks, on this computer."))
        )
        column.addWidget(area, 1)
        self._tick = QTimer(self)
        self._tick.setInterval(1000)
        self._tick.timeout.connect(self._show_now)
        unsubscribe = tools.settings.subscribe(self._on_setting_changed)
        self.destroyed.connect(lambda: unsubscribe())

    def activated(self) -> None:
        """Show the time in the zone chosen, as long as one looks."""
        self._tick.start()
        self._show_now()

    def _add(self, setting: Setting) -> None:
        box = QComboBox()
        box.setFixedWidth(FIELD_WIDTH)
        label, hint = plain_label(), plain_label(role="caption")
        label.setBuddy(box)
        self.boxes[setting.key] = box
        fill = self._fill_zones if setting.key == TIME_ZONE else _filler(setting, box)

        def word() -> None:
            label.setText(_(setting.label))
            hint.setText(_(HINTS.get(setting.key, "")))
            box.setAccessibleName(label.text())
            box.setAccessibleDescription(hint.text())
            with QSignalBlocker(box):
                fill()
                box.setCurrentIndex(max(0, box.findData(self._tools.settings.get(setting.key))))

        follow_language(box, word)
        box.activated.connect(lambda _index: self._keep(setting.key, box))
        for part in (label, box, hint):
            self._form.addWidget(part, 0, Qt.AlignmentFlag.AlignLeft)
        if setting.key == TIME_ZONE:
            self._form.addWidget(self._now, 0, Qt.AlignmentFlag.AlignLeft)
        self._form.addSpacing(SPACE_4)

    def _fill_zones(self) -> None:
        box = self.boxes[TIME_ZONE]
        box.clear()
        box.addItem(_("As the system"), "system")
        for name in ("UTC", *sorted(zone for zone in available_timezones() if "/" in zone)):
            box.addItem(name.replace("_", " "), name)
        box.setEditable(True)
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        completer = box.completer()
        if completer is not None:
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)

    def _keep(self, key: str, box: QComboBox) -> None:
        value = box.currentData()
        if value is None:
            return
        try:
            self._tools.settings.set(key, value)
        except ConsoleError as error:
            self._tools.messages.post_error(error, doing=_("Keeping the setting"))
        self._show_now()

    def _on_setting_changed(self, key: str, value: object) -> None:
        box = self.boxes.get(key)
        if box is not None and box.currentData() != value:
            with QSignalBlocker(box):
                box.setCurrentIndex(max(0, box.findData(value)))

    def _show_now(self) -> None:
        if not self.isVisible():
            self._tick.stop()
            return
        now = local_time_exact(datetime.now(UTC), self._tools.settings)
        self._now.setText(_("It is {time} there now.").format(time=now))


def _filler(setting: Setting, box: QComboBox) -> Callable[[], None]:
    def fill() -> None:
        box.clear()
        for value, text in SETTINGS[setting.key].choices:
            box.addItem(_(text), value)

    return fill
