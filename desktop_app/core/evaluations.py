"""Evaluations: one sheet per project, company, evaluator and template (SYSTEM.md §2)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from desktop_app.core.fields import Field, Kind, check_value
from desktop_app.core.language import N_
from desktop_app.core.problems import Problem
from desktop_app.core.projects import ProjectStatus
from desktop_app.core.templates import Criterion, exact

LONGEST_COMMENT = 4_000
MOST_AT_ONCE = 5_000
"""Sheets that one request may assign, or remind of; candidates of a project."""
MOST_PANELISTS = 1_000

REASON = Field(
    key="reason",
    kind=Kind.MULTILINE,
    label=N_("Reason"),
    required=True,
    max_length=1_000,
)
"""Why a sheet is reopened or reassigned, or what the conflict of interest is."""

COMMENT = Field(key="comment", kind=Kind.MULTILINE, label=N_("Comment"), max_length=LONGEST_COMMENT)
"""An evaluator's words on a criterion, or on the whole sheet."""


class EvaluationStatus(StrEnum):
    """Where a sheet is: assigned → in progress → submitted → confirmed; reopened: in progress."""

    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"


EVALUATION_STATUS_LABELS = {
    EvaluationStatus.ASSIGNED: N_("Not begun"),
    EvaluationStatus.IN_PROGRESS: N_("In progress"),
    EvaluationStatus.SUBMITTED: N_("Submitted"),
    EvaluationStatus.CONFIRMED: N_("Confirmed"),
}

FINISHED = frozenset({EvaluationStatus.SUBMITTED, EvaluationStatus.CONFIRMED})
"""Handed in: read-only for the evaluator, counted in the results."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What an evaluator gave for one criterion; ``score`` None: not decided yet."""

    criterion_id: str
    score: float | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopening:
    """Why a submitted sheet was given back, by whom and when."""

    reason: str
    by_name: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A conflict of interest of an evaluator with a company, as declared.

    ``declared_by_name`` is who entered it: the evaluator, or staff on their behalf.
    """

    project_id: str
    evaluator_id: str
    company_id: str
    reason: str
    declared_by_name: str
    declared_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """A sheet as lists show it, without its scores; names and progress are joined.

    ``answered`` of ``criteria_count`` criteria have a score. ``total_score`` is the server's, for
    finished sheets and for drafts (of what is scored so far). ``conflict``: the evaluator declared
    a conflict of interest with this company after the assignment, or has come to belong to it.
    """

    id: str
    project_id: str
    project_name: str | None = None
    project_status: ProjectStatus = ProjectStatus.DRAFT
    deadline: datetime | None = None
    template_id: str
    template_name: str | None = None
    template_revision: int
    company_id: str
    company_name: str | None = None
    evaluator_id: str
    evaluator_name: str | None = None
    status: EvaluationStatus
    answered: int = 0
    criteria_count: int = 0
    total_score: float | None = None
    submitted_at: datetime | None = None
    confirmed_at: datetime | None = None
    reopened: Reopening | None = None
    reminded_at: datetime | None = None
    conflict: bool = False
    version: int = 1
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One whole sheet: what is asked and what was answered.

    ``server_time`` is the server's clock when it answered: deadlines go by it. ``receipt`` is the
    hash of the sheet as submitted (``receipt_hash``), None before.
    """

    evaluation: Evaluation
    criteria: tuple[Criterion, ...]
    scores: tuple[Score, ...] = ()
    comment: str | None = None
    server_time: datetime
    receipt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What an evaluator has entered so far; what a sheet is saved and submitted with."""

    scores: tuple[Score, ...] = ()
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerSheet:
    """Another evaluator's finished sheet of the same project and company, without a name.

    ``label`` counts them ("1", "2", …) in an order that the server shuffles for each reading sheet
    alike: neither the time of submission nor another company's peers tell whose it is.
    """

    label: str
    total_score: float
    scores: tuple[Score, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An entry by id and name, for headings of rows and columns."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Panelist:
    """An evaluator of a project: ``company_id`` is where they belong (a conflict with itself)."""

    id: str
    name: str
    email: str
    company_id: str | None = None
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Who evaluates what in a project: candidates × panel with a sheet in each assigned cell."""

    project_id: str
    candidates: tuple[Named, ...] = ()
    panel: tuple[Panelist, ...] = ()
    sheets: tuple[Evaluation, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    server_time: datetime
    version: int = 1


@dataclass(frozen=True, slots=True, order=True)
class Pair:
    """One evaluator for one company: an assignment, or what rules one out."""

    company_id: str
    evaluator_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """What an evaluator has to know of a project: whom it evaluates, and own conflicts."""

    project_name: str
    candidates: tuple[Named, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


def check_scores(
    criteria: Sequence[Criterion], scores: Any, *, complete: bool = False
) -> tuple[Problem, ...]:
    """All problems of scores given as plain mappings (parsed JSON) against their criteria.

    Fields are named ``scores.<criterion id>``. Each score lies within 0…max_score and is a
    multiple of the criterion's step. ``complete``: every criterion must have a score.
    """
    if not isinstance(scores, list | tuple):
        return (Problem(field="scores", code="type"),)
    known = {criterion.id: criterion for criterion in criteria}
    given: dict[str, Any] = {}
    found: list[Problem] = []
    for entry in scores:
        id_ = entry.get("criterion_id") if isinstance(entry, Mapping) else None
        if not isinstance(id_, str):
            return (Problem(field="scores", code="type"),)
        where = f"scores.{id_[:64]}"
        if set(entry) - {"criterion_id", "score", "comment"} or id_ not in known:
            found.append(Problem(field=where, code="unknown_field"))
        elif id_ in given:
            found.append(Problem(field=where, code="duplicate"))
        else:
            given[id_] = entry.get("score")
            found += _check_score(where, known[id_], entry)
    if complete:
        found += [
            Problem(field=f"scores.{criterion.id}", code="required")
            for criterion in criteria
            if given.get(criterion.id) is None
        ]
    return tuple(found)


def _check_score(where: str, criterion: Criterion, entry: Mapping[str, Any]) -> Iterable[Problem]:
    score = entry.get("score")
    if problem := check_value(COMMENT, entry.get("comment")):
        yield Problem(field=f"{where}.comment", code=problem.code, params=problem.params)
    if score is None:
        return
    if isinstance(score, bool) or not isinstance(score, int | float):
        yield Problem(field=where, code="type")
    elif score < 0:
        yield Problem(field=where, code="too_small", params={"minimum": 0})
    elif score > criterion.max_score:
        yield Problem(field=where, code="too_large", params={"maximum": criterion.max_score})
    elif exact(score) % exact(criterion.step):
        yield Problem(field=where, code="step", params={"step": criterion.step})


def missing(criteria: Iterable[Criterion], scores: Iterable[Score]) -> tuple[Criterion, ...]:
    """The criteria that have no score yet, in their order."""
    scored = {score.criterion_id for score in scores if score.score is not None}
    return tuple(criterion for criterion in criteria if criterion.id not in scored)


def receipt_hash(
    *,
    evaluation_id: str,
    project_id: str,
    company_id: str,
    evaluator_id: str,
    template_id: str,
    template_revision: int,
    scores: Iterable[Score],
    comment: str | None,
    total_score: str,
    submitted_at: datetime,
) -> str:
    """SHA-256 (hex) of a submitted sheet's canonical JSON: sorted keys, no spaces, UTF-8.

    Scores are sorted by criterion and written as a person would (``7``, ``7.5``); ``total_score``
    has two decimals; the time is UTC to the millisecond. Who holds the sheet can compute it again.
    """
    content = {
        "evaluation_id": evaluation_id,
        "project_id": project_id,
        "company_id": company_id,
        "evaluator_id": evaluator_id,
        "template_id": template_id,
        "template_revision": template_revision,
        "scores": [
            [entry.criterion_id, _written(entry.score), entry.comment or ""]
            for entry in sorted(scores, key=lambda entry: entry.criterion_id)
        ],
        "comment": comment or "",
        "total_score": total_score,
        "submitted_at": submitted_at.astimezone(UTC).isoformat(timespec="milliseconds"),
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode("utf-8")).hexdigest()


def _written(score: float | None) -> str:
    return "" if score is None else f"{exact(score).normalize():f}"
