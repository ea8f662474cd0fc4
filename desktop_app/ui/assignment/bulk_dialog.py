"""Assigning many at once: how many each, what would be assigned, and then doing it once."""

from __future__ import annotations

import secrets
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QRadioButton, QWidget

from desktop_app.api.projects import Projects
from desktop_app.core.assignment import Plan, plan_matrix
from desktop_app.core.errors import ConsoleError, Rejected
from desktop_app.core.evaluations import MOST_AT_ONCE, Evaluation, Matrix
from desktop_app.core.fields import Field, Kind
from desktop_app.core.language import N_, _, ngettext
from desktop_app.core.projects import Project
from desktop_app.core.tasks import TaskContext
from desktop_app.ui.assignment.bulk_words import (
    assign_words,
    balance_words,
    outcome_words,
    refusal,
    shortfall_words,
)
from desktop_app.ui.assignment.grid import Grid
from desktop_app.ui.changes import Change
from desktop_app.ui.dialogs.confirm import listing
from desktop_app.ui.dialogs.frame import DialogFrame
from desktop_app.ui.dialogs.lock_notice import LockNotice
from desktop_app.ui.forms.form import Form
from desktop_app.ui.messages import Level
from desktop_app.ui.tab import TabTools
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.latest import Latest
from desktop_app.ui.widgets.plain_text import plain_label
from desktop_app.ui.widgets.search_field import DEBOUNCE_MS

SEEDS = 1_000_000
_TOLD = 5

FIELDS = (
    Field(
        key="per_company",
        kind=Kind.INTEGER,
        label=N_("Evaluators per company"),
        hint=N_("Those assigned already count."),
        required=True,
        minimum=1,
        maximum=1_000,
        default=3,
    ),
    Field(
        key="per_evaluator",
        kind=Kind.INTEGER,
        label=N_("Companies per evaluator at most"),
        hint=N_("Empty: no limit."),
        minimum=1,
        maximum=100_000,
    ),
    Field(
        key="seed",
        kind=Kind.INTEGER,
        label=N_("Seed"),
        hint=N_("The same number draws the same assignment again."),
        required=True,
        minimum=0,
        maximum=2**32,
    ),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a plan is made of."""

    matrix: Matrix
    per_company: int
    per_evaluator: int | None
    seed: int
    companies: frozenset[str] | None


class BulkDialog(DialogFrame):
    """Plans as numbers are typed; ``selected`` companies can be planned alone."""

    def __init__(
        self,
        project: Project,
        grid: Grid,
        selected: frozenset[str],
        projects: Projects,
        tools: TabTools,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Assign evaluators automatically"), parent, narrowest=640)
        self._project, self._grid, self._projects, self._tools = project, grid, projects, tools
        self._selected = selected
        self._plan: tuple[Asked, Plan] | None = None
        self._applying = False
        self._attempt = uuid.uuid4()
        self.banner = Banner(tools.theme)
        self.form = Form(FIELDS, lookups={}, tools=tools, columns=3)
        self.form.put({"seed": secrets.randbelow(SEEDS), "per_company": _usual(grid)})
        self.everything = QRadioButton(_("All companies of the project"))
        self.only_selected = QRadioButton(
            ngettext(
                "Only the company selected", "Only the {n} companies selected", len(selected)
            ).format(n=len(selected))
        )
        self.outcome = plain_label(role="strong")
        self.balance = plain_label(role="muted")
        for label in (self.outcome, self.balance):
            label.setWordWrap(True)
        self.short = listing((), _("Companies that stay short"))
        self._build()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DEBOUNCE_MS)
        self._timer.timeout.connect(self._ask)
        self._latest: Latest[Asked, Plan] = Latest(
            _planned, tools.runner, answered=self._on_planned, failed=self._on_failed, parent=self
        )
        self.form.changed.connect(self._on_changed)
        self._scope.idToggled.connect(self._on_changed)
        self.lock = LockNotice(self.banner, tools.guard, self)
        self.lock.changed.connect(self._show_state)
        self._ask()

    @property
    def plan(self) -> Plan | None:
        """The plan that is shown, once it fits what is asked."""
        return self._plan[1] if self._plan is not None else None

    def show_grid(self, grid: Grid) -> None:
        """Plan anew with what is assigned by now, if that has changed."""
        same = grid.matrix is self._grid.matrix
        self._grid = grid
        if not same and not self._applying:
            self._on_changed()

    def apply(self) -> None:
        """Assign what is shown, once: the same plan sent again assigns nothing twice."""
        if self._applying or self._plan is None or self.lock.show():
            return
        _asked, made = self._plan
        projects, project_id = self._projects, self._project.id
        parts = [
            made.pairs[at : at + MOST_AT_ONCE] for at in range(0, len(made.pairs), MOST_AT_ONCE)
        ]
        keys = [str(uuid.uuid5(self._attempt, repr(part))) for part in parts]

        def work(context: TaskContext) -> list[Evaluation]:
            sheets: list[Evaluation] = []
            for part, key in zip(parts, keys, strict=True):
                context.report(len(sheets), len(made.pairs))
                sheets += projects.assign(project_id, part, idempotency_key=key)
            return sheets

        self._applying = True
        self.banner.hide()
        self._show_state()
        self._tools.runner.start(
            work,
            owner=self,
            done=self._on_applied,
            failed=self._on_refused,
            title=assign_words(len(made.pairs)),
            keep=True,
        )

    def reject(self) -> None:
        """Close, but not while an answer is on its way."""
        if not self._applying:
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """The window's close button does as Esc."""
        if self._applying:
            event.ignore()
        else:
            super().closeEvent(event)

    # Inside

    def _build(self) -> None:
        words = plain_label(
            _(
                "Loads differ as little as possible, conflicts of interest are respected, and what"
                " is assigned already stays."
            )
        )
        words.setWordWrap(True)
        self._scope = QButtonGroup(self)
        scope = QHBoxLayout()
        scope.setSpacing(16)
        for button in (self.everything, self.only_selected):
            self._scope.addButton(button)
            scope.addWidget(button)
        scope.addStretch(1)
        (self.only_selected if self._selected else self.everything).setChecked(True)
        for button in (self.everything, self.only_selected):
            button.setVisible(bool(self._selected))  # no choice without a selection
        self.content.addWidget(self.banner)
        self.content.addWidget(words)
        self.content.addWidget(self.form)
        self.content.addLayout(scope)
        self.content.addWidget(self.outcome)
        self.content.addWidget(self.balance)
        self.content.addWidget(self.short)
        self.content.addStretch(1)
        self.short.hide()
        draw = self.add_button(_("Draw another seed"), first=True)
        draw.clicked.connect(self._draw)
        self.cancel_button = self.add_button(_("Cancel"))
        self.cancel_button.clicked.connect(self.reject)
        self.apply_button = self.add_button(_("Assign"), role="primary")
        self.apply_button.clicked.connect(self.apply)

    def _draw(self) -> None:
        self.form.put({"seed": secrets.randbelow(SEEDS)})

    def _on_changed(self, *_args: object) -> None:
        self._plan = None
        self._show_state()
        self._timer.start()

    def _ask(self) -> None:
        if self.form.problems():
            self._show_state()
            return
        values = self.form.values()
        self._latest.ask(
            Asked(
                matrix=self._grid.matrix,
                per_company=values["per_company"],
                per_evaluator=values["per_evaluator"],
                seed=values["seed"],
                companies=self._selected if self.only_selected.isChecked() else None,
            )
        )

    def _on_planned(self, asked: Asked, made: Plan) -> None:
        if asked.matrix is not self._grid.matrix:
            return
        self._plan = (asked, made)
        self._show_state()

    def _on_failed(self, _asked: Asked, error: Exception) -> None:
        self._tools.messages.post_error(error, doing=self.windowTitle())

    def _on_applied(self, sheets: Sequence[Evaluation]) -> None:
        self._applying = False
        self._tools.changes.tell(Change("evaluations", frozenset(s.id for s in sheets)))
        text = ngettext("{n} sheet assigned.", "{n} sheets assigned.", len(sheets))
        self._tools.messages.post(Level.OK, text.format(n=f"{len(sheets):,}"))
        self.accept()

    def _on_refused(self, error: Exception) -> None:
        self._applying = False
        self._show_state()
        if isinstance(error, Rejected) and error.problems and self._plan is not None:
            pairs = self._plan[1].pairs
            lines = [refusal(p, pairs, self._grid) for p in error.problems[:_TOLD]]
            text = _("Nothing was assigned: the project has changed. It is planned anew.")
            self.banner.tell("\n".join([text, *lines]), tone="danger")
            self._tools.changes.tell(Change("evaluations"))
        elif isinstance(error, ConsoleError):
            self.banner.tell(str(error), tone="danger")
        else:
            self._tools.messages.post_error(error, doing=self.windowTitle())

    def _show_state(self) -> None:
        locked = self.lock.show()
        made = self.plan
        self.form.setEnabled(not self._applying)
        self.cancel_button.setEnabled(not self._applying)
        count = len(made.pairs) if made is not None else 0
        ready = made is not None and count > 0 and not self._applying and not locked
        self.apply_button.setEnabled(ready)
        text = assign_words(count) if count else _("Assign")
        self.apply_button.setText(_("Assigning…") if self._applying else text)
        if made is None:
            self.outcome.setText(_("Planning…") if not self.form.problems() else "")
            self.balance.setText("")
            return
        self.outcome.setText(outcome_words(made))
        self.balance.setText(balance_words(made, self._grid.sums.conflicts))
        names = {company.id: company.name for company in self._grid.matrix.candidates}
        lines = [shortfall_words(names[s.company_id], s) for s in made.shortfalls]
        self.short.setPlainText("\n".join(lines))
        self.short.setFixedHeight(min(140, 20 * len(lines) + 24))
        self.short.setVisible(bool(lines))


def _planned(asked: Asked) -> Plan:
    return plan_matrix(
        asked.matrix,
        per_company=asked.per_company,
        per_evaluator=asked.per_evaluator,
        seed=asked.seed,
        companies=asked.companies,
    )


def _usual(grid: Grid) -> int:
    """How many evaluators most companies have; 3 where none has any, or fewer than that exist."""
    counts = Counter(grid.row_total(company.id).all for company in grid.matrix.candidates)
    usual = max(counts, key=lambda n: (counts[n], n), default=0)
    return usual or max(1, min(3, len(grid.matrix.panel)))
