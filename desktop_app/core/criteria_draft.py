"""Criteria while they are edited: every change can be undone, whatever was typed is kept."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from desktop_app.core.fields import normalised
from desktop_app.core.problems import Problem
from desktop_app.core.templates import CRITERION_FIELDS, Criterion, check_criteria, exact
from desktop_app.core.weights import WeightSum, is_number, summed

_MOST_STEPS_BACK = 200
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,15})?|\.[0-9]{1,15})")
_FIELDS = {field.key: field for field in CRITERION_FIELDS}
_NO_TEXTS: Mapping[str, None] = {"description": None, "guide": None}
NUMBERS = ("weight", "max_score", "step")


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionRow:
    """One criterion as it stands in the editor; a number that is none stays the text it is."""

    id: str
    name: str = ""
    weight: float | str | None = None
    max_score: float | str | None = 100
    step: float | str | None = 1
    description: str = ""
    guide: str = ""

    @property
    def blank(self) -> bool:
        """Whether nothing was typed into it."""
        return self == CriterionRow(id=self.id)

    def plain(self) -> dict[str, Any]:
        """The criterion as it is sent: texts trimmed, empty ones None."""
        values = {key: normalised(field, getattr(self, key)) for key, field in _FIELDS.items()}
        return {"id": self.id, **values}


def row_of(criterion: Criterion | Mapping[str, Any]) -> CriterionRow:
    """A criterion as a row; a mapping may lack what has a default."""
    if isinstance(criterion, Criterion):
        criterion = dataclasses.asdict(criterion)
    known = {field.name for field in dataclasses.fields(CriterionRow)}
    values = {key: value for key, value in criterion.items() if key in known}
    for key in ("name", "description", "guide"):
        values[key] = "" if values.get(key) is None else str(values[key])
    return CriterionRow(**{"id": new_id(), **values})


def new_id() -> str:
    """An id for a new criterion, unlike any other."""
    return uuid.uuid4().hex[:12]


def number_of(text: str) -> float | str | None:
    """The number that ``text`` says ("33.3", "1,000", "30 %", "３０"); ``int`` for a whole one.

    A text that says none stays what it is; an empty one is None.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return None
    bare = plain.removesuffix("%").rstrip().replace(",", "")
    if not _NUMBER.fullmatch(bare):
        return text.strip()
    return int(bare) if re.fullmatch(r"[+-]?[0-9]+", bare) else float(bare)


def number_text(value: float | str | None) -> str:
    """A number as people write it: 30, 33.3, never 3E+1; a text stays one."""
    if value is None:
        return ""
    return f"{exact(value).normalize():f}" if is_number(value) else str(value)


def value_of(key: str, text: str) -> float | str | None:
    """What ``text`` means in the field ``key`` of a row."""
    return number_of(text) if key in NUMBERS else text


class CriteriaDraft:
    """The criteria of one template in the editor. Rows are known by place, from 0.

    Consecutive edits of the same cell are undone together.
    """

    def __init__(self, make_id: Callable[[], str] = new_id) -> None:
        self._make_id = make_id
        self._rows: tuple[CriterionRow, ...] = ()
        self._back: list[tuple[CriterionRow, ...]] = []
        self._forth: list[tuple[CriterionRow, ...]] = []
        self._cell: tuple[str, str] | None = None
        self._checked: tuple[object, tuple[Problem, ...]] = (None, ())

    @property
    def rows(self) -> tuple[CriterionRow, ...]:
        """All rows, in their order."""
        return self._rows

    def load(self, rows: Iterable[CriterionRow]) -> None:
        """Begin with ``rows``; nothing can be undone yet."""
        self._rows = tuple(rows)
        self._back, self._forth, self._cell = [], [], None

    def plain(self) -> list[dict[str, Any]]:
        """All criteria as they are sent."""
        return [row.plain() for row in self._rows]

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong, as ``check_criteria`` tells it; rows that stay are not checked again."""
        if self._checked[0] is not self._rows:
            self._checked = (self._rows, self._check())
        return self._checked[1]

    def _check(self) -> tuple[Problem, ...]:
        found = [
            dataclasses.replace(problem, field=f"criteria.{at}.{problem.field}")
            for at, row in enumerate(self._rows)
            for problem in _problems_of(row)
        ]
        if found:
            return tuple(found)
        # Each by itself is well: what is left to check lies between them, not in their texts.
        return check_criteria([{**row.plain(), **_NO_TEXTS} for row in self._rows])

    def sum(self) -> WeightSum:
        """What the weights sum to."""
        return summed([row.weight for row in self._rows])

    # Changes

    def put(self, at: int, key: str, value: float | str | None) -> bool:
        """Write one cell; False when it says the same as before."""
        row = self._rows[at]
        if getattr(row, key) == value:
            return False
        changed = dataclasses.replace(row, **{key: value})  # type: ignore[arg-type]
        cell = (row.id, key)
        again = self._cell == cell and bool(self._back)
        self._set((*self._rows[:at], changed, *self._rows[at + 1 :]), keep_step=again)
        self._cell = cell
        return True

    def settle(self) -> None:
        """A cell was left: what comes next is undone by itself."""
        self._cell = None

    def insert(self, at: int, rows: Sequence[CriterionRow] | None = None) -> None:
        """Put ``rows`` (None: an empty one) before place ``at``."""
        fresh = tuple(rows) if rows is not None else (CriterionRow(id=self._make_id()),)
        self._set((*self._rows[:at], *fresh, *self._rows[at:]))

    def replace(self, rows: Iterable[CriterionRow]) -> None:
        """Have ``rows`` instead of all there are, in one step."""
        fresh = tuple(rows)
        if fresh != self._rows:
            self._set(fresh)

    def duplicate(self, at: int) -> None:
        """Put a copy of one row below it; its weight is empty, as the sum would not hold."""
        copy = dataclasses.replace(self._rows[at], id=self._make_id(), weight=None)
        self.insert(at + 1, [copy])

    def remove(self, at: int) -> None:
        """Take one row away."""
        self._set((*self._rows[:at], *self._rows[at + 1 :]))

    def move(self, at: int, to: int) -> bool:
        """Let the row at ``at`` stand at ``to``; False when it stands there or there is no such."""
        if at == to or not 0 <= to < len(self._rows) or not 0 <= at < len(self._rows):
            return False
        rows = list(self._rows)
        rows.insert(to, rows.pop(at))
        self._set(tuple(rows))
        return True

    def weigh(self, weights: Sequence[float]) -> None:
        """Give all rows new weights at once."""
        pairs = zip(self._rows, weights, strict=True)
        rows = tuple(dataclasses.replace(row, weight=_whole(weight)) for row, weight in pairs)
        if rows != self._rows:
            self._set(rows)

    def fill(self, at: int, cells: Sequence[Mapping[str, str]], *, fresh: bool = False) -> None:
        """Write texts by key into the rows from ``at`` on, adding rows where there are none.

        ``fresh``: into new rows before ``at`` instead.
        """
        rows = list(self._rows)
        if fresh:
            rows[at:at] = [CriterionRow(id=self._make_id()) for _ in cells]
        while len(rows) < at + len(cells):
            rows.append(CriterionRow(id=self._make_id()))
        for place, texts in enumerate(cells, start=at):
            values = {key: value_of(key, text) for key, text in texts.items()}
            rows[place] = dataclasses.replace(rows[place], **values)  # type: ignore[arg-type]
        if tuple(rows) != self._rows:
            self._set(tuple(rows))

    # Undoing

    @property
    def can_undo(self) -> bool:
        """Whether there is something to undo."""
        return bool(self._back)

    @property
    def can_redo(self) -> bool:
        """Whether something undone can be done again."""
        return bool(self._forth)

    def undo(self) -> None:
        """Back to before the latest change."""
        self._step(self._back, self._forth)

    def redo(self) -> None:
        """Do again what was undone last."""
        self._step(self._forth, self._back)

    def _set(self, rows: tuple[CriterionRow, ...], *, keep_step: bool = False) -> None:
        if not keep_step:
            self._back.append(self._rows)
            del self._back[:-_MOST_STEPS_BACK]
        self._forth.clear()
        self._rows = rows
        self._cell = None

    def _step(
        self, source: list[tuple[CriterionRow, ...]], target: list[tuple[CriterionRow, ...]]
    ) -> None:
        if source:
            target.append(self._rows)
            self._rows = source.pop()
            self._cell = None


@lru_cache(maxsize=512)
def _problems_of(row: CriterionRow) -> tuple[Problem, ...]:
    """What is wrong with one row, its fields named without a place."""
    start = "criteria.0."
    return tuple(
        dataclasses.replace(problem, field=problem.field.removeprefix(start))
        for problem in check_criteria([row.plain()])
        if problem.field.startswith(start)
    )


def _whole(number: float) -> float:
    """30.0 as 30, so that a row reads the same however its weight came about."""
    return int(number) if float(number).is_integer() else number
