"""What staff can do with sheets: one table of actions for the matrix and for the list."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop_app.api.evaluations import Evaluations
from desktop_app.api.projects import Projects
from desktop_app.core.evaluations import (
    FINISHED,
    MOST_AT_ONCE,
    Evaluation,
    EvaluationStatus,
    Sheet,
)
from desktop_app.core.evaluations import REASON as WHY
from desktop_app.core.fields import Field, Kind
from desktop_app.core.language import N_, NN_, _, ngettext
from desktop_app.core.problems import TEXTS
from desktop_app.core.projects import ACTIVE, NOT_ARCHIVED, OPEN, ProjectStatus
from desktop_app.core.tasks import TaskContext
from desktop_app.ui.assignment.cells import sheet_name
from desktop_app.ui.assignment.sheet_dialog import SheetDialog
from desktop_app.ui.changes import Change
from desktop_app.ui.dialogs.confirm import confirm
from desktop_app.ui.dialogs.form_dialog import FormDialog
from desktop_app.ui.messages import Level
from desktop_app.ui.records.actions import RecordAction
from desktop_app.ui.records.batch import Outcome
from desktop_app.ui.records.batch_runner import BatchRunner
from desktop_app.ui.records.kind import counted
from desktop_app.ui.tab import TabTools
from desktop_app.ui.widgets.lookups import Lookup

X = TypeVar("X")

REASON = replace(WHY, hint=N_("Kept with the sheet and in the audit trail."))
EVALUATOR = Field(
    key="evaluator_id",
    kind=Kind.REFERENCE,
    label=N_("Evaluator"),
    required=True,
    reference="evaluators",
    max_length=200,
)

REMOVALS = NN_("Take away {n} assignment", "Take away {n} assignments")
CONFIRMATIONS = NN_("Confirm {n} sheet", "Confirm {n} sheets")
REMINDERS = NN_("Mark {n} sheet as reminded", "Mark {n} sheets as reminded")


class SheetWork(QObject):
    """Does things to sheets and tells what changed; ``panel`` looks up who may take one over.

    What is under way for a sheet is not begun a second time. ``taken_away`` carries the ids of
    sheets that are gone.
    """

    taken_away = Signal(object)

    def __init__(
        self,
        evaluations: Evaluations,
        projects: Projects,
        panel: Callable[[Evaluation], Lookup],
        tools: TabTools,
        owner: QWidget,
    ) -> None:
        super().__init__(owner)
        self._evaluations, self._projects, self._panel = evaluations, projects, panel
        self._tools, self._owner = tools, owner
        self._batch = BatchRunner("evaluations", sheet_name, tools, owner)
        self._under_way: set[str] = set()

    def actions(self) -> tuple[RecordAction[Evaluation], ...]:
        """All there are, in order; which of them show depends on role and sheets."""
        return (
            RecordAction(
                id="open",
                operation="evaluations.read",
                label=N_("Open sheet"),
                icon="eye",
                run=lambda sheets: self.open(sheets[0]),
                many=False,
                write=False,
            ),
            RecordAction(
                id="confirm",
                operation="evaluations.confirm",
                label=N_("Confirm"),
                icon="ok",
                run=self.ask_confirm,
                applies=_submitted,
                refusal=_unless_in(NOT_ARCHIVED, _submitted),
            ),
            RecordAction(
                id="remind",
                operation="projects.remind",
                label=N_("Remind"),
                icon="bell",
                run=self.remind,
                applies=_unfinished,
                refusal=_unless_in(ACTIVE, _unfinished),
            ),
            RecordAction(
                id="reassign",
                operation="evaluations.reassign",
                label=N_("Reassign"),
                icon="user",
                run=lambda sheets: self.ask_reassign(sheets[0]),
                many=False,
                applies=_unfinished,
                refusal=_unless_in(OPEN, _unfinished),
            ),
            RecordAction(
                id="reopen",
                operation="evaluations.reopen",
                label=N_("Reopen"),
                icon="unlock",
                run=lambda sheets: self.ask_reopen(sheets[0]),
                many=False,
                applies=_finished,
                refusal=_unless_in(ACTIVE, _finished),
            ),
            RecordAction(
                id="take_away",
                operation="evaluations.delete",
                label=N_("Take away"),
                icon="trash",
                run=self.ask_take_away,
                refusal=_why_kept,
                shortcut="Delete",
            ),
        )

    def open(self, sheet: Evaluation) -> None:
        """Show what was asked and answered, to be read."""
        dialog = SheetDialog(sheet, self._evaluations, self._tools, self._owner)
        dialog.open()

    def ask_confirm(self, sheets: tuple[Evaluation, ...]) -> None:
        """Ask, then accept submitted sheets."""
        title = counted(CONFIRMATIONS, len(sheets))
        confirm(
            self._owner,
            title=_("{action}?").format(action=title),
            text=_("Confirmed sheets count as accepted; only an administrator reopens them."),
            lines=[sheet_name(sheet) for sheet in sheets],
            action=title,
            on_yes=lambda: self._run(title, sheets, self._evaluations.confirm),
        )

    def ask_take_away(self, sheets: tuple[Evaluation, ...]) -> None:
        """Ask, then take assignments back that nobody has begun."""
        title = counted(REMOVALS, len(sheets))
        confirm(
            self._owner,
            title=_("{action}?").format(action=title),
            text=_("Nobody has entered anything in them. They can be assigned again."),
            lines=[sheet_name(sheet) for sheet in sheets],
            action=title,
            danger=True,
            on_yes=lambda: self.take_away(sheets),
        )

    def take_away(self, sheets: tuple[Evaluation, ...]) -> None:
        """Take assignments back that nobody has begun."""
        self._run(
            counted(REMOVALS, len(sheets)),
            sheets,
            self._evaluations.delete,
            lambda outcome: self.taken_away.emit({sheet.id for sheet in outcome.done}),
        )

    def remind(self, sheets: tuple[Evaluation, ...]) -> None:
        """Mark sheets, so that their evaluators see that they are waited for."""
        if not sheets:
            return
        projects, project_id = self._projects, sheets[0].project_id
        ids = [s.id for s in self._idle(sheets) if s.project_id == project_id]
        if not ids:
            return

        def work(context: TaskContext) -> int:
            reminded = 0
            for at in range(0, len(ids), MOST_AT_ONCE):
                context.report(at, len(ids))
                reminded += projects.remind(project_id, ids[at : at + MOST_AT_ONCE])
            return reminded

        def failed(error: Exception) -> None:
            self._under_way.difference_update(ids)
            self._tools.messages.post_error(error, doing=title)

        def done(count: int) -> None:
            self._under_way.difference_update(ids)
            self._tools.changes.tell(Change("evaluations", frozenset(ids)))
            text = ngettext(
                "{n} sheet is marked: its evaluator sees it at the next sign-in.",
                "{n} sheets are marked: their evaluators see it at the next sign-in.",
                count,
            )
            self._tools.messages.post(Level.OK, text.format(n=count))

        title = counted(REMINDERS, len(ids))
        self._under_way.update(ids)
        self._tools.runner.start(work, owner=self, done=done, failed=failed, title=title, keep=True)

    def ask_reopen(self, sheet: Evaluation) -> None:
        """Give a submitted sheet back to its evaluator, with a reason."""
        evaluations = self._evaluations

        def send(values: Mapping[str, Any]) -> Sheet:
            return evaluations.reopen(sheet.id, values["reason"], version=sheet.version)

        self._open(
            FormDialog(
                _("Reopen {sheet}").format(sheet=sheet_name(sheet)),
                _(
                    "The scores stay as a draft that the evaluator changes and submits again."
                    " The receipt is void."
                ),
                (REASON,),
                action=_("Reopen sheet"),
                send=send,
                done=lambda answer: self._tell(answer, _("{sheet} is open again.")),
                tools=self._tools,
                parent=self._owner,
            )
        )

    def ask_reassign(self, sheet: Evaluation) -> None:
        """Give a sheet to another evaluator of the panel, with a reason."""
        evaluations = self._evaluations

        def send(values: Mapping[str, Any]) -> Sheet:
            return evaluations.reassign(
                sheet.id, values["evaluator_id"], values["reason"], version=sheet.version
            )

        self._open(
            FormDialog(
                _("Reassign {sheet}").format(sheet=sheet_name(sheet)),
                _draft_words(sheet),
                (EVALUATOR, REASON),
                action=_("Reassign sheet"),
                send=send,
                done=lambda answer: self._tell(answer, _("{sheet}: assigned.")),
                tools=self._tools,
                lookups={"evaluators": self._panel(sheet)},
                parent=self._owner,
            )
        )

    def _open(self, dialog: FormDialog[Sheet]) -> None:
        dialog.overtaken.connect(lambda: self._tools.changes.tell(Change("evaluations")))
        dialog.open()

    def _idle(self, sheets: tuple[Evaluation, ...]) -> tuple[Evaluation, ...]:
        return tuple(sheet for sheet in sheets if sheet.id not in self._under_way)

    def _run(
        self,
        title: str,
        sheets: tuple[Evaluation, ...],
        operate: Callable[..., object],
        ended: Callable[[Outcome[Evaluation]], object] = lambda _outcome: None,
    ) -> None:
        items = self._idle(sheets)
        if not items:
            return
        ids = {sheet.id for sheet in items}

        def over(outcome: Outcome[Evaluation]) -> None:
            self._under_way -= ids
            ended(outcome)

        self._under_way |= ids
        self._batch.start(
            title, items, lambda sheet: operate(sheet.id, version=sheet.version), ended=over
        )

    def _tell(self, answer: Sheet, text: str) -> None:
        sheet = answer.evaluation
        self._tools.changes.tell(Change("evaluations", frozenset({sheet.id})))
        self._tools.messages.post(Level.OK, text.format(sheet=sheet_name(sheet)))


def lifted(
    actions: Sequence[RecordAction[Evaluation]], sheet_of: Callable[[X], Evaluation | None]
) -> tuple[RecordAction[X], ...]:
    """The same actions for things that may have a sheet; without one they do not apply."""
    return tuple(_lift(action, sheet_of) for action in actions)


def _lift(
    action: RecordAction[Evaluation], sheet_of: Callable[[X], Evaluation | None]
) -> RecordAction[X]:
    def applies(item: X) -> bool:
        sheet = sheet_of(item)
        return sheet is not None and action.applies(sheet)

    def refusal(item: X) -> str:
        sheet = sheet_of(item)
        return action.refusal(sheet) if sheet is not None else ""

    def run(items: tuple[X, ...]) -> object:
        return action.run(tuple(s for s in map(sheet_of, items) if s is not None))

    return RecordAction(
        id=action.id,
        operation=action.operation,
        label=action.label,
        icon=action.icon,
        run=run,
        many=action.many,
        write=action.write,
        applies=applies,
        refusal=refusal,
        shortcut=action.shortcut,
        in_bar=action.in_bar,
    )


def _submitted(sheet: Evaluation) -> bool:
    return sheet.status is EvaluationStatus.SUBMITTED


def _finished(sheet: Evaluation) -> bool:
    return sheet.status in FINISHED


def _unfinished(sheet: Evaluation) -> bool:
    return sheet.status not in FINISHED


def _unless_in(
    statuses: frozenset[ProjectStatus], applies: Callable[[Evaluation], bool]
) -> Callable[[Evaluation], str]:
    """Why a sheet that something applies to is not touched: its project's status."""

    def refusal(sheet: Evaluation) -> str:
        refused = applies(sheet) and sheet.project_status not in statuses
        return TEXTS["project_not_active"] if refused else ""

    return refusal


def _why_kept(sheet: Evaluation) -> str:
    if sheet.status is EvaluationStatus.ASSIGNED:
        return "" if sheet.project_status in OPEN else TEXTS["project_not_active"]
    return TEXTS["sheet_finished" if sheet.status in FINISHED else "sheet_begun"]


def _draft_words(sheet: Evaluation) -> str:
    if sheet.status is EvaluationStatus.ASSIGNED:
        return _("Nothing was entered so far. The new evaluator gets an empty sheet.")
    return _(
        "{n} of {all} criteria are scored. This draft is kept in the sheet's history, where it"
        " counts no more; the new evaluator gets an empty sheet."
    ).format(n=sheet.answered, all=sheet.criteria_count)
