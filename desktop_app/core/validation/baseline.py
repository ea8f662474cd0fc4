"""Known findings: accepted for a while, with a reason and an owner. They never become passes.

What could not be measured can be accepted too: a check that needs a key which nobody gives, say.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from desktop_app.core.problems import Problem
from desktop_app.core.validation.findings import Finding
from desktop_app.core.validation.report import ValidationReport
from desktop_app.core.verdicts import WORST_FIRST, CheckState

LONGEST_DAYS = 366
"""For how long a finding may be accepted: then somebody looks again."""

_ACCEPTABLE = frozenset(
    {CheckState.FAIL, CheckState.WARN, CheckState.INCONCLUSIVE, CheckState.NOT_RUN}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """One known finding, by ``Finding.key``. It holds up to and on the day ``expires``.

    ``state`` is the worst that was accepted: a finding that got worse counts again. So does one
    that says something else than ``said``, the message ids of what was seen (any, if empty).
    """

    key: str
    reason: str
    owner: str
    expires: date
    accepted: date | None = None
    state: CheckState = CheckState.FAIL
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What is accepted, by key."""

    accepted: tuple[Accepted, ...] = ()

    def get(self, key: str) -> Accepted | None:
        """What was accepted of a finding."""
        return next((one for one in self.accepted if one.key == key), None)

    def with_accepted(self, one: Accepted) -> Baseline:
        """The same and this one, in the place of an older one with its key."""
        kept = [other for other in self.accepted if other.key != one.key]
        return replace(self, accepted=tuple(sorted([*kept, one], key=lambda each: each.key)))

    def stamp(self, today: date) -> str:
        """A short word for what holds on a day: runs judged under the same one stay so judged."""
        holding = [one for one in self.accepted if one.expires >= today]
        return hashlib.sha256(repr(holding).encode()).hexdigest()[:16]

    def without(self, key: str) -> Baseline:
        """The same without that key."""
        return replace(self, accepted=tuple(one for one in self.accepted if one.key != key))


class Standing(StrEnum):
    """What the baseline says of a finding that is there."""

    ACCEPTED = "accepted"
    EXPIRED = "expired"
    WORSE = "worse"
    """It was accepted as a warning, and fails now."""
    OTHER = "other"
    """Something else was accepted: the same check finds another thing wrong at the same place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A report against a baseline on one day; ``standings`` by the findings' keys.

    ``unneeded`` are entries whose check was measured without that finding: they can go.
    ``unknown`` name no check of any suite: a slip of the pen, or a check that is gone.
    """

    standings: Mapping[str, tuple[Standing, Accepted]]
    unneeded: tuple[Accepted, ...] = ()
    unknown: tuple[Accepted, ...] = ()

    def accepted(self, key: str) -> Accepted | None:
        """The entry that keeps a finding from counting."""
        known = self.standings.get(key)
        return known[1] if known is not None and known[0] is Standing.ACCEPTED else None

    def counts(self, finding: Finding) -> bool:
        """Whether it counts: it is not accepted, or not any more."""
        return self.accepted(finding.key) is None


NOTHING_ACCEPTED = Weighed(standings={})


def weigh(
    report: ValidationReport, baseline: Baseline, today: date, checks: Collection[str] = ()
) -> Weighed:
    """Hold a report against a baseline. ``checks`` are all known ids, besides the report's own.

    A check that came to no finding at all is known by its id.
    """
    results = {result.check: result for result in report.results}
    states = {result.check: result.state for result in report.results if not result.findings}
    states |= {key: finding.state for key, finding in report.by_key().items()}
    standings: dict[str, tuple[Standing, Accepted]] = {}
    unneeded, unknown = [], []
    for one in baseline.accepted:
        check = one.key.partition("[")[0]
        state = states.get(one.key)
        if state in _ACCEPTABLE:
            standings[one.key] = (_standing(one, state, _said(report, one.key), today), one)
        elif check not in results and check not in checks:
            unknown.append(one)
        elif (
            check in results
            and not report.subjects
            and (state or results[check].state) is CheckState.PASS
        ):
            unneeded.append(one)
    return Weighed(standings=standings, unneeded=tuple(unneeded), unknown=tuple(unknown))


def check_accepted(one: Accepted, today: date) -> tuple[Problem, ...]:
    """What is wrong with an entry that a person wrote, by field."""
    problems = [
        Problem(field=name, code="required")
        for name in ("key", "reason", "owner")
        if not str(getattr(one, name)).strip()
    ]
    days = (one.expires - today).days
    if days < 0:
        problems.append(Problem(field="expires", code="day_passed"))
    elif days > LONGEST_DAYS:
        problems.append(Problem(field="expires", code="too_far", params={"maximum": LONGEST_DAYS}))
    return tuple(problems)


def said_of(finding: Finding) -> tuple[str, ...]:
    """What a finding that something is wrong says, without the figures in it."""
    wrong = finding.state in (CheckState.FAIL, CheckState.WARN)
    return tuple(sorted({said.message for said in finding.seen})) if wrong else ()


def _said(report: ValidationReport, key: str) -> set[str]:
    return {text for one in report.findings() if one.key == key for text in said_of(one)}


def _standing(one: Accepted, state: CheckState, said: Set[str], today: date) -> Standing:
    if today > one.expires:
        return Standing.EXPIRED
    if WORST_FIRST.index(state) < WORST_FIRST.index(one.state):
        return Standing.WORSE
    if one.said and not said <= set(one.said):
        return Standing.OTHER
    return Standing.ACCEPTED
