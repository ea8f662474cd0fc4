"""What the users of a scenario do, as a tree: once at the start, then flows by their weight."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from desktop_app.core.language import N_, _
from desktop_app.core.load.scenario import Flow, Scenario, Step
from desktop_app.ui.tables.columns import Align
from desktop_app.ui.tables.tree_model import Branch, TreeColumn, TreeModel
from desktop_app.ui.tables.tree_view import CheckTree
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.theme import Theme


@dataclass(frozen=True, slots=True)
class OutlineRow:
    """A step, or a group of them; ``share`` of the rounds, 0–1."""

    name: str
    step: Step | None = None
    share: float | None = None
    setup: bool = False

    def title(self) -> str:
        """What it is called."""
        return _("Once for each user") if self.setup else self.name

    def request(self) -> str:
        """Method and path."""
        return f"{self.step.method} {self.step.path}" if self.step is not None else ""

    def expected(self) -> str:
        """What its answer must be like."""
        return expected_text(self.step) if self.step is not None else ""

    def often(self) -> str:
        """How often, of all rounds."""
        return f"{self.share * 100:.0f} %" if self.share is not None else ""


def expected_text(step: Step) -> str:
    """What an answer must be like, in short."""
    expect = step.expect
    parts = [", ".join(map(str, expect.status)) or "< 400"]
    parts += expect.keys
    parts += [f"{place} = {json.dumps(v, ensure_ascii=False)}" for place, v in expect.json.items()]
    parts += [f"→ {name}" for name in step.save]
    return " · ".join(parts)


COLUMNS: tuple[TreeColumn[OutlineRow], ...] = (
    TreeColumn(N_("Scenario step"), OutlineRow.title, width=170),
    TreeColumn(N_("Request"), OutlineRow.request),
    TreeColumn(N_("Expects"), OutlineRow.expected, width=150, goes=1),
    TreeColumn(N_("Share"), OutlineRow.often, width=56, align=Align.END),
)


def branches(scenario: Scenario) -> Iterable[Branch[OutlineRow]]:
    """The tree of a scenario."""
    if scenario.setup:
        row = OutlineRow("setup", setup=True)
        yield Branch("setup", row, tuple(_leaves("setup", scenario.setup)), strong=True)
    total = sum(flow.weight for flow in scenario.flows) or 1.0
    for place, flow in enumerate(scenario.flows):
        yield _flow(place, flow, flow.weight / total)


def _flow(place: int, flow: Flow, share: float) -> Branch[OutlineRow]:
    key = f"flow:{place}"
    row = OutlineRow(flow.name, share=share)
    return Branch(key, row, tuple(_leaves(key, flow.steps)), strong=True)


def _leaves(key: str, steps: Iterable[Step]) -> Iterable[Branch[OutlineRow]]:
    for place, step in enumerate(steps):
        yield Branch(f"{key}/{place}", OutlineRow(step.name, step=step))


class ScenarioOutline(CheckTree):
    """A tree to be read; ``show_scenario`` fills it."""

    def __init__(self, theme: Theme) -> None:
        self.rows: TreeModel[OutlineRow] = TreeModel(COLUMNS, theme)
        super().__init__(self.rows)
        self.rows.setParent(self)
        follow_language(self, self._word)

    def show_scenario(self, scenario: Scenario | None) -> None:
        """Show what is done; None for nothing."""
        self.rows.show(branches(scenario) if scenario is not None else ())
        self.open_groups()

    def _word(self) -> None:
        self.setAccessibleName(_("Steps of the scenario"))
        self.rows.redraw()
