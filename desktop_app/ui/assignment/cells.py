"""The cells of the matrix: what state each is in, and how that looks and reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from desktop_app.core.evaluations import (
    FINISHED,
    Conflict,
    Evaluation,
    EvaluationStatus,
    Named,
    Panelist,
)
from desktop_app.core.language import N_, _
from desktop_app.ui.tables.columns import Chip


class CellState(StrEnum):
    """What a cell says first; what needs somebody to act comes before how far it is."""

    NONE = "none"
    BARRED = "barred"
    CONFLICT = "conflict"
    LATE = "late"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Look:
    """Word (a message id), icon and colour token of a state, and what it means in a sentence."""

    word: str
    icon: str
    token: str
    meaning: str


LOOKS: Mapping[CellState, Look] = {
    CellState.NONE: Look(N_("Not assigned"), "", "muted", N_("Not assigned.")),
    CellState.BARRED: Look(
        N_("Conflict"), "ban", "muted", N_("Not to be assigned: there is a conflict of interest.")
    ),
    CellState.CONFLICT: Look(
        N_("Conflict"),
        "error",
        "danger",
        N_("A conflict of interest was declared after the assignment: give it to someone else."),
    ),
    CellState.LATE: Look(
        N_("Late"), "clock", "danger", N_("The deadline has passed without a submission.")
    ),
    CellState.ASSIGNED: Look(N_("Not begun"), "circle", "text", N_("Assigned, not begun.")),
    CellState.IN_PROGRESS: Look(N_("In progress"), "edit", "info", N_("Begun, not submitted.")),
    CellState.SUBMITTED: Look(N_("Submitted"), "check", "ok", N_("Submitted.")),
    CellState.CONFIRMED: Look(N_("Confirmed"), "ok", "ok", N_("Submitted and confirmed.")),
}

_BY_STATUS = {
    EvaluationStatus.ASSIGNED: CellState.ASSIGNED,
    EvaluationStatus.IN_PROGRESS: CellState.IN_PROGRESS,
    EvaluationStatus.SUBMITTED: CellState.SUBMITTED,
    EvaluationStatus.CONFIRMED: CellState.CONFIRMED,
}


def sheet_state(sheet: Evaluation, now: datetime) -> CellState:
    """The state of a sheet at ``now`` of the server's clock."""
    if sheet.status in FINISHED:
        return _BY_STATUS[sheet.status]
    if sheet.conflict:
        return CellState.CONFLICT
    if sheet.deadline is not None and sheet.deadline <= now:
        return CellState.LATE
    return _BY_STATUS[sheet.status]


def progress_word(sheet: Evaluation) -> str:
    """How many criteria have a score: "3 / 8"."""
    return f"{sheet.answered}/{sheet.criteria_count}"


def state_word(state: CellState, sheet: Evaluation | None) -> str:
    """The word of a cell: how far it is where it is under way, else its state."""
    if state is CellState.NONE:
        return ""
    begun = sheet is not None and sheet.status is EvaluationStatus.IN_PROGRESS
    if sheet is not None and begun and state in (CellState.IN_PROGRESS, CellState.LATE):
        return progress_word(sheet)
    return _(LOOKS[state].word)


def sheet_chip(sheet: Evaluation, now: datetime) -> Chip:
    """The state of a sheet for a table: icon and words."""
    state = sheet_state(sheet, now)
    look = LOOKS[state]
    word = _(look.word)
    if sheet.status is EvaluationStatus.IN_PROGRESS and state is not CellState.CONFLICT:
        word = f"{word} {progress_word(sheet)}"
    return Chip(word, look.icon, look.token)


@dataclass(frozen=True, slots=True)
class Cell:
    """One company and one evaluator, and what there is between them.

    ``own``: the evaluator belongs to the company.
    """

    company: Named
    evaluator: Panelist
    sheet: Evaluation | None
    conflict: Conflict | None
    state: CellState

    @property
    def id(self) -> str:
        """What tells it from the others."""
        return f"{self.company.id}\n{self.evaluator.id}"

    @property
    def version(self) -> int:
        """The version of its sheet."""
        return self.sheet.version if self.sheet is not None else 0

    @property
    def own(self) -> bool:
        """Whether the evaluator belongs to the company."""
        return self.evaluator.company_id == self.company.id

    @property
    def name(self) -> str:
        """Company and evaluator in words."""
        return cell_name(self.company.name, self.evaluator.name)


def cell_name(company: str, evaluator: str) -> str:
    """A company and who evaluates it, in words."""
    return _("{company} by {evaluator}").format(company=company, evaluator=evaluator)


def sheet_name(sheet: Evaluation) -> str:
    """What a sheet is called: its company and its evaluator."""
    return cell_name(
        sheet.company_name or sheet.company_id, sheet.evaluator_name or sheet.evaluator_id
    )
