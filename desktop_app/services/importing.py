"""Bulk imports: check a file row by row, apply it in chunks that can be repeated, tell the rest."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar

from desktop_app.api.resource import Resource
from desktop_app.core.fields import Field
from desktop_app.core.imports import (
    ROWS_PER_REQUEST,
    ImportRow,
    Judgement,
    Room,
    RowResult,
    Verdict,
)
from desktop_app.core.language import _
from desktop_app.core.tasks import TaskContext
from desktop_app.services.import_rooms import FULL, entered, within_rooms
from desktop_app.services.import_rules import UNIQUE, Check, RowRules
from desktop_app.services.import_sending import Sender
from desktop_app.services.import_words import problem_of_row
from desktop_app.services.mapping import guess_mapping
from desktop_app.services.sheet import Sheet, read_sheet, sheet_names
from desktop_app.services.table_file import TableFile

__all__ = ["UNIQUE", "Check", "ImportRun", "Sheet", "guess_mapping", "read_sheet", "sheet_names"]

T = TypeVar("T")

_NOT_APPLIED = frozenset({Verdict.INVALID, Verdict.FAILED})
_DEPENDS_ON_OTHERS = frozenset(
    {"duplicate_in_file", "company_full", "projects_full", *FULL.values()}
)
"""Problems that a correction elsewhere may mend."""


class ImportRun(Generic[T]):
    """One import of one file into one resource.

    ``check`` first, ``recheck`` after corrections, then ``apply``; each may be called again. What
    ``apply`` has done is remembered row by row, so after a lost connection it goes on where it
    was, and the server knows rows of this ``import_id`` that it has already applied.
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
        self._rules = RowRules(
            resource.name, fields, check, mapping, update_existing=update_existing
        )
        self._update_existing = update_existing
        self._issue_passwords = issue_passwords
        self._rows: dict[int, ImportRow] = {}
        self._asked: dict[int, RowResult] = {}
        self._rooms: dict[str, Room] = {}
        self._checked: dict[int, RowResult] = {}
        self._applied: dict[int, RowResult] = {}

    @property
    def results(self) -> tuple[RowResult, ...]:
        """What is known of each row by now, in the file's order: applied, else checked."""
        known = {**self._checked, **self._applied}
        return tuple(known[row] for row in sorted(known))

    @property
    def applied(self) -> tuple[RowResult, ...]:
        """What became of the rows that the server has, in the file's order."""
        return tuple(self._applied[row] for row in sorted(self._applied))

    @property
    def written(self) -> int:
        """How many rows the server has by now; may be asked while ``apply`` runs."""
        return len(self._applied)

    @property
    def passwords(self) -> int:
        """How many first passwords the server told."""
        return sum(1 for result in self._applied.values() if result.initial_password)

    @property
    def finished(self) -> bool:
        """Whether every row that can be applied has been."""
        return bool(self._checked) and not self._open_rows()

    def check(self, context: TaskContext) -> tuple[RowResult, ...]:
        """The verdict on every row, without changing anything: the rules, then the server's word.

        Raises the errors of the API, and ``Cancelled``.
        """
        judged = self._rules.judge(self.sheet, context)
        self._rows, self._asked, self._checked = judged.rows, dict(judged.bad), {}
        self._ask([row for n, row in judged.rows.items() if n not in judged.bad], context)
        self._checked = self._judged()
        context.report(len(self._rows), len(self._rows))
        return self.results

    def recheck(
        self, sheet: Sheet, corrected: Iterable[int], context: TaskContext
    ) -> tuple[RowResult, ...]:
        """Take ``sheet`` in place of the one before and check the ``corrected`` row numbers anew.

        The rules look at all rows, since a correction may make or mend a repetition elsewhere; the
        server is asked only about rows whose verdict may have changed. Returns the verdicts that
        are new. Raises the errors of the API, and ``Cancelled``.
        """
        self.sheet = sheet
        judged = self._rules.judge(sheet, context)
        self._rows = judged.rows
        wanted = set(corrected) | {
            number for number, result in self._asked.items() if _depends_on_others(result)
        }
        self._asked.update(judged.bad)
        sound = [judged.rows[n] for n in sorted(wanted & set(judged.rows)) if n not in judged.bad]
        self._ask(sound, context)
        before, self._checked = self._checked, self._judged()
        return tuple(
            result
            for number, result in self._checked.items()
            if number in wanted or result != before.get(number)
        )

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
            done = len(self._applied)
            context.report(done, total, _("Applying rows"))
            sender = Sender(context, done=done, total=total)
            results = sender.send(partial(self._write, chunk))
            # Counted before anyone may stop the work: the server has them.
            self._keep(results)
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
        fields = {field.key: field for field in self._fields}
        values = self._rows[result.row].values
        return " ".join(
            problem_of_row(problem, fields, values.get(problem.field))
            for problem in result.problems
        )

    def _ask(self, rows: Sequence[ImportRow], context: TaskContext) -> None:
        """Have the server judge ``rows`` that the rules find sound."""
        done, total = len(self._rows) - len(rows), len(self._rows)
        for chunk in _chunks(rows):
            context.report(done, total, _("Asking the server"))
            sender = Sender(context, done=done, total=total)
            judgement = sender.send(partial(self._judge, chunk))
            self._asked.update((result.row, result) for result in judgement.results)
            self._rooms.update(judgement.rooms)
            done += len(chunk)

    def _judge(self, chunk: Sequence[ImportRow]) -> Judgement:
        return self._resource.judge_rows(
            self.import_id,
            self.sheet.path.name,
            chunk,
            update_existing=self._update_existing,
            issue_passwords=self._issue_passwords,
        )

    def _write(self, chunk: Sequence[ImportRow]) -> tuple[RowResult, ...]:
        return self._resource.import_rows(
            self.import_id,
            self.sheet.path.name,
            chunk,
            dry_run=False,
            update_existing=self._update_existing,
            issue_passwords=self._issue_passwords,
        )

    def _judged(self) -> dict[int, RowResult]:
        known = {number: self._asked[number] for number in self._rows if number in self._asked}
        return within_rooms(self._resource.name, known, self._rooms, self._applied)

    def _open_rows(self) -> list[ImportRow]:
        return [
            self._rows[number]
            for number, result in self._checked.items()
            if result.verdict not in _NOT_APPLIED and number not in self._applied
        ]

    def _keep(self, results: Iterable[RowResult]) -> None:
        """Remember what the server wrote, and that those rows took their places."""
        for result in results:
            company = entered(result)
            if company in self._rooms and company is not None:
                room = self._rooms[company]
                self._rooms[company] = replace(room, free=max(0, room.free - 1))
            self._applied[result.row] = result


def _depends_on_others(result: RowResult) -> bool:
    return any(problem.code in _DEPENDS_ON_OTHERS for problem in result.problems)


def _chunks(rows: Sequence[ImportRow]) -> Iterable[Sequence[ImportRow]]:
    return (rows[at : at + ROWS_PER_REQUEST] for at in range(0, len(rows), ROWS_PER_REQUEST))
