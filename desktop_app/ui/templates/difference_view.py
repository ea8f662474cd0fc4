"""The difference of two revisions to read: what was, what is, criterion by criterion."""

from __future__ import annotations

from dataclasses import asdict

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from desktop_app.core.fields import Kind
from desktop_app.core.language import _
from desktop_app.core.template_revisions import (
    CriterionChange,
    Difference,
    FieldChange,
    What,
    changed_lines,
)
from desktop_app.ui.templates.words import (
    CHANGES,
    CRITERION_FIELD,
    TEMPLATE_FIELD,
    criterion_words,
    move_words,
    value_words,
)
from desktop_app.ui.theme.theme import Theme
from desktop_app.ui.widgets.plain_text import plain_label
from desktop_app.ui.widgets.status_chip import StatusChip

_WHAT, _BEFORE, _AFTER = 0, 1, 2


class DifferenceView(QScrollArea):
    """Shows a ``Difference``; ``lines`` tells it in words, for whoever listens."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.lines: list[str] = []
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_difference(self, found: Difference, before: str, after: str) -> None:
        """Show ``found`` between what ``before`` and ``after`` name (translated)."""
        self.lines = []
        content = QWidget()
        content.setObjectName("scrolled")
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(12)
        if found.empty:
            column.addWidget(self._line(_("Both are the same."), "muted"))
        else:
            column.addLayout(self._build_grid(found, before, after))
        column.addStretch(1)
        self.setWidget(content)
        content.setAccessibleName("\n".join(self.lines))

    def _build_grid(self, found: Difference, before: str, after: str) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        for at, stretch in ((_WHAT, 3), (_BEFORE, 4), (_AFTER, 4)):
            grid.setColumnStretch(at, stretch)
        grid.addWidget(plain_label(before, role="caption"), 0, _BEFORE)
        grid.addWidget(plain_label(after, role="caption"), 0, _AFTER)
        for field in found.fields:
            self._add_field(grid, field, criterion=False)
        for change in found.criteria:
            self._add_criterion(grid, change)
        return grid

    def _add_criterion(self, grid: QGridLayout, change: CriterionChange) -> None:
        row = grid.rowCount()
        line = QFrame()
        line.setProperty("role", "line")
        grid.addWidget(line, row, 0, 1, 3)
        word, icon, token = CHANGES[change.what]
        moved = move_words(change)
        chip = StatusChip(self._theme)
        chip.show_state(_(word), icon, token)
        head = QVBoxLayout()
        head.setSpacing(4)
        head.addWidget(self._line(change.name, "strong"))
        head.addWidget(chip)
        if moved:
            head.addWidget(self._line(moved, "muted"))
        grid.addLayout(head, row + 1, _WHAT, Qt.AlignmentFlag.AlignTop)
        self.lines.append(": ".join(filter(None, (change.name, _(word), moved))))
        if change.what is What.ADDED and change.after is not None:
            self._add_text(grid, row + 1, _AFTER, criterion_words(asdict(change.after)))
        elif change.what is What.REMOVED and change.before is not None:
            self._add_text(grid, row + 1, _BEFORE, criterion_words(asdict(change.before)))
        for field in change.fields:
            self._add_field(grid, field, criterion=True)

    def _add_field(self, grid: QGridLayout, change: FieldChange, *, criterion: bool) -> None:
        field = (CRITERION_FIELD if criterion else TEMPLATE_FIELD)[change.key]
        row = grid.rowCount()
        label = self._line(_(field.label), "muted" if criterion else "strong")
        label.setIndent(12 if criterion else 0)
        grid.addWidget(label, row, _WHAT, Qt.AlignmentFlag.AlignTop)
        before, after = value_words(field, change.before), value_words(field, change.after)
        if field.kind is Kind.MULTILINE and change.before and change.after:
            before, after = changed_lines(before, after)
        self._add_text(grid, row, _BEFORE, before)
        self._add_text(grid, row, _AFTER, after)
        self.lines.append(f"{_(field.label)}: {before} → {after}")

    def _add_text(self, grid: QGridLayout, row: int, column: int, text: str) -> None:
        label = self._line(text, "muted" if column == _BEFORE else "")
        grid.addWidget(label, row, column, Qt.AlignmentFlag.AlignTop)

    @staticmethod
    def _line(text: str, role: str) -> QLabel:
        label = plain_label(text, role=role)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label
