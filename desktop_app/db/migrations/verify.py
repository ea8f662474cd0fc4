"""Verifying: every check with its evidence, some at a time. Reads only."""

from __future__ import annotations

import time
from collections.abc import Collection as Some
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from pymongo.errors import PyMongoError

from desktop_app.core.errors import Cancelled
from desktop_app.core.tasks import TaskContext
from desktop_app.core.verdicts import CheckState
from desktop_app.db.migrations.checks import Check, Look, Seen, checks
from desktop_app.db.migrations.events import Event, Stop
from desktop_app.db.migrations.failures import explained, is_passing
from desktop_app.db.migrations.patience import Patience
from desktop_app.db.migrations.server import Target
from desktop_app.db.migrations.verification import CheckDone, CheckResult, CheckStarted, VerifyEnded
from desktop_app.db.schema import ALL_COLLECTIONS, Collection

_AT_ONCE = 2
_LOOK_S = 0.1


def verify(
    target: Target,
    *,
    only: Some[str] | None = None,
    collections: Iterable[Collection] = ALL_COLLECTIONS,
    context: TaskContext | None = None,
    patience_s: float = 10.0,
) -> Iterator[Event]:
    """Run every check, or those of ``only`` by their ids; the last event is ``VerifyEnded``.

    A check that the server did not answer is inconclusive, never passed.
    """
    context = context or TaskContext()
    schemas = tuple(collections)
    started = time.monotonic()
    results: dict[str, CheckResult] = {}
    stop, error = Stop.DONE, ""
    todo = tuple(check for check in checks(schemas) if only is None or check.id in only)
    try:
        ask = Patience(context, patience_s).ask(lambda: Look(target.database, schemas))
        look = yield from ask
        yield from _run(target, todo, look, context, results)
    except Cancelled:
        stop = Stop.CANCELLED
    except PyMongoError as failure:
        stop = Stop.UNREACHABLE if is_passing(failure) else Stop.FAILED
        error = str(explained(failure, target.facts.address))
    yield VerifyEnded(
        reason=stop,
        results=tuple(results.get(check.id, _not_run(check)) for check in todo),
        seconds=time.monotonic() - started,
        error=error,
    )


def _run(
    target: Target,
    todo: tuple[Check, ...],
    look: Look,
    context: TaskContext,
    results: dict[str, CheckResult],
) -> Generator[Event, None, None]:
    waiting = list(enumerate(todo, start=1))
    running: set[Future[CheckResult]] = set()
    with ThreadPoolExecutor(_AT_ONCE, "checks") as pool:
        while waiting or running:
            context.check()
            while waiting and len(running) < _AT_ONCE:
                place, check = waiting.pop(0)
                running.add(pool.submit(_one, target, check, look))
                yield CheckStarted(check=check.id, place=place, total=len(todo))
            done, running = wait(running, _LOOK_S, FIRST_COMPLETED)
            for future in done:
                result = future.result()
                results[result.check] = result
                yield CheckDone(result=result)


def _one(target: Target, check: Check, look: Look) -> CheckResult:
    started = time.monotonic()
    try:
        seen, error = check.look(look), ""
    except PyMongoError as failure:
        seen, error = (
            Seen(state=CheckState.INCONCLUSIVE),
            str(explained(failure, target.facts.address)),
        )
    return _result(check, seen, error, time.monotonic() - started)


def _result(check: Check, seen: Seen | None, error: str, seconds: float) -> CheckResult:
    if seen is None:
        seen = Seen(state=CheckState.NOT_APPLICABLE)
    state = seen.state
    if state is None:
        found = CheckState.WARN if check.mild else CheckState.FAIL
        state = found if seen.count.count else CheckState.PASS
    return CheckResult(
        check=check.id,
        group=check.group,
        collection=check.collection,
        state=state,
        count=seen.count.count,
        exact=seen.count.exact,
        offenders=seen.count.offenders,
        seconds=seconds,
        plan=seen.plan,
        detail=dict(seen.detail),
        proof=seen.proof,
        error=error,
    )


def _not_run(check: Check) -> CheckResult:
    return CheckResult(
        check=check.id,
        group=check.group,
        collection=check.collection,
        state=CheckState.NOT_RUN,
    )
