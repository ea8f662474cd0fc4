"""The columns of the list of companies."""

from __future__ import annotations

from desktop_app.config.settings import Settings
from desktop_app.core.companies import Company
from desktop_app.core.fields import Kind
from desktop_app.core.language import N_, _
from desktop_app.ui.tables.columns import Align, Chip, Column, FlagFilter
from desktop_app.ui.tables.pager import grouped
from desktop_app.ui.times import local_time


def company_state(company: Company) -> Chip:
    """Whether ``company`` takes part; more users than allowed is told."""
    if not company.is_active:
        return Chip(_("Inactive"), "minus", "muted")
    if (company.user_count or 0) > company.settings.max_users:
        return Chip(_("Too many users"), "warning", "warning")
    return Chip(_("Active"), "ok", "ok")


def users_of_limit(company: Company) -> str:
    """How many users the company has, of how many it may have."""
    limit = grouped(company.settings.max_users)
    if company.user_count is None:
        return _("at most {limit}").format(limit=limit)
    return _("{n} of {limit}").format(n=grouped(company.user_count), limit=limit)


def company_columns(settings: Settings) -> tuple[Column[Company], ...]:
    """All columns; times are shown in the time zone of ``settings``."""
    return (
        Column(key="name", title=N_("Company name"), value=lambda c: c.name, width=180),
        Column(
            key="business_number",
            title=N_("Business number"),
            value=lambda c: c.business_number,
            width=130,
        ),
        Column(
            key="contact_email",
            title=N_("Contact e-mail"),
            value=lambda c: c.contact_email,
            width=180,
        ),
        Column(
            key="contact_phone",
            title=N_("Contact telephone"),
            value=lambda c: c.contact_phone,
            width=130,
        ),
        Column(
            key="user_count",
            title=N_("Users"),
            value=lambda c: c.user_count,
            text=users_of_limit,
            align=Align.END,
            width=110,
            sortable=False,
            kind=Kind.INTEGER,
        ),
        Column(
            key="is_active",
            title=N_("State"),
            value=lambda c: company_state(c).text,
            chip=company_state,
            width=150,
            filter=FlagFilter(N_("Active"), N_("Inactive")),
        ),
        Column(
            key="created_at",
            title=N_("Created"),
            value=lambda c: c.created_at,
            text=lambda c: local_time(c.created_at, settings),
            width=140,
            kind=Kind.DATETIME,
        ),
        *_further_columns(settings),
    )


def _further_columns(settings: Settings) -> tuple[Column[Company], ...]:
    """Columns that most people do without."""
    return (
        Column(
            key="address",
            title=N_("Address"),
            value=lambda c: c.address,
            width=240,
            visible=False,
        ),
        Column(
            key="settings.max_users",
            title=N_("Users at most"),
            value=lambda c: c.settings.max_users,
            text=lambda c: grouped(c.settings.max_users),
            align=Align.END,
            width=110,
            visible=False,
            kind=Kind.INTEGER,
        ),
        Column(
            key="settings.max_projects",
            title=N_("Projects at most"),
            value=lambda c: c.settings.max_projects,
            text=lambda c: grouped(c.settings.max_projects),
            align=Align.END,
            width=110,
            visible=False,
            kind=Kind.INTEGER,
        ),
        Column(
            key="settings.storage_limit_gb",
            title=N_("Storage at most (GB)"),
            value=lambda c: c.settings.storage_limit_gb,
            text=lambda c: grouped(c.settings.storage_limit_gb),
            align=Align.END,
            width=140,
            visible=False,
            kind=Kind.INTEGER,
        ),
        Column(
            key="updated_at",
            title=N_("Changed"),
            value=lambda c: c.updated_at,
            text=lambda c: local_time(c.updated_at, settings),
            width=140,
            visible=False,
            kind=Kind.DATETIME,
        ),
    )
