"""States as icon, word and colour."""

from __future__ import annotations

from collections.abc import Mapping

from desktop_app.core.language import _
from desktop_app.core.verdicts import CheckState
from desktop_app.db.migrations.events import Outcome, Stop
from desktop_app.db.migrations.journal import INTERRUPTED, RUNNING
from desktop_app.db.migrations.steps import Standing
from desktop_app.services.migrations import words
from desktop_app.services.migrations.plan_tree import BLOCKED, NOTE, VIOLATES
from desktop_app.services.migrations.standing import Situation
from desktop_app.services.verdict_words import STATES
from desktop_app.ui.tables.columns import Chip

Look = tuple[str, str]
"""An icon and a colour token."""

SITUATION_LOOKS: Mapping[str, Look] = {
    Situation.BUSY: ("activity", "info"),
    Situation.BLOCKED: ("ban", "danger"),
    Situation.INTERRUPTED: ("warning", "warning"),
    Situation.DRIFTED: ("warning", "warning"),
    Situation.PENDING: ("clock", "info"),
    Situation.UP_TO_DATE: ("ok", "ok"),
}
TONE_LOOKS: Mapping[str, Look] = {
    Standing.IN_PLACE: ("check", "muted"),
    Standing.PENDING: ("clock", "info"),
    Standing.DRIFTED: ("warning", "warning"),
    BLOCKED: ("ban", "danger"),
    VIOLATES: ("warning", "warning"),
    NOTE: ("info", "muted"),
}
_OUTCOMES: Mapping[str, Look] = {
    Outcome.APPLIED: ("ok", "ok"),
    Outcome.IN_PLACE: ("check", "muted"),
    Outcome.ROLLED_BACK: ("undo", "ok"),
    Outcome.FAILED: ("error", "danger"),
    Outcome.NOT_RUN: ("minus", "muted"),
}
_STATES: Mapping[str, Look] = {
    CheckState.PASS: ("ok", "ok"),
    CheckState.WARN: ("warning", "warning"),
    CheckState.FAIL: ("error", "danger"),
    CheckState.INCONCLUSIVE: ("help", "warning"),
    CheckState.NOT_APPLICABLE: ("minus", "muted"),
    CheckState.NOT_RUN: ("circle", "muted"),
}
_STOPS: Mapping[str, Look] = {
    Stop.DONE: ("ok", "ok"),
    Stop.FAILED: ("error", "danger"),
    Stop.BLOCKED: ("ban", "danger"),
    Stop.REFUSED: ("ban", "danger"),
    Stop.CANCELLED: ("stop", "warning"),
    Stop.LEASE_HELD: ("lock", "warning"),
    Stop.LEASE_LOST: ("unlink", "danger"),
    Stop.UNREACHABLE: ("unlink", "danger"),
    RUNNING: ("activity", "info"),
    INTERRUPTED: ("warning", "warning"),
}


def outcome_chip(outcome: str) -> Chip:
    """What became of a step."""
    return Chip(_(words.OUTCOMES[outcome]), *_OUTCOMES[outcome])


def state_chip(state: str) -> Chip:
    """The verdict of a check."""
    return Chip(_(STATES[state]), *_STATES[state])


def stop_chip(stop: str) -> Chip:
    """How a run ended."""
    return Chip(_(words.STOPS[stop]), *_STOPS[stop])


def tone_of(stop: str) -> str:
    """The colour token of an end."""
    return _STOPS[stop][1]
