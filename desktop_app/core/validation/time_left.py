"""How long a run still takes: by what its checks took the last time, or by how fast it goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from desktop_app.core.validation.suites import Check

_BULK = 0.75
"""A check of many requests sends them fast, or several at once: by this power of their number the
time left of whole runs is told best (error 13 % of the whole; by the number itself 26 %)."""
_BASE = 0.15
"""Without an earlier run nothing is told before this part of the whole is done …"""
_BASE_S = 2.0
"""… and before so many seconds: what goes first is no measure of the rest."""
_TRUST = 0.2
"""How much of a run has to be done for its own pace to weigh as much as the earlier one's."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What checks are taken to need, in the order in which they run.

    ``needs`` are seconds where ``based`` (an earlier run says so), else only in proportion.
    """

    needs: tuple[float, ...]
    based: bool = False

    def left_s(self, done: int, spent_s: float, running_s: float = 0.0) -> float | None:
        """Seconds still needed, once there is something to tell it by; None before.

        ``done`` checks took ``spent_s`` seconds together, waiting for a limit not counted; the
        next one has been running for ``running_s``.
        """
        whole, before = sum(self.needs), sum(self.needs[:done])
        if not whole or (not self.based and (before < _BASE * whole or spent_s < _BASE_S)):
            return None
        if self.based:
            prior = _TRUST * whole
            pace = (spent_s + prior) / (before + prior)
        else:
            pace = spent_s / before
        now = self.needs[done] if done < len(self.needs) else 0.0
        rest = sum(self.needs[done + 1 :])
        return pace * rest + max(0.0, pace * now - running_s)


def forecast(checks: Sequence[Check], paces: Mapping[str, float]) -> Forecast:
    """What these checks are taken to need; ``paces`` are the seconds that some took before.

    The others take as long for what they cost as those did.
    """
    costs = {check.id: max(1, check.costs) ** _BULK for check in checks}
    known = {check.id: paces[check.id] for check in checks if check.id in paces}
    asked = sum(costs[one] for one in known)
    if not asked or asked < sum(costs.values()) / 2:
        return Forecast(tuple(costs[check.id] for check in checks))
    each = sum(known.values()) / asked
    return Forecast(
        tuple(known.get(check.id, costs[check.id] * each) for check in checks), based=True
    )
