"""The columns of the list of a project's sheets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from desktop_app.config.settings import Settings
from desktop_app.core.evaluations import EVALUATION_STATUS_LABELS, FINISHED, Evaluation
from desktop_app.core.fields import Choice, Kind
from desktop_app.core.language import N_, _
from desktop_app.ui.assignment.cells import progress_word, sheet_chip
from desktop_app.ui.tables.columns import Align, ChoiceFilter, Column, FlagFilter, ReferenceFilter
from desktop_app.ui.times import local_time


def sheet_columns(
    settings: Settings, now: Callable[[], datetime]
) -> tuple[Column[Evaluation], ...]:
    """All columns; ``now`` is the server's clock, times are shown in the zone of ``settings``."""
    return (
        Column(
            key="company_name",
            title=N_("Company"),
            value=lambda s: s.company_name,
            width=180,
            sortable=False,
            filter=ReferenceFilter("companies"),
            filter_key="company_id",
        ),
        Column(
            key="evaluator_name",
            title=N_("Evaluator"),
            value=lambda s: s.evaluator_name,
            width=110,
            sortable=False,
            filter=ReferenceFilter("evaluators"),
            filter_key="evaluator_id",
        ),
        Column(
            key="status",
            title=N_("Status"),
            value=lambda s: _(EVALUATION_STATUS_LABELS[s.status]),
            chip=lambda s: sheet_chip(s, now()),
            width=150,
            filter=ChoiceFilter(
                tuple(Choice(s.value, label) for s, label in EVALUATION_STATUS_LABELS.items())
            ),
        ),
        Column(
            key="answered",
            title=N_("Scored"),
            value=progress_word,
            share=lambda s: s.answered / s.criteria_count if s.criteria_count else None,
            width=136,
            sortable=False,
        ),
        Column(
            key="total_score",
            title=N_("Total"),
            value=lambda s: s.total_score,
            text=_total_text,
            align=Align.END,
            width=80,
            kind=Kind.DECIMAL,
        ),
        Column(
            key="submitted_at",
            title=N_("Submitted"),
            value=lambda s: s.submitted_at,
            text=lambda s: local_time(s.submitted_at, settings),
            width=130,
            kind=Kind.DATETIME,
        ),
        *_further_columns(settings, now),
    )


def _further_columns(
    settings: Settings, now: Callable[[], datetime]
) -> tuple[Column[Evaluation], ...]:
    return (
        Column(
            key="is_late",
            title=N_("Late"),
            value=lambda s: is_late(s, now()),
            text=lambda s: _("Late") if is_late(s, now()) else "",
            width=80,
            visible=False,
            sortable=False,
            filter=FlagFilter(N_("Late"), N_("Not late")),
            kind=Kind.FLAG,
        ),
        Column(
            key="reminded_at",
            title=N_("Reminded"),
            value=lambda s: s.reminded_at,
            text=lambda s: local_time(s.reminded_at, settings),
            width=130,
            kind=Kind.DATETIME,
        ),
        Column(
            key="confirmed_at",
            title=N_("Confirmed"),
            value=lambda s: s.confirmed_at,
            text=lambda s: local_time(s.confirmed_at, settings),
            width=130,
            visible=False,
            kind=Kind.DATETIME,
        ),
        Column(
            key="reopened",
            title=N_("Reopened because"),
            value=lambda s: s.reopened.reason if s.reopened is not None else None,
            width=160,
            visible=False,
            sortable=False,
        ),
        Column(
            key="template_revision",
            title=N_("Revision"),
            value=lambda s: s.template_revision,
            align=Align.END,
            width=80,
            visible=False,
            sortable=False,
            kind=Kind.INTEGER,
        ),
        Column(
            key="created_at",
            title=N_("Assigned"),
            value=lambda s: s.created_at,
            text=lambda s: local_time(s.created_at, settings),
            width=130,
            visible=False,
            kind=Kind.DATETIME,
        ),
        Column(
            key="updated_at",
            title=N_("Changed"),
            value=lambda s: s.updated_at,
            text=lambda s: local_time(s.updated_at, settings),
            width=130,
            visible=False,
            kind=Kind.DATETIME,
        ),
    )


def is_late(sheet: Evaluation, now: datetime) -> bool:
    """Whether the deadline has passed without a submission."""
    return sheet.status not in FINISHED and sheet.deadline is not None and sheet.deadline <= now


def _total_text(sheet: Evaluation) -> str:
    return "" if sheet.total_score is None else f"{sheet.total_score:.2f}"
