"""Verdicts, endings, thresholds and differences of load runs as icon, word and colour."""

from __future__ import annotations

from collections.abc import Mapping

from desktop_app.core.language import _
from desktop_app.core.load.result import StopReason, Verdict
from desktop_app.core.load.thresholds import GateState
from desktop_app.services.loadtest import words
from desktop_app.services.loadtest.comparison import Change
from desktop_app.ui.tables.columns import Chip

Look = tuple[str, str]
"""An icon and a colour token."""

VERDICT_LOOKS: Mapping[Verdict, Look] = {
    Verdict.PASSED: ("ok", "ok"),
    Verdict.FAILED: ("error", "danger"),
    Verdict.INCONCLUSIVE: ("help", "warning"),
    Verdict.INVALID: ("ban", "warning"),
    Verdict.NOT_MEASURED: ("help", "warning"),
}
STOP_LOOKS: Mapping[StopReason, Look] = {
    StopReason.DONE: ("ok", "ok"),
    StopReason.STOPPED: ("stop", "warning"),
    StopReason.STOPPED_AT_ONCE: ("stop", "warning"),
    StopReason.ABORTED: ("error", "danger"),
    StopReason.GENERATOR_LOST: ("unlink", "danger"),
    StopReason.NOT_PREPARED: ("key", "danger"),
    StopReason.UNREACHABLE: ("unlink", "danger"),
    StopReason.REFUSED: ("ban", "danger"),
}
GATE_LOOKS: Mapping[GateState, Look] = {
    GateState.HOLDS: ("ok", "ok"),
    GateState.PENDING: ("clock", "warning"),
    GateState.BROKEN: ("error", "danger"),
    GateState.NO_DATA: ("circle", "muted"),
}
_NO_MATTER: Look = ("circle", "muted")
CHANGE_LOOKS: Mapping[Change, Look] = {
    Change.WORSE: ("arrow-down", "danger"),
    Change.BETTER: ("arrow-up", "ok"),
    Change.SAME: ("minus", "muted"),
    Change.UNSURE: ("help", "warning"),
}


def verdict_chip(verdict: Verdict) -> Chip:
    """What a run says."""
    return Chip(_(words.VERDICTS[verdict]), *VERDICT_LOOKS[verdict])


def stop_chip(stop: StopReason) -> Chip:
    """How a run ended."""
    return Chip(_(words.STOPS[stop]), *STOP_LOOKS[stop])


def gate_chip(state: GateState, *, counts: bool = True) -> Chip:
    """How a threshold stands; without colour where it does not count: the run is invalid."""
    return Chip(_(words.GATE_STATES[state]), *(GATE_LOOKS[state] if counts else _NO_MATTER))


def change_chip(change: Change) -> Chip:
    """What became of a figure."""
    return Chip(_(words.CHANGES[change]), *CHANGE_LOOKS[change])
