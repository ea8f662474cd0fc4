"""Projects: what is evaluated, by whom, until when, and how results are formed (SYSTEM.md §2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from desktop_app.core.fields import Choice, Field, Kind, check_fields
from desktop_app.core.language import N_
from desktop_app.core.moments import moment_of
from desktop_app.core.problems import Problem


class ProjectStatus(StrEnum):
    """Where a project is: sheets are scored only while it is active."""

    DRAFT = "draft"
    ACTIVE = "active"
    CLOSED = "closed"
    ARCHIVED = "archived"


PROJECT_STATUS_LABELS = {
    ProjectStatus.DRAFT: N_("In preparation"),
    ProjectStatus.ACTIVE: N_("Active"),
    ProjectStatus.CLOSED: N_("Closed"),
    ProjectStatus.ARCHIVED: N_("Archived"),
}


ACTIVE = frozenset({ProjectStatus.ACTIVE})
"""Where sheets are scored, reminded of and reopened."""
OPEN = frozenset({ProjectStatus.DRAFT, ProjectStatus.ACTIVE})
"""Where sheets are assigned, and taken back."""
NOT_ARCHIVED = frozenset(ProjectStatus) - {ProjectStatus.ARCHIVED}
"""Where finished sheets are judged."""


class Basis(StrEnum):
    """The figure that companies are ranked by."""

    MEAN = "mean"
    MEDIAN = "median"
    TRIMMED_MEAN = "trimmed_mean"


BASIS_LABELS = {
    Basis.MEAN: N_("Mean"),
    Basis.MEDIAN: N_("Median"),
    Basis.TRIMMED_MEAN: N_("Trimmed mean"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRules:
    """How the results of a project are formed; fixed with the project, not with the reader.

    ``minimum_panel`` is how many submitted sheets a company needs before the highest and the
    lowest are dropped. ``cut_line`` is the lowest figure that passes, None for no cut.
    """

    basis: Basis = Basis.TRIMMED_MEAN
    minimum_panel: int = 5
    cut_line: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How many sheets of a project there are, by status."""

    assigned: int = 0
    in_progress: int = 0
    submitted: int = 0
    confirmed: int = 0

    @property
    def total(self) -> int:
        """All sheets."""
        return self.assigned + self.in_progress + self.submitted + self.confirmed

    @property
    def finished(self) -> int:
        """Sheets that are handed in."""
        return self.submitted + self.confirmed


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project as the API gives it. Dates are UTC; names and ``progress`` are joined.

    ``template_revision`` is bound when the template is chosen: every sheet of the project is
    scored by the same revision. ``candidate_ids`` are the companies evaluated, ``panel_ids`` the
    evaluators.
    """

    id: str
    name: str
    description: str | None = None
    company_id: str
    company_name: str | None = None
    manager_id: str | None = None
    manager_name: str | None = None
    template_id: str | None = None
    template_name: str | None = None
    template_revision: int | None = None
    status: ProjectStatus = ProjectStatus.DRAFT
    start_date: datetime | None = None
    deadline: datetime | None = None
    results: ResultRules = field(default_factory=ResultRules)
    candidate_ids: tuple[str, ...] = ()
    panel_ids: tuple[str, ...] = ()
    progress: Progress = field(default_factory=Progress)
    version: int = 1
    created_at: datetime | None = None
    updated_at: datetime | None = None


PROJECT_FIELDS: tuple[Field, ...] = (
    Field(
        key="name",
        kind=Kind.TEXT,
        label=N_("Project name"),
        required=True,
        max_length=200,
        aliases=("name", "project", "project name", "프로젝트", "프로젝트명", "사업명", "과제명"),
    ),
    Field(
        key="company_id",
        kind=Kind.REFERENCE,
        label=N_("Company in charge"),
        required=True,
        reference="companies",
        aliases=("company", "company_id", "회사", "주관 회사", "주관회사", "회사명"),
    ),
    Field(
        key="manager_id",
        kind=Kind.REFERENCE,
        label=N_("Manager"),
        reference="users",
        aliases=("manager", "manager_id", "담당자", "관리자", "책임자"),
    ),
    Field(
        key="template_id",
        kind=Kind.REFERENCE,
        label=N_("Template"),
        reference="templates",
        aliases=("template", "template_id", "템플릿", "평가 템플릿", "평가표"),
    ),
    Field(
        key="start_date",
        kind=Kind.DATETIME,
        label=N_("Start"),
        aliases=("start_date", "start", "시작일", "시작"),
    ),
    Field(
        key="deadline",
        kind=Kind.DATETIME,
        label=N_("Deadline"),
        hint=N_("By the server's clock; later sheets are refused."),
        aliases=("deadline", "due", "마감일", "마감", "기한"),
    ),
    Field(
        key="status",
        kind=Kind.CHOICE,
        label=N_("Status"),
        required=True,
        choices=(
            Choice("draft", PROJECT_STATUS_LABELS[ProjectStatus.DRAFT], ("준비", "준비 중")),
            Choice("active", PROJECT_STATUS_LABELS[ProjectStatus.ACTIVE], ("진행", "진행 중")),
            Choice("closed", PROJECT_STATUS_LABELS[ProjectStatus.CLOSED], ("종료", "마감")),
            Choice("archived", PROJECT_STATUS_LABELS[ProjectStatus.ARCHIVED], ("보관",)),
        ),
        default=ProjectStatus.DRAFT.value,
        aliases=("status", "상태", "진행 상태"),
    ),
    Field(
        key="results.basis",
        kind=Kind.CHOICE,
        label=N_("Ranked by"),
        required=True,
        choices=tuple(Choice(basis.value, label) for basis, label in BASIS_LABELS.items()),
        default=Basis.TRIMMED_MEAN.value,
        aliases=("basis", "순위 기준"),
    ),
    Field(
        key="results.minimum_panel",
        kind=Kind.INTEGER,
        label=N_("Sheets needed for trimming"),
        hint=N_("With fewer sheets none is dropped."),
        required=True,
        minimum=3,
        maximum=1_000,
        default=5,
        aliases=("minimum_panel", "최소 평가위원 수"),
    ),
    Field(
        key="results.cut_line",
        kind=Kind.DECIMAL,
        label=N_("Cut line"),
        hint=N_("The lowest figure that passes; empty for none."),
        minimum=0,
        maximum=100,
        aliases=("cut_line", "합격선", "과락 기준"),
    ),
    Field(
        key="description",
        kind=Kind.MULTILINE,
        label=N_("Description"),
        max_length=4_000,
        aliases=("description", "설명", "비고"),
    ),
)


STATUS_STEPS: Mapping[ProjectStatus, frozenset[ProjectStatus]] = {
    ProjectStatus.DRAFT: frozenset({ProjectStatus.ACTIVE, ProjectStatus.ARCHIVED}),
    ProjectStatus.ACTIVE: frozenset(
        {ProjectStatus.DRAFT, ProjectStatus.CLOSED, ProjectStatus.ARCHIVED}
    ),
    ProjectStatus.CLOSED: frozenset({ProjectStatus.ACTIVE, ProjectStatus.ARCHIVED}),
    ProjectStatus.ARCHIVED: frozenset(),
}
"""Where a project can go from each status; back to draft only while it has no sheets.

Out of the archive it comes by being restored, which is no choice of a status.
"""


def check_project(values: dict[str, Any], *, only: set[str] | None = None) -> tuple[Problem, ...]:
    """All problems of a project's flat values; dates are texts (RFC 3339) or datetimes.

    An active project needs a template and a deadline; the deadline comes after the start.
    ``only`` limits the problems to what a change carries.
    """
    texts = {
        key: value.isoformat() if isinstance(value, datetime) else value
        for key, value in values.items()
    }
    problems = check_fields(PROJECT_FIELDS, texts, only=only)
    touched = set(values) if only is None else only
    if values.get("status") == ProjectStatus.ACTIVE and touched & {
        "status",
        "template_id",
        "deadline",
    }:
        problems += tuple(
            Problem(field=key, code="needed_when_active")
            for key in ("template_id", "deadline")
            if not values.get(key)
        )
    start, deadline = _moment(values.get("start_date")), _moment(values.get("deadline"))
    if start and deadline and deadline <= start and touched & {"start_date", "deadline"}:
        problems += (Problem(field="deadline", code="before_start"),)
    return problems


def _moment(value: Any) -> datetime | None:
    """A moment; None for anything else, which the fields' rules tell of."""
    if isinstance(value, str):
        return moment_of(value)
    return value if isinstance(value, datetime) and value.tzinfo else None
