"""The tree of a run while it runs: suite, category, check, each with what came of it so far."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from desktop_app.core.language import N_, _
from desktop_app.core.validation.findings import CheckResult
from desktop_app.core.validation.suites import Suite, Words
from desktop_app.core.verdicts import CheckState, worst
from desktop_app.services.validation import words
from desktop_app.ui.tables.columns import Align, Chip
from desktop_app.ui.tables.tree_model import Branch, TreeColumn, TreeModel
from desktop_app.ui.validation.chips import state_chip


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """A check or a group of ``total`` checks; ``results`` are those done, newest last."""

    title: Words
    total: int = 1
    running: bool = False
    results: tuple[CheckResult, ...] = ()

    @property
    def done(self) -> bool:
        """Whether everything under it is done."""
        return len(self.results) >= self.total

    def state(self) -> Chip:
        """Waiting, running, how far, or the verdict."""
        if self.running:
            return Chip(_("Running"), "activity", "info")
        if not self.results:
            return Chip(_("Waiting"), "circle", "muted")
        chip = state_chip(worst([result.state for result in self.results]))
        if self.done:
            return chip
        return replace(chip, text=f"{len(self.results):,} / {self.total:,}")

    def problems(self) -> str:
        """How many findings say that something is wrong."""
        bad = (CheckState.FAIL, CheckState.WARN)
        count = sum(one.state in bad for result in self.results for one in result.findings)
        return f"{count:,}" if count else ""

    def requests(self) -> str:
        """How many requests it took."""
        count = sum(result.requests for result in self.results)
        return f"{count:,}" if self.results else ""

    def seconds(self) -> str:
        """How long it took."""
        return words.duration(sum(r.seconds for r in self.results)) if self.results else ""


COLUMNS: tuple[TreeColumn[RunRow], ...] = (
    TreeColumn(N_("Check"), lambda row: row.title.text()),
    TreeColumn(N_("Verdict"), chip=RunRow.state, width=140),
    TreeColumn(N_("Problems"), RunRow.problems, width=80, align=Align.END),
    TreeColumn(N_("Requests"), RunRow.requests, width=80, align=Align.END, goes=2),
    TreeColumn(N_("Time"), RunRow.seconds, width=70, align=Align.END),
)


def branches(suites: Sequence[Suite], checks: Collection[str]) -> Iterable[Branch[RunRow]]:
    """The trees of the checks with these ids."""
    for suite in suites:
        groups = []
        for category, title in suite.categories.items():
            leaves = tuple(
                Branch(check.id, RunRow(title=check.title))
                for check in suite.checks
                if check.category == category and check.id in checks
            )
            if leaves:
                row = RunRow(title=title, total=len(leaves))
                groups.append(Branch(category_key(suite.id, category), row, leaves))
        if groups:
            total = sum(len(group.children) for group in groups)
            row = RunRow(title=suite.title, total=total)
            yield Branch(suite_key(suite.id), row, tuple(groups), strong=True)


def suite_key(suite: str) -> str:
    """A suite's key in a tree."""
    return f"suite:{suite}"


def category_key(suite: str, category: str) -> str:
    """A category's key in a tree."""
    return f"category:{suite}/{category}"


def start(model: TreeModel[RunRow], check: str) -> None:
    """A check runs now."""
    row = model.item(check)
    if row is not None:
        model.replace(check, replace(row, running=True))


def finish(model: TreeModel[RunRow], result: CheckResult) -> None:
    """A check is done; its groups count it."""
    row = model.item(result.check)
    if row is not None:
        model.replace(result.check, replace(row, running=False, results=(result,)))
    for key in (category_key(result.suite, result.category), suite_key(result.suite)):
        group = model.item(key)
        if group is not None:
            others = tuple(one for one in group.results if one.check != result.check)
            model.replace(key, replace(group, results=(*others, result)))
