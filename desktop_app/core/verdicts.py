"""The states of a check (SYSTEM.md §4), the same for migrations, validation and readiness."""

from __future__ import annotations

from enum import StrEnum


class CheckState(StrEnum):
    """The state of a check. Only ``PASS`` is a measured pass."""

    PASS = "pass"  # noqa: S105
    WARN = "warn"
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    """It was tried and could not reach what it tests, or saw too little to say."""
    NOT_APPLICABLE = "not_applicable"
    """What it tests does not exist at this target: the evidence says why."""
    NOT_RUN = "not_run"


WORST_FIRST = (
    CheckState.FAIL,
    CheckState.WARN,
    CheckState.INCONCLUSIVE,
    CheckState.NOT_RUN,
    CheckState.PASS,
    CheckState.NOT_APPLICABLE,
)
"""What a group of checks is called by: a pass beside something not applicable is a pass."""


def worst(states: list[CheckState]) -> CheckState:
    """What a group with these states is; not run when it is empty."""
    return min(states, key=WORST_FIRST.index, default=CheckState.NOT_RUN)
