"""What an import finds wrong with the rows of a file by itself, before any server is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from desktop_app.core.fields import Field
from desktop_app.core.imports import ImportRow, RowResult, Verdict
from desktop_app.core.language import _
from desktop_app.core.problems import Problem
from desktop_app.core.tasks import TaskContext
from desktop_app.services.mapping import RowConverter
from desktop_app.services.pace import Pace
from desktop_app.services.sheet import Sheet

Check = Callable[..., tuple[Problem, ...]]
"""As ``check_user``: all problems of flat values, ``only`` of some keys."""

UNIQUE: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "users": (("login_id",), ("email",)),
    "companies": (("name",),),
    "projects": (("company_id", "name"),),
}
"""Fields that no two rows of a file may share (all of a group at once), by resource."""

_REPORT_EVERY = 500


@dataclass(frozen=True, slots=True)
class JudgedRows:
    """The rows of a sheet that are not empty, and the verdicts on those that are bad."""

    rows: dict[int, ImportRow]
    bad: dict[int, RowResult]


class RowRules:
    """Converts rows by ``mapping`` and finds those that break a rule or repeat another row.

    ``resource`` names what is imported; with ``update_existing`` a row need only carry what it
    changes.
    """

    def __init__(
        self,
        resource: str,
        fields: Sequence[Field],
        check: Check,
        mapping: Mapping[str, int],
        *,
        update_existing: bool,
    ) -> None:
        self._unique = UNIQUE.get(resource, ())
        self._fields = tuple(fields)
        self._check = check
        self._mapping = dict(mapping)
        self._update_existing = update_existing

    def judge(self, sheet: Sheet, context: TaskContext) -> JudgedRows:
        """All rows of ``sheet`` by number; raises ``Cancelled``."""
        converter = RowConverter(self._fields, self._mapping)
        seen: dict[tuple[str, ...], int] = {}
        rows: dict[int, ImportRow] = {}
        bad: dict[int, RowResult] = {}
        pace = Pace(context)
        total = len(sheet.rows)
        for index, cells in enumerate(sheet.rows):
            if index % _REPORT_EVERY == 0:
                context.report(index, total, _("Checking rows"))
            pace.step()
            if all(cell is None for cell in cells):
                continue
            number = sheet.first_row_number + index
            values, problems = converter.convert(cells)
            problems += self._rule_problems(values, {problem.field for problem in problems})
            problems += self._repeats(number, values, seen)
            rows[number] = ImportRow(row=number, values=values)
            if problems:
                bad[number] = RowResult(row=number, verdict=Verdict.INVALID, problems=problems)
        return JudgedRows(rows, bad)

    def _rule_problems(
        self, values: dict[str, Any], known_bad: Iterable[str]
    ) -> tuple[Problem, ...]:
        if not self._update_existing:
            # A new document has its defaults where the file says nothing.
            for field in self._fields:
                if field.default is not None:
                    values.setdefault(field.key, field.default)
            problems = self._check(values)
        else:
            # What the file does not carry, an existing document has.
            problems = self._check(values, only=set(values))
            problems = tuple(p for p in problems if not p.field or p.field in self._mapping)
        return tuple(problem for problem in problems if problem.field not in set(known_bad))

    def _repeats(
        self, number: int, values: Mapping[str, Any], seen: dict[tuple[str, ...], int]
    ) -> tuple[Problem, ...]:
        problems = []
        for keys in self._unique:
            shared = [values.get(key) for key in keys]
            if not all(shared):
                continue
            first = seen.setdefault((*keys, *(str(v).casefold() for v in shared)), number)
            if first != number:
                params: dict[str, Any] = {"row": first}
                problems.append(Problem(field=keys[-1], code="duplicate_in_file", params=params))
        return tuple(problems)
