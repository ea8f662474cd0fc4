"""What needs attention, in words, and where each item is dealt with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from desktop_app.core.analytics import Attention
from desktop_app.core.language import N_, _, ngettext


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionKind:
    """How one code of ``Attention`` reads, and the tab and filters that show its entries."""

    words: Callable[[int], str]
    advice: str
    tab: str
    filters: Mapping[str, str] = field(default_factory=dict)


KINDS: Mapping[str, AttentionKind] = {
    "locked_accounts": AttentionKind(
        words=lambda n: ngettext("{n} account is locked", "{n} accounts are locked", n),
        advice=N_("After too many wrong passwords. Unlock it, or wait until the time is over."),
        tab="users",
        filters={"is_locked": "true"},
    ),
    "users_without_password": AttentionKind(
        words=lambda n: ngettext("{n} user has no password", "{n} users have no password", n),
        advice=N_("They cannot sign in yet: reset the password to issue one."),
        tab="users",
        filters={"has_password": "false"},
    ),
    "users_without_company": AttentionKind(
        words=lambda n: ngettext(
            "{n} user belongs to no company", "{n} users belong to no company", n
        ),
        advice=N_("Everyone but an administrator belongs to a company."),
        tab="users",
        filters={"company_id": ""},
    ),
    "companies_over_limit": AttentionKind(
        words=lambda n: ngettext(
            "{n} company has more users than its limit",
            "{n} companies have more users than their limit",
            n,
        ),
        advice=N_("Raise the limit, or deactivate users."),
        tab="companies",
        filters={},
    ),
    "projects_overdue": AttentionKind(
        words=lambda n: ngettext(
            "{n} active project is past its deadline",
            "{n} active projects are past their deadline",
            n,
        ),
        advice=N_("Close them, or move the deadline where sheets are missing."),
        tab="projects",
        filters={"is_overdue": "true"},
    ),
    "sign_in_failures_24h": AttentionKind(
        words=lambda n: ngettext(
            "{n} failed sign-in in the last 24 hours",
            "{n} failed sign-ins in the last 24 hours",
            n,
        ),
        advice=N_("Many for one name may be someone guessing a password."),
        tab="users",
        filters={},
    ),
}


def attention_in_words(item: Attention) -> str:
    """``item`` as one line, in the language in use; an unknown code as it is, with its count."""
    kind = KINDS.get(item.code)
    template = kind.words(item.count) if kind else "{code}: {n}"
    return template.format(n=f"{item.count:,}", code=item.code)


def advice_for(item: Attention) -> str:
    """What to do about ``item``; empty for an unknown code."""
    kind = KINDS.get(item.code)
    return _(kind.advice) if kind else ""
