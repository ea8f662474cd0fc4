"""Plans, runs, verifications and backups as reports, and as plain data for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from desktop_app.core.language import _
from desktop_app.core.redaction import redact_mapping
from desktop_app.db.migrations.backup import BackupEnded
from desktop_app.db.migrations.events import Blocker, Holder, Offender, RunEnded
from desktop_app.db.migrations.journal import Run, success_rate
from desktop_app.db.migrations.plan_data import Plan
from desktop_app.db.migrations.restore import RestoreEnded
from desktop_app.db.migrations.rollback import RollbackStep
from desktop_app.db.migrations.server import Target
from desktop_app.db.migrations.verification import VerifyEnded
from desktop_app.services.migrations import words
from desktop_app.services.report_document import ReportDocument, Row, Table
from desktop_app.services.verdict_words import STATES

_TITLE = "{what} · {database}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How a database stands: its plan without counting, who works on it, what was done."""

    plan: Plan
    holder: Holder | None
    runs: tuple[Run, ...]

    @property
    def up_to_date(self) -> bool:
        """Whether nothing is pending, altered or in the way."""
        return self.plan.up_to_date and not self.plan.drifted


def plain(value: Any) -> Any:
    """A result as JSON can hold it, without secrets."""
    content = msgspec.to_builtins(value, enc_hook=str, str_keys=True)
    return redact_mapping(content) if isinstance(content, Mapping) else content


def plan_report(plan: Plan) -> ReportDocument:
    """What applying would do."""
    return ReportDocument(
        title=_title(_("Migration plan"), plan.database),
        verdict=plan_verdict(plan),
        facts=(
            *_facts(plan.database, plan.server.address, plan.server.version),
            (_("Environment"), plan.environment),
            (_("By"), plan.by),
            (_("At"), _moment(plan.at)),
            (_("Estimated time"), _("about {seconds} s").format(seconds=round(plan.estimate_s))),
            *(((_("Not counted"), ", ".join(plan.uncounted)),) if plan.uncounted else ()),
        ),
        tables=tuple(_plan_tables(plan)),
    )


def plan_verdict(plan: Plan) -> str:
    """A plan in one sentence."""
    if plan.blockers:
        return _("In the way: {n}.").format(n=len(plan.blockers))
    if not plan.pending:
        return _("Up to date: there is nothing to do.")
    said = _("Steps to apply: {n}.").format(n=len(plan.pending))
    if plan.drifted:
        said += " " + _("They mend what was altered by hand in {n}.").format(n=len(plan.drifted))
    return said


def _plan_tables(plan: Plan) -> Iterable[Table]:
    if plan.blockers:
        yield blockers_table(plan.blockers)
    yield Table(
        title=_("Steps"),
        headers=(_("Migration step"), _("State"), _("What applying does"), _("About")),
        rows=tuple(
            (
                words.step_title(step.id),
                _(words.STANDINGS[step.standing]),
                words.what_a_step_does(step),
                f"{step.estimate_s:.1f} s",
            )
            for step in plan.pending
        ),
    )
    differing = [
        (words.step_title(step.id), one.path, _short(one.present), _short(one.wanted))
        for step in plan.pending
        for one in (*step.differences, *(d for index in step.indexes for d in index.differences))
    ]
    if differing:
        yield Table(
            title=_("Differences"),
            headers=(_("Migration step"), _("Place"), _("In the database"), _("Declared")),
            rows=tuple(differing),
        )
    violating = [one for step in plan.steps if step.violations for one in step.violations.offenders]
    if violating:
        yield offenders_table(_("Documents that violate their validator"), violating)
    others = [
        (step.collection, index.name, index.redundant_to)
        for step in plan.steps
        for index in step.indexes
        if index.action == "leave"
    ]
    if others:
        yield Table(
            title=_("Indexes that are not declared: they stay"),
            headers=(_("Collection"), _("Index"), _("Serves no query that this one does not")),
            rows=tuple(others),
        )


def run_report(target: Target, command: str, ended: RunEnded) -> ReportDocument:
    """What applying or rolling back did."""
    tables = [
        Table(
            title=_("Steps"),
            headers=(_("Migration step"), _("Result"), _("Changed"), _("Time"), _("Error")),
            rows=tuple(
                (
                    words.step_title(step.step),
                    _(words.OUTCOMES[step.outcome]),
                    f"{step.changed:,}",
                    f"{step.seconds:.2f} s",
                    words.reason_text(step.error),
                )
                for step in ended.steps
            ),
        )
    ]
    blockers = [*ended.blockers, *(s.blocker for s in ended.steps if s.blocker is not None)]
    if blockers:
        tables.insert(0, blockers_table(blockers))
    return ReportDocument(
        title=_title(_(words.COMMANDS[command]), target.name),
        verdict=words.stop_text(ended.reason, ended.error),
        facts=(
            *_facts(target.name, target.facts.address, target.facts.version),
            (_("By"), target.by),
            (_("Run"), ended.run_id),
            (_("Time"), f"{ended.seconds:.1f} s"),
        ),
        tables=tuple(tables),
    )


def verify_report(target: Target, ended: VerifyEnded) -> ReportDocument:
    """Every check with its evidence, and the documents that offend."""
    rows: list[Row] = [
        (
            _(words.GROUPS[result.group]),
            words.check_title(result.check),
            _(STATES[result.state]),
            f"{result.count:,}",
            f"{result.seconds * 1000:,.0f} ms",
            " · ".join(
                part for part in (words.evidence(result), words.detail_text(result.detail)) if part
            ),
        )
        for result in ended.results
    ]
    headers = (_("Group"), _("Check"), _("State"), _("Findings"), _("Time"), _("Evidence"))
    offending = [one for result in ended.results for one in result.offenders]
    return ReportDocument(
        title=_title(_("Verification"), target.name),
        verdict=_("Passed") if ended.passed else _("Not passed"),
        facts=(
            *_facts(target.name, target.facts.address, target.facts.version),
            (_("By"), target.by),
            (_("Time"), f"{ended.seconds:.1f} s"),
        ),
        tables=(
            Table(title=_("Checks"), headers=headers, rows=tuple(rows)),
            *((offenders_table(_("Offending documents"), offending),) if offending else ()),
        ),
    )


def backup_report(target: Target, ended: BackupEnded) -> ReportDocument:
    """What a backup holds."""
    manifest = ended.manifest
    kept = manifest.collections if manifest else ()
    return ReportDocument(
        title=_title(_("Backup"), target.name),
        verdict=words.stop_text(ended.reason, ended.error),
        facts=(
            *_facts(target.name, target.facts.address, target.facts.version),
            (_("Folder"), str(ended.folder)),
            (_("Time"), f"{ended.seconds:.1f} s"),
            (_("As of one moment"), _("yes") if manifest and manifest.consistent else _("no")),
        ),
        tables=(
            Table(
                title=_("Collections"),
                headers=(_("Collection"), _("Documents"), _("Bytes"), "SHA-256"),
                rows=tuple(
                    (one.name, f"{one.count:,}", f"{one.size:,}", one.sha256) for one in kept
                ),
            ),
        ),
    )


def restore_report(target: Target, ended: RestoreEnded) -> ReportDocument:
    """What was restored, or what is damaged."""
    damaged = tuple((words.damage_text(part),) for part in ended.damaged)
    return ReportDocument(
        title=_title(_("Restore"), target.name),
        verdict=words.stop_text(ended.reason, ended.error),
        facts=(
            *_facts(target.name, target.facts.address, target.facts.version),
            (_("Folder"), str(ended.folder)),
            (_("Documents"), f"{ended.documents:,}"),
            (_("Time"), f"{ended.seconds:.1f} s"),
        ),
        tables=(
            (Table(title=_("Damaged"), headers=(_("What"),), rows=damaged),) if damaged else ()
        ),
    )


def rollback_plan_report(target: Target, steps: tuple[RollbackStep, ...]) -> ReportDocument:
    """What rolling back would undo."""
    lasting = sum(not step.reversible for step in steps)
    verdict = _("Steps to undo: {n}.").format(n=len(steps) - lasting)
    if lasting:
        verdict += " " + _("Not to be undone: {n}.").format(n=lasting)
    return ReportDocument(
        title=_title(_("Roll back"), target.name),
        verdict=verdict,
        facts=_facts(target.name, target.facts.address, target.facts.version),
        tables=(
            Table(
                title=_("Steps"),
                headers=(
                    _("Migration step"),
                    _("Documents"),
                    _("Can be undone"),
                    _("Applied"),
                    _("By"),
                ),
                rows=tuple(
                    (
                        words.step_title(step.id),
                        f"{step.documents:,}",
                        _("yes") if step.reversible else _("no"),
                        _moment(step.applied_at),
                        step.applied_by,
                    )
                    for step in steps
                ),
            ),
        ),
    )


def status_report(target: Target, status: Status) -> ReportDocument:
    """How a database stands, and its history."""
    rate = success_rate(status.runs)
    facts = [*_facts(target.name, target.facts.address, target.facts.version)]
    if status.holder is not None:
        facts.append((_("Now"), words.holder_text(status.holder)))
    if rate is not None:
        facts.append((_("Runs that succeeded"), f"{rate:.1%}"))
    return ReportDocument(
        title=_title(_("Migrations"), target.name),
        verdict=plan_verdict(status.plan),
        facts=tuple(facts),
        tables=(history_table(status.runs),),
    )


def history_table(runs: Iterable[Run]) -> Table:
    """Who did what, when, for how long, and how it ended."""
    return Table(
        title=_("History"),
        headers=(_("Run"), _("What"), _("By"), _("Began"), _("Time"), _("Result")),
        rows=tuple(
            (
                run.run_id,
                _(words.COMMANDS.get(run.command, run.command)),
                run.by,
                _moment(run.started_at),
                f"{(run.ended_at - run.started_at).total_seconds():.1f} s" if run.ended_at else "–",
                words.stop_text(run.outcome, run.error),
            )
            for run in runs
        ),
    )


def blockers_table(blockers: Iterable[Blocker]) -> Table:
    """What stands in the way, with the documents."""
    rows: list[Row] = []
    for blocker in blockers:
        rows.append((words.blocker_text(blocker), blocker.collection, f"{blocker.count:,}", ""))
        rows += [
            ("", one.collection, one.id, words.detail_text(one.detail)) for one in blocker.offenders
        ]
        rows += [
            ("", one.path, _short(one.present), _short(one.wanted)) for one in blocker.differences
        ]
    headers = (_("What stands in the way"), _("Where"), _("Which"), _("What"))
    return Table(title=_("In the way"), headers=headers, rows=tuple(rows))


def offenders_table(title: str, offenders: Iterable[Offender]) -> Table:
    """Documents that something is wrong with."""
    rows = tuple((one.collection, one.id, words.detail_text(one.detail)) for one in offenders)
    return Table(title=title, headers=(_("Collection"), _("Document"), _("What")), rows=rows)


def _facts(database: str, address: str, version: str) -> tuple[tuple[str, str], ...]:
    return (
        (_("Database"), database),
        (_("Server"), address),
        (_("MongoDB version"), version),
    )


def _title(what: str, database: str) -> str:
    return _TITLE.format(what=what, database=database)


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S UTC")


def _short(value: Any) -> str:
    if value is None:
        return "–"
    text = str(plain(value))
    return text if len(text) <= 200 else text[:199] + "…"
