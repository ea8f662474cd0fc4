"""Bulk imports: rows, the verdict on each, and the batch that can be undone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from desktop_app.core.problems import Problem, Scalar

ROWS_PER_REQUEST = 500
"""The server takes at most this many rows in one request."""


class Verdict(StrEnum):
    """What becomes of a row."""

    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    INVALID = "invalid"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRow:
    """One row to import: its number in the file and its flat values by field key."""

    row: int
    values: dict[str, Scalar]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowResult:
    """The server's (or, before it, the rules') verdict on one row.

    ``before`` and ``after`` hold only the fields that differ. ``initial_password`` is given once,
    only where the batch asked for passwords and the row created a user.
    """

    row: int
    verdict: Verdict
    problems: tuple[Problem, ...] = ()
    id: str | None = None
    before: dict[str, Scalar] = field(default_factory=dict)
    after: dict[str, Scalar] = field(default_factory=dict)
    initial_password: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How many users a company may hold, and how many more it can take now (0 or more)."""

    maximum: int
    free: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The answer to a dry run: the verdict on each row sent, as if no other row were imported.

    ``rooms`` tells, by company id, the room in the companies that the rows refer to: rows sent in
    several requests fit only as long as they fit together.
    """

    results: tuple[RowResult, ...]
    rooms: dict[str, Room] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportBatch:
    """An applied import. ``counts`` maps a ``Verdict`` to how many rows had it."""

    id: str
    resource: str
    file_name: str
    created_by: str
    created_at: datetime
    counts: dict[str, int]
    undone_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoResult:
    """What undoing a batch did: ``kept`` names the rows left as they are, and why (a code)."""

    deleted: int
    restored: int
    kept: tuple[Problem, ...] = ()
