"""The rows of a file on their way in: corrections made by hand, and the verdict on each."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from desktop_app.core.fields import Field
from desktop_app.core.imports import RowResult, Verdict
from desktop_app.core.problems import Problem
from desktop_app.ui.imports.words import UNCHECKED, State, cell_text

if TYPE_CHECKING:
    from desktop_app.services.importing import Sheet

GOOD = frozenset({Verdict.CREATE, Verdict.UPDATE})
"""Verdicts of rows that will be, or were, written."""
BAD = frozenset({Verdict.INVALID, Verdict.FAILED})


class ImportDraft:
    """The rows of a sheet by place (from 0), with corrections and latest verdicts.

    Empty rows have no place. ``mapping`` is field key to column; ``fields`` keeps only the mapped
    ones, in their order.
    """

    def __init__(self, sheet: Sheet, fields: Sequence[Field], mapping: Mapping[str, int]) -> None:
        self.sheet = sheet
        self.mapping = dict(mapping)
        self.fields = tuple(field for field in fields if field.key in self.mapping)
        self._indexes = [at for at, row in enumerate(sheet.rows) if _filled(row)]
        self._places = {at: place for place, at in enumerate(self._indexes)}
        self._results: list[RowResult | None] = [None] * len(self._indexes)
        self._corrections: dict[int, dict[str, str]] = {}
        self._unchecked: set[int] = set()
        self._counts: dict[State, int] | None = None

    def __len__(self) -> int:
        return len(self._results)

    def row_number(self, place: int) -> int:
        """The row's number in the file."""
        return self.sheet.first_row_number + self._indexes[place]

    def cell(self, place: int, key: str) -> Any:
        """The value that will be sent for a field: the correction if there is one."""
        correction = self._corrections.get(place, {})
        if key in correction:
            return correction[key]
        row, column = self.sheet.rows[self._indexes[place]], self.mapping[key]
        return row[column] if column < len(row) else None

    def result(self, place: int) -> RowResult | None:
        """The latest verdict; None before the first check and after a correction."""
        return None if place in self._unchecked else self._results[place]

    def state(self, place: int) -> State:
        """The verdict, or that there is none yet."""
        result = self.result(place)
        return UNCHECKED if result is None else result.verdict

    def problems(self, place: int) -> tuple[Problem, ...]:
        """What the latest check found; kept while a corrected row waits for the next check."""
        result = self._results[place]
        if result is None:
            return ()
        if place not in self._unchecked:
            return result.problems
        corrected = self._corrections.get(place, {})
        return tuple(problem for problem in result.problems if problem.field not in corrected)

    def correct(self, place: int, key: str, text: str) -> bool:
        """Put ``text`` into a cell; False when it says the same as before."""
        if text == cell_text(self.cell(place, key)):
            return False
        self._corrections.setdefault(place, {})[key] = text
        self._unchecked.add(place)
        self._counts = None
        return True

    def is_corrected(self, place: int) -> bool:
        """Whether a cell of the row was ever corrected by hand."""
        return place in self._corrections

    @property
    def unchecked(self) -> tuple[int, ...]:
        """The places corrected since their last check, in order."""
        return tuple(sorted(self._unchecked))

    def take(self, results: Iterable[RowResult]) -> None:
        """Take in verdicts, by row number."""
        first, places, known = self.sheet.first_row_number, self._places, self._results
        self._counts = None
        taken: list[int] = []
        for result in results:
            place = places.get(result.row - first)
            if place is not None:
                known[place] = result
                taken.append(place)
        self._unchecked.difference_update(taken)

    def take_written(self, applied: Iterable[RowResult]) -> None:
        """Take in what has become of rows; sound rows without word count as not written."""
        self._unchecked.update(
            place
            for place, result in enumerate(self._results)
            if result is not None and result.verdict not in BAD
        )
        self.take(applied)

    def counts(self) -> dict[State, int]:
        """How many rows have each state."""
        if self._counts is None:
            self._counts = dict(Counter(self._states()))
        return dict(self._counts)

    def places(self, state: State) -> list[int]:
        """The places of the rows in one state, in order."""
        return [place for place, found in enumerate(self._states()) if found == state]

    def _states(self) -> Iterator[State]:
        unchecked = self._unchecked
        for place, result in enumerate(self._results):
            yield UNCHECKED if result is None or place in unchecked else result.verdict

    @property
    def to_write(self) -> int:
        """How many rows would create or update something."""
        counts = self.counts()
        return sum(counts.get(verdict, 0) for verdict in GOOD)

    def corrected_sheet(self) -> Sheet:
        """The sheet with all corrections put in."""
        if not self._corrections:
            return self.sheet
        rows = list(self.sheet.rows)
        for place, correction in self._corrections.items():
            at = self._indexes[place]
            cells = list(rows[at])
            for key, text in correction.items():
                column = self.mapping[key]
                cells += [None] * (column + 1 - len(cells))
                cells[column] = text
            rows[at] = tuple(cells)
        return dataclasses.replace(self.sheet, rows=rows)


def _filled(row: Sequence[object]) -> bool:
    return row.count(None) != len(row)  # 10,000 of them, on the GUI thread
