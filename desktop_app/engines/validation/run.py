"""A validation run: a stream of events that ends with the report."""

from __future__ import annotations

import logging
import platform
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from desktop_app import __version__
from desktop_app.core.errors import Cancelled
from desktop_app.core.language import N_
from desktop_app.core.tasks import TaskContext
from desktop_app.core.users import Role
from desktop_app.core.validation.cleaning import Cleaner
from desktop_app.core.validation.events import (
    CheckDone,
    CheckStarted,
    CleaningUp,
    Event,
    Pulse,
    RunEnded,
    RunStarted,
)
from desktop_app.core.validation.findings import CheckResult, Exchange, Finding, Said, say
from desktop_app.core.validation.report import (
    SignInProven,
    Stop,
    TargetFacts,
    ValidationReport,
)
from desktop_app.core.validation.suites import Check, Risk, Suite
from desktop_app.core.validation.time_left import forecast
from desktop_app.core.verdicts import CheckState, worst
from desktop_app.engines.validation import steps
from desktop_app.engines.validation.asking import LOGIN
from desktop_app.engines.validation.bed import BedProblem, TestBed
from desktop_app.engines.validation.client import Answer, Client, NoAnswer, Request, Spent
from desktop_app.engines.validation.context import Blocked, CheckContext, DoesNotApply, Probe
from desktop_app.engines.validation.contract import VERSION, Contract
from desktop_app.engines.validation.recording import exchange_of
from desktop_app.engines.validation.registry import probes
from desktop_app.engines.validation.target import PRODUCTION, Consent, Limits, Target

log = logging.getLogger(__name__)

_PULSE_S = 0.25
_MEASURED = frozenset({CheckState.PASS, CheckState.WARN, CheckState.FAIL})
_HANDSHAKES = "tls."
"""How the probes are called that need no trust in the server."""
_KEPT = 4
_MOST_FINDINGS = 1_000
"""Of one check: a server can make up cookies and routes without end, each with its evidence."""
_DOORS = ("/health", "/api/health", "/openapi.json")
"""Where a server is knocked at: if none of them gives an answer, nothing does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to run. ``checks`` picks some by id (all of the suites when empty).

    ``subjects`` restricts a single check to some of its subjects: what is run again. ``paces`` are
    the seconds that checks took before, where that is known.
    """

    target: Target
    suites: tuple[Suite, ...]
    checks: frozenset[str] = frozenset()
    subjects: frozenset[str] = frozenset()
    consent: Consent = field(default_factory=Consent)
    limits: Limits = field(default_factory=Limits)
    by: str = ""
    paces: Mapping[str, float] = field(default_factory=dict)

    def chosen(self) -> tuple[tuple[Suite, Check], ...]:
        """The checks in the order in which they run: those that use things up come last."""
        picked = [
            (suite, check)
            for suite in self.suites
            for check in suite.checks
            if not self.checks or check.id in self.checks
        ]
        return tuple(sorted(picked, key=lambda pair: pair[1].last))


def validate(order: Order, context: TaskContext) -> Iterator[Event]:
    """Run the checks; the last event is ``RunEnded`` whatever happens, also when cancelled."""
    run = _Run(order, context)
    try:
        yield from run.events()
    finally:
        run.close()


@dataclass
class _Run:
    order: Order
    context: TaskContext
    run_id: str = field(default_factory=lambda: uuid.uuid4().hex[:8])
    results: list[CheckResult] = field(default_factory=list)
    evidence: list[Exchange] = field(default_factory=list)
    sign_ins: list[SignInProven] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client = Client(self.order.target, self.order.limits, self.context)
        self.client.waiting = self._on_waiting
        self._waiting_s = self._waited_s = 0.0
        self.bed = TestBed(
            self.client, self.order.target.credentials, self.order.consent, self.run_id
        )
        self.started_at = datetime.now(UTC)
        self._told_all = False
        self.began = time.monotonic()
        self._pulsed = self.began
        self._seen_requests = 0
        self._handshake_failed = False
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="validation-check")
        self.contract = Contract()
        self.facts = TargetFacts(
            url=self.order.target.url,
            environment=self.order.target.environment,
            client=f"evalconsole {__version__}, Python {platform.python_version()}, "
            f"{platform.system()} {platform.release()}",
        )

    def events(self) -> Iterator[Event]:
        chosen = self.order.chosen()
        if (refused := _refusal(self.order, chosen)) is not None:
            yield self._ended(Stop.REFUSED, chosen, refused)
            return
        stop, said = Stop.DONE, None
        try:
            said = self._reach()
            tried = chosen if said is None else self._of_the_handshake(chosen)
            if said is not None and not tried:
                yield self._ended(Stop.UNREACHABLE, chosen, said)
                return
            if said is None:
                yield from self._signing_in()
            yield RunStarted(
                run_id=self.run_id,
                checks=tuple(check.id for _suite, check in tried),
                sign_ins=tuple(self.sign_ins),
            )
            yield from self._checks(tried)
            if said is not None and not any(one.state in _MEASURED for one in self.results):
                stop = Stop.UNREACHABLE
        except Spent:
            stop = Stop.SPENT
            said = say(N_("The limit of requests or seconds of this run was reached."))
        except Cancelled:
            stop = Stop.CANCELLED
        for left in self._clean_up():
            yield CleaningUp(left=left)
        yield self._ended(stop, chosen, said)

    def _clean_up(self) -> Iterator[int]:
        """Remove what was made, also when asked to stop, and leave no session behind."""
        self.client.ignore_cancel()
        yield from self.bed.clean_up()
        self.bed.sign_out()

    def close(self) -> None:
        """End it, also where nobody listens any more: what it made is removed first."""
        try:
            if not self._told_all:
                self.context.cancel()
            self._worker.shutdown()
            for _left in self._clean_up():
                pass
        finally:
            self.client.close()

    def _reach(self) -> Said | None:
        """Whether anything answers there; why not."""
        answer = next(filter(_came, map(self._ask, _DOORS)), None)
        if answer is None:
            return say(N_("The server does not answer: {reason}."), reason=self.evidence[0].failure)
        described = self._ask("/openapi.json").json
        self.contract = Contract(described=described if isinstance(described, dict) else None)
        trips = sorted(self._ask(answer.request.path).total_ms for _ in range(3))
        self.facts = replace(
            self.facts,
            server=answer.header("server")[:100],
            http_version=answer.http_version,
            tls=answer.tls,
            contract=VERSION,
            network_ms=trips[1],
        )
        return None

    def _of_the_handshake(
        self, chosen: Sequence[tuple[Suite, Check]]
    ) -> Sequence[tuple[Suite, Check]]:
        """The checks that shake hands themselves, where TLS is all that stands in the way.

        A server whose certificate is not trusted gets no request and no password, but it is told
        what is wrong with the certificate.
        """
        if not self._handshake_failed:
            return ()
        return [pair for pair in chosen if pair[1].probe.startswith(_HANDSHAKES)]

    def _ask(self, path: str) -> Answer:
        try:
            answer = self.client.send(Request(method="GET", path=path))
        except NoAnswer as none:
            answer = none.answer
            self._handshake_failed |= answer.handshake_failed
        if len(self.evidence) < _KEPT:
            self.evidence.append(exchange_of(answer, self.order.limits.kept_text))
        return answer

    def _signing_in(self) -> Iterator[Event]:
        """Sign in, and tell how long that still takes where the target has it wait."""
        signing = self._worker.submit(self._sign_in)
        while not wait((signing,), _PULSE_S).done:
            yield self._pulse(None)
        signing.result()

    def _sign_in(self) -> None:
        for role in Role:
            if self.bed.given(role):
                self.sign_ins.append(self.bed.sign_in_given(role))
        self.facts = replace(self.facts, roles=tuple(p.role for p in self.sign_ins if p.ok))

    def _checks(self, chosen: Sequence[tuple[Suite, Check]]) -> Iterator[Event]:
        known = probes()
        allowed = [check for _suite, check in chosen if check.risk in self.order.consent.risks]
        expected = forecast(allowed, self.order.paces)
        done, spent_s = 0, 0.0
        for place, (suite, check) in enumerate(chosen):
            self.context.check()
            yield CheckStarted(check=check.id, place=place + 1, total=len(chosen))
            if check.risk in self.order.consent.risks:
                began, waited_s = time.monotonic(), self._waited_s
                running = self._worker.submit(self._one, suite, check, known)
                while not wait((running,), _PULSE_S).done:
                    running_s = time.monotonic() - began
                    yield self._pulse(expected.left_s(done, spent_s, running_s))
                result = running.result()
                done += 1
                spent_s += time.monotonic() - began - (self._waited_s - waited_s)
            else:
                result = _not_run(
                    suite, check, say(N_("What it does was not allowed for this run."))
                )
            self.results.append(result)
            yield CheckDone(result=result)
            if time.monotonic() - self._pulsed >= _PULSE_S or place + 1 == len(chosen):
                yield self._pulse(expected.left_s(done, spent_s))

    def _on_waiting(self, left_s: float) -> None:
        """The client waits; called on the thread of what is run."""
        self._waited_s += max(0.0, self._waiting_s - left_s)
        self._waiting_s = left_s

    def _one(self, suite: Suite, check: Check, known: Mapping[str, Probe]) -> CheckResult:
        began, requests = time.monotonic(), self.client.counter.requests
        kept = frozenset(self.bed.kept)
        self.client.limited = None
        findings = self._findings(check, known)
        if _worst(findings) is CheckState.INCONCLUSIVE and self._may_again(check):
            for name in self.bed.kept.keys() - kept:
                del self.bed.kept[name]  # found out while sign-ins were refused
            findings = self._findings(check, known)
        return CheckResult(
            check=check.id,
            suite=suite.id,
            category=check.category,
            severity=check.severity,
            risk=check.risk,
            state=_worst(findings),
            findings=tuple(findings),
            requests=self.client.counter.requests - requests,
            seconds=time.monotonic() - began,
        )

    def _may_again(self, check: Check) -> bool:
        """Whether a check was hindered by the rate of sign-ins, and that is over now."""
        met = self.client.limited
        if met is None or met.request.path != LOGIN or check.last:
            return False  # what comes last is there to meet it
        return self.bed.patience.let_again(met)

    def _findings(self, check: Check, known: Mapping[str, Probe]) -> list[Finding]:
        work = CheckContext(
            check=check,
            client=self.client,
            bed=self.bed,
            contract=self.contract,
            only=self.order.subjects,
        )
        findings: list[Finding] = []
        probe = steps.run if check.steps else known[check.probe]
        try:
            for finding in probe(work):
                findings.append(finding)
                if len(findings) >= _MOST_FINDINGS:
                    more = say(
                        N_("There is more than {n} findings have room for."), n=len(findings)
                    )
                    findings.append(work.inconclusive(more))
                    break
            if not findings:
                findings.append(work.inconclusive(say(N_("There was nothing to try this on."))))
        except (Blocked, BedProblem) as blocked:
            findings.append(work.inconclusive(blocked.said))
        except DoesNotApply as absent:
            findings.append(work.not_applicable(absent.said))
        except NoAnswer as none:
            findings.append(
                work.inconclusive(say(N_("No answer came: {reason}."), reason=none.reason))
            )
        except (Cancelled, Spent):
            raise
        except Exception as error:
            # A defect of the check, or a server odder than it foresaw: never a pass.
            log.exception("check %s failed", check.id)
            findings.append(
                work.inconclusive(
                    say(N_("The check itself failed: {error}."), error=type(error).__name__)
                )
            )
        return findings

    def _pulse(self, left_s: float | None) -> Pulse:
        """How it goes; ``left_s`` is what the checks still take."""
        now, requests = time.monotonic(), self.client.counter.requests
        rate = (requests - self._seen_requests) / max(now - self._pulsed, 0.001)
        self._pulsed, self._seen_requests = now, requests
        waiting_s = self._waiting_s
        return Pulse(
            requests=requests,
            per_second=rate,
            elapsed_s=now - self.began,
            left_s=None if left_s is None else left_s + waiting_s,
            waiting_s=waiting_s,
        )

    def _ended(
        self, stop: Stop, chosen: Sequence[tuple[Suite, Check]], said: Said | None
    ) -> RunEnded:
        self._told_all = True
        done = {result.check for result in self.results}
        reason = said or say(N_("The run was stopped before it."))
        rest = [_not_run(suite, check, reason) for suite, check in chosen if check.id not in done]
        # A secret may have come by before it was known as one.
        return RunEnded(
            report=Cleaner(self.bed.secrets()).report(
                ValidationReport(
                    run_id=self.run_id,
                    target=self.facts,
                    by=self.order.by,
                    started_at=self.started_at,
                    seconds=time.monotonic() - self.began,
                    stop=stop,
                    stop_said=said,
                    suites={suite.id: suite.version for suite in self.order.suites},
                    results=(*self.results, *rest),
                    requests=self.client.counter.requests,
                    left_behind=tuple(self.bed.left_behind),
                    evidence=tuple(self.evidence),
                    sign_ins=tuple(self.sign_ins),
                    allowed=tuple(risk for risk in Risk if risk in self.order.consent.risks),
                    subjects=tuple(sorted(self.order.subjects)),
                )
            )
        )


def _worst(findings: Sequence[Finding]) -> CheckState:
    return worst([finding.state for finding in findings])


def _came(answer: Answer) -> bool:
    return not answer.failure


def _refusal(order: Order, chosen: Sequence[tuple[Suite, Check]]) -> Said | None:
    """Production is not attacked or written to without a sign-off: its name, typed."""
    wanted = {check.risk for _suite, check in chosen} & order.consent.risks - {Risk.READS}
    signed = order.target.name and order.consent.sign_off == order.target.name
    if order.target.environment == PRODUCTION and wanted and not signed:
        return say(
            N_("Active checks of a production system need a sign-off: type its name, {name}."),
            name=order.target.name or order.target.url,
        )
    return None


def _not_run(suite: Suite, check: Check, reason: Said) -> CheckResult:
    return CheckResult(
        check=check.id,
        suite=suite.id,
        category=check.category,
        severity=check.severity,
        risk=check.risk,
        state=CheckState.NOT_RUN,
        reason=reason,
    )
