"""The load runs that people start with (DESIGN.md; the target is that of SYSTEM.md §4)."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_app.core.language import N_
from desktop_app.core.load.models import (
    LoadModel,
    Spacing,
    constant,
    open_model,
    ramp,
    spike,
)

TARGET_RATE = 1000.0
"""Requests per second that must be exceeded (SYSTEM.md §4)."""
TARGET_USERS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A load model with thresholds. ``label`` and ``purpose`` are message ids."""

    id: str
    label: str
    purpose: str
    model: LoadModel
    thresholds: tuple[str, ...] = ()


_SYSTEM_TARGETS = ("mean < 200 ms", "p95 < 300 ms", "max < 500 ms", "errors < 0.1 %")
_STOP = "errors < 50 % for 10 s or abort"

PRESETS: tuple[Preset, ...] = (
    Preset(
        id="smoke",
        label=N_("Smoke"),
        purpose=N_("A little of everything: does the scenario work at all?"),
        model=open_model(constant(5, 15), 5),
        thresholds=("errors <= 0 %", "dropped <= 0 %", "p95 < 300 ms"),
    ),
    Preset(
        id="target",
        label=N_("Target: 1000/s for 200 users"),
        purpose=N_("What the platform must carry: a minute at its target."),
        model=open_model(constant(1.05 * TARGET_RATE, 60), TARGET_USERS),
        thresholds=(*_SYSTEM_TARGETS, "rate > 1000/s", "dropped <= 0 %", _STOP),
    ),
    Preset(
        id="ramp",
        label=N_("Ramp"),
        purpose=N_("From nothing to twice the target in five minutes: where does it give way?"),
        model=open_model(ramp(0, 2 * TARGET_RATE, 300), 2 * TARGET_USERS),
        thresholds=("p95 < 500 ms for 10 s or abort", "errors < 1 % for 10 s or abort"),
    ),
    Preset(
        id="spike",
        label=N_("Spike"),
        purpose=N_("Five times the load for half a minute: does it recover?"),
        model=open_model(
            spike(200, TARGET_RATE, before_s=30, peak_s=30, after_s=60),
            TARGET_USERS,
            Spacing.POISSON,
        ),
        thresholds=("errors < 1 %", "dropped < 1 %", "p95 < 2 s for 30 s", _STOP),
    ),
    Preset(
        id="soak",
        label=N_("Soak"),
        purpose=N_("Half the target for an hour: does it leak, does it slow down?"),
        model=open_model(constant(TARGET_RATE / 2, 3600), TARGET_USERS // 2, Spacing.POISSON),
        thresholds=("p95 < 300 ms for 60 s", "errors < 0.1 %", "dropped < 0.1 %", _STOP),
    ),
)


def preset(preset_id: str) -> Preset:
    """The preset of that id; raises ``KeyError``."""
    for found in PRESETS:
        if found.id == preset_id:
            return found
    raise KeyError(preset_id)
