"""One exchange with the server about a sheet; each answers with what came of it, never raises
for what a network or a rule does. They block: call them from a worker.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from desktop_app.core.errors import (
    Conflict,
    ConsoleError,
    Forbidden,
    NotFound,
    ProductionLocked,
    Rejected,
    ServerFault,
    SessionExpired,
    TooManyRequests,
    Unreachable,
)
from desktop_app.core.evaluations import Draft, Sheet
from desktop_app.core.problems import Problem
from desktop_app.core.sheet_fields import named_problem

_NOT_NOW = (Unreachable, SessionExpired, TooManyRequests, ServerFault, ProductionLocked)
CLOSED, FINISHED, LATE = "project_not_active", "sheet_finished", "deadline_passed"


class SheetsApi(Protocol):
    """What is used of ``api.evaluations``."""

    def sheet(self, id: str) -> Sheet:  # noqa: A002 - what everyone calls it
        """One whole sheet."""

    def save_draft(self, id: str, draft: Draft, *, version: int) -> Sheet:  # noqa: A002
        """Keep what is entered so far."""

    def submit(
        self,
        id: str,  # noqa: A002
        draft: Draft,
        *,
        version: int,
        idempotency_key: str | None = None,
    ) -> Sheet:
        """Hand a sheet in."""


@dataclass(frozen=True, slots=True)
class Saved:
    """The server has what was sent."""

    sheet: Sheet


@dataclass(frozen=True, slots=True)
class Submitted:
    """The sheet is handed in; ``sheet.receipt`` proves it."""

    sheet: Sheet


@dataclass(frozen=True, slots=True)
class Read:
    """The server's present word: it has moved on since, or was only asked."""

    sheet: Sheet


@dataclass(frozen=True, slots=True)
class Gone:
    """The server shows the sheet no more."""


@dataclass(frozen=True, slots=True)
class Closed:
    """The project is not active."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The server refused the content; ``sheet`` is its present word where that may have changed."""

    problems: tuple[Problem, ...]
    sheet: Sheet | None = None

    @property
    def late(self) -> bool:
        """Whether the deadline has passed."""
        return any(problem.code == LATE for problem in self.problems)


@dataclass(frozen=True, slots=True)
class NotNow:
    """The server could not be asked; the same may be tried again."""

    error: ConsoleError

    @property
    def wait_s(self) -> float:
        """How long the server asks to wait, in seconds."""
        return self.error.retry_after_s if isinstance(self.error, TooManyRequests) else 0.0


Outcome = Saved | Submitted | Read | Gone | Closed | Refused | NotNow


def read(api: SheetsApi, id_: str) -> Outcome:
    """Ask for the server's present word."""
    return _answered(lambda: Read(api.sheet(id_)))


def save(api: SheetsApi, id_: str, draft: Draft, version: int) -> Outcome:
    """Send a draft that builds on ``version``."""

    def ask() -> Outcome:
        try:
            return Saved(api.save_draft(id_, draft, version=version))
        except Conflict:
            return Read(api.sheet(id_))
        except Rejected as error:
            return _refused(api, id_, error)

    return _answered(ask)


def submit(api: SheetsApi, id_: str, draft: Draft, version: int, key: str) -> Outcome:
    """Hand the sheet in; ``key`` stands for one confirmation of one content."""

    def ask() -> Outcome:
        try:
            return Submitted(api.submit(id_, draft, version=version, idempotency_key=key))
        except Conflict:
            return Read(api.sheet(id_))
        except Rejected as error:
            outcome = _refused(api, id_, error)
            if isinstance(outcome, Refused):
                # What was sent is kept as the draft, so the sheet has moved on.
                return Refused(outcome.problems, api.sheet(id_))
            return outcome

    return _answered(ask)


def _refused(api: SheetsApi, id_: str, error: Rejected) -> Outcome:
    codes = {problem.code for problem in error.problems}
    if CLOSED in codes:
        return Closed()
    if FINISHED in codes:
        return Read(api.sheet(id_))
    if not error.problems:
        return NotNow(error)
    return Refused(tuple(named_problem(problem) for problem in error.problems))


def _answered(ask: Callable[[], Outcome]) -> Outcome:
    try:
        return ask()
    except (NotFound, Forbidden):
        return Gone()
    except _NOT_NOW as error:
        return NotNow(error)
