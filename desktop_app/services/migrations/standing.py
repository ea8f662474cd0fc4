"""How a database stands, in one word: what operations want to know first."""

from __future__ import annotations

from enum import StrEnum

from desktop_app.core.language import N_
from desktop_app.db.migrations.events import Stop
from desktop_app.db.migrations.journal import INTERRUPTED
from desktop_app.services.migrations.reports import Status

_CUT_SHORT = (INTERRUPTED, Stop.CANCELLED, Stop.UNREACHABLE, Stop.LEASE_LOST)
"""Outcomes of runs that another run goes on from."""


class Situation(StrEnum):
    """One word for the whole."""

    BUSY = "busy"
    """Somebody migrates it now."""
    BLOCKED = "blocked"
    INTERRUPTED = "interrupted"
    DRIFTED = "drifted"
    PENDING = "pending"
    UP_TO_DATE = "up_to_date"


SITUATIONS = {
    Situation.BUSY: N_("Being migrated"),
    Situation.BLOCKED: N_("Blocked"),
    Situation.INTERRUPTED: N_("Interrupted"),
    Situation.DRIFTED: N_("Altered by hand"),
    Situation.PENDING: N_("Pending"),
    Situation.UP_TO_DATE: N_("Up to date"),
}


def situation_of(status: Status) -> Situation:
    """The situation; the first that applies of those above, in their order."""
    plan = status.plan
    if status.holder is not None:
        return Situation.BUSY
    if plan.blockers:
        return Situation.BLOCKED
    if interrupted_command(status):
        return Situation.INTERRUPTED
    if plan.drifted:
        return Situation.DRIFTED
    return Situation.PENDING if plan.pending else Situation.UP_TO_DATE


def interrupted_command(status: Status) -> str:
    """What was cut short and can be gone on with: "apply", "rollback"; "" for nothing."""
    if not status.plan.pending:
        return ""
    if status.runs and status.runs[0].outcome in _CUT_SHORT:
        return status.runs[0].command
    return "apply" if any(step.action == "finish" for step in status.plan.pending) else ""
