"""An import whose rows may be corrected between check and apply."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from desktop_app.core.imports import ROWS_PER_REQUEST, RowResult, Verdict
from desktop_app.core.language import _
from desktop_app.core.tasks import TaskContext
from desktop_app.services.importing import ImportRun
from desktop_app.services.sheet import Sheet

T = TypeVar("T")
_NOT_APPLIED = frozenset({Verdict.INVALID, Verdict.FAILED})


class CorrectableRun(ImportRun[T]):
    """Checks corrected rows again without asking the server about the others."""

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

    def recheck(
        self, sheet: Sheet, corrected: Iterable[int], context: TaskContext
    ) -> tuple[RowResult, ...]:
        """Take ``sheet`` in place of the one before and check the ``corrected`` row numbers anew.

        The rules look at all rows, since a correction may make or mend a repetition elsewhere; the
        server is asked only about rows whose verdict may have changed. Returns the verdicts that
        were found anew. Raises the errors of the API, and ``Cancelled``.
        """
        self.sheet = sheet
        bad = self._check_rules(context)
        asked = set(corrected) | {
            number for number, result in self._checked.items() if self._may_differ(result, bad)
        }
        wanted = sorted(number for number in asked if number in self._rows)
        found = {number: bad[number] for number in wanted if number in bad}
        found |= {number: result for number, result in bad.items() if number not in found}
        sound = [self._rows[number] for number in wanted if number not in bad]
        for at in range(0, len(sound), ROWS_PER_REQUEST):
            context.report(len(found), len(found) + len(sound) - at, _("Asking the server"))
            chunk = sound[at : at + ROWS_PER_REQUEST]
            self._keep(found, self._send(chunk, context, dry_run=True))
        self._checked.update(found)
        return tuple(found[number] for number in sorted(found))

    @staticmethod
    def _may_differ(result: RowResult, bad: dict[int, RowResult]) -> bool:
        """A row that repeated another one, and does so no more."""
        repeated = any(problem.code == "duplicate_in_file" for problem in result.problems)
        return result.verdict in _NOT_APPLIED and repeated and result.row not in bad
