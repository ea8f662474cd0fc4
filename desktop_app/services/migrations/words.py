"""What the engines' codes mean to people: steps, checks, states, what stands in the way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desktop_app.config.profiles import ENVIRONMENT_LABELS
from desktop_app.core.language import N_, NN_, _, ngettext
from desktop_app.db.migrations import backup as backups
from desktop_app.db.migrations import restore as restores
from desktop_app.db.migrations import rollback as rollbacks
from desktop_app.db.migrations.events import Blocker, Holder, Obstacle, Outcome, Stop
from desktop_app.db.migrations.journal import INTERRUPTED, RUNNING
from desktop_app.db.migrations.manifest import Damage, Damaged
from desktop_app.db.migrations.plan_data import IndexAction, StepPlan
from desktop_app.db.migrations.steps import Kind, Standing, migration
from desktop_app.db.migrations.verification import CheckResult, Group

OUTCOMES: Mapping[str, str] = {
    Outcome.APPLIED: N_("Applied"),
    Outcome.IN_PLACE: N_("In place"),
    Outcome.ROLLED_BACK: N_("Rolled back"),
    Outcome.FAILED: N_("Failed"),
    Outcome.NOT_RUN: N_("Not run"),
}
STANDINGS: Mapping[str, str] = {
    Standing.IN_PLACE: N_("In place"),
    Standing.PENDING: N_("Pending"),
    Standing.DRIFTED: N_("Altered by hand"),
}
GROUPS: Mapping[str, str] = {
    Group.SCHEMA: N_("Schema"),
    Group.INTEGRITY: N_("Integrity"),
    Group.QUERY: N_("Queries"),
}
STOPS: Mapping[str, str] = {
    Stop.DONE: N_("Done"),
    Stop.FAILED: N_("Failed"),
    Stop.BLOCKED: N_("Blocked: something in the database stands in the way"),
    Stop.REFUSED: N_("Refused"),
    Stop.CANCELLED: N_("Stopped"),
    Stop.LEASE_HELD: N_("Somebody else is migrating this database"),
    Stop.LEASE_LOST: N_("The lease was lost to another run"),
    Stop.UNREACHABLE: N_("The server does not answer"),
    RUNNING: N_("Running"),
    INTERRUPTED: N_("Interrupted: its program ended"),
}
COMMANDS: Mapping[str, str] = {
    "apply": N_("Apply"),
    "rollback": N_("Roll back"),
    "restore": N_("Restore"),
}
ACTIONS: Mapping[str, str] = {
    "none": N_("Nothing to do"),
    "create": N_("Create"),
    "change": N_("Change the validator"),
    "build": N_("Build indexes"),
    "convert": N_("Convert documents"),
    "insert": N_("Insert"),
    "finish": N_("Finish what was interrupted"),
}
INDEX_ACTIONS: Mapping[str, str] = {
    IndexAction.NONE: N_("In place"),
    IndexAction.CREATE: N_("Create"),
    IndexAction.REPLACE: N_("Replace"),
    IndexAction.LEAVE: N_("Not declared: stays"),
}
OBSTACLES: Mapping[str, str] = {
    Obstacle.DUPLICATES: N_("Duplicates that the unique index {index} would refuse"),
    Obstacle.CHANGED_STEP: N_("The step {step} was applied and reads otherwise now"),
    Obstacle.NEWER: N_("A newer version of this program applied {step}"),
    Obstacle.RIGHTS: N_("The database's user lacks rights: {missing}"),
    Obstacle.NO_COLLECTION: N_("{collection} is no collection but something else"),
}
ADVICE: Mapping[str, str] = {
    Obstacle.DUPLICATES: N_("Change or merge these documents, then plan again."),
    Obstacle.CHANGED_STEP: N_("Use the version of this program that applied it."),
    Obstacle.NEWER: N_("Use that version, or a later one."),
    Obstacle.RIGHTS: N_("Ask for the roles readWrite and dbAdmin on this database."),
    Obstacle.NO_COLLECTION: N_("Rename it, then plan again."),
}
REASONS: Mapping[str, str] = {
    "backup_needed": N_("A production database is migrated only with a backup."),
    "backup_of_another": N_("The backup is of another database."),
    "backup_too_old": N_("The backup is older than 24 hours."),
    backups.NOT_EMPTY: N_("The folder holds something else: choose an empty one."),
    backups.NO_ROOM: N_("The disk has not enough room for the backup."),
    backups.DISK_FULL: N_("The disk is full."),
    backups.TOO_SLOW: N_(
        "Reading took longer than the server keeps its past. Raise "
        "minSnapshotHistoryWindowInSeconds, or back up without a snapshot."
    ),
    restores.NOT_EMPTY: N_("The database is not empty: restore into an empty or a new one."),
    restores.DIFFERS: N_("What was written reads otherwise"),
    rollbacks.NOT_REVERSIBLE: N_("These steps cannot be undone"),
    rollbacks.UNKNOWN_STEP: N_("There are no such steps"),
    rollbacks.NOT_APPLIED: N_("These steps are not applied"),
}
ENVIRONMENTS: Mapping[str, str] = {
    environment.value: label for environment, label in ENVIRONMENT_LABELS.items()
}
DAMAGES: Mapping[str, str] = {
    Damage.NO_MANIFEST: N_("{file} is missing: this is no finished backup"),
    Damage.MANIFEST: N_("{file} was altered or cannot be read"),
    Damage.MISSING: N_("{file} ({collection}) is missing"),
    Damage.SIZE: N_("{file} ({collection}) has {found} bytes instead of {expected}"),
    Damage.CONTENT: N_("{file} ({collection}) has another content than was written"),
    Damage.UNKNOWN_FILE: N_("{file} ({collection}) is no name of a backup's file"),
}
PHASES: Mapping[str, str] = {
    "read": N_("Reading"),
    "check": N_("Checking the backup"),
    "write": N_("Writing"),
    "verify": N_("Comparing"),
    "index": N_("Building indexes"),
}
_CHECKS: Mapping[str, str] = {
    "schema.validators": N_("Collections and validators as declared"),
    "schema.indexes_missing": N_("No declared index is missing"),
    "schema.indexes_different": N_("No index differs from the declared one"),
    "schema.indexes_redundant": N_("No index is the beginning of another"),
    "evaluations.scores": N_("Scores lie within 0 and the highest score"),
    "evaluations.total_score": N_("Totals of submitted sheets agree with their scores"),
    "users.email_form": N_("E-mail addresses are well formed"),
    "templates.weights": N_("Weights of templates sum to 100"),
    "template_revisions.weights": N_("Weights of kept revisions sum to 100"),
    "queries.user_by_login": N_("A user by sign-in name"),
    "queries.users_per_company": N_("Users per company"),
    "queries.templates_by_text": N_("Templates by text"),
    "queries.sheets_of_evaluator": N_("Sheets of one evaluator"),
}
_CHECK_KINDS: Mapping[str, str] = {
    "violations": N_("{what}: documents keep to their validator"),
    "duplicates": N_("{what}: no duplicates"),
    "references": N_("{what}: references lead to a document"),
}
_PURPOSES = {
    step.id: (step.collection, step.data.purpose) for step in migration().steps if step.data
}
_DOCUMENTS = NN_("{n} document", "{n} documents")


def documents(count: int, *, exact: bool = True) -> str:
    """``count`` documents in words; "at least" where they were not all counted."""
    text = ngettext(*_DOCUMENTS, count).format(n=f"{count:,}")
    return text if exact else _("at least {count}").format(count=text)


def step_title(step: str) -> str:
    """A step by its id."""
    kind, _colon, name = step.partition(":")
    if kind == Kind.COLLECTION:
        return _("Collection {name}").format(name=name)
    if kind == Kind.INDEXES:
        return _("Indexes of {name}").format(name=name)
    if kind == Kind.SEEDS:
        return _("Initial data")
    if step not in _PURPOSES:
        return step
    collection, purpose = _PURPOSES[step]
    return f"{collection}: {_(purpose)}"


def check_title(check: str) -> str:
    """A check by its id."""
    if check in _CHECKS:
        return _(_CHECKS[check])
    kind, _colon, what = check.partition(":")
    return _(_CHECK_KINDS[kind]).format(what=what) if kind in _CHECK_KINDS else check


def what_a_step_does(step: StepPlan) -> str:
    """What applying does about a step, with its figures."""
    parts = [_(ACTIONS[step.action])]
    if step.kind is Kind.DATA and step.pending:
        known = documents(step.documents) if step.documents_exact else _("not counted")
        parts.append(known)
    if step.kind is Kind.INDEXES and step.pending:
        names = [one.name for one in step.indexes if one.action in _BUILT]
        parts.append(", ".join(names))
    if step.kind is Kind.SEEDS and step.pending:
        parts.append(", ".join(seed.name for seed in step.seeds))
    if step.violations is not None and step.violations.count:
        found = documents(step.violations.count, exact=step.violations.exact)
        parts.append(_("{documents} violate it").format(documents=found))
    if not step.reversible and step.pending:
        parts.append(_("cannot be undone"))
    return " · ".join(part for part in parts if part)


_BUILT = (IndexAction.CREATE, IndexAction.REPLACE)


def blocker_text(blocker: Blocker) -> str:
    """What stands in the way, in one sentence, and what to do."""
    return f"{obstacle_text(blocker)}. {advice_text(blocker)}"


def obstacle_text(blocker: Blocker) -> str:
    """What stands in the way."""
    return _(OBSTACLES[blocker.obstacle]).format(
        index=blocker.index,
        step=step_title(blocker.step),
        missing=", ".join(blocker.missing),
        collection=blocker.collection,
    )


def advice_text(blocker: Blocker) -> str:
    """What to do about it."""
    return _(ADVICE[blocker.obstacle])


def holder_text(holder: Holder) -> str:
    """Who holds the lease."""
    return _("{by} has been migrating this database since {at} (run {run}).").format(
        by=holder.by, at=holder.acquired_at.strftime("%Y-%m-%d %H:%M:%S UTC"), run=holder.run_id
    )


def stop_text(stop: str, error: str = "") -> str:
    """Why a run stopped, with what the engine said about it."""
    said = _(STOPS[stop])
    return f"{said}: {reason_text(error)}" if error else said


def reason_text(error: str) -> str:
    """An engine's reason: a code, a code with names, or what the server said."""
    code, colon, names = error.partition(": ")
    if code not in REASONS:
        return error
    return _(REASONS[code]) + (f": {names}" if colon else "")


def damage_text(part: Damaged) -> str:
    """What is wrong with a part of a backup."""
    return _(DAMAGES[part.damage]).format(
        file=part.file, collection=part.collection, expected=part.expected, found=part.found
    )


def evidence(result: CheckResult) -> str:
    """How a check's result is known: its plan, its proof, or why there is none."""
    if result.error:
        return result.error
    if result.proof == "unique_index":
        name = result.plan.indexes[0] if result.plan else ""
        return _("the unique index {name} forbids it").format(name=name)
    if result.plan is None:
        return ""
    how = ", ".join(result.plan.indexes) or " ".join(result.plan.stages)
    if result.plan.ms is None:
        return how
    return _("{how}, {examined} documents examined, {ms} ms").format(
        how=how, examined=f"{result.plan.examined:,}", ms=f"{result.plan.ms:g}"
    )


DETAILS: Mapping[str, str] = {"also": N_("also"), "expected": N_("expected")}
"""What is no name of a field in a detail; message ids."""


def detail_text(detail: Mapping[str, Any]) -> str:
    """What a document or an index holds that is wrong, in one line."""
    return ", ".join(
        f"{_(DETAILS.get(key, key))}: {_value(value)}" for key, value in detail.items()
    )


def _value(value: Any) -> str:
    if value == "missing":
        return _("not there")
    if isinstance(value, Mapping):
        return f"({detail_text(value)})"
    if isinstance(value, list | tuple):
        return ", ".join(_value(item) for item in value)
    return "–" if value is None else str(value) or "“”"
