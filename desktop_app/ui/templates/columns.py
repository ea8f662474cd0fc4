"""The columns of the list of templates."""

from __future__ import annotations

from desktop_app.config.settings import Settings
from desktop_app.core.fields import Kind
from desktop_app.core.language import N_, _
from desktop_app.core.templates import Template
from desktop_app.ui.tables.columns import Align, Chip, Column, FlagFilter, ReferenceFilter
from desktop_app.ui.times import local_time


def whose(template: Template) -> str:
    """The company that a template belongs to, or that all share it."""
    if template.company_id is None:
        return _("Shared")
    return template.company_name or template.company_id


def template_state(template: Template) -> Chip:
    """Whether projects may choose it."""
    if not template.is_active:
        return Chip(_("Archived"), "minus", "muted")
    return Chip(_("Active"), "ok", "ok")


def template_columns(settings: Settings) -> tuple[Column[Template], ...]:
    """All columns; times are shown in the time zone of ``settings``."""
    return (
        Column(key="name", title=N_("Template name"), value=lambda t: t.name, width=220),
        Column(key="category", title=N_("Category"), value=lambda t: t.category, width=104),
        Column(
            key="company_id",
            title=N_("Company"),
            value=whose,
            width=136,
            filter=ReferenceFilter("companies"),
        ),
        Column(
            key="criteria",
            title=N_("Criteria"),
            value=lambda t: len(t.criteria),
            align=Align.END,
            width=80,
            sortable=False,
            kind=Kind.INTEGER,
        ),
        Column(
            key="revision",
            title=N_("Revision"),
            value=lambda t: t.revision,
            align=Align.END,
            width=88,
            kind=Kind.INTEGER,
        ),
        Column(
            key="is_active",
            title=N_("State"),
            value=lambda t: template_state(t).text,
            chip=template_state,
            width=96,
            filter=FlagFilter(N_("Active"), N_("Archived")),
        ),
        Column(
            key="in_use",
            title=N_("In use"),
            value=lambda t: t.in_use,
            text=lambda t: _("Yes") if t.in_use else _("No"),
            width=80,
            sortable=False,
            kind=Kind.FLAG,
        ),
        Column(
            key="updated_at",
            title=N_("Changed"),
            value=lambda t: t.updated_at,
            text=lambda t: local_time(t.updated_at, settings),
            width=140,
            kind=Kind.DATETIME,
        ),
        Column(
            key="created_at",
            title=N_("Created"),
            value=lambda t: t.created_at,
            text=lambda t: local_time(t.created_at, settings),
            width=140,
            visible=False,
            kind=Kind.DATETIME,
        ),
        Column(
            key="shared",
            title=N_("Shared"),
            value=lambda t: t.company_id is None,
            text=lambda t: _("Yes") if t.company_id is None else _("No"),
            width=88,
            sortable=False,
            visible=False,
            filter=FlagFilter(N_("Shared"), N_("Of one company")),
            kind=Kind.FLAG,
        ),
        Column(
            key="description",
            title=N_("Description"),
            value=lambda t: t.description,
            width=240,
            sortable=False,
            visible=False,
        ),
    )
