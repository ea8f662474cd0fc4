"""The measurement that all performance checks of a run judge: a burst for each endpoint, once."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from desktop_app.core.language import N_
from desktop_app.core.users import Role
from desktop_app.core.validation.findings import Said, say
from desktop_app.core.validation.samples import Sample, Times
from desktop_app.core.validation.suites import Risk
from desktop_app.engines.validation.bed import Actor, BedProblem
from desktop_app.engines.validation.burst import BUSY_SHARE, LATE_MS, Burst, Plan, burst
from desktop_app.engines.validation.client import Answer, Request
from desktop_app.engines.validation.context import Blocked, CheckContext

READERS = (Role.ADMIN, Role.MANAGER, Role.SECRETARY)
"""Who may read all that is measured: the first who is signed in does."""
_SIGN_INS, _SIGNING_IN = 34, 2
"""Sign-ins, and how many at once: a password's hash is meant to cost what a server has, and people
do not come ten in the same fifth of a second."""
_TRIES = 3
"""A server that fails now and then is to be measured, not passed over for one failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One that is measured: ``keys`` are in every right answer, which shows that it is one."""

    method: str
    path: str
    keys: tuple[str, ...]
    public: bool = False

    @property
    def name(self) -> str:
        """What findings call it."""
        return f"{self.method} {self.path}"

    def answered(self, answer: Answer) -> bool:
        """Whether this is the answer of this endpoint: looked for as bytes, for there are many."""
        body = answer.body
        return (
            answer.status == 200
            and answer.whole
            and all(f'"{k}"'.encode() in body for k in self.keys)
        )


SIGN_IN = Endpoint(
    method="POST", path="/api/auth/login", keys=("access_token", "user"), public=True
)
ENDPOINTS = (
    Endpoint(method="GET", path="/health", keys=("status", "timestamp"), public=True),
    Endpoint(method="GET", path="/api/health", keys=("status", "database"), public=True),
    Endpoint(method="GET", path="/api/auth/me", keys=("login_id", "role")),
    Endpoint(method="GET", path="/api/users", keys=("users",)),
    Endpoint(method="GET", path="/api/companies", keys=("companies",)),
    Endpoint(method="GET", path="/api/projects", keys=("projects",)),
    Endpoint(method="GET", path="/api/templates", keys=("templates",)),
    Endpoint(method="GET", path="/api/evaluations", keys=("evaluations",)),
    Endpoint(method="GET", path="/api/files", keys=("files",)),
    SIGN_IN,
)
"""Those of the 14 endpoints of SYSTEM.md §3 that change nothing, and the sign-in."""


@dataclass(slots=True, kw_only=True)
class Measured:
    """One endpoint: its burst, or why there is none (``blocked``).

    ``alone_ms`` is what one request took before the burst; ``busy`` says why the client, not the
    server, may be what was measured. ``tokens`` are those that a burst of sign-ins was given.
    """

    endpoint: Endpoint
    burst: Burst = field(default_factory=Burst)
    control: Answer | None = None
    blocked: Said | None = None
    busy: Said | None = None
    alone_ms: float = 0.0
    tokens: list[str] = field(default_factory=list)

    def facts(self) -> dict[str, Any]:
        """The figures of the burst, by name."""
        made = self.burst
        return {
            **figures(made.samples),
            "per_second": round(made.per_second, 1),
            "alone_ms": round(self.alone_ms, 1),
            "client_cpu_ms": round(made.client_ms, 3),
            "client_share": round(made.client_share, 2),
            "client_late_ms": round(made.late_ms, 1),
            "client_latest_ms": round(made.latest_ms, 1),
        }


def figures(samples: list[Sample]) -> dict[str, Any]:
    """Counts, mean, and the percentiles for which there are enough samples."""
    times = Times(samples)
    named = {"p50_ms": 0.5, "p90_ms": 0.9, "p95_ms": 0.95, "p99_ms": 0.99}
    percentiles = {
        name: round(times.percentile(quantile), 1)
        for name, quantile in named.items()
        if times.enough(quantile)
    }
    return {
        "requests": len(samples),
        "failed": sum(not sample.ok for sample in samples),
        "mean_ms": round(times.mean, 1),
        **percentiles,
        "longest_ms": round(times.longest, 1),
    }


def plan_of(work: CheckContext) -> Plan:
    """How the check's suite has endpoints measured."""
    usual, params = Plan(), work.params
    return Plan(
        requesters=int(params.get("requesters", usual.requesters)),
        requests=int(params.get("requests", usual.requests)),
        seconds=float(params.get("seconds", usual.seconds)),
    )


def endpoints_of(work: CheckContext) -> tuple[Endpoint, ...]:
    """Those that the check is about: all of them where it is about them together."""
    named = work.params.get("endpoints")
    return tuple(
        one
        for one in ENDPOINTS
        if (named is None or one.name in named) and (work.wants("") or work.wants(one.name))
    )


@dataclass(slots=True, kw_only=True)
class Measurement:
    """All bursts of one plan, and what /metrics said before and after (None: nobody may ask)."""

    endpoints: dict[str, Measured] = field(default_factory=dict)
    before: Answer | None = None
    after: Answer | None = None


def measurement(work: CheckContext) -> Measurement:
    """What the check is about, measured now unless another check of the run had it measured."""
    plan = plan_of(work)
    kept: Measurement = work.bed.kept.setdefault(f"bursts {plan}", Measurement())
    missing = [one for one in endpoints_of(work) if one.name not in kept.endpoints]
    if missing:
        kept.before = kept.before or _metrics(work)
        for endpoint in missing:
            kept.endpoints[endpoint.name] = _measure(work, endpoint, plan)
        kept.after = _metrics(work)
    return kept


def measured(work: CheckContext) -> list[Measured]:
    """The endpoints that the check is about, each measured."""
    kept = measurement(work)
    return [kept.endpoints[endpoint.name] for endpoint in endpoints_of(work)]


def reader(work: CheckContext) -> Actor:
    """Who reads what is measured; raises ``Blocked``."""
    for role in READERS:
        if work.bed.given(role):
            try:
                return work.bed.actor(role)
            except BedProblem:
                continue
    raise Blocked(say(N_("Nobody is signed in who may read everything: give the administrator.")))


def _metrics(work: CheckContext) -> Answer | None:
    try:
        return work.try_send("GET", "/metrics", by=reader(work))
    except Blocked:
        return None
    finally:
        work.forget()


def _measure(work: CheckContext, endpoint: Endpoint, plan: Plan) -> Measured:
    made = Measured(endpoint=endpoint)
    try:
        who = _asker(work, endpoint)
    except (Blocked, BedProblem) as blocked:
        made.blocked = blocked.said
        return made
    request = _request(endpoint, who)
    for _ in range(_TRIES):
        made.control = control = work.try_send(
            request.method,
            request.path,
            headers=dict(request.headers),
            content=request.content,
        )
        if _is_right(endpoint, control):
            break
    work.forget()
    if not _is_right(endpoint, control):
        made.blocked = _why_not(endpoint, control)
        return made
    made.alone_ms = control.total_ms
    if endpoint is SIGN_IN:
        sign_ins = int(work.params.get("sign_ins", _SIGN_INS))
        plan = Plan(requesters=_SIGNING_IN, requests=sign_ins, seconds=plan.seconds)
    made.burst = burst(work.client, request, plan, _judge(made))
    for token in made.tokens:
        work.bed.hide(token)
        if who is not None:
            work.bed.opened(who, token)
    made.busy = _busy(work, made.burst)
    return made


def _asker(work: CheckContext, endpoint: Endpoint) -> Actor | None:
    """Who signs in, or asks; None for nobody. Raises ``Blocked``, ``BedProblem``."""
    if endpoint is SIGN_IN:
        return _who_signs_in(work)
    return None if endpoint.public else reader(work)


def _request(endpoint: Endpoint, who: Actor | None) -> Request:
    if who is None:
        return Request(method=endpoint.method, path=endpoint.path)
    if endpoint is SIGN_IN:
        body = json.dumps({"login_id": who.login_id, "password": who.password}).encode()
        return Request(
            method=endpoint.method,
            path=endpoint.path,
            headers=(("Content-Type", "application/json"),),
            content=body,
        )
    return Request(
        method=endpoint.method,
        path=endpoint.path,
        headers=(("Authorization", f"Bearer {who.token}"),),
        by=who.name,
    )


def _who_signs_in(work: CheckContext) -> Actor:
    """Somebody whose sessions go with them at the end, where writing is allowed."""
    if Risk.WRITES in work.bed.consent.risks:
        try:
            return work.bed.new_user(Role.EVALUATOR)
        except BedProblem:
            return reader(work)
    return reader(work)


def _judge(made: Measured) -> Callable[[Answer], bool]:
    if made.endpoint is not SIGN_IN:
        return made.endpoint.answered

    def signed_in(answer: Answer) -> bool:
        token = answer.json.get("access_token") if isinstance(answer.json, dict) else None
        if not made.endpoint.answered(answer) or not isinstance(token, str) or not token:
            return False
        made.tokens.append(token)
        return True

    return signed_in


def _is_right(endpoint: Endpoint, answer: Answer) -> bool:
    found = answer.json
    return (
        endpoint.answered(answer)
        and isinstance(found, dict)
        and all(key in found for key in endpoint.keys)
    )


def _why_not(endpoint: Endpoint, answer: Answer) -> Said:
    if not answer.status:
        return say(N_("No answer came: {reason}."), reason=answer.failure)
    if answer.status != 200:
        return say(
            N_("One request was answered {status}: there is nothing to measure."),
            status=answer.status,
        )
    return say(
        N_("The answer has no {keys}: how fast it is means nothing."),
        keys=", ".join(endpoint.keys),
    )


def _busy(work: CheckContext, made: Burst) -> Said | None:
    if made.client_share > float(work.params.get("busy_share", BUSY_SHARE)):
        return say(
            N_("This computer was busy with sending ({percent:.0f} % of what it can)."),
            percent=made.client_share * 100,
        )
    if made.late_ms > float(work.params.get("late_ms", LATE_MS)):
        return say(
            N_("This computer was {ms:.0f} ms late itself: its times are not the server's."),
            ms=made.late_ms,
        )
    return None
