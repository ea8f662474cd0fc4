"""The states of checks in words, the same wherever checks are shown."""

from __future__ import annotations

from collections.abc import Mapping

from desktop_app.core.language import N_
from desktop_app.core.verdicts import CheckState

STATES: Mapping[str, str] = {
    CheckState.PASS: N_("Passed"),
    CheckState.WARN: N_("Warning"),
    CheckState.FAIL: N_("Failed"),
    CheckState.INCONCLUSIVE: N_("Inconclusive"),
    CheckState.NOT_APPLICABLE: N_("Not applicable"),
    CheckState.NOT_RUN: N_("Not run"),
}
