"""The tree of suites to choose from: what each check is, does and costs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from desktop_app.core.language import N_
from desktop_app.core.validation.suites import Check, Suite, Words
from desktop_app.services.validation import words
from desktop_app.ui.tables.columns import Align, Chip
from desktop_app.ui.tables.tree_model import Branch, TreeColumn
from desktop_app.ui.validation.chips import risk_chip, severity_chip
from desktop_app.ui.validation.run_rows import category_key, suite_key

Pace = tuple[int, float]
"""Requests and seconds that a check took the last time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteRow:
    """A check, or a group of them; ``paces`` is what its checks took the last time."""

    title: Words
    checks: tuple[Check, ...]
    group: bool = False
    paces: Mapping[str, Pace]

    def severity(self) -> Chip | None:
        """How bad it is when it fails; groups have none."""
        return None if self.group else severity_chip(self.checks[0].severity)

    def does(self) -> Chip | None:
        """What it does to the target."""
        return None if self.group else risk_chip(self.checks[0].risk)

    def name(self) -> str:
        """Its title, with how many checks there are in a group."""
        title = self.title.text()
        return f"{title} ({len(self.checks):,})" if self.group else title

    def requests(self) -> str:
        """About how many requests it sends."""
        return f"{sum(self._pace(check)[0] for check in self.checks):,}"

    def seconds(self) -> str:
        """About how long it takes; a dash where that is not known."""
        known = [self.paces[check.id][1] for check in self.checks if check.id in self.paces]
        return words.duration(sum(known)) if known else "–"

    def _pace(self, check: Check) -> Pace:
        return self.paces.get(check.id, (check.costs, 0.0))


COLUMNS: tuple[TreeColumn[SuiteRow], ...] = (
    TreeColumn(N_("Check"), SuiteRow.name),
    TreeColumn(N_("Severity"), chip=SuiteRow.severity, width=96, goes=1),
    TreeColumn(N_("What it does"), chip=SuiteRow.does, width=150),
    TreeColumn(N_("Requests"), SuiteRow.requests, width=76, align=Align.END),
    TreeColumn(N_("About"), SuiteRow.seconds, width=70, align=Align.END, goes=2),
)


def branches(suites: Sequence[Suite], paces: Mapping[str, Pace]) -> Iterable[Branch[SuiteRow]]:
    """The trees of all checks of these suites."""
    for suite in suites:
        groups = []
        for category, title in suite.categories.items():
            checks = tuple(check for check in suite.checks if check.category == category)
            leaves = tuple(
                Branch(check.id, SuiteRow(title=check.title, checks=(check,), paces=paces))
                for check in checks
            )
            if leaves:
                row = SuiteRow(title=title, checks=checks, group=True, paces=paces)
                groups.append(Branch(category_key(suite.id, category), row, leaves))
        row = SuiteRow(title=suite.title, checks=suite.checks, group=True, paces=paces)
        yield Branch(suite_key(suite.id), row, tuple(groups), strong=True)


def holder(wanted: str) -> Callable[[SuiteRow | None], bool]:
    """Whether a check fits a search: by id, title, or what it refers to."""
    parts = wanted.casefold().split()

    def holds(row: SuiteRow | None) -> bool:
        if row is None or row.group:
            return False
        check = row.checks[0]
        text = "\n".join((check.id, check.title.text(), check.why.text(), check.reference))
        return all(part in text.casefold() for part in parts)

    return holds
