"""The load runs of a target as a table shows them."""

from __future__ import annotations

from desktop_app.config.settings import Settings
from desktop_app.core.language import N_, _
from desktop_app.services.loadtest import words
from desktop_app.services.loadtest.runs import LoadHead
from desktop_app.ui.loadtest.chips import verdict_chip
from desktop_app.ui.tables.columns import Align, Column
from desktop_app.ui.times import local_time


def run_columns(settings: Settings) -> tuple[Column[LoadHead], ...]:
    """When, what, how much, what came of it, and what people wrote to it."""
    return (
        Column(
            key="pinned",
            title=N_("Pinned"),
            value=lambda head: not head.pinned,
            text=lambda head: _("yes") if head.pinned else "",
            width=60,
        ),
        Column(
            key="started_at",
            title=N_("Began"),
            value=lambda head: head.started_at,
            text=lambda head: local_time(head.started_at, settings),
            width=132,
        ),
        Column(
            key="verdict",
            title=N_("Verdict"),
            value=lambda head: head.verdict.value,
            chip=lambda head: verdict_chip(head.verdict),
            width=126,
        ),
        Column(key="scenario", title=N_("Scenario"), value=lambda head: head.scenario, width=100),
        Column(
            key="load",
            title=N_("Load"),
            value=lambda head: head.asked_rate or head.users,
            text=load_text,
            width=176,
        ),
        Column(
            key="rate",
            title=N_("Throughput"),
            value=lambda head: head.rate,
            text=lambda head: words.per_second(head.rate),
            align=Align.END,
            width=92,
        ),
        Column(
            key="p95",
            title=N_("p95"),
            value=lambda head: head.p95,
            text=lambda head: words.ms(head.p95),
            align=Align.END,
            width=78,
        ),
        Column(
            key="errors",
            title=N_("Errors"),
            value=lambda head: head.error_share,
            text=lambda head: words.share(head.error_share),
            align=Align.END,
            width=76,
        ),
        Column(key="note", title=N_("Note"), value=lambda head: head.note, width=160),
        Column(key="tags", title=N_("Tags"), value=lambda head: ", ".join(head.tags), width=84),
        Column(key="by", title=N_("By"), value=lambda head: head.by, width=84),
    )


def load_text(head: LoadHead) -> str:
    """How much, for how long."""
    return f"{level_text(head)} · {words.span(head.seconds)}"


def level_text(head: LoadHead) -> str:
    """How much."""
    users = _("{n} users").format(n=f"{head.users:,}")
    return f"{words.per_second(head.asked_rate)} · {users}" if head.asked_rate else users


def title(head: LoadHead, settings: Settings) -> str:
    """A run in one line, for a list to choose from."""
    parts = [local_time(head.started_at, settings), head.scenario]
    parts += [verdict_chip(head.verdict).text, f"p95 {words.ms(head.p95)}"]
    return " · ".join(parts)
