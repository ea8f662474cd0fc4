"""Everything that the window does to a database: engine, write guard and passwords joined.

Every method but those that say otherwise talks to the server and blocks: call it from a worker.
What changes anything asks the write guard first, whatever the window has shown.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar

from desktop_app.api.guard import WriteGuard
from desktop_app.config.profiles import Environment, Profile, Profiles
from desktop_app.config.secrets import Secrets
from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_
from desktop_app.core.tasks import TaskContext
from desktop_app.core.users import User
from desktop_app.db.migrations.apply import apply
from desktop_app.db.migrations.backup import BackupEnded, backup
from desktop_app.db.migrations.events import Holder, Offender, RunEnded
from desktop_app.db.migrations.journal import Journal
from desktop_app.db.migrations.lease import break_lease, held_by
from desktop_app.db.migrations.manifest import (
    BackupDamaged,
    Damaged,
    Manifest,
    check_files,
    proof_of,
    read_manifest,
)
from desktop_app.db.migrations.plan import QUICK_S, plan
from desktop_app.db.migrations.plan_data import PlanReady
from desktop_app.db.migrations.restore import RestoreEnded, restore
from desktop_app.db.migrations.rollback import RollbackStep, rollback, rollback_plan
from desktop_app.db.migrations.run import RunOptions
from desktop_app.db.migrations.server import ServerFacts, Target
from desktop_app.db.migrations.verification import VerifyEnded
from desktop_app.db.migrations.verify import verify
from desktop_app.services.migrations import choice as choices
from desktop_app.services.migrations import places
from desktop_app.services.migrations.choice import DatabaseChoice
from desktop_app.services.migrations.connection import (
    DATABASE,
    hash_password,
    open_database,
    signed,
    uri_of,
)
from desktop_app.services.migrations.reports import Status
from desktop_app.services.migrations.telling import Telling

T = TypeVar("T")
HISTORY = 200


class NoDatabase(LocalFailure):
    """The connection names no database, or the local workspace is not ready."""

    what = N_("This connection names no MongoDB address.")
    advice = N_("Choose a database by its address.")


class PasswordNeeded(LocalFailure):
    """The address names a user whose password nobody has typed yet. Params: ``user``, ``hosts``."""

    what = N_("The password of {user} at {hosts} is needed.")
    advice = N_("Choose the database again and type its password.")


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What came of work on ``target``, whose connection is closed by now."""

    target: Target
    result: T


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyOrder:
    """How to apply: into which folder to back up first, or which backup there is already."""

    backup_to: Path | None = None
    backed_up: Path | None = None


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying did; ``ended`` is None where the backup before it did not come about."""

    saved: BackupEnded | None
    ended: RunEnded | None


@dataclass(frozen=True, slots=True)
class BackupState:
    """A backup that was read through."""

    folder: Path
    manifest: Manifest
    damaged: tuple[Damaged, ...]


class Desk:
    """Migrations in the name of one person who is signed in; to be made on a worker.

    ``workspace_uri`` tells where the local workspace's MongoDB is (None while it does not run).
    """

    def __init__(
        self,
        *,
        user: User,
        profile: Profile,
        guard: WriteGuard,
        secrets: Secrets,
        profiles: Profiles,
        workspace_uri: Callable[[], str | None],
        platform_database: str = DATABASE,
        options: RunOptions | None = None,
    ) -> None:
        self._user, self._profile, self._own_guard = user, profile, guard
        self._secrets, self._profiles = secrets, profiles
        self._workspace_uri = workspace_uri
        self.platform_database = platform_database
        self._options = options or RunOptions()
        self.passwords_kept = secrets.available  # asks the keyring, which may take its time
        """Whether passwords outlive the program."""
        self._guards: dict[frozenset[str], WriteGuard] = {}
        self._lock = threading.Lock()

    # Without asking a server

    def own(self) -> DatabaseChoice:
        """The database of the platform that one is signed in to."""
        return DatabaseChoice(
            database=self.platform_database, environment=self._profile.environment
        )

    @property
    def has_own(self) -> bool:
        """Whether that one's address is known."""
        return self._own_uri() is not None

    @property
    def own_holds_password(self) -> bool:
        """Whether no password has to be typed for it: the local workspace knows its own."""
        uri = self._own_uri()
        return uri is None or choices.holds_password(uri) or not choices.user_of(uri)

    def is_platform(self, choice: DatabaseChoice) -> bool:
        """Whether the window's other tabs show what is in that database."""
        own = self._own_uri()
        if choice.database != self.platform_database or own is None:
            return False
        return choice.own or choices.hosts_of(choice.uri) == choices.hosts_of(own)

    def least_stake(self, uri: str) -> Environment | None:
        """What the known connections say that an address has at stake; None: nothing."""
        return choices.least_stake(uri, self._known())

    def suggested(self, uri: str) -> Environment:
        """What an address most likely has at stake."""
        return choices.suggested(uri, self._known())

    def settled(self, choice: DatabaseChoice) -> DatabaseChoice:
        """The choice, at stake what is known to be."""
        if choice.own:
            return replace(choice, environment=self._profile.environment)
        least = self.least_stake(choice.uri)
        return replace(choice, environment=choices.guarded(choice.environment, least))

    def guard_of(self, choice: DatabaseChoice) -> WriteGuard:
        """The lock on a database: the connection's own, or one for each other server."""
        choice, hosts = self.settled(choice), choices.hosts_of(choice.uri)
        if choice.own or hosts & choices.hosts_of(self._own_uri() or ""):
            return self._own_guard
        protected = choice.environment is Environment.PRODUCTION
        with self._lock:
            guard = self._guards.setdefault(hosts, WriteGuard(choice.hosts))
            guard.protected = protected
            return guard

    def address_of(self, choice: DatabaseChoice) -> str:
        """The server as people call it; "" where it is not known."""
        return choice.hosts or ",".join(sorted(choices.hosts_of(self._own_uri() or "")))

    # Asking the server

    def connect(self, choice: DatabaseChoice, password: str) -> ServerFacts:
        """Try a database, with a password newly typed ("": the one kept), which is then kept."""
        with self._open(choice, password or None) as target:
            facts = target.facts
        uri = self._uri(choice)
        if password and choices.user_of(uri):
            self._secrets.set(self._profile.id, choices.secret_name(uri), password)
        return facts

    def look(
        self, choice: DatabaseChoice, telling: Telling, *, thorough: bool = False
    ) -> Answer[Status]:
        """How the database stands; ``thorough`` counts everything, however long it takes."""
        with self._open(choice) as target:
            events = plan(
                target,
                environment=self.settled(choice).environment.value,
                budget_s=None if thorough else QUICK_S,
                context=telling.context,
            )
            made = telling.follow(events, PlanReady).plan
            runs = Journal(target.database).runs(HISTORY)
            return Answer(target, Status(plan=made, holder=held_by(target.database), runs=runs))

    def holder(self, choice: DatabaseChoice) -> tuple[Holder | None, datetime]:
        """Who migrates the database now, and the server's clock."""
        with self._open(choice) as target:
            return held_by(target.database), target.now()

    def apply(self, choice: DatabaseChoice, order: ApplyOrder, telling: Telling) -> Answer[Applied]:
        """Back up if ordered, then apply. Raises ``ProductionLocked``, ``BackupDamaged``."""
        self.guard_of(choice).check()
        with self._open(choice) as target:
            saved: BackupEnded | None = None
            folder = order.backed_up
            if order.backup_to is not None:
                saved = self._backed_up(target, order.backup_to, telling)
                if saved.manifest is None:
                    return Answer(target, Applied(saved, None))
                folder = order.backup_to
            events = apply(
                target,
                environment=self.settled(choice).environment.value,
                hash_password=hash_password(),
                backup=proof_of(folder) if folder is not None else None,
                options=self._options,
                context=telling.context,
            )
            return Answer(target, Applied(saved, telling.follow(events, RunEnded)))

    def verify(self, choice: DatabaseChoice, telling: Telling) -> Answer[VerifyEnded]:
        """Every check with its evidence."""
        with self._open(choice) as target:
            events = verify(target, context=telling.context)
            return Answer(target, telling.follow(events, VerifyEnded))

    def rollback_plan(self, choice: DatabaseChoice) -> tuple[RollbackStep, ...]:
        """What can be undone, in its order."""
        with self._open(choice) as target:
            return rollback_plan(target)

    def rollback(
        self, choice: DatabaseChoice, steps: frozenset[str], telling: Telling
    ) -> Answer[RunEnded]:
        """Undo ``steps``. Raises ``ProductionLocked``."""
        self.guard_of(choice).check()
        with self._open(choice) as target:
            events = rollback(target, steps, options=self._options, context=telling.context)
            return Answer(target, telling.follow(events, RunEnded))

    def backup(
        self, choice: DatabaseChoice, folder: Path, telling: Telling, *, snapshot: bool = True
    ) -> Answer[BackupEnded]:
        """Copy the database into a new or empty folder."""
        with self._open(choice) as target:
            return Answer(target, self._backed_up(target, folder, telling, snapshot=snapshot))

    def check_backup(self, folder: Path, context: TaskContext) -> BackupState:
        """Read a backup through. Raises ``BackupDamaged`` where it has no sound manifest."""
        manifest = read_manifest(folder)
        damaged = []
        for one, read, part in check_files(folder, manifest, context):
            context.report(read, manifest.size, one.name, unit="bytes")
            if part is not None:
                damaged.append(part)
        return BackupState(folder, manifest, tuple(damaged))

    def read_backup(self, folder: Path) -> BackupState:
        """What a backup says of itself, without reading it through; damage that shows at once."""
        manifest = read_manifest(folder)
        try:
            proof_of(folder)
        except BackupDamaged as damaged:
            return BackupState(folder, manifest, damaged.parts)
        return BackupState(folder, manifest, ())

    def restore(
        self, choice: DatabaseChoice, folder: Path, telling: Telling
    ) -> Answer[RestoreEnded]:
        """Restore a backup into the database, which must be empty. Raises ``ProductionLocked``."""
        self.guard_of(choice).check()
        with self._open(choice) as target:
            events = restore(target, folder, options=self._options, context=telling.context)
            return Answer(target, telling.follow(events, RestoreEnded))

    def break_lease(self, choice: DatabaseChoice, run_id: str) -> Holder:
        """Take the lease away from a run; it is audited. Raises ``ProductionLocked``."""
        self.guard_of(choice).check()
        with self._open(choice) as target:
            return break_lease(target, run_id)

    def place_of(self, choice: DatabaseChoice, offender: Offender) -> places.Place | None:
        """Which tab shows a document; None where none does: of another platform, of no tab."""
        if not self.is_platform(choice) or offender.collection not in places.SHOWN:
            return None
        with self._open(choice) as target:
            return places.place_of(target.database, offender)

    def document(self, choice: DatabaseChoice, offender: Offender) -> str | None:
        """A document as text without secrets; None where it is not there any more."""
        with self._open(choice) as target:
            found = places.find(target.database, offender)
        return places.as_text(found) if found is not None else None

    # Inside

    def _backed_up(
        self, target: Target, folder: Path, telling: Telling, *, snapshot: bool = True
    ) -> BackupEnded:
        events = backup(target, folder, snapshot=snapshot, context=telling.context)
        return telling.follow(events, BackupEnded)

    def _own_uri(self) -> str | None:
        return uri_of(self._profile, self._workspace_uri())

    def _known(self) -> list[tuple[str | None, Environment]]:
        kept = [(one.mongo_uri, one.environment) for one in self._profiles.all()]
        return [*kept, (self._own_uri(), self._profile.environment)]

    def _uri(self, choice: DatabaseChoice) -> str:
        uri = choice.uri or self._own_uri()
        if uri:
            return uri
        if self._profile.is_local:
            raise NoDatabase(
                what=N_("The local workspace is not ready."),
                advice=N_("Try again in a moment, or choose a database by its address."),
            )
        raise NoDatabase()

    @contextmanager
    def _open(self, choice: DatabaseChoice, password: str | None = None) -> Iterator[Target]:
        uri = self._uri(choice)
        user = choices.user_of(uri)
        if user and password is None and not choices.holds_password(uri):
            password = self._secrets.get(self._profile.id, choices.secret_name(uri))
            if password is None:
                hosts = ",".join(sorted(choices.hosts_of(uri)))
                raise PasswordNeeded(user=user, hosts=hosts)
        with open_database(
            uri,
            choice.database,
            by=signed(self._user),
            password=password if user and not choices.holds_password(uri) else None,
        ) as target:
            yield target
