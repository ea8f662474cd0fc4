"""The columns of the list of users."""

from __future__ import annotations

from datetime import UTC, datetime

from desktop_app.config.settings import Settings
from desktop_app.core.fields import Choice, Kind
from desktop_app.core.language import N_, _
from desktop_app.core.users import ROLE_LABELS, User
from desktop_app.ui.tables.columns import (
    Chip,
    ChoiceFilter,
    Column,
    FlagFilter,
    ReferenceFilter,
)
from desktop_app.ui.times import local_time


def is_locked(user: User) -> bool:
    """Whether too many wrong passwords keep ``user`` out just now."""
    return user.locked_until is not None and user.locked_until > datetime.now(UTC)


def user_state(user: User) -> Chip:
    """Whether ``user`` can sign in, and if not, why: what weighs most comes first."""
    if not user.is_active:
        return Chip(_("Inactive"), "minus", "muted")
    if is_locked(user):
        return Chip(_("Locked"), "lock", "danger")
    if not user.has_password:
        return Chip(_("No password"), "key", "warning")
    if user.must_change_password:
        return Chip(_("Must change password"), "key", "info")
    return Chip(_("Active"), "ok", "ok")


def user_columns(settings: Settings) -> tuple[Column[User], ...]:
    """All columns; times are shown in the time zone of ``settings``."""
    return (
        Column(key="name", title=N_("Name"), value=lambda u: u.name, width=96),
        Column(key="login_id", title=N_("Sign-in name"), value=lambda u: u.login_id, width=104),
        Column(key="email", title=N_("E-mail"), value=lambda u: u.email, width=160),
        Column(
            key="role",
            title=N_("Role"),
            value=lambda u: _(ROLE_LABELS[u.role]),
            width=102,
            filter=ChoiceFilter(
                tuple(Choice(role.value, label) for role, label in ROLE_LABELS.items())
            ),
        ),
        Column(
            key="company_name",
            title=N_("Company"),
            value=lambda u: u.company_name,
            width=112,
            sortable=False,
            filter=ReferenceFilter("companies"),
            filter_key="company_id",
        ),
        Column(
            key="is_active",
            title=N_("State"),
            value=lambda u: user_state(u).text,
            chip=user_state,
            width=184,
            filter=FlagFilter(N_("Active"), N_("Inactive")),
        ),
        Column(
            key="last_login",
            title=N_("Last sign-in"),
            value=lambda u: u.last_login,
            text=lambda u: local_time(u.last_login, settings),
            width=120,
            kind=Kind.DATETIME,
        ),
        Column(
            key="created_at",
            title=N_("Created"),
            value=lambda u: u.created_at,
            text=lambda u: local_time(u.created_at, settings),
            width=128,
            kind=Kind.DATETIME,
        ),
        *_further_columns(settings),
    )


def _further_columns(settings: Settings) -> tuple[Column[User], ...]:
    """Columns that most people do without."""
    return (
        Column(
            key="profile.department",
            title=N_("Department"),
            value=lambda u: u.profile.department,
            width=120,
            visible=False,
        ),
        Column(
            key="profile.position",
            title=N_("Position"),
            value=lambda u: u.profile.position,
            width=120,
            visible=False,
        ),
        Column(
            key="profile.phone",
            title=N_("Telephone"),
            value=lambda u: u.profile.phone,
            width=130,
            visible=False,
        ),
        Column(
            key="locked_until",
            title=N_("Locked until"),
            value=lambda u: u.locked_until,
            text=lambda u: local_time(u.locked_until, settings),
            width=140,
            visible=False,
            filter=FlagFilter(N_("Locked"), N_("Not locked")),
            filter_key="is_locked",
            filter_title=N_("Lock"),
            kind=Kind.DATETIME,
        ),
        Column(
            key="has_password",
            title=N_("Password"),
            value=lambda u: u.has_password,
            text=lambda u: _("Set") if u.has_password else _("None"),
            width=100,
            visible=False,
            filter=FlagFilter(N_("Set"), N_("None")),
            sortable=False,
            kind=Kind.FLAG,
        ),
        Column(
            key="updated_at",
            title=N_("Changed"),
            value=lambda u: u.updated_at,
            text=lambda u: local_time(u.updated_at, settings),
            width=140,
            visible=False,
            kind=Kind.DATETIME,
        ),
    )
