"""Load runs made up second by second, for what is done with them afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from desktop_app.core.load.counts import Counts, Failure
from desktop_app.core.load.histogram import Histogram, merged
from desktop_app.core.load.models import constant, open_model
from desktop_app.core.load.plan import LoadPlan, LoadTarget
from desktop_app.core.load.result import LoadResult, Measured, StopReason, Verdict
from desktop_app.core.load.scenario import Flow, Scenario, Step
from desktop_app.core.load.second import Phase, Second

BEGAN = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
SCENARIO = Scenario(
    name="standard", flows=(Flow(name="lists", steps=(Step(name="list", path="/api/users"),)),)
)


def second(
    number: int,
    latencies_ms: Iterable[float],
    *,
    failed: int = 0,
    phase: Phase = Phase.MEASURED,
    asked: int | None = None,
) -> Second:
    """A second in which requests took so long; ``failed`` more got no answer."""
    histogram = Histogram()
    for value in latencies_ms:
        histogram.record(round(value * 1000))
    done = histogram.total
    failures: Mapping[Failure, int] = {Failure.TIMEOUT: failed} if failed else {}
    log = histogram.encoded()
    return Second(
        number=number,
        phase=phase,
        asked=done + failed if asked is None else asked,
        dropped=0,
        waiting=0,
        counts=Counts(sent=done + failed, completed=done, failures=failures),
        users=10,
        busy=1,
        response=histogram.latency(),
        service=histogram.latency(),
        response_log=log,
        service_log=log,
    )


def run(seconds: Iterable[Second], run_id: str = "run1", **more: Any) -> LoadResult:
    """A run of these seconds, valid and without thresholds unless said otherwise."""
    kept = tuple(seconds)
    measured = [one for one in kept if one.phase is Phase.MEASURED]
    whole = merged(one.response_log for one in measured)
    total = Counts(
        sent=sum(one.counts.sent for one in kept),
        completed=sum(one.counts.completed for one in kept),
        failures={Failure.TIMEOUT: sum(one.counts.failed for one in kept)},
    )
    plan = LoadPlan(
        target=LoadTarget(url="http://127.0.0.1:8000"),
        scenario=SCENARIO,
        model=open_model(constant(100, len(kept)), 10),
        seed=7,
    )
    values: dict[str, Any] = {
        "run_id": run_id,
        "plan": plan,
        "by": "admin",
        "started_at": BEGAN,
        "seconds_run": float(len(kept)),
        "stop": StopReason.DONE,
        "verdict": Verdict.PASSED,
        "asked": total.sent,
        "total": total,
        "seconds": kept,
        "measured": Measured(
            from_s=0,
            to_s=float(len(kept)),
            asked=total.sent,
            dropped=0,
            counts=total,
            rate=total.completed / max(1, len(kept)),
            response=whole.latency(),
            service=whole.latency(),
            response_log=whole.encoded(),
            service_log=whole.encoded(),
        ),
    }
    return LoadResult(**{**values, **more})
