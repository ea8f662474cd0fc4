"""How fast and how surely it answers ten at once, held against the targets of SYSTEM.md §4."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from desktop_app.core.language import N_
from desktop_app.core.validation.findings import Finding, Said, say
from desktop_app.core.validation.samples import (
    Sample,
    Times,
    highest_rate,
    needed,
    needed_for_rate,
)
from desktop_app.core.verdicts import CheckState
from desktop_app.engines.validation.burst import Burst
from desktop_app.engines.validation.context import Blocked, CheckContext
from desktop_app.engines.validation.probes.performance_bursts import (
    SIGN_IN,
    Measured,
    figures,
    measured,
    reader,
)
from desktop_app.engines.validation.registry import probe
from desktop_app.engines.validation.who import unmeasured

_MOST_FAILED = 0.1
"""Where more failed than this share, the times of the others say little."""
_ASKED = 10
"""How many of the sessions begun at once are tried."""


@probe("performance.mean")
def mean(work: CheckContext) -> Iterator[Finding]:
    """The mean time stays under ``target_ms``: of each endpoint, and of all together."""

    def said(times: Times, target: float) -> Said:
        return say(
            N_("The mean of {count} answers is {ms:.0f} ms; it should be under {target:.0f} ms."),
            count=len(times),
            ms=times.mean,
            target=target,
        )

    yield from _judged(work, lambda times: times.mean, said, least=needed(0.9))


@probe("performance.percentile")
def percentile(work: CheckContext) -> Iterator[Finding]:
    """A percentile (``quantile``) stays under ``target_ms``."""
    quantile = float(work.params["quantile"])

    def said(times: Times, target: float) -> Said:
        return say(
            N_(
                "P{percent:g} of {count} answers is {ms:.0f} ms; "
                "it should be under {target:.0f} ms."
            ),
            percent=quantile * 100,
            count=len(times),
            ms=times.percentile(quantile),
            target=target,
        )

    yield from _judged(work, lambda times: times.percentile(quantile), said, least=needed(quantile))


@probe("performance.longest")
def longest(work: CheckContext) -> Iterator[Finding]:
    """No answer takes ``target_ms`` or more."""

    def said(times: Times, target: float) -> Said:
        return say(
            N_(
                "The longest of {count} answers took {ms:.0f} ms; "
                "it should be under {target:.0f} ms."
            ),
            count=len(times),
            ms=times.longest,
            target=target,
        )

    yield from _judged(
        work,
        lambda times: times.longest,
        said,
        least=needed(0.9),
        late=lambda made: made.latest_ms,
    )


@probe("performance.errors")
def errors(work: CheckContext) -> Iterator[Finding]:
    """The share of requests that fail stays under ``target``, with 95 % confidence."""
    target = float(work.params["target"])
    every = measured(work)
    made = [one for one in every if one.blocked is None]
    samples = [sample for one in made for sample in one.burst.samples]
    if not samples:
        raise Blocked(_none_of(every))
    if limited := sum(one.burst.limited for one in made):
        raise Blocked(_limited(limited, len(samples)))
    failed = sum(not sample.ok for sample in samples)
    for one in [one for one in made if one.burst.wrong][:3]:
        assert one.burst.wrong is not None
        work.keep(one.burst.wrong)
    seen = say(
        N_(
            "{failed} of {count} requests failed ({percent:.2f} %); fewer than {target:g} % should."
        ),
        failed=failed,
        count=len(samples),
        percent=failed / len(samples) * 100,
        target=target * 100,
    )
    facts = {**figures(samples), **_by_endpoint(made), **_kinds(samples)}
    if failed / len(samples) >= target:
        yield work.failed(seen, **facts)
    elif len(made) < len(every):
        yield work.inconclusive(seen, _partly(len(made), len(every)), **facts)
    elif highest_rate(failed, len(samples)) < target:
        yield work.passed(seen, **facts)
    else:
        yield work.inconclusive(
            seen,
            say(
                N_("That many requests cannot show it: without a failure it takes {needed}."),
                needed=needed_for_rate(target),
            ),
            **facts,
        )


@probe("performance.concurrent")
def concurrent(work: CheckContext) -> Iterator[Finding]:
    """Every single one of the requests sent at once is answered right, endpoint by endpoint."""
    for one in measured(work):
        name, made = one.endpoint.name, one.burst
        if (unfit := one.blocked or _rate_limit(made)) is not None:
            yield _inconclusive(work, one, unfit)
            continue
        seen = say(
            N_("{failed} of {count} requests failed."), failed=made.failed, count=len(made.samples)
        )
        if made.wrong is not None:
            work.keep(made.wrong)
            facts = {**one.facts(), **_kinds(made.samples)}
            yield work.failed(seen, subject=name, **facts)
        else:
            yield work.passed(seen, subject=name, **one.facts())


@probe("performance.sessions")
def sessions(work: CheckContext) -> Iterator[Finding]:
    """Who was signed in before the load is so after it; so is who signed in meanwhile."""
    made = measured(work)
    who = reader(work)
    me = "/api/auth/me"
    refused = sum(one.burst.refused for one in made if not one.endpoint.public)
    asked = sum(len(one.burst.samples) for one in made if not one.endpoint.public)
    if not asked:
        raise Blocked(_none_of([one for one in made if not one.endpoint.public]))
    strange = work.try_send("GET", me, headers={"Authorization": f"Bearer {who.token[:-6]}AAAAAA"})
    if strange.status != 401:
        raise Blocked(
            say(
                N_("A token made up was answered {status}, so a good one shows nothing."),
                status=strange.status,
            )
        )
    work.forget()
    after = work.try_send("GET", me, by=who)
    tokens = next((one.tokens for one in made if one.endpoint is SIGN_IN), [])[:_ASKED]
    afterwards = [
        work.try_send("GET", me, headers={"Authorization": f"Bearer {token}"}) for token in tokens
    ]
    unclear = next((one for one in (after, *afterwards) if unmeasured(one)), None)
    if not refused and unclear is not None:
        yield work.inconclusive(
            say(N_("The next request is answered {status}."), status=unclear.status)
        )
        return
    lost = [answer for answer in afterwards if answer.status != 200]
    facts: dict[str, Any] = {
        "requests": asked,
        "refused": refused,
        "begun_at_once": len(tokens),
        "lost": len(lost),
    }
    if refused or after.status != 200 or lost:
        yield work.failed(
            say(
                N_(
                    "{refused} of {asked} requests with a good token were answered 401 meanwhile; "
                    "afterwards that token was answered {status}; of {count} sessions begun at "
                    "once {lost} were lost."
                ),
                refused=refused,
                asked=asked,
                status=after.status,
                count=len(tokens),
                lost=len(lost),
            ),
            **facts,
        )
        return
    yield work.passed(
        say(
            N_(
                "The token was good in all of {asked} requests and after them, and so were "
                "{count} sessions begun at once."
            ),
            asked=asked,
            count=len(tokens),
        ),
        **facts,
    )


def _judged(
    work: CheckContext,
    value: Callable[[Times], float],
    said: Callable[[Times, float], Said],
    *,
    least: int,
    late: Callable[[Burst], float] = lambda made: made.late_ms,
) -> Iterator[Finding]:
    """One finding an endpoint, and one of the samples of all of them, merged.

    ``late`` is by how much this computer itself may have made the value greater than it is.
    """
    target = float(work.params["target_ms"])
    without = frozenset(work.params.get("without", ()))
    every = [one for one in measured(work) if one.endpoint.name not in without]
    fit: list[Measured] = []
    for one in every:
        times = one.burst.times
        if (unfit := one.blocked or _unfit(one.burst) or one.busy) is not None:
            yield _inconclusive(work, one, unfit)
            continue
        fit.append(one)
        if one.burst.slowest is not None:
            work.keep(one.burst.slowest)
        state, seen = _verdict(times, value, said, target, late(one.burst), least)
        alone = say(N_("Alone, a request took {ms:.0f} ms."), ms=one.alone_ms)
        yield work.finding(state, *seen, alone, subject=one.endpoint.name, **one.facts())
    if not work.wants(""):
        return
    merged = [sample for one in fit for sample in one.burst.samples]
    latest = max((late(one.burst) for one in fit), default=0.0)
    state, seen = _verdict(Times(merged), value, said, target, latest, least)
    if state is CheckState.PASS and len(fit) < len(every):
        state, seen = CheckState.INCONCLUSIVE, [*seen, _partly(len(fit), len(every))]
    yield work.finding(state, say(N_("All endpoints together.")), *seen, **figures(merged))


def _verdict(
    times: Times,
    value: Callable[[Times], float],
    said: Callable[[Times, float], Said],
    target: float,
    late: float,
    least: int,
) -> tuple[CheckState, list[Said]]:
    if len(times) < least:
        return CheckState.INCONCLUSIVE, [_too_few(times, least)]
    if value(times) < target:
        return CheckState.PASS, [said(times, target)]
    if value(times) - late >= target:
        return CheckState.FAIL, [said(times, target)]
    own = say(
        N_("This computer was {ms:.0f} ms late itself: its times are not the server's."), ms=late
    )
    return CheckState.INCONCLUSIVE, [said(times, target), own]


def _partly(fit: int, of: int) -> Said:
    return say(N_("Only {count} of {of} endpoints could be measured."), count=fit, of=of)


def _none_of(every: list[Measured]) -> Said:
    nothing = say(N_("No endpoint could be measured."))
    return next((one.blocked for one in every if one.blocked is not None), nothing)


def _inconclusive(work: CheckContext, one: Measured, unfit: Said) -> Finding:
    evidence = one.burst.wrong or one.burst.slowest or one.control
    if evidence is not None:
        work.keep(evidence)
    facts = one.facts() if one.burst.samples else {}
    return work.inconclusive(unfit, subject=one.endpoint.name, **facts)


def _unfit(made: Burst) -> Said | None:
    """Why the times of a burst say nothing of the server."""
    if (limited := _rate_limit(made)) is not None:
        return limited
    if made.failed > len(made.samples) * _MOST_FAILED:
        return say(
            N_("{failed} of {count} requests failed: the times of the others say little."),
            failed=made.failed,
            count=len(made.samples),
        )
    return None


def _rate_limit(made: Burst) -> Said | None:
    return _limited(made.limited, len(made.samples)) if made.limited else None


def _limited(limited: int, count: int) -> Said:
    return say(
        N_("It limits the rate: {limited} of {count} requests were answered 429."),
        limited=limited,
        count=count,
    )


def _too_few(times: Times, least: int) -> Said:
    return say(
        N_("{count} answers were measured; to say it takes {needed}."),
        count=len(times),
        needed=least,
    )


def _by_endpoint(made: list[Measured]) -> dict[str, Any]:
    return {f"failed {m.endpoint.name}": m.burst.failed for m in made if m.burst.failed}


def _kinds(samples: list[Sample]) -> dict[str, Any]:
    """How many failed in which way."""
    kinds = Counter(
        f"answered {sample.status}" if sample.status else "not answered"
        for sample in samples
        if not sample.ok
    )
    return dict(kinds)
