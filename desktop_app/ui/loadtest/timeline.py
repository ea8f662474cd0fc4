"""The last hour of a run as numbers for charts; memory does not grow, however long it lasts."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from desktop_app.core.load.second import Second
from desktop_app.services.loadtest.charts import BOARDS

KEPT = 3600
"""Seconds that are kept: an hour."""

Numbers = npt.NDArray[np.float64]
_SERIES = [series for board in BOARDS for series in board.series]
_ROW = {series.key: row for row, series in enumerate(_SERIES, 1)}


class Timeline:
    """One row for the time and one for each series; what was not measured is not a number.

    ``kept`` None keeps everything: a run that is over.
    """

    def __init__(self, kept: int | None = KEPT) -> None:
        self._kept = kept
        self._length = 0
        self._numbers = np.full((len(_SERIES) + 1, 2 * (kept or KEPT)), np.nan)

    @property
    def length(self) -> int:
        """How many seconds there are."""
        return self._length

    @property
    def times(self) -> Numbers:
        """The seconds' numbers."""
        return self._row(0)

    def series(self, key: str) -> Numbers:
        """The values of a series, one for each of ``times``."""
        return self._row(_ROW[key])

    def add(self, seconds: Iterable[Second]) -> None:
        """Put seconds at the end."""
        for second in seconds:
            self._make_room()
            column = self._numbers[:, self._length]
            column[0] = second.number
            for row, series in enumerate(_SERIES, 1):
                value = series.value(second)
                column[row] = np.nan if value is None else value
            self._length += 1

    def _row(self, row: int) -> Numbers:
        start = 0 if self._kept is None else max(0, self._length - self._kept)
        return self._numbers[row, start : self._length]

    def _make_room(self) -> None:
        """Shift the newest to the front once the room is used up (or widen it)."""
        room = self._numbers.shape[1]
        if self._length < room:
            return
        if self._kept is None:
            wider = np.full((self._numbers.shape[0], room * 2), np.nan)
            wider[:, :room] = self._numbers
            self._numbers = wider
            return
        self._numbers[:, : self._kept] = self._numbers[:, room - self._kept :]
        self._length = self._kept
