"""Bulk imports: check a file row by row, apply it in chunks that can be repeated, tell the rest."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Generic, TypeVar

from desktop_app.api.resource import Resource
from desktop_app.core.errors import TlsFailed, TooManyRequests, Unreachable
from desktop_app.core.fields import Field
from desktop_app.core.imports import ROWS_PER_REQUEST, ImportRow, RowResult, Verdict
from desktop_app.core.language import _
from desktop_app.core.problems import Problem
from desktop_app.core.tasks import TaskContext
from desktop_app.services.mapping import RowConverter, guess_mapping
from desktop_app.services.pace import Pace
from desktop_app.services.sheet import Sheet, read_sheet, sheet_names
from desktop_app.services.table_file import TableFile

__all__ = ["ImportRun", "Sheet", "guess_mapping", "read_sheet", "sheet_names"]

T = TypeVar("T")
Check = Callable[..., tuple[Problem, ...]]
"""``check_user`` or ``check_company``: all problems of flat values, ``only`` of some keys."""

UNIQUE: Mapping[str, tuple[str, ...]] = {"users": ("login_id", "email"), "companies": ("name",)}
"""Fields that no two rows of a file may share, by resource."""

_NOT_APPLIED = (Verdict.INVALID, Verdict.FAILED)
_TRIES = 6
_FIRST_PAUSE_S = 0.3


class ImportRun(Generic[T]):
    """One import of one file into one resource.

    ``check`` first, then ``apply``; both may be called again. What ``apply`` has done is
    remembered row by row, so after a lost connection it goes on where it was, and the server
    knows rows of this ``import_id`` that it has already applied.
    """

    def __init__(
        self,
        resource: Resource[T],
        fields: Sequence[Field],
        check: Check,
        sheet: Sheet,
        mapping: Mapping[str, int],
        *,
        update_existing: bool,
        issue_passwords: bool,
    ) -> None:
        self.import_id = str(uuid.uuid4())
        self.sheet = sheet
        self._resource = resource
        self._fields = tuple(fields)
        self._check = check
        self._mapping = dict(mapping)
        self._update_existing = update_existing
        self._issue_passwords = issue_passwords
        self._rows: dict[int, ImportRow] = {}
        self._checked: dict[int, RowResult] = {}
        self._applied: dict[int, RowResult] = {}

    @property
    def results(self) -> tuple[RowResult, ...]:
        """What is known of each row by now, in the file's order: applied, else checked."""
        known = {**self._checked, **self._applied}
        return tuple(known[row] for row in sorted(known))

    @property
    def finished(self) -> bool:
        """Whether every row that can be applied has been."""
        return bool(self._checked) and not self._open_rows()

    def check(self, context: TaskContext) -> tuple[RowResult, ...]:
        """The verdict on every row, without changing anything: the rules, then the server's word.

        Raises the errors of the API, and ``Cancelled``.
        """
        self._checked = self._check_rules(context)
        sound = [row for number, row in self._rows.items() if number not in self._checked]
        for chunk in _chunks(sound):
            context.report(len(self._checked), len(self._rows), _("Asking the server"))
            self._keep(self._checked, self._send(chunk, context, dry_run=True))
        context.report(len(self._rows), len(self._rows))
        return self.results

    def apply(self, context: TaskContext) -> tuple[RowResult, ...]:
        """Apply every sound row and return what became of each.

        Raises the errors of the API, and ``Cancelled``; rows already applied stay applied and
        are in ``results``. Call it again to go on.
        """
        if not self._checked:
            self.check(context)
        open_rows = self._open_rows()
        total = len(open_rows) + len(self._applied)
        for chunk in _chunks(open_rows):
            context.report(len(self._applied), total, _("Applying rows"))
            results = self._send(chunk, context, dry_run=False)
            # Counted before anyone may stop the work: the server has them.
            self._keep(self._applied, results)
        context.report(total, total)
        return self.results

    def write_error_file(self, path: Path) -> int:
        """Write the rows that are not applied, as they were, with what is wrong in a last column.

        Returns how many. The file can be corrected and imported. Raises ``LocalFailure``.
        """
        headings = (*self.sheet.columns, _("Problem"))
        failed = [result for result in self.results if result.verdict in _NOT_APPLIED]
        with TableFile(path, headings) as table:
            for result in failed:
                cells = self.sheet.rows[result.row - self.sheet.first_row_number]
                table.add((*cells, self.problem_text(result)))
        return len(failed)

    def write_passwords(self, path: Path) -> int:
        """Write sign-in names and first passwords of the users created; readable by oneself only.

        Returns how many. The server tells them once: write them before the run is dropped.
        Raises ``LocalFailure``.
        """
        headings = (_("Sign-in name"), _("Name"), _("First password"))
        told = [result for result in self._applied.values() if result.initial_password]
        with TableFile(path, headings, private=True) as table:
            for result in told:
                values = self._rows[result.row].values
                table.add((values.get("login_id"), values.get("name"), result.initial_password))
        return len(told)

    def problem_text(self, result: RowResult) -> str:
        """What is wrong with a row, in words: each field by its label."""
        labels = {field.key: _(field.label) for field in self._fields}
        return "; ".join(
            f"{labels[problem.field]}: {problem.text()}"
            if problem.field in labels
            else problem.text()
            for problem in result.problems
        )

    def _check_rules(self, context: TaskContext) -> dict[int, RowResult]:
        """Convert all rows; the results of those that break a rule or repeat another row."""
        self._rows = {}
        converter = RowConverter(self._fields, self._mapping)
        seen: dict[tuple[str, object], int] = {}
        bad: dict[int, RowResult] = {}
        pace = Pace(context)
        total = len(self.sheet.rows)
        for index, cells in enumerate(self.sheet.rows):
            if index % 500 == 0:
                context.report(index, total, _("Checking rows"))
            pace.step()
            if all(cell is None for cell in cells):
                continue
            number = self.sheet.first_row_number + index
            values, problems = converter.convert(cells)
            problems += self._rule_problems(values, {problem.field for problem in problems})
            problems += self._repeats(number, values, seen)
            self._rows[number] = ImportRow(row=number, values=values)
            if problems:
                bad[number] = RowResult(row=number, verdict=Verdict.INVALID, problems=problems)
        return bad

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
            carried = set(values)
            problems = self._check(values, only=carried)
            problems = tuple(p for p in problems if not p.field or p.field in self._mapping)
        return tuple(problem for problem in problems if problem.field not in set(known_bad))

    def _repeats(
        self, number: int, values: Mapping[str, Any], seen: dict[tuple[str, object], int]
    ) -> tuple[Problem, ...]:
        problems = []
        for key in UNIQUE.get(self._resource.name, ()):
            value = values.get(key)
            if not value:
                continue
            place = (key, str(value).casefold())
            first = seen.setdefault(place, number)
            if first != number:
                params: dict[str, Any] = {"row": first}
                problems.append(Problem(field=key, code="duplicate_in_file", params=params))
        return tuple(problems)

    def _open_rows(self) -> list[ImportRow]:
        return [
            self._rows[number]
            for number, result in sorted(self._checked.items())
            if result.verdict not in _NOT_APPLIED and number not in self._applied
        ]

    def _send(
        self, chunk: Sequence[ImportRow], context: TaskContext, *, dry_run: bool
    ) -> tuple[RowResult, ...]:
        """One request, repeated for a while when the connection is cut or the server is busy.

        Repeating is safe: rows that arrived before are known by import id and row number.
        """
        pause_s = _FIRST_PAUSE_S
        for left in reversed(range(_TRIES)):
            context.check()
            try:
                return self._resource.import_rows(
                    self.import_id,
                    self.sheet.path.name,
                    chunk,
                    dry_run=dry_run,
                    update_existing=self._update_existing,
                    issue_passwords=self._issue_passwords,
                )
            except TlsFailed:
                raise
            except TooManyRequests as error:
                if not left:
                    raise
                context.wait(error.retry_after_s)
            except Unreachable:
                if not left:
                    raise
                context.wait(pause_s)
                pause_s *= 2
        raise AssertionError("the last try returns or raises")

    @staticmethod
    def _keep(into: dict[int, RowResult], results: Iterable[RowResult]) -> None:
        for result in results:
            earlier = into.get(result.row)
            # A password is told once: an answer repeated without it must not lose it.
            if earlier and earlier.initial_password and not result.initial_password:
                result = replace(result, initial_password=earlier.initial_password)
            into[result.row] = result


def _chunks(rows: Sequence[ImportRow]) -> Iterable[Sequence[ImportRow]]:
    return (rows[at : at + ROWS_PER_REQUEST] for at in range(0, len(rows), ROWS_PER_REQUEST))
