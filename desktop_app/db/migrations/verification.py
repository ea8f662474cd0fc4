"""What verifying finds: one result per check, with its evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from desktop_app.core.verdicts import CheckState
from desktop_app.db.migrations.events import Event, Offender, Stop


class Group(StrEnum):
    """What a check is about."""

    SCHEMA = "schema"
    INTEGRITY = "integrity"
    QUERY = "query"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryPlan:
    """How the server answered: the stages of its winning plan, outermost first, and its indexes.

    ``examined`` documents and ``keys`` were looked at for ``returned`` results in ``ms``, as the
    server measured; None where the plan was asked for without running it.
    """

    stages: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()
    examined: int | None = None
    keys: int | None = None
    returned: int | None = None
    ms: float | None = None

    @property
    def uses_index(self) -> bool:
        """Whether it was answered by an index, without going through the collection."""
        return bool(self.indexes or "IDHACK" in self.stages) and "COLLSCAN" not in self.stages


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """What one check saw. ``count`` documents (or indexes) offend, up to 100 are listed.

    ``exact`` is false where there are at least so many. ``detail`` names what is not a document:
    an index and its difference, the value that a query looked for. ``proof`` says how it is known
    when nothing had to be counted: "unique_index".
    """

    check: str
    group: Group
    collection: str
    state: CheckState
    count: int = 0
    exact: bool = True
    offenders: tuple[Offender, ...] = ()
    seconds: float = 0.0
    plan: QueryPlan | None = None
    detail: dict[str, Any] = field(default_factory=dict)
    proof: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckStarted(Event):
    """A check begins: number ``place`` (from 1) of ``total``."""

    check: str
    place: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckDone(Event):
    """A check is done."""

    result: CheckResult


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyEnded(Event):
    """The last event of verifying. Checks that were not reached are there as not run."""

    reason: Stop
    results: tuple[CheckResult, ...]
    seconds: float
    error: str = ""

    def count(self, state: CheckState) -> int:
        """How many checks have that state."""
        return sum(result.state is state for result in self.results)

    @property
    def passed(self) -> bool:
        """Whether every check was measured and none failed; warnings do not count."""
        bad = (CheckState.FAIL, CheckState.INCONCLUSIVE, CheckState.NOT_RUN)
        return self.reason is Stop.DONE and not any(r.state in bad for r in self.results)
