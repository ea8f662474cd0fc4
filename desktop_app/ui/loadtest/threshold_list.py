"""What a run is held to: thresholds as people write them, checked as they type."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.language import _
from desktop_app.core.load.thresholds import Threshold, ThresholdProblem, parse
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.theme.theme import set_look
from desktop_app.ui.widgets.plain_text import plain_label

SUGGESTED = (
    "p95 < 300 ms",
    "p99 < 500 ms for 10 s",
    "mean < 200 ms",
    "max < 500 ms",
    "errors < 0.1 %",
    "errors < 50 % for 10 s or abort",
    "rate >= 1000/s",
    "dropped <= 0 %",
    "target cpu < 70 %",
    "target memory < 80 %",
)
MOST = 20


class _Line(QWidget):
    """One threshold."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.edit = QLineEdit(text)
        self.edit.setMaxLength(200)
        self.remove = QPushButton()
        self.remove.setProperty("role", "quiet")
        self.remove.setIcon(icon("close"))
        self.remove.setFixedWidth(32)
        self.problem: QLabel = plain_label(role="problem")
        self.problem.setWordWrap(True)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.edit, 1)
        row.addWidget(self.remove)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.problem)


class ThresholdList(QWidget):
    """``changed`` after each edit."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._steps: frozenset[str] | None = None
        self.lines: list[_Line] = []
        self.add_button = QPushButton()
        self.add_button.setProperty("menu", "true")
        self._menu = QMenu(self.add_button)
        self.add_button.setMenu(self._menu)
        for text in ("", *SUGGESTED):
            action = self._menu.addAction(text)
            action.setData(text)
            action.triggered.connect(lambda _on, text=text: self.add(text))
        self.nothing = plain_label(role="muted")
        self.nothing.setWordWrap(True)
        self._list = QVBoxLayout()
        self._list.setSpacing(4)
        bar = QHBoxLayout()
        bar.addWidget(self.add_button)
        bar.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.nothing)
        column.addLayout(self._list)
        column.addLayout(bar)
        follow_language(self, self._word)

    @property
    def texts(self) -> tuple[str, ...]:
        """What was written, without empty lines."""
        return tuple(text for line in self.lines if (text := line.edit.text().strip()))

    @property
    def thresholds(self) -> tuple[Threshold, ...]:
        """Those that can be read."""
        return tuple(one for text in self.texts if (one := _read(text)) is not None)

    @property
    def sound(self) -> bool:
        """Whether all of them can be judged."""
        return not any(self._problem(line) for line in self.lines)

    def show_texts(self, texts: Sequence[str]) -> None:
        """Show these instead of what is there."""
        for line in self.lines:
            self._list.removeWidget(line)
            line.hide()
            line.deleteLater()
        self.lines = []
        for text in texts[:MOST]:
            self._append(text)
        self._word()

    def show_steps(self, names: Collection[str]) -> None:
        """The scenario's steps: what ``p95[name]`` may name."""
        self._steps = frozenset(names)
        self._check()

    def add(self, text: str) -> None:
        """One more, for the person to go on with."""
        line = self._append(text)
        self._word()
        line.edit.setFocus()
        line.edit.setCursorPosition(len(text))
        self.changed.emit()

    def _append(self, text: str) -> _Line:
        line = _Line(text)
        line.edit.textChanged.connect(lambda _text: self._on_edited())
        line.remove.clicked.connect(lambda: self._remove(line))
        self.lines.append(line)
        self._list.addWidget(line)
        return line

    def _remove(self, line: _Line) -> None:
        self.lines.remove(line)
        self._list.removeWidget(line)
        line.hide()
        line.deleteLater()
        self.add_button.setFocus()
        self._word()
        self.changed.emit()

    def _on_edited(self) -> None:
        self._check()
        self.changed.emit()

    def _problem(self, line: _Line) -> str:
        text = line.edit.text().strip()
        if not text:
            return ""
        try:
            step = parse(text).step
        except ThresholdProblem as problem:
            said = _("“{part}” is not understood. Write it as in: {example}")
            return said.format(part=problem.part, example=SUGGESTED[1])
        if step and self._steps is not None and step not in self._steps:
            return _("The scenario has no step “{step}”.").format(step=step)
        return ""

    def _check(self) -> None:
        for line in self.lines:
            problem = self._problem(line)
            line.problem.setText(problem)
            line.problem.setVisible(bool(problem))
            set_look(line.edit, "problem", bool(problem))

    def _word(self) -> None:
        self.add_button.setText(_("Add a threshold"))
        self.add_button.setIcon(icon("plus"))
        self.add_button.setEnabled(len(self.lines) < MOST)
        self._menu.actions()[0].setText(_("Write one"))
        self.nothing.setText(_("Without a threshold a run measures, and cannot fail."))
        self.nothing.setVisible(not self.lines)
        for place, line in enumerate(self.lines, 1):
            line.edit.setPlaceholderText(SUGGESTED[0])
            line.edit.setAccessibleName(_("Threshold {n}").format(n=place))
            line.remove.setToolTip(_("Remove this threshold"))
            line.remove.setAccessibleName(_("Remove threshold {n}").format(n=place))
        self._check()


def _read(text: str) -> Threshold | None:
    try:
        return parse(text)
    except ThresholdProblem:
        return None
