"""The audit trail: who did what to which document, chained by hashes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One entry: ``sequence`` counts from 1 without gaps; ``hash`` covers ``previous_hash``.

    ``operation`` is an id of ``permissions.OPERATIONS``, or ``migrations.…`` for what was done to
    the database past the API; ``changes`` maps a dotted key to ``[before, after]`` with secrets
    left out.
    """

    sequence: int
    at: datetime
    actor: str
    actor_name: str
    operation: str
    resource: str
    target_id: str | None = None
    target_name: str | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    request_id: str | None = None
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainVerdict:
    """Whether the trail is whole: ``broken_at`` is the first sequence number that does not fit."""

    entries: int
    intact: bool
    broken_at: int | None = None
