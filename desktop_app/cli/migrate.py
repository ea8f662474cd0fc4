"""``evalconsole migrate``: plan, apply, verify, undo; back up and restore. Without a window."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from desktop_app.cli import exits
from desktop_app.cli.interruption import interruptible
from desktop_app.cli.secret_file import secret_from
from desktop_app.cli.telling import say
from desktop_app.cli.values import report_path
from desktop_app.core.language import N_, _
from desktop_app.core.tasks import TaskContext
from desktop_app.core.verdicts import CheckState
from desktop_app.db.migrations.apply import BackupProof, apply
from desktop_app.db.migrations.backup import BackupEnded, CopyProgress, backup
from desktop_app.db.migrations.events import Event, RunEnded, SecretMade, StepProgress, Stop
from desktop_app.db.migrations.journal import Journal
from desktop_app.db.migrations.lease import break_lease, held_by
from desktop_app.db.migrations.manifest import BackupDamaged, proof_of
from desktop_app.db.migrations.plan import QUICK_S, plan
from desktop_app.db.migrations.plan_data import Counting, PlanReady
from desktop_app.db.migrations.restore import RestoreEnded, restore
from desktop_app.db.migrations.rollback import rollback, rollback_plan
from desktop_app.db.migrations.run import RunOptions
from desktop_app.db.migrations.server import Target
from desktop_app.db.migrations.steps import migration
from desktop_app.db.migrations.verification import VerifyEnded
from desktop_app.db.migrations.verify import verify
from desktop_app.services.migrations import connection, reports
from desktop_app.services.migrations.lines import line_of
from desktop_app.services.report_document import (
    SUFFIXES,
    ReportDocument,
    Table,
    as_html,
    as_markdown,
    write_text,
)

T = TypeVar("T", bound=Event)

_TELL_S = 1.0
"""How often progress is told: a log is read by people."""

_CODES = {
    Stop.DONE: exits.PASSED,
    Stop.FAILED: exits.GATE_FAILED,
    Stop.BLOCKED: exits.GATE_FAILED,
    Stop.REFUSED: exits.GATE_FAILED,
    Stop.LEASE_HELD: exits.GATE_FAILED,
    Stop.LEASE_LOST: exits.GATE_FAILED,
    Stop.CANCELLED: exits.INTERRUPTED,
    Stop.UNREACHABLE: exits.UNREACHABLE,
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(metavar=_("ACTION"), required=True)

    def action(name: str, purpose: str, run: Callable[[_Job], int]) -> argparse.ArgumentParser:
        one = actions.add_parser(name, help=_(purpose), description=_(purpose))
        _declare_common(one)
        one.set_defaults(action=run)
        return one

    action("status", N_("how the database stands, and what was done to it"), _status)
    one = action("plan", N_("what applying would do; writes nothing"), _plan)
    one.add_argument(
        "--thorough", action="store_true", help=_("count everything, however long it takes")
    )
    one = action("apply", N_("bring the database to this version"), _apply)
    one.add_argument(
        "--backup", type=Path, metavar="DIR", help=_("back up to this new folder first")
    )
    one.add_argument(
        "--backed-up",
        type=Path,
        metavar="DIR",
        help=_("a backup of the last 24 hours; production needs this or --backup"),
    )
    _declare_waiting(one)
    one = action("verify", N_("check integrity, schema and queries; writes nothing"), _verify)
    one.add_argument(
        "--only", nargs="+", metavar="CHECK", help=_("these checks alone, by their ids")
    )
    one = action("rollback", N_("undo applied steps"), _rollback)
    one.add_argument("steps", nargs="*", metavar="STEP", help=_("ids of steps, as plan names them"))
    one.add_argument("--all", action="store_true", help=_("all steps"))
    one.add_argument("--dry-run", action="store_true", help=_("only say what would be undone"))
    one.add_argument(
        "--skip-irreversible", action="store_true", help=_("leave out what cannot be undone")
    )
    _declare_waiting(one)
    one = action("backup", N_("copy the database into a folder"), _backup)
    one.add_argument("--to", type=Path, required=True, metavar="DIR", help=_("a new folder"))
    one.add_argument(
        "--no-snapshot", action="store_true", help=_("read without holding one moment in time")
    )
    one = action("restore", N_("copy a backup into an empty database"), _restore)
    one.add_argument(
        "--from", dest="source", type=Path, required=True, metavar="DIR", help=_("the backup")
    )


def _declare_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--mongo-uri", required=True, metavar="URI", help="mongodb://host:27017/?replicaSet=rs0"
    )
    parser.add_argument("--database", required=True, metavar="NAME", help=_("the database's name"))
    parser.add_argument(
        "--password-file",
        type=Path,
        metavar="FILE",
        help=_("holds the password of the name in the address; other users see arguments"),
    )
    parser.add_argument(
        "--environment",
        choices=("local", "staging", "production"),
        metavar="local|staging|production",
        help=_("what is at stake; by default local on this computer, else production"),
    )
    parser.add_argument("--by", metavar="NAME", help=_("who acts, for the history"))
    parser.add_argument(
        "--json", metavar="FILE", help=_("write the result as JSON there; - for standard output")
    )
    parser.add_argument(
        "--report",
        type=report_path(SUFFIXES),
        metavar="FILE",
        help=_("write a report: .html, .md or .json"),
    )


def _declare_waiting(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--wait",
        type=float,
        default=0.0,
        metavar="S",
        help=_("seconds to wait for somebody else's run to end"),
    )
    parser.add_argument(
        "--break-lease",
        metavar="RUN",
        help=_("take the lease away from that run first; this is written down"),
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the action asked for."""
    file: Path | None = arguments.password_file
    password = secret_from(file) if file is not None else None
    context = TaskContext()
    with (
        interruptible(context),
        connection.open_database(
            arguments.mongo_uri, arguments.database, by=arguments.by, password=password
        ) as target,
    ):
        job = _Job(arguments, target, context)
        action: Callable[[_Job], int] = arguments.action
        return action(job)


class _Job:
    """One action: its arguments, its database, where its result goes."""

    def __init__(self, arguments: argparse.Namespace, target: Target, context: TaskContext) -> None:
        self.arguments = arguments
        self.target = target
        self.context = context
        self.environment: str = (
            arguments.environment or connection.environment_of(arguments.mongo_uri).value
        )

    def follow(self, events: Iterable[Event], end: type[T]) -> T:
        """Tell on stderr what happens; returns the last event."""
        told = 0.0
        last: Event | None = None
        for event in events:
            last = event
            now = time.monotonic()
            if isinstance(event, SecretMade):
                said = _("The password of {login}, shown once: {password}")
                say(said.format(login=event.login_id, password=event.password))
            elif isinstance(event, _OFTEN) and now - told < _TELL_S:
                continue
            elif line := line_of(event):
                told = now
                say(line)
        assert isinstance(last, end)
        return last

    def write(self, result: Any, report: ReportDocument) -> None:
        """Write the result where it was asked for."""
        content = {
            "database": self.target.name,
            "environment": self.environment,
            "server": reports.plain(self.target.facts),
            "result": reports.plain(result),
        }
        text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
        if self.arguments.json == "-":
            sys.stdout.write(text)
            sys.stdout.flush()
        elif self.arguments.json:
            write_text(Path(self.arguments.json), text)
        path: Path | None = self.arguments.report
        if path is not None:
            write = {".html": as_html, ".md": as_markdown}.get(path.suffix.lower())
            write_text(path, write(report) if write else text)

    def options(self) -> RunOptions:
        """How to treat others; breaks a lease first if asked to."""
        if self.arguments.break_lease:
            holder = break_lease(self.target, self.arguments.break_lease)
            say(_("The lease of {by} was broken.").format(by=holder.by))
        return RunOptions(wait_s=self.arguments.wait)


_OFTEN = (StepProgress, CopyProgress, Counting)


def _status(job: _Job) -> int:
    events = plan(job.target, environment=job.environment, budget_s=QUICK_S, context=job.context)
    status = reports.Status(
        plan=job.follow(events, PlanReady).plan,
        holder=held_by(job.target.database),
        runs=Journal(job.target.database).runs(),
    )
    report = reports.status_report(job.target, status)
    say(report.verdict)
    for label, value in report.facts:
        say(f"  {label}: {value}")
    job.write(status, report)
    return exits.PASSED if status.up_to_date else exits.GATE_FAILED


def _plan(job: _Job) -> int:
    budget = None if job.arguments.thorough else QUICK_S
    events = plan(job.target, environment=job.environment, budget_s=budget, context=job.context)
    made = job.follow(events, PlanReady).plan
    report = reports.plan_report(made)
    _say_report(report)
    job.write(made, report)
    return exits.GATE_FAILED if made.blockers else exits.PASSED


def _apply(job: _Job) -> int:
    options = job.options()
    proof: BackupProof | None = None
    existing: Path | None = job.arguments.backed_up
    if job.arguments.backup is not None:
        saved = job.follow(
            backup(job.target, job.arguments.backup, context=job.context), BackupEnded
        )
        if saved.manifest is None:
            job.write(saved, reports.backup_report(job.target, saved))
            return _CODES[saved.reason]
        existing = job.arguments.backup
    if existing is not None:
        try:
            proof = proof_of(existing)
        except BackupDamaged as damaged:
            say(str(damaged))
            return exits.GATE_FAILED
    events = apply(
        job.target,
        environment=job.environment,
        hash_password=connection.hash_password(),
        backup=proof,
        options=options,
        context=job.context,
    )
    return _ended(job, "apply", job.follow(events, RunEnded))


def _verify(job: _Job) -> int:
    events = verify(job.target, only=job.arguments.only, context=job.context)
    ended = job.follow(events, VerifyEnded)
    if job.arguments.only and len(ended.results) < len(set(job.arguments.only)):
        say(_("There are no such checks."))
        return exits.WRONG_USAGE
    job.write(ended, reports.verify_report(job.target, ended))
    if ended.reason is not Stop.DONE:
        return _CODES[ended.reason]
    if ended.count(CheckState.FAIL):
        return exits.GATE_FAILED
    return exits.PASSED if ended.passed else exits.UNREACHABLE


def _rollback(job: _Job) -> int:
    steps = None if job.arguments.all else set(job.arguments.steps)
    known = {step.id for step in migration().steps}
    if bool(job.arguments.steps) == job.arguments.all or (steps and steps - known):
        say(_("Name steps as plan names them, or --all."))
        say("  " + " ".join(sorted(known)))
        return exits.WRONG_USAGE
    if job.arguments.dry_run:
        planned = rollback_plan(job.target, steps)
        report = reports.rollback_plan_report(job.target, planned)
        _say_report(report)
        job.write(planned, report)
        return exits.PASSED
    events = rollback(
        job.target,
        steps,
        skip_irreversible=job.arguments.skip_irreversible,
        options=job.options(),
        context=job.context,
    )
    return _ended(job, "rollback", job.follow(events, RunEnded))


def _backup(job: _Job) -> int:
    events = backup(
        job.target,
        job.arguments.to,
        snapshot=not job.arguments.no_snapshot,
        context=job.context,
    )
    ended = job.follow(events, BackupEnded)
    job.write(ended, reports.backup_report(job.target, ended))
    return _CODES[ended.reason]


def _restore(job: _Job) -> int:
    ended = job.follow(restore(job.target, job.arguments.source, context=job.context), RestoreEnded)
    job.write(ended, reports.restore_report(job.target, ended))
    return _CODES[ended.reason]


def _ended(job: _Job, command: str, ended: RunEnded) -> int:
    job.write(ended, reports.run_report(job.target, command, ended))
    return _CODES[ended.reason]


def _say_report(report: ReportDocument) -> None:
    say(report.verdict)
    for table in report.tables:
        if not isinstance(table, Table) or not table.rows:
            continue
        say(f"{table.title}:")
        for row in table.rows:
            say("  " + " · ".join(cell for cell in row if cell))
