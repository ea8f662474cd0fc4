"""What an API answers to requests made up from its own /openapi.json, by schemathesis."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from desktop_app.core.language import N_
from desktop_app.core.validation.findings import Finding, say
from desktop_app.engines.validation.context import Blocked, CheckContext
from desktop_app.engines.validation.fuzz_plan import plan
from desktop_app.engines.validation.fuzz_run import Fuzzed, FuzzRun, fuzz
from desktop_app.engines.validation.probes.performance_bursts import reader
from desktop_app.engines.validation.registry import probe


@probe("fuzz.check")
def check(work: CheckContext) -> Iterator[Finding]:
    """One of schemathesis's checks (``judges``) of every answer, endpoint by endpoint."""
    judges = str(work.params["judges"])
    run = _run(work)
    for endpoint in sorted(set(run.plan.endpoints.values())):
        if work.wants(endpoint):
            yield _judged(work, run, judges, endpoint, run.of(endpoint))
    if not work.wants(""):
        return
    if run.stopped is not None or run.problems or run.plan.left_out:
        seen = [run.stopped] if run.stopped is not None else []
        if run.plan.left_out:
            seen.append(say(N_("Described, and not tried: {n} operations."), n=run.plan.left_out))
        seen += [say(N_("Not tried: {reason}."), reason=problem) for problem in run.problems]
        yield work.inconclusive(*seen, **_facts(run))


def _run(work: CheckContext) -> FuzzRun:
    """The fuzz of this run: all checks judge the same answers."""
    if work.contract.described is None:
        raise Blocked(say(N_("It has no /openapi.json to make requests from.")))
    who = reader(work)
    how = {name: value for name, value in work.params.items() if name != "judges"}
    key = f"fuzz {sorted(work.only)} {sorted(how.items())}"
    if key not in work.bed.kept:
        work.bed.kept[key] = fuzz(
            work,
            plan(work.contract, work.bed, _wanted(work)),
            who,
            seed=int(work.params.get("seed", 1)),
            seconds=float(work.params.get("seconds", 60)),
            most=int(work.params.get("requests", 5000)),
        )
        work.forget()
    run: FuzzRun = work.bed.kept[key]
    if not run.plan.endpoints:
        raise Blocked(say(N_("Its /openapi.json describes nothing that can be tried.")))
    return run


def _wanted(work: CheckContext) -> Callable[[str], bool]:
    named = work.params.get("endpoints")
    return lambda endpoint: (
        (named is None or endpoint in named) and (work.wants("") or work.wants(endpoint))
    )


def _judged(work: CheckContext, run: FuzzRun, judges: str, endpoint: str, came: Fuzzed) -> Finding:
    facts = {**_facts(run), "tried": came.tested[judges], "let_in": came.let_in}
    facts |= {f"answered {status or 'nothing'}": n for status, n in sorted(came.statuses.items())}
    failed = came.failed.get(judges)
    if failed is not None:
        work.keep(failed.answer)
        return work.failed(
            say(
                N_("{count} of {tried} requests: {title}. {reason}"),
                count=failed.count,
                tried=came.tested[judges],
                title=failed.title,
                reason=failed.message,
            ),
            subject=endpoint,
            **facts,
        )
    if not came.tested[judges]:
        return work.inconclusive(
            say(N_("The bounds of time and requests were reached before it was tried.")),
            subject=endpoint,
            **facts,
        )
    if not came.let_in:
        return work.inconclusive(
            say(N_("Every request was turned away (401, 403, 429): nothing behind was reached.")),
            subject=endpoint,
            **facts,
        )
    return work.passed(
        say(N_("{count} requests showed nothing wrong."), count=came.tested[judges]),
        subject=endpoint,
        **facts,
    )


def _facts(run: FuzzRun) -> dict[str, Any]:
    return {"seed": run.seed, "requests": run.requests}
