"""What a run found as rows: one for each finding, and one for each check that has none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from desktop_app.core.language import N_, _
from desktop_app.core.validation.baseline import Accepted, Standing, Weighed
from desktop_app.core.validation.findings import CheckResult, Finding
from desktop_app.core.validation.report import ValidationReport
from desktop_app.core.validation.suites import Check, Severity, Suite
from desktop_app.core.verdicts import CheckState, worst
from desktop_app.services.validation import words
from desktop_app.ui.tables.columns import Chip
from desktop_app.ui.tables.tree_model import Branch, TreeColumn
from desktop_app.ui.validation.chips import (
    SEVERITY_LOOKS,
    STATE_LOOKS,
    severity_chip,
    state_chip,
)

_STATES = {state: place for place, state in enumerate(STATE_LOOKS)}
_SEVERITIES = {severity: place for place, severity in enumerate(SEVERITY_LOOKS)}
NO_SUBJECT = N_("The whole target")


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """One finding of a check. ``check`` is None where no suite has it any more.

    ``weighed`` is what the baseline says of its run; ``id`` is unique among the rows of a run.
    ``state``, ``severity``, ``group`` (the group that its check is in) and ``text`` (what a search
    looks at) are asked of ten thousand rows at a time, and made with them.
    """

    id: str
    result: CheckResult
    finding: Finding
    check: Check | None
    suite: Suite | None
    weighed: Weighed
    state: CheckState
    severity: Severity
    group: str
    text: str

    @property
    def known(self) -> Accepted | None:
        """The entry of the baseline that keeps it from counting."""
        return self.weighed.accepted(self.finding.key)

    @property
    def standing(self) -> Standing | None:
        """What the baseline says of it; None where it says nothing."""
        found = self.weighed.standings.get(self.finding.key)
        return found[0] if found is not None else None

    def title(self) -> str:
        """What was tried."""
        return self.check.title.text() if self.check is not None else self.result.check

    def where(self) -> str:
        """What it is about."""
        return self.finding.subject

    def seen(self) -> str:
        """What was observed."""
        return " ".join(said.text() for said in self.finding.seen)

    def verdict(self) -> Chip:
        """Its verdict, and whether that is known."""
        chip = state_chip(self.state)
        if self.known is None:
            return chip
        return Chip(_("{verdict} (known)").format(verdict=chip.text), chip.icon, "muted")

    def weight(self) -> Chip | None:
        """How bad it is."""
        return severity_chip(self.severity)

    def order(self) -> tuple[Any, ...]:
        """What is wrong first, the worst of it first; what is known after what is not."""
        known = self.known is not None
        return (known, _STATES[self.state], _SEVERITIES[self.severity], self.title(), self.where())


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingGroup:
    """``count`` rows under one heading; ``state`` is the worst of them that is not known."""

    heading: str
    count: int
    state: CheckState

    def title(self) -> str:
        """The heading."""
        return f"{self.heading} ({self.count:,})"

    def verdict(self) -> Chip:
        """Its state."""
        return state_chip(self.state)

    def weight(self) -> Chip | None:
        """A group has none."""
        return None

    def where(self) -> str:
        """Its heading says it."""
        return ""


Item = FindingRow | FindingGroup


def _text(item: Item) -> str:
    """What it is sorted by: its title comes first in it."""
    return item.text if isinstance(item, FindingRow) else item.heading


COLUMNS: tuple[TreeColumn[Item], ...] = (
    TreeColumn(
        N_("Verdict"),
        chip=lambda item: item.verdict(),
        value=lambda item: _STATES[item.state] if isinstance(item, FindingRow) else 0,
        width=146,
    ),
    TreeColumn(
        N_("Severity"),
        chip=lambda item: item.weight(),
        value=lambda item: _SEVERITIES[item.severity] if isinstance(item, FindingRow) else 0,
        width=96,
        goes=1,
    ),
    TreeColumn(N_("Check"), lambda item: item.title(), value=_text),
    TreeColumn(N_("Where"), lambda item: item.where(), value=lambda item: item.where(), width=160),
)
GROUPINGS: Mapping[str, tuple[str, Callable[[FindingRow], str]]] = {
    "none": (N_("Not grouped"), lambda _row: ""),
    "endpoint": (N_("By endpoint"), lambda row: row.where() or _(NO_SUBJECT)),
    "category": (N_("By category"), lambda row: row.group),
}


def rows_of(
    report: ValidationReport, suites: Sequence[Suite], weighed: Weighed
) -> tuple[FindingRow, ...]:
    """The rows of a run in the language in use, what is wrong first; takes long where they are
    many: call it from a worker.
    """
    known = {check.id: (suite, check) for suite in suites for check in suite.checks}
    rows: list[FindingRow] = []
    seen: dict[str, int] = {}
    for result in report.results:
        suite, check = known.get(result.check, (None, None))
        group = _group(result, suite)
        about = "\n".join((check.title.text() if check else "", result.check, group)).casefold()
        for finding in result.findings or (_without(result),):
            again = seen[finding.key] = seen.get(finding.key, 0) + 1
            rows.append(
                FindingRow(
                    id=finding.key if again == 1 else f"{finding.key}#{again}",
                    result=result,
                    finding=finding,
                    check=check,
                    suite=suite,
                    weighed=weighed,
                    state=finding.state,
                    severity=result.severity,
                    group=group,
                    text=f"{about}\n{words.seen_of(finding).casefold()}",
                )
            )
    return tuple(sorted(rows, key=FindingRow.order))


def grouped(
    rows: Iterable[FindingRow], grouping: str, shown: Collection[str]
) -> list[Branch[Item]]:
    """The trees of these rows, in the order in which groups first occur.

    Only those with an id in ``shown`` are in them; a group counts all of its rows.
    """
    if grouping == "none":
        return [Branch(row.id, row) for row in rows if row.id in shown]
    heading_of = GROUPINGS[grouping][1]
    groups: dict[str, list[FindingRow]] = {}
    for row in rows:
        groups.setdefault(heading_of(row), []).append(row)
    trees: list[Branch[Item]] = []
    for heading, found in groups.items():
        branches: tuple[Branch[Item], ...] = tuple(
            Branch(row.id, row) for row in found if row.id in shown
        )
        if branches:
            trees.append(Branch(f"group:{heading}", _group_of(heading, found), branches))
    return trees


def _group_of(heading: str, rows: list[FindingRow]) -> FindingGroup:
    states = {row.state for row in rows if not row.weighed.standings or row.known is None}
    state = worst(list(states or {row.state for row in rows}))
    return FindingGroup(heading=heading, count=len(rows), state=state)


def _group(result: CheckResult, suite: Suite | None) -> str:
    """What the group that a check is in is called."""
    if suite is None:
        return result.category
    title = suite.categories.get(result.category)
    return f"{suite.title.text()}: {title.text() if title is not None else result.category}"


def _without(result: CheckResult) -> Finding:
    """A check that found nothing to say, or was not run: why, as a finding."""
    seen = (result.reason,) if result.reason is not None else ()
    return Finding(check=result.check, state=result.state, seen=seen)
