"""A project's matrix ready to be shown: cells by place, totals, what a search leaves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from desktop_app.core.evaluations import (
    FINISHED,
    Conflict,
    Evaluation,
    EvaluationStatus,
    Matrix,
    Named,
    Panelist,
)
from desktop_app.ui.assignment.cells import Cell, CellState, sheet_state

Place = tuple[str, str]
"""The ids of a company and of an evaluator."""


@dataclass(frozen=True, slots=True)
class Total:
    """Of one row or column: sheets handed in, and all of them."""

    done: int
    all: int

    @property
    def text(self) -> str:
        """As in "3 / 7"."""
        return f"{self.done}/{self.all}"


@dataclass(frozen=True, slots=True)
class Sums:
    """Figures of the whole matrix."""

    done: int
    all: int
    late: int
    conflicts: int
    unassigned: int


class Grid:
    """Looks things up in a ``Matrix``; ``now`` is the server's clock. Never changed: made anew."""

    def __init__(self, matrix: Matrix, now: datetime) -> None:
        self.matrix, self.now = matrix, now
        self._sheets = {(s.company_id, s.evaluator_id): s for s in matrix.sheets}
        self._conflicts = {(c.company_id, c.evaluator_id): c for c in matrix.conflicts}
        done = [place for place, sheet in self._sheets.items() if sheet.status in FINISHED]
        self._rows = _totals(place[0] for place in self._sheets), _totals(p[0] for p in done)
        self._columns = _totals(place[1] for place in self._sheets), _totals(p[1] for p in done)
        self.sums = self._sum(len(done))

    def sheet(self, company_id: str, evaluator_id: str) -> Evaluation | None:
        """The sheet of a cell, if it is assigned."""
        return self._sheets.get((company_id, evaluator_id))

    def conflict(self, company_id: str, evaluator_id: str) -> Conflict | None:
        """The conflict of interest declared for a cell."""
        return self._conflicts.get((company_id, evaluator_id))

    def state(self, company: Named, evaluator: Panelist) -> CellState:
        """What a cell says first."""
        place = (company.id, evaluator.id)
        sheet = self._sheets.get(place)
        if sheet is not None:
            return sheet_state(sheet, self.now)
        barred = evaluator.company_id == company.id or place in self._conflicts
        return CellState.BARRED if barred else CellState.NONE

    def cell(self, company: Named, evaluator: Panelist) -> Cell:
        """A cell with all there is to it."""
        place = (company.id, evaluator.id)
        return Cell(
            company,
            evaluator,
            self._sheets.get(place),
            self._conflicts.get(place),
            self.state(company, evaluator),
        )

    def row_total(self, company_id: str) -> Total:
        """How many sheets a company has."""
        everything, done = self._rows
        return Total(done[company_id], everything[company_id])

    def column_total(self, evaluator_id: str) -> Total:
        """How many sheets an evaluator has."""
        everything, done = self._columns
        return Total(done[evaluator_id], everything[evaluator_id])

    def complete(self, company_id: str) -> bool:
        """Whether a company has sheets, all of them handed in."""
        total = self.row_total(company_id)
        return 0 < total.all == total.done

    def sheets_of(self, evaluator_id: str) -> list[Evaluation]:
        """All sheets of an evaluator."""
        return [s for s in self.matrix.sheets if s.evaluator_id == evaluator_id]

    def open_sheets(self) -> list[Evaluation]:
        """Those not handed in."""
        return [sheet for sheet in self.matrix.sheets if sheet.status not in FINISHED]

    def with_sheets(self, sheets: Iterable[Evaluation]) -> Grid:
        """The same with these added or in the place of what they were."""
        known = {sheet.id: sheet for sheet in self.matrix.sheets}
        known.update({sheet.id: sheet for sheet in sheets})
        return Grid(replace(self.matrix, sheets=tuple(known.values())), self.now)

    def without_sheets(self, ids: Iterable[str]) -> Grid:
        """The same without these."""
        gone = set(ids)
        left = tuple(sheet for sheet in self.matrix.sheets if sheet.id not in gone)
        return Grid(replace(self.matrix, sheets=left), self.now)

    def _sum(self, done: int) -> Sums:
        states = Counter(sheet_state(sheet, self.now) for sheet in self.matrix.sheets)
        rows = self._rows[0]
        return Sums(
            done=done,
            all=len(self.matrix.sheets),
            late=states[CellState.LATE],
            conflicts=states[CellState.CONFLICT],
            unassigned=sum(1 for c in self.matrix.candidates if not rows[c.id]),
        )


def _totals(ids: Iterable[str]) -> Counter[str]:
    return Counter(ids)


def unbegun(sheet: Evaluation | None) -> bool:
    """Whether an assignment can be taken away without losing anything."""
    return sheet is not None and sheet.status is EvaluationStatus.ASSIGNED
