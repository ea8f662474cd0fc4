"""Which problems of criteria are told now: of cells that were left, and what the server said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from desktop_app.core.criteria_draft import CriteriaDraft
from desktop_app.core.language import _, ngettext
from desktop_app.core.problems import Problem
from desktop_app.core.templates import CRITERION_FIELDS
from desktop_app.ui.templates.criteria_model import KEYS, Cell
from desktop_app.ui.widgets.plain_text import one_line

_MOST_TOLD = 3
_LABELS = {field.key: field.label for field in CRITERION_FIELDS}


class CriteriaMarks:
    """Follows ``draft``: a problem is marked once its cell has been left, and until it is mended.

    What only the server can know stands until the cell itself is edited.
    """

    def __init__(self, draft: CriteriaDraft) -> None:
        self._draft = draft
        self._shown: set[Cell] = set()
        self._told: dict[Cell, str] = {}
        self._whole: list[str] = []

    def clear(self) -> None:
        """Tell nothing until something is left or told anew."""
        self._shown, self._told, self._whole = set(), {}, []

    def tell(self, problems: Iterable[Problem]) -> Cell | None:
        """Mark these problems and no others; returns the first cell that has one."""
        self.clear()
        own = {(p.field, p.code) for p in self._draft.problems()}
        first: Cell | None = None
        for problem in problems:
            cell = self._cell_of(problem)
            if cell is None:
                self._whole.append(problem.text())
                continue
            first = first or cell
            self._shown.add(cell)
            if (problem.field, problem.code) not in own:
                self._told.setdefault(cell, problem.text())
        return first

    def leave(self, cell: Cell, *, row_left: bool) -> None:
        """A cell (with ``row_left`` its whole row) was left: what is wrong there may be told."""
        row = next((row for row in self._draft.rows if row.id == cell[0]), None)
        if row is None or row.blank:
            return
        # Whether a step fits is decided by the highest score too.
        keys = KEYS if row_left else (cell[1], *(("step",) if cell[1] == "max_score" else ()))
        self._shown |= {(row.id, key) for key in keys}

    def show_rows(self, ids: Iterable[str]) -> None:
        """Tell whatever is wrong with these rows."""
        self._shown |= {(row_id, key) for row_id in ids for key in KEYS}

    def edited(self, cell: Cell | None = None) -> None:
        """Something was changed, perhaps by typing into ``cell``: what is mended is forgotten."""
        self._whole = []
        if cell is not None:
            self._told.pop(cell, None)
        live = self._live()
        self._shown = {shown for shown in self._shown if shown in live or shown in self._told}

    def marks(self) -> dict[Cell, str]:
        """What is told now, in words, by cell."""
        live = self._live()
        return {cell: text for cell, text in live.items() if cell in self._shown} | self._told

    def text(self, marks: Mapping[Cell, str]) -> str:
        """The first few of ``marks`` in lines, each with its place and field."""
        lines = list(self._whole)
        for at, row in enumerate(self._draft.rows, start=1):
            name = one_line(row.name).strip() or _("(no name)")
            for key in KEYS:
                if told := marks.get((row.id, key)):
                    line = _("{place}. {name}, {field}: {problem}")
                    lines.append(
                        line.format(place=at, name=name, field=_(_LABELS[key]), problem=told)
                    )
        more = len(lines) - _MOST_TOLD
        if more > 0:
            lines = lines[:_MOST_TOLD]
            lines.append(ngettext("and {n} more", "and {n} more", more).format(n=more))
        return "\n".join(lines)

    def _cell_of(self, problem: Problem) -> Cell | None:
        rows, parts = self._draft.rows, problem.field.split(".")
        if len(parts) < 2 or not parts[1].isdecimal() or int(parts[1]) >= len(rows):
            return None
        known = len(parts) > 2 and parts[2] in KEYS
        return rows[int(parts[1])].id, parts[2] if known else "name"

    def _live(self) -> dict[Cell, str]:
        found: dict[Cell, str] = {}
        for problem in self._draft.problems():
            if (cell := self._cell_of(problem)) is not None:
                found.setdefault(cell, problem.text())
        return found
