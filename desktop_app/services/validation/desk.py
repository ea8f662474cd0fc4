"""Validation as wizard and command line do it: target, suites, consent, run, and what is kept.

Methods that talk to the server or read files block: call them from a worker. Production is guarded
here whatever was shown before: what writes or attacks needs the connection's write guard unlocked
*and* the connection's name typed as a sign-off; the engine asks for the latter once more.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from desktop_app.api.guard import WriteGuard
from desktop_app.config.profiles import Environment, Profile
from desktop_app.config.secrets import Secrets
from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_
from desktop_app.core.tasks import TaskContext
from desktop_app.core.validation.baseline import Baseline, Weighed, weigh
from desktop_app.core.validation.cleaning import Cleaner
from desktop_app.core.validation.comparison import Comparison, compare
from desktop_app.core.validation.events import CheckDone, Event, RunEnded, RunStarted
from desktop_app.core.validation.findings import say
from desktop_app.core.validation.gate import Judgement, judge
from desktop_app.core.validation.report import SignInProven, Stop, ValidationReport
from desktop_app.core.validation.suites import Check, Risk, Suite
from desktop_app.engines.validation.bed import TestBed
from desktop_app.engines.validation.client import Client
from desktop_app.engines.validation.run import Order, validate
from desktop_app.engines.validation.target import Consent, Credential, Limits, Target, password_in
from desktop_app.services.connected import Connected
from desktop_app.services.validation import words
from desktop_app.services.validation.baseline_file import read_baseline, write_baseline
from desktop_app.services.validation.platform_secrets import Known, PlatformSecrets
from desktop_app.services.validation.runs import RunHead, RunStore
from desktop_app.services.validation.shelf import Shelf, open_shelf
from desktop_app.services.validation.targets import target_of

ALL_RISKS = frozenset(Risk)


class SignOffNeeded(LocalFailure):
    """Something that writes or attacks was to run on production. Params: ``name``."""

    what = N_("Active checks of a production system need a sign-off.")
    advice = N_("Type the system's name exactly: {name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationOrder:
    """What to run. No ``suites`` are the usual ones, or those of ``checks``; no ``checks`` all.

    ``subjects`` looks at some subjects alone: with one check, that is running it again. ``risks``
    is what the operator consents to, ``sign_off`` what was typed for production. ``known`` is what
    was typed of the platform's secrets: it is used in place of what the keyring has, and kept.
    """

    credentials: tuple[Credential, ...] = field(default=(), repr=False)
    known: Mapping[Known, str] = field(default_factory=dict, repr=False)
    suites: tuple[str, ...] = ()
    checks: frozenset[str] = frozenset()
    subjects: frozenset[str] = frozenset()
    risks: frozenset[Risk] = frozenset({Risk.READS})
    sign_off: str = ""
    limits: Limits = field(default_factory=Limits)
    seed: int | None = None
    whole: bool = False
    """It is a run of its own even where ``checks`` leave some out: others compare with it."""

    @property
    def replay(self) -> bool:
        """Whether only some checks are looked at (again)."""
        return bool(self.checks or self.subjects) and not self.whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What an order costs: ``seconds`` by the last run here, None where there was none.

    ``not_allowed`` counts checks that its consent leaves out.
    """

    checks: int
    not_allowed: int
    requests: int
    seconds: float | None


class Desk(Connected):
    """Validation of one connection in one person's name.

    ``address`` tells where the API is (None while the local workspace does not run); ``key`` what
    it signs tokens with, where that is known; ``mongo_uri`` where its database is. ``secrets``
    keep what a person types of the two.
    """

    def __init__(
        self,
        *,
        profile: Profile,
        guard: WriteGuard,
        by: str,
        folder: Path,
        address: Callable[[], str | None],
        key: Callable[[], str | None] = lambda: None,
        mongo_uri: Callable[[], str | None] = lambda: None,
        secrets: Secrets | None = None,
        others: Iterable[Profile] = (),
        baseline_file: Path | None = None,
        suites_folder: Path | None = None,
    ) -> None:
        """``folder`` keeps runs, suites of the user and the baseline; ``others`` are known too."""
        super().__init__(profile=profile, guard=guard, by=by, address=address, others=others)
        self.runs = RunStore(folder / "runs")
        self.suites_folder = suites_folder or folder / "suites"
        self.baseline_file = baseline_file or folder / f"baseline-{profile.id}.json"
        self.not_kept: LocalFailure | None = None
        """Why the last run could not be kept, if so."""
        self.secrets = PlatformSecrets(
            secrets, profile.id, {Known.SIGNING_KEY: key, Known.MONGO_URI: mongo_uri}
        )
        self._shelf: Shelf | None = None
        self._paces: dict[str, tuple[int, float]] | None = None

    # What it is about

    @property
    def name(self) -> str:
        """What has to be typed as a sign-off."""
        return self.profile.name

    def target(
        self, credentials: tuple[Credential, ...] = (), typed: Mapping[Known, str] | None = None
    ) -> Target:
        """What the engine is pointed at; raises ``NoAddress``, ``LocalFailure``."""
        return target_of(
            self.profile,
            self.url,
            environment=self.environment,
            credentials=credentials,
            signing_key=self.secrets.get(Known.SIGNING_KEY, typed),
            mongo_uri=self.secrets.get(Known.MONGO_URI, typed),
        )

    def shelf(self, *, anew: bool = False) -> Shelf:
        """The suites to choose from, read once; ``anew`` looks at the files again."""
        if self._shelf is None or anew:
            self._shelf = open_shelf(self.suites_folder)
        return self._shelf

    def heads(self) -> tuple[RunHead, ...]:
        """The runs of this target, newest first, as the baseline has them judged today.

        They stay as they were judged where the baseline makes no sense.
        """
        heads, today = self.runs.heads(self.place), date.today()
        try:
            baseline = self.baseline()
        except LocalFailure:
            return heads
        stamp = baseline.stamp(today)
        return tuple(
            head if head.weighed_by == stamp else self._judged(head, baseline, today)
            for head in heads
        )

    @property
    def paces(self) -> Mapping[str, tuple[int, float]]:
        """Requests and seconds that each check took in the last run here; reads files once."""
        if self._paces is None:
            self._paces = self._paces_of(self.runs.last(self.place))
        return self._paces

    # Before a run

    def look(self, context: TaskContext) -> ValidationReport:
        """What answers there: a run without checks, which is not kept.

        Raises ``NoAddress``, ``LocalFailure``, ``Cancelled``.
        """
        order = Order(target=self.target(), suites=(), by=self.by)
        ended = [event for event in validate(order, context) if isinstance(event, RunEnded)]
        context.check()
        return self._cleaner(()).report(ended[-1].report)

    def chosen(self, order: ValidationOrder) -> tuple[tuple[Suite, Check], ...]:
        """The checks of an order, in the order in which they run."""
        picked = self.shelf().picked(order.suites, order.checks)
        return Order(target=_NOWHERE, suites=picked, checks=order.checks).chosen()

    def estimate(self, order: ValidationOrder) -> Estimate:
        """What an order costs."""
        chosen = [check for _suite, check in self.chosen(order)]
        allowed = [check for check in chosen if check.risk in order.risks]
        paces = self.paces
        return Estimate(
            checks=len(allowed),
            not_allowed=len(chosen) - len(allowed),
            requests=sum(paces.get(one.id, (one.costs, 0))[0] for one in allowed),
            seconds=_seconds(allowed, paces),
        )

    def prove(
        self, credentials: tuple[Credential, ...], context: TaskContext
    ) -> Iterator[SignInProven]:
        """Try each sign-in once, and sign out again; yields how each went.

        Where the target has it wait, ``context`` is told how long still. Raises ``NoAddress``,
        ``LocalFailure``, ``Cancelled``.
        """
        cleaner = self._cleaner(credentials)
        client = Client(self.target(credentials), Limits(), context)
        client.waiting = lambda left_s: context.report(0, None, words.waiting(left_s))
        bed = TestBed(client, credentials, Consent(), uuid.uuid4().hex[:8])
        try:
            for credential in credentials:
                yield cleaner.sign_in(bed.sign_in_given(credential.role))
        finally:
            client.ignore_cancel()
            bed.sign_out()
            client.close()

    def is_active(self, order: ValidationOrder) -> bool:
        """Whether something of an order writes or attacks."""
        risks = {check.risk for _suite, check in self.chosen(order)}
        return bool((risks & order.risks) - {Risk.READS})

    def check_consent(self, order: ValidationOrder) -> None:
        """Raise ``ProductionLocked`` or ``SignOffNeeded`` where an order may not run here."""
        if self.environment is not Environment.PRODUCTION or not self.is_active(order):
            return
        self.guard.check()
        if order.sign_off != self.name:
            raise SignOffNeeded(name=self.name)

    # The run

    def run(self, order: ValidationOrder, context: TaskContext) -> Iterator[Event]:
        """Run it; every event is without secrets, the last one is ``RunEnded``, and it is kept.

        A production system that gets locked again meanwhile ends the run. Raises ``NoAddress``,
        ``ProductionLocked``, ``SignOffNeeded``, ``LocalFailure`` before the first event.
        """
        self.check_consent(order)
        cleaner = self._cleaner(order.credentials, order.known)
        self.secrets.keep(order.known)
        guard = self.guard if self.is_active(order) else None
        ordered = Order(
            target=self.target(order.credentials, order.known),
            suites=self.shelf().picked(order.suites, order.checks, seed=order.seed),
            checks=order.checks,
            subjects=order.subjects,
            consent=Consent(risks=order.risks | {Risk.READS}, sign_off=order.sign_off),
            limits=order.limits,
            by=self.by,
            paces={check: seconds for check, (_count, seconds) in self.paces.items()},
        )
        locked = False
        for event in validate(ordered, context):
            if guard is not None and guard.locked and not locked:
                locked = True
                context.cancel()
            told = _cleaned(event, cleaner)
            if isinstance(told, RunEnded):
                told = replace(told, report=_explained(told.report, locked=locked))
                self._keep(told.report, order)
            yield told

    # After a run

    def weigh(self, report: ValidationReport, baseline: Baseline, today: date) -> Weighed:
        """A report against a baseline on a day."""
        return weigh(report, baseline, today, self.shelf().check_ids)

    def judge(
        self, report: ValidationReport, today: date, *, strict: bool = False
    ) -> tuple[Judgement, Weighed]:
        """Whether a run passed, by this connection's baseline; raises ``LocalFailure``."""
        weighed = self.weigh(report, self.baseline(), today)
        return judge(report, weighed, strict=strict), weighed

    def before(self, report: ValidationReport) -> ValidationReport | None:
        """The run before this one of the same target, if there is one."""
        return self.runs.last(self.place, before=report.started_at)

    def compared(
        self, report: ValidationReport, before: ValidationReport | None = None
    ) -> Comparison | None:
        """A run against another, else the one before it; None where there is none."""
        before = before or self.before(report)
        if before is None:
            return None
        found = compare(before, report)
        return replace(found, same_target=True) if self.profile.is_local else found

    def baseline(self) -> Baseline:
        """What is accepted of this connection; raises ``LocalFailure``."""
        return read_baseline(self.baseline_file)

    def set_baseline(self, baseline: Baseline) -> None:
        """Keep what is accepted; raises ``LocalFailure``."""
        write_baseline(self.baseline_file, baseline)

    # Inside

    def _cleaner(
        self, credentials: tuple[Credential, ...], typed: Mapping[Known, str] | None = None
    ) -> Cleaner:
        secrets = {one.password for one in credentials}
        secrets |= {self.secrets.get(Known.SIGNING_KEY, typed) or ""}
        secrets |= {password_in(self.secrets.get(Known.MONGO_URI, typed) or "")}
        secrets |= {password_in(self.profile.proxy)}
        return Cleaner(secrets)

    def _keep(self, report: ValidationReport, order: ValidationOrder) -> None:
        self.not_kept = None
        if report.stop is Stop.REFUSED:
            return
        try:
            self.runs.keep(report, replay=order.replay, place=self.place)
        except LocalFailure as failure:
            self.not_kept = failure
            return
        if not order.replay and report.measured:
            self._paces = self._paces_of(report)

    def _judged(self, head: RunHead, baseline: Baseline, today: date) -> RunHead:
        """A run judged anew, which is written down; as it was where it cannot be read."""
        try:
            report = self.runs.report(head.run_id)
            outcome = judge(report, self.weigh(report, baseline, today)).outcome
            head = replace(head, outcome=outcome, weighed_by=baseline.stamp(today))
            return self.runs.revise(head.run_id, outcome=outcome, weighed_by=head.weighed_by)
        except LocalFailure:
            return head

    @staticmethod
    def _paces_of(report: ValidationReport | None) -> dict[str, tuple[int, float]]:
        results = report.results if report is not None else ()
        return {one.check: (one.requests, one.seconds) for one in results if one.seconds > 0}


_NOWHERE = Target(url="http://localhost")


def _seconds(checks: list[Check], paces: Mapping[str, tuple[int, float]]) -> float | None:
    """By the last run; what was not in it takes as long for each request as the rest of it."""
    if not paces:
        return None
    requests = sum(count for count, _seconds in paces.values())
    each = sum(seconds for _count, seconds in paces.values()) / max(1, requests)
    return sum(paces[one.id][1] if one.id in paces else one.costs * each for one in checks)


def _cleaned(event: Event, cleaner: Cleaner) -> Event:
    if isinstance(event, CheckDone):
        return replace(event, result=cleaner.result(event.result))
    if isinstance(event, RunStarted):
        return replace(event, sign_ins=tuple(map(cleaner.sign_in, event.sign_ins)))
    if isinstance(event, RunEnded):
        return replace(event, report=cleaner.report(event.report))
    return event


def _explained(report: ValidationReport, *, locked: bool) -> ValidationReport:
    if locked and report.stop is Stop.CANCELLED:
        said = say(N_("The production system was locked again: the run ended."))
        return replace(report, stop_said=said)
    return report
