"""What a run found as rows: one for each finding, and one for each check that has none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from desktop_app.core.language import N_, _
from desktop_app.core.validation.baseline import Accepted, Standing, Weighed
from desktop_app.core.validation.findings import CheckResult, Finding
from desktop_app.core.validation.report import ValidationReport
from desktop_app.core.validation.suites import Check, Severity, Suite
from desktop_app.core.verdicts import CheckState, worst
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
    """

    id: str
    result: CheckResult
    finding: Finding
    check: Check | None
    suite: Suite | None
    weighed: Weighed

    @property
    def state(self) -> CheckState:
        """Its verdict."""
        return self.finding.state

    @property
    def severity(self) -> Severity:
        """How bad it is when it fails."""
        return self.result.severity

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

    def category(self) -> str:
        """The group that its check is in."""
        if self.suite is None:
            return self.result.category
        words = self.suite.categories.get(self.result.category)
        title = self.suite.title.text()
        return f"{title}: {words.text() if words is not None else self.result.category}"

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

    def words(self) -> str:
        """What a search looks at."""
        parts = (self.title(), self.where(), self.result.check, self.seen(), self.category())
        return "\n".join(parts).casefold()

    def order(self) -> tuple[Any, ...]:
        """What is wrong first, the worst of it first; what is known after what is not."""
        known = self.known is not None
        return (known, _STATES[self.state], _SEVERITIES[self.severity], self.title(), self.where())


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingGroup:
    """Rows under one heading."""

    heading: str
    rows: tuple[FindingRow, ...]

    def title(self) -> str:
        """The heading."""
        return f"{self.heading} ({len(self.rows):,})"

    def verdict(self) -> Chip:
        """The worst of its rows that is not known."""
        open_rows = [row for row in self.rows if row.known is None]
        return state_chip(worst([row.state for row in open_rows or self.rows]))

    def weight(self) -> Chip | None:
        """A group has none."""
        return None

    def where(self) -> str:
        """Its heading says it."""
        return ""


Item = FindingRow | FindingGroup
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
    TreeColumn(N_("Check"), lambda item: item.title()),
    TreeColumn(N_("Where"), lambda item: item.where(), width=160),
)
GROUPINGS: Mapping[str, tuple[str, Callable[[FindingRow], str]]] = {
    "none": (N_("Not grouped"), lambda _row: ""),
    "endpoint": (N_("By endpoint"), lambda row: row.where() or _(NO_SUBJECT)),
    "category": (N_("By category"), FindingRow.category),
}


def rows_of(
    report: ValidationReport, suites: Sequence[Suite], weighed: Weighed
) -> tuple[FindingRow, ...]:
    """The rows of a run, what is wrong first."""
    known = {check.id: (suite, check) for suite in suites for check in suite.checks}
    rows: list[FindingRow] = []
    seen: dict[str, int] = {}
    for result in report.results:
        suite, check = known.get(result.check, (None, None))
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
                )
            )
    return tuple(sorted(rows, key=FindingRow.order))


def grouped(rows: Iterable[FindingRow], grouping: str) -> list[Branch[Item]]:
    """The trees of these rows, in the order in which groups first occur."""
    if grouping == "none":
        return [Branch(row.id, row) for row in rows]
    heading_of = GROUPINGS[grouping][1]
    groups: dict[str, list[FindingRow]] = {}
    for row in rows:
        groups.setdefault(heading_of(row), []).append(row)
    return [
        Branch(
            f"group:{heading}",
            FindingGroup(heading=heading, rows=tuple(found)),
            tuple(Branch(row.id, row) for row in found),
        )
        for heading, found in groups.items()
    ]


def _without(result: CheckResult) -> Finding:
    """A check that found nothing to say, or was not run: why, as a finding."""
    seen = (result.reason,) if result.reason is not None else ()
    return Finding(check=result.check, state=result.state, seen=seen)
