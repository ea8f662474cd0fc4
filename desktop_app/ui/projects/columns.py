"""The columns of the list of projects."""

from __future__ import annotations

from datetime import UTC, datetime

from desktop_app.config.settings import Settings
from desktop_app.core.fields import Choice, Kind
from desktop_app.core.language import N_, _
from desktop_app.core.projects import BASIS_LABELS, PROJECT_STATUS_LABELS, Project, ProjectStatus
from desktop_app.ui.tables.columns import (
    Align,
    Chip,
    ChoiceFilter,
    Column,
    FlagFilter,
    ReferenceFilter,
)
from desktop_app.ui.tables.pager import grouped
from desktop_app.ui.times import NO_MOMENT, local_time, time_left

_STATES = {
    ProjectStatus.DRAFT: ("edit", "muted"),
    ProjectStatus.ACTIVE: ("play", "ok"),
    ProjectStatus.CLOSED: ("lock", "info"),
    ProjectStatus.ARCHIVED: ("folder", "muted"),
}
_SOON_S = 24 * 3600


def project_state(project: Project) -> Chip:
    """Where ``project`` is."""
    icon, token = _STATES[project.status]
    return Chip(_(PROJECT_STATUS_LABELS[project.status]), icon, token)


def deadline_state(project: Project, settings: Settings, now: datetime) -> Chip:
    """Until when, and while the project is active how long still."""
    if project.deadline is None:
        return Chip(NO_MOMENT, "calendar", "muted")
    moment = local_time(project.deadline, settings)
    if project.status is not ProjectStatus.ACTIVE:
        return Chip(moment, "calendar", "muted")
    seconds = (project.deadline - now).total_seconds()
    token = "danger" if seconds <= 0 else "warning" if seconds < _SOON_S else "text"
    return Chip(f"{moment} · {time_left(project.deadline, now)}", "clock", token)


def progress_text(project: Project) -> str:
    """How many sheets are handed in, of how many: "12 / 35"; a dash without any."""
    progress = project.progress
    if not progress.total:
        return NO_MOMENT
    return f"{grouped(progress.finished)} / {grouped(progress.total)}"


def template_text(project: Project) -> str:
    """The template with the revision that the project is bound to."""
    if project.template_id is None:
        return _("none yet")
    return _("{name} · revision {n}").format(
        name=project.template_name or project.template_id, n=project.template_revision or 1
    )


def _share(project: Project) -> float | None:
    total = project.progress.total
    return project.progress.finished / total if total else None


def project_columns(settings: Settings) -> tuple[Column[Project], ...]:
    """All columns; times are shown in the time zone of ``settings``."""
    return (
        Column(key="name", title=N_("Project name"), value=lambda p: p.name, width=160),
        Column(
            key="status",
            title=N_("Status"),
            value=lambda p: _(PROJECT_STATUS_LABELS[p.status]),
            chip=project_state,
            width=112,
            filter=ChoiceFilter(
                tuple(Choice(s.value, label) for s, label in PROJECT_STATUS_LABELS.items())
            ),
        ),
        Column(
            key="company_name",
            title=N_("Company in charge"),
            value=lambda p: p.company_name,
            width=128,
            sortable=False,
            filter=ReferenceFilter("companies"),
            filter_key="company_id",
        ),
        Column(
            key="manager_name",
            title=N_("Manager"),
            value=lambda p: p.manager_name,
            width=96,
            sortable=False,
            filter=ReferenceFilter("users"),
            filter_key="manager_id",
        ),
        Column(
            key="template_name",
            title=N_("Template"),
            value=template_text,
            width=170,
            sortable=False,
            filter=ReferenceFilter("templates"),
            filter_key="template_id",
        ),
        Column(
            key="deadline",
            title=N_("Deadline"),
            value=lambda p: p.deadline,
            chip=lambda p: deadline_state(p, settings, datetime.now(UTC)),
            width=216,
            kind=Kind.DATETIME,
            filter=FlagFilter(N_("Overdue"), N_("Not overdue")),
            filter_key="is_overdue",
        ),
        Column(
            key="progress",
            title=N_("Submitted"),
            value=progress_text,
            share=_share,
            width=138,
            sortable=False,
        ),
        *_further_columns(settings),
    )


def _further_columns(settings: Settings) -> tuple[Column[Project], ...]:
    """Those that are hidden until asked for."""
    return (
        Column(
            key="start_date",
            title=N_("Start"),
            value=lambda p: p.start_date,
            text=lambda p: local_time(p.start_date, settings),
            width=130,
            visible=False,
            kind=Kind.DATETIME,
        ),
        Column(
            key="candidates",
            title=N_("Companies evaluated"),
            value=lambda p: len(p.candidate_ids),
            align=Align.END,
            width=110,
            visible=False,
            sortable=False,
            kind=Kind.INTEGER,
        ),
        Column(
            key="panel",
            title=N_("Evaluators"),
            value=lambda p: len(p.panel_ids),
            align=Align.END,
            width=90,
            visible=False,
            sortable=False,
            kind=Kind.INTEGER,
        ),
        Column(
            key="results.basis",
            title=N_("Ranked by"),
            value=lambda p: _(BASIS_LABELS[p.results.basis]),
            width=120,
            visible=False,
            sortable=False,
        ),
        Column(
            key="results.cut_line",
            title=N_("Cut line"),
            value=lambda p: p.results.cut_line,
            align=Align.END,
            width=90,
            visible=False,
            sortable=False,
            kind=Kind.DECIMAL,
        ),
        Column(
            key="description",
            title=N_("Description"),
            value=lambda p: p.description,
            width=200,
            visible=False,
            sortable=False,
        ),
        Column(
            key="created_at",
            title=N_("Created"),
            value=lambda p: p.created_at,
            text=lambda p: local_time(p.created_at, settings),
            width=130,
            visible=False,
            kind=Kind.DATETIME,
        ),
        Column(
            key="updated_at",
            title=N_("Changed"),
            value=lambda p: p.updated_at,
            text=lambda p: local_time(p.updated_at, settings),
            width=130,
            visible=False,
            kind=Kind.DATETIME,
        ),
    )
