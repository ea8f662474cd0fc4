"""The stages of a load as a small table: how long, from which level to which."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QPushButton, QWidget

from desktop_app.core.language import _
from desktop_app.core.load.models import Stage
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.widgets.plain_text import plain_label
from desktop_app.ui.widgets.still_fields import StillFields

MOST = 20
_LONGEST_S, _HIGHEST = 48 * 3600.0, 1_000_000.0


class StageTable(QWidget):
    """``changed`` after each edit. There is always at least one stage."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._open = True
        self._still = StillFields(self)
        self._headings = [plain_label(parent=self, role="caption") for _heading in range(3)]
        self.rows: list[tuple[QDoubleSpinBox, QDoubleSpinBox, QDoubleSpinBox]] = []
        self._removers: list[QPushButton] = []
        self.add_button = QPushButton(self)
        self.add_button.setProperty("role", "link")
        self.add_button.clicked.connect(self._add)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        for column, heading in enumerate(self._headings):
            self._grid.addWidget(heading, 0, column)
            self._grid.setColumnStretch(column, 1)
        follow_language(self, self._word)

    @property
    def stages(self) -> tuple[Stage, ...]:
        """What the table says."""
        return tuple(
            Stage(seconds=long.value(), start=start.value(), end=end.value())
            for long, start, end in self.rows
        )

    def show_stages(self, stages: Sequence[Stage], *, is_open: bool) -> None:
        """Show these; levels are requests per second in an open model, else users."""
        self._open = is_open
        for row in range(len(self.rows)):
            self._drop(row)
        self.rows, self._removers = [], []
        for stage in stages[:MOST]:
            self._append(stage)
        self._word()

    def _append(self, stage: Stage) -> None:
        boxes = (QDoubleSpinBox(), QDoubleSpinBox(), QDoubleSpinBox())
        values = (stage.seconds, stage.start, stage.end)
        at = len(self.rows) + 1
        for column, (box, value) in enumerate(zip(boxes, values, strict=True)):
            box.setRange(0.1 if column == 0 else 0.0, _LONGEST_S if column == 0 else _HIGHEST)
            box.setDecimals(1 if column == 0 or self._open else 0)
            box.setGroupSeparatorShown(True)
            box.setMinimumWidth(76)
            self._still.add(box)
            box.setValue(value)
            box.valueChanged.connect(lambda _value: self.changed.emit())
            self._grid.addWidget(box, at, column)
        remove = QPushButton()
        remove.setProperty("role", "quiet")
        remove.setIcon(icon("close"))
        remove.setFixedWidth(32)
        remove.clicked.connect(lambda: self._remove(boxes))
        self._grid.addWidget(remove, at, 3)
        self.rows.append(boxes)
        self._removers.append(remove)
        self._grid.addWidget(self.add_button, at + 1, 0, 1, 3)

    def _add(self) -> None:
        last = self.stages[-1] if self.rows else Stage(seconds=10, start=1, end=1)
        self._append(Stage(seconds=last.seconds, start=last.end, end=last.end))
        self._word()
        self.rows[-1][0].setFocus()
        self.changed.emit()

    def _remove(self, boxes: tuple[QDoubleSpinBox, ...]) -> None:
        kept = [
            stage for row, stage in zip(self.rows, self.stages, strict=True) if row is not boxes
        ]
        self.show_stages(kept, is_open=self._open)
        self.rows[0][0].setFocus()
        self.changed.emit()

    def _drop(self, row: int) -> None:
        for widget in (*self.rows[row], self._removers[row]):
            self._grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()

    def _word(self) -> None:
        unit = _("1/s") if self._open else _("users")
        texts = (
            _("Seconds"),
            _("From ({unit})").format(unit=unit),
            _("To ({unit})").format(unit=unit),
        )
        for heading, text in zip(self._headings, texts, strict=True):
            heading.setText(text)
        for place, (boxes, remove) in enumerate(zip(self.rows, self._removers, strict=True), 1):
            for box, text in zip(boxes, texts, strict=True):
                box.setAccessibleName(_("Stage {n}: {what}").format(n=place, what=text))
            remove.setToolTip(_("Remove this stage"))
            remove.setAccessibleName(_("Remove stage {n}").format(n=place))
            remove.setEnabled(len(self.rows) > 1)
        self.add_button.setText(_("Add a stage"))
        self.add_button.setIcon(icon("plus"))
        self.add_button.setEnabled(len(self.rows) < MOST)
