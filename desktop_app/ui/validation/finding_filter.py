"""Which findings are listed: by verdict, by severity, by words, and how they are grouped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QPushButton, QWidget

from desktop_app.core.language import _
from desktop_app.core.validation.suites import Severity
from desktop_app.core.verdicts import CheckState
from desktop_app.services.validation import words
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.validation.chips import SEVERITY_LOOKS, STATE_LOOKS, Look
from desktop_app.ui.validation.finding_rows import GROUPINGS, FindingRow
from desktop_app.ui.widgets.search_field import SearchField

E = TypeVar("E", bound=StrEnum)
PROBLEMS = (CheckState.FAIL, CheckState.WARN, CheckState.INCONCLUSIVE)
"""What is listed at first, where a run has any of it."""
_SEARCH_WIDTH = 140


class FindingFilter(QWidget):
    """Buttons with counts; of each kind the pressed ones are listed, all where none is.

    ``changed`` after each change of what is listed or how.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[FindingRow, ...] = ()
        self._listed: tuple[FindingRow, ...] = ()
        self._counts: tuple[Counter[CheckState], Counter[Severity]] = Counter(), Counter()
        self._kept: set[str] = set()
        self.states = {state: self._button() for state in STATE_LOOKS}
        self.severities = {severity: self._button() for severity in SEVERITY_LOOKS}
        self.search = SearchField()
        self.search.searched.connect(lambda _text: self._on_changed())
        self.grouping = QComboBox()
        for key in GROUPINGS:
            self.grouping.addItem("", key)
        self.grouping.currentIndexChanged.connect(lambda _at: self.changed.emit())
        self._build()
        follow_language(self, self._word)

    @property
    def group_by(self) -> str:
        """A key of ``GROUPINGS``."""
        return str(self.grouping.currentData())

    def show_rows(self, rows: Iterable[FindingRow], *, anew: bool) -> None:
        """Count these rows; ``anew`` forgets what was pressed: another run is shown."""
        self._rows = tuple(rows)
        if anew:
            self._kept.clear()
            self.search.show_query("")
            found = {row.state for row in self._rows if row.known is None} & set(PROBLEMS)
            for state, button in self.states.items():
                button.setChecked(state in found)
            for button in self.severities.values():
                button.setChecked(False)
        self._look()
        self._word()

    def listed(self) -> tuple[FindingRow, ...]:
        """The rows that fit."""
        return self._listed

    def keep(self, row_id: str) -> None:
        """List this one whatever its verdict is by now: somebody works on it."""
        self._kept.add(row_id)
        self._look()

    @property
    def kept(self) -> frozenset[str]:
        """The ids of those that are listed whatever their verdict is."""
        return frozenset(self._kept)

    def only(self, state: CheckState | None = None) -> None:
        """List one verdict alone, or everything."""
        self.search.show_query("")
        for one, button in self.states.items():
            button.setChecked(one is state)
        for button in self.severities.values():
            button.setChecked(False)
        self._on_changed()

    def _look(self) -> None:
        """Go once over all rows: which are listed, and how many a button would list."""
        wanted = self.search.query.casefold().split()
        states, severities = _pressed(self.states), _pressed(self.severities)
        kept, found = self._kept, self._rows
        if wanted:
            found = tuple(row for row in found if all(word in row.text for word in wanted))
        self._listed = tuple(
            row
            for row in found
            if (row.state in states and row.severity in severities) or row.id in kept
        )
        self._counts = (
            Counter([row.state for row in found if row.severity in severities]),
            Counter([row.severity for row in found if row.state in states]),
        )

    def _button(self) -> QPushButton:
        button = QPushButton()
        button.setCheckable(True)
        button.setProperty("role", "chip")
        button.clicked.connect(self._on_changed)
        return button

    def _build(self) -> None:
        self._groups = QWidget(), QWidget()
        kinds = list(self.states.values()), list(self.severities.values())
        for group, buttons in zip(self._groups, kinds, strict=True):
            row = QHBoxLayout(group)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(4)
            for button in buttons:
                row.addWidget(button)
        self.search.setMinimumWidth(_SEARCH_WIDTH)
        self.search.setMaximumWidth(280)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(2, 1)
        self._place(one_row=False)

    def _place(self, *, one_row: bool) -> None:
        """Everything in one row, or severities and grouping under the rest."""
        states, severities = self._groups
        start, end = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        self._one_row = one_row
        self._grid.addWidget(states, 0, 0, start)
        self._grid.addWidget(severities, 0 if one_row else 1, 1 if one_row else 0, start)
        self._grid.addWidget(self.search, 0, 3)
        self._grid.addWidget(self.grouping, 0 if one_row else 1, 4 if one_row else 3, end)

    def _fit(self) -> None:
        """One row where there is room for it."""
        needed = sum(part.sizeHint().width() for part in (*self._groups, self.grouping))
        one_row = needed + _SEARCH_WIDTH + 4 * self._grid.horizontalSpacing() <= self.width()
        if one_row is not self._one_row:
            self._place(one_row=one_row)

    def minimumSizeHint(self) -> QSize:
        """As narrow as two rows can be, also while there is one."""
        states, severities = (group.sizeHint().width() for group in self._groups)
        gap = self._grid.horizontalSpacing()
        rows = states + _SEARCH_WIDTH, severities + self.grouping.sizeHint().width()
        return QSize(max(rows) + gap, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width: one row or two."""
        super().resizeEvent(event)
        self._fit()

    def _on_changed(self) -> None:
        self._look()
        self._word()
        self.changed.emit()

    def _word(self) -> None:
        self.search.setPlaceholderText(_("Search findings"))
        self.search.setAccessibleName(_("Search findings"))
        self.grouping.setAccessibleName(_("Grouping"))
        for at, (text, _key) in enumerate(GROUPINGS.values()):
            self.grouping.setItemText(at, _(text))
        of_states, of_severities = self._counts
        self._count(
            self.states,
            of_states,
            {state: _(words.STATES[state]) for state in self.states},
            STATE_LOOKS,
        )
        self._count(
            self.severities,
            of_severities,
            {severity: _(words.SEVERITIES[severity]) for severity in self.severities},
            SEVERITY_LOOKS,
        )
        self._fit()

    def _count(
        self,
        buttons: Mapping[E, QPushButton],
        counts: Mapping[E, int],
        names: Mapping[E, str],
        looks: Mapping[E, Look],
    ) -> None:
        for key, button in buttons.items():
            button.setText(f"{names[key]} {counts.get(key, 0):,}")
            button.setIcon(icon(*looks[key]))
            button.setVisible(counts.get(key, 0) > 0 or button.isChecked())


def _pressed(buttons: Mapping[E, QPushButton]) -> frozenset[E]:
    """What is listed of a kind: what is pressed, everything where nothing is."""
    pressed = frozenset(key for key, button in buttons.items() if button.isChecked())
    return pressed or frozenset(buttons)
