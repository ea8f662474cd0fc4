"""A dry run: one round of every flow by one user, with everything that was sent and came back."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_app.core.load.counts import Failure
from desktop_app.core.load.obstacles import Obstacle
from desktop_app.core.validation.findings import Exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """One step tried. ``flow`` "": setup. ``failure`` None: in order; else ``obstacle`` says what
    was wrong. Where the connection broke, or there was none, ``exchange`` holds what was sent, or
    was to be.

    ``saved`` are the names that the answer gave values for, secrets as ``***``.
    """

    flow: str
    step: str
    exchange: Exchange
    failure: Failure | None = None
    obstacle: Obstacle | None = None
    saved: tuple[tuple[str, str], ...] = ()
