"""How much load, for how long: an arrival rate or users, level or in stages, drawn as planned."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.language import N_, _, ngettext
from desktop_app.core.load.distribution import PORT, parse_address
from desktop_app.core.load.models import (
    LoadModel,
    ModelKind,
    Spacing,
    Stage,
    Thinking,
    closed_model,
    constant,
    duration_s,
    open_model,
    planned,
)
from desktop_app.services.loadtest import words
from desktop_app.ui.loadtest.load_preview import LoadPreview
from desktop_app.ui.loadtest.stage_table import StageTable
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.theme import Theme
from desktop_app.ui.widgets.plain_text import plain_label
from desktop_app.ui.widgets.still_fields import StillFields

LEVEL, STAGES = "level", "stages"
_KINDS = {
    ModelKind.OPEN: N_("Requests arrive at a rate (open)"),
    ModelKind.CLOSED: N_("Users ask, wait and think (closed)"),
}
_NOTES = {
    ModelKind.OPEN: N_("As the world's requests do: a slow server is asked no less."),
    ModelKind.CLOSED: N_("Each user waits for the answer: a slow server is asked less."),
}
_SHAPES = {LEVEL: N_("One level"), STAGES: N_("In stages")}
_SPACINGS = {Spacing.EVEN: N_("Evenly spaced"), Spacing.POISSON: N_("Poisson")}
_THINKING = {
    Thinking.CONSTANT: N_("Always the same"),
    Thinking.UNIFORM: N_("0.5–1.5 times"),
    Thinking.EXPONENTIAL: N_("Exponential"),
}
_LABELS = {
    "rate": N_("Requests per second"),
    "users": N_("Users"),
    "seconds": N_("Duration (s)"),
    "ramp": N_("Rise from 0 (s)"),
    "spacing": N_("Arrivals"),
    "think": N_("Thinking time (s)"),
    "thinking": N_("Spread of it"),
    "generators": N_("Generator processes"),
    "workers": N_("Computers that join"),
    "join_at": N_("They join at"),
}
_OPEN_ONLY, _CLOSED_ONLY, _LEVEL_ONLY = ("spacing",), ("think", "thinking"), ("seconds", "ramp")

_NARROWEST = 84
_WIDE = 440
"""From this width on three fields beside each other have room for their words."""


class LoadForm(QWidget):
    """``changed`` after each edit."""

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self.kinds = {kind: QRadioButton() for kind in _KINDS}
        self._note = plain_label(role="caption")
        self._note.setWordWrap(True)
        self.shape = QComboBox()
        for key in _SHAPES:
            self.shape.addItem("", key)
        self._shape_label = plain_label(role="caption")
        self.rate = _decimal(0.1, 1_000_000, 100)
        self.users = _whole(1, 100_000, 20)
        self.seconds = _decimal(0.1, 48 * 3600, 30)
        self.ramp = _decimal(0, 3600, 0)
        self.spacing = _choice(_SPACINGS)
        self.think = _decimal(0, 3600, 1)
        self.thinking = _choice(_THINKING)
        self.generators = _whole(1, 64, 1)
        self.workers = _whole(0, 64, 0)
        self.join_at = QLineEdit(f"127.0.0.1:{PORT}")
        self.join_at.setMaxLength(120)
        self._fields: dict[str, tuple[QLabel, QWidget]] = {
            key: (plain_label(role="caption"), getattr(self, key)) for key in _LABELS
        }
        self._arranged: tuple[int, list[str]] = (0, [])
        self.stages = StageTable()
        self.preview = LoadPreview(theme)
        self.summary = plain_label(role="muted")
        self.summary.setWordWrap(True)
        for label, widget in ((self._shape_label, self.shape), *self._fields.values()):
            label.setParent(self)
            widget.setParent(self)
            widget.setMinimumWidth(_NARROWEST)
        StillFields(self, self.shape, *(widget for _label, widget in self._fields.values()))
        self._build()
        self._connect()
        self.kinds[ModelKind.OPEN].setChecked(True)
        self.stages.show_stages(constant(100, 30), is_open=True)
        follow_language(self, self._word)

    @property
    def kind(self) -> ModelKind:
        """Open or closed."""
        return next(kind for kind, button in self.kinds.items() if button.isChecked())

    @property
    def model(self) -> LoadModel:
        """The load model as the form stands."""
        stages = self.stages.stages if self.shape.currentData() == STAGES else self._level()
        if self.kind is ModelKind.OPEN:
            return open_model(stages, self.users.value(), Spacing(self.spacing.currentData()))
        return closed_model(stages, self.think.value(), Thinking(self.thinking.currentData()))

    @property
    def join_address(self) -> tuple[str, int] | None:
        """Where workers join; None for what is no address."""
        try:
            return parse_address(self.join_at.text())
        except ValueError:
            return None

    def show_model(self, model: LoadModel) -> None:
        """Put a model into the form."""
        blockers = [QSignalBlocker(widget) for widget in self._inputs()]
        self.kinds[model.kind].setChecked(True)
        level = _one_level(model.stages)
        self.shape.setCurrentIndex(self.shape.findData(STAGES if level is None else LEVEL))
        if level is not None:
            height, self_ramp = level
            self.ramp.setValue(self_ramp)
            self.seconds.setValue(duration_s(model.stages) - self_ramp)
            if model.is_open:
                self.rate.setValue(height)
        self.users.setValue(model.users)
        self.spacing.setCurrentIndex(self.spacing.findData(model.spacing))
        self.think.setValue(model.think_s)
        self.thinking.setCurrentIndex(self.thinking.findData(model.thinking))
        self.stages.show_stages(model.stages, is_open=model.is_open)
        del blockers
        self._show()

    def _level(self) -> tuple[Stage, ...]:
        open_now = self.kind is ModelKind.OPEN
        level = self.rate.value() if open_now else float(self.users.value())
        stages = constant(level, self.seconds.value())
        if self.ramp.value():
            return (Stage(seconds=self.ramp.value(), start=0, end=level), *stages)
        return stages

    def _inputs(self) -> Iterator[QWidget]:
        yield from self.kinds.values()
        yield self.shape
        yield self.stages
        for _label, widget in self._fields.values():
            yield widget

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for button in self.kinds.values():
            self._group.addButton(button)
            column.addWidget(button)
        column.addWidget(self._note)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        column.addLayout(self._grid)
        column.addWidget(self.stages)
        column.addWidget(self.preview)
        column.addWidget(self.summary)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fewer beside each other where three have no room for their words."""
        super().resizeEvent(event)
        if self._arranged[1]:
            self._arrange()

    def _arrange(self) -> None:
        """The fields that count, in rows of three or two; left alone while they are the same."""
        across = 3 if self.width() >= _WIDE else 2
        counting = [key for key in _LABELS if self._counts(key)]
        if (across, counting) == self._arranged:
            return  # hidden for a moment, the one that is typed in would lose the keyboard
        self._arranged = (across, counting)
        for place in range(3):
            self._grid.setColumnStretch(place, 1 if place < across else 0)
        for label, widget in ((self._shape_label, self.shape), *self._fields.values()):
            self._grid.removeWidget(label)
            self._grid.removeWidget(widget)
            label.hide()
            widget.hide()
        shown: list[tuple[QLabel, QWidget]] = [(self._shape_label, self.shape)]
        shown += [self._fields[key] for key in counting]
        for place, (label, widget) in enumerate(shown):
            row, column = divmod(place, across)
            self._grid.addWidget(label, 2 * row, column)
            self._grid.addWidget(widget, 2 * row + 1, column)
            label.show()
            widget.show()
        chain = [*self.kinds.values(), *(widget for _label, widget in shown), self.stages]
        for before, after in pairwise(chain):
            QWidget.setTabOrder(before, after)

    def _counts(self, key: str) -> bool:
        open_now, in_stages = self.kind is ModelKind.OPEN, self.shape.currentData() == STAGES
        if key == "rate":
            return open_now and not in_stages
        if key == "users":
            return open_now or not in_stages
        if key in _OPEN_ONLY:
            return open_now
        if key in _CLOSED_ONLY:
            return not open_now
        if key in ("generators", "join_at"):
            return bool(self.workers.value()) == (key == "join_at")
        return key not in _LEVEL_ONLY or not in_stages

    def _connect(self) -> None:
        for button in self.kinds.values():
            button.toggled.connect(lambda on: self._on_kind() if on else None)
        self.shape.currentIndexChanged.connect(lambda _at: self._on_shape())
        for box in (self.rate, self.users, self.seconds, self.ramp, self.think, self.generators):
            box.valueChanged.connect(lambda _value: self._on_changed())
        for choice in (self.spacing, self.thinking):
            choice.currentIndexChanged.connect(lambda _at: self._on_changed())
        self.workers.valueChanged.connect(lambda _value: self._on_changed())
        self.join_at.textEdited.connect(lambda _text: self._on_changed())
        self.stages.changed.connect(self._on_changed)

    def _on_kind(self) -> None:
        open_now = self.kind is ModelKind.OPEN
        self.stages.show_stages(self.stages.stages, is_open=open_now)
        self._on_changed()

    def _on_shape(self) -> None:
        """Go on from the level that is there."""
        if self.shape.currentData() == STAGES:
            self.stages.show_stages(self._level(), is_open=self.kind is ModelKind.OPEN)
        self._on_changed()

    def _on_changed(self) -> None:
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        self._arrange()
        self.stages.setVisible(self.shape.currentData() == STAGES)
        self._note.setText(_(_NOTES[self.kind]))
        model = self.model
        self.preview.show_model(model)
        long = words.span(duration_s(model.stages))
        if model.is_open:
            count = planned(model.stages)
            text = ngettext("{n} request in {time}", "{n} requests in {time}", count)
            self.summary.setText(text.format(n=f"{count:,}", time=long))
        else:
            text = ngettext("{n} user for {time}", "{n} users for {time}", model.users)
            self.summary.setText(text.format(n=f"{model.users:,}", time=long))

    def _word(self) -> None:
        for kind, button in self.kinds.items():
            button.setText(_(_KINDS[kind]))
            button.setAccessibleDescription(_(_NOTES[kind]))
        self._shape_label.setText(_("Shape"))
        self.shape.setAccessibleName(_("Shape"))
        self.shape.setToolTip(_("Stages make a ramp, steps, a spike"))
        self.spacing.setToolTip(_("Poisson: at random, as many independent people's are"))
        for texts, box in (
            (_SHAPES, self.shape),
            (_SPACINGS, self.spacing),
            (_THINKING, self.thinking),
        ):
            blocker = QSignalBlocker(box)
            for place, text in enumerate(texts.values()):
                box.setItemText(place, _(text))
            del blocker
        for key, (label, widget) in self._fields.items():
            label.setText(_(_LABELS[key]))
            label.setBuddy(widget)
            widget.setAccessibleName(_(_LABELS[key]))
        self.workers.setSpecialValueText(_("None"))
        self.workers.setToolTip(_("They send instead of this one, over Locust"))
        self.join_at.setToolTip(
            _("An address of this computer that they reach, in a network that you trust")
        )
        self.generators.setToolTip(_("Each sends from one core of this computer"))
        self._show()


def _one_level(stages: tuple[Stage, ...]) -> tuple[float, float] | None:
    """Level and rise of stages that are no more than that; None for others."""
    rise = 0.0
    if len(stages) == 2 and stages[0].start == 0 and stages[0].end == stages[1].start:
        rise, stages = stages[0].seconds, stages[1:]
    if len(stages) != 1 or stages[0].start != stages[0].end:
        return None
    return stages[0].start, rise


def _decimal(least: float, most: float, value: float) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setRange(least, most)
    box.setDecimals(1)
    box.setGroupSeparatorShown(True)
    box.setValue(value)
    return box


def _whole(least: int, most: int, value: int) -> QSpinBox:
    box = QSpinBox()
    box.setRange(least, most)
    box.setGroupSeparatorShown(True)
    box.setValue(value)
    return box


def _choice(texts: dict[Spacing, str] | dict[Thinking, str]) -> QComboBox:
    box = QComboBox()
    for key in texts:
        box.addItem("", key)
    return box
