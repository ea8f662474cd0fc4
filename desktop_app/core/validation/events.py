"""What a validation run tells while it goes: typed, frozen, the last one with the whole report."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_app.core.validation.findings import CheckResult
from desktop_app.core.validation.report import SignInProven, ValidationReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Anything that a run tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted(Event):
    """The target answers; these checks are going to run (ids, in order)."""

    run_id: str
    checks: tuple[str, ...]
    sign_ins: tuple[SignInProven, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckStarted(Event):
    """A check begins: number ``place`` (from 1) of ``total``."""

    check: str
    place: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse(Event):
    """How it goes, a few times a second: requests so far, lately per second, seconds left.

    ``left_s`` is None as long as nothing can be told of it. ``waiting_s``: nothing is sent, as the
    target limits sign-ins, for so many seconds more.
    """

    requests: int
    per_second: float
    elapsed_s: float
    left_s: float | None
    waiting_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckDone(Event):
    """A check is done."""

    result: CheckResult


@dataclass(frozen=True, slots=True, kw_only=True)
class CleaningUp(Event):
    """The run removes its test data: ``left`` documents to go."""

    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnded(Event):
    """The last event."""

    report: ValidationReport
