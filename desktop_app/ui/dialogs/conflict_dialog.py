"""Two people changed the same entry: field by field, what it was, what both made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QLabel,
    QRadioButton,
    QScrollArea,
    QWidget,
)

from desktop_app.core.fields import Field
from desktop_app.core.language import N_, NN_, _, ngettext
from desktop_app.core.merge import FieldMerge, Merge, Outcome, Side
from desktop_app.ui.dialogs.frame import DialogFrame
from desktop_app.ui.dialogs.value_texts import value_text
from desktop_app.ui.widgets.plain_text import one_line, plain_label, plain_tooltip


@dataclass(frozen=True, slots=True)
class SideLabels:
    """What entries referred to are called, by field key, in each of the three versions."""

    base: Mapping[str, str]
    mine: Mapping[str, str]
    theirs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Words:
    """Who the other one is; messages to be translated."""

    title: str
    apart: str
    conflicts: tuple[str, str]
    mine: str
    theirs: str
    all_mine: str
    all_theirs: str


SOMEONE_ELSE = Words(
    title=N_("Someone else changed “{name}” too"),
    apart=N_("Your changes and theirs touch different fields: both are kept. Look and save."),
    conflicts=NN_(
        "You both changed one field. Choose which value is kept.",
        "You both changed {n} fields. Choose for each which value is kept.",
    ),
    mine=N_("Mine"),
    theirs=N_("Theirs"),
    all_mine=N_("Take all of mine"),
    all_theirs=N_("Take all of theirs"),
)
ANOTHER_COMPUTER = Words(
    title=N_("“{name}” was changed on another computer too"),
    apart=N_("The changes here and there touch different fields: both are kept. Look and save."),
    conflicts=NN_(
        "One field was changed here and there. Choose which value is kept.",
        "{n} fields were changed here and there. Choose for each which value is kept.",
    ),
    mine=N_("Here"),
    theirs=N_("On the other computer"),
    all_mine=N_("Take all from here"),
    all_theirs=N_("Take all from there"),
)


class ConflictDialog(DialogFrame):
    """Shows a merge; ``resolved`` carries the side chosen for each field in conflict.

    What merges by itself is listed with its result. Saving is possible once all is decided.
    ``names`` says what fields are called, by key, that are called by data rather than by a label.
    """

    resolved = Signal(dict)

    def __init__(
        self,
        name: str,
        merge: Merge,
        fields: Sequence[Field],
        labels: SideLabels,
        parent: QWidget | None = None,
        *,
        names: Mapping[str, str] | None = None,
        words: Words = SOMEONE_ELSE,
    ) -> None:
        super().__init__(_(words.title).format(name=name), parent)
        self._words = words
        self._merge, self._labels, self._names = merge, labels, names or {}
        self._fields = {field.key: field for field in fields}
        self._groups: dict[str, QButtonGroup] = {}
        self.explanation = plain_label(self._explain())
        self.explanation.setWordWrap(True)
        self.content.addWidget(self.explanation)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(self._build_grid())
        self.content.addWidget(area, 1)
        if len(merge.conflicts) > 1:
            mine = self.add_button(_(words.all_mine), first=True)
            mine.clicked.connect(lambda: self._take_all(Side.MINE))
            theirs = self.add_button(_(words.all_theirs), first=True)
            theirs.clicked.connect(lambda: self._take_all(Side.THEIRS))
        cancel = self.add_button(_("Back to the form"))
        cancel.clicked.connect(self.reject)
        self.save_button = self.add_button(_("Save the merged entry"), role="primary")
        self.save_button.setDefault(True)
        self.save_button.clicked.connect(self._on_save_clicked)
        rows = sum(part.outcome is not Outcome.UNCHANGED for part in merge.fields)
        self.resize(760, min(560, 220 + 36 * rows))
        self._on_choice_made()
        first = next(iter(self._groups.values()), None)
        (first.button(_NUMBERS[Side.MINE]) if first else self.save_button).setFocus()

    def choose(self, key: str, side: Side) -> None:
        """Take one side's value for a field in conflict."""
        self._groups[key].button(_NUMBERS[side]).setChecked(True)
        self._on_choice_made()

    def choices(self) -> dict[str, str]:
        """The sides chosen so far."""
        sides = {number: side for side, number in _NUMBERS.items()}
        return {
            key: sides[group.checkedId()].value
            for key, group in self._groups.items()
            if group.checkedId() >= 0
        }

    def _explain(self) -> str:
        count = len(self._merge.conflicts)
        if not count:
            return _(self._words.apart)
        return ngettext(*self._words.conflicts, count).format(n=count)

    def _build_grid(self) -> QWidget:
        table = QWidget()
        table.setObjectName("scrolled")
        grid = QGridLayout(table)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        for column, (title, stretch) in enumerate(
            (
                (_("Field"), 2),
                (_("Before"), 3),
                (_(self._words.mine), 3),
                (_(self._words.theirs), 3),
            )
        ):
            grid.addWidget(plain_label(title, role="caption"), 0, column)
            grid.setColumnStretch(column, stretch)
        touched = [f for f in self._merge.fields if f.outcome is not Outcome.UNCHANGED]
        touched.sort(key=lambda f: f.outcome is not Outcome.CONFLICT)
        for row, part in enumerate(touched, start=1):
            self._build_row(grid, row, part)
        grid.setRowStretch(len(touched) + 1, 1)
        return table

    def _build_row(self, grid: QGridLayout, row: int, part: FieldMerge) -> None:
        field = self._fields[part.key]
        name = self._names.get(part.key) or _(field.label)
        texts = [
            value_text(field, value, labels.get(part.key, ""))
            for value, labels in (
                (part.base, self._labels.base),
                (part.mine, self._labels.mine),
                (part.theirs, self._labels.theirs),
            )
        ]
        grid.addWidget(_wrapped(name, "strong"), row, 0)
        grid.addWidget(_wrapped(texts[0], "muted"), row, 1)
        if part.outcome is not Outcome.CONFLICT:
            kept = Side.THEIRS if part.outcome is Outcome.THEIRS else Side.MINE
            for column, side in ((2, Side.MINE), (3, Side.THEIRS)):
                taken = side is kept or part.outcome is Outcome.SAME
                text = _("{value} (kept)").format(value=texts[column - 1]) if taken else "–"
                grid.addWidget(_wrapped(text, "ok" if taken else "muted"), row, column)
            return
        group = QButtonGroup(self)
        for column, side in ((2, Side.MINE), (3, Side.THEIRS)):
            text = one_line(texts[column - 1])
            shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
            radio = QRadioButton(shown.replace("&", "&&"))
            radio.setToolTip(plain_tooltip(texts[column - 1]))
            whose = _(self._words.mine if side is Side.MINE else self._words.theirs)
            radio.setAccessibleName(f"{name}, {whose}: {text}")
            group.addButton(radio, _NUMBERS[side])
            grid.addWidget(radio, row, column)
        group.idToggled.connect(self._on_choice_made)
        self._groups[part.key] = group

    def _take_all(self, side: Side) -> None:
        for key in self._groups:
            self.choose(key, side)

    def _on_choice_made(self) -> None:
        missing = len(self._groups) - len(self.choices())
        self.save_button.setEnabled(not missing)
        self.save_button.setToolTip(
            ngettext("One field is undecided.", "{n} fields are undecided.", missing).format(
                n=missing
            )
            if missing
            else ""
        )

    def _on_save_clicked(self) -> None:
        self.resolved.emit(self.choices())
        self.accept()


_NUMBERS = {Side.MINE: 0, Side.THEIRS: 1}
_LONGEST = 60


def _wrapped(text: str, role: str) -> QLabel:
    label = plain_label(text, role=role)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
