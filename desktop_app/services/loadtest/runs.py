"""The load runs that were made, with the notes that people put to them."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import msgspec

from desktop_app.core.errors import LocalFailure
from desktop_app.core.load.plan import LoadTarget
from desktop_app.core.load.result import FORMAT, LoadResult, StopReason, Verdict
from desktop_app.services.kept_runs import KEPT, LARGEST, KeptRuns, Kind, TooLarge
from desktop_app.services.loadtest.without_secrets import without_secrets


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadHead:
    """A load run as a list and a trend show it. Latencies are response times in ms.

    ``asked_rate`` is what was planned at most (0 in a closed model), ``rate`` what was done per
    second; None where it was not measured.
    """

    run_id: str
    url: str
    environment: str
    by: str
    started_at: datetime
    seconds: float
    scenario: str
    preset: str
    users: int
    asked_rate: float
    stop: StopReason
    verdict: Verdict
    rate: float | None = None
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None
    error_share: float | None = None
    note: str = ""
    tags: tuple[str, ...] = ()
    pinned: bool = False
    format: int = FORMAT


KIND = Kind(ending=".load.jsonl", head=LoadHead, run=LoadResult, format=FORMAT, revised=replace)


class LoadRuns(KeptRuns[LoadHead, LoadResult]):
    """The load runs kept in ``folder``, without the secrets of their scenarios."""

    def __init__(self, folder: Path, *, kept: int = KEPT) -> None:
        super().__init__(folder, KIND, kept=kept)

    def keep(self, result: LoadResult, *, place: str = "") -> LoadHead:
        """Keep a run, and let the oldest of its target go. Raises ``LocalFailure``.

        One that is too large to be read again is kept without its steps' seconds.

        ``place`` is what its target is found by, where that is not its address.
        """
        head = head_of(result)
        if place:
            head = replace(head, url=place)
        kept = without_secrets(result)
        try:
            self.add(head, kept)
        except TooLarge:  # most of a run are its seconds, and most of those their steps
            seconds = tuple(replace(second, steps={}) for second in kept.seconds)
            self.add(head, replace(kept, seconds=seconds))
        return head

    def baseline(self, result: LoadResult, *, place: str = "") -> LoadResult | None:
        """The newest valid run before this one with the same target, scenario and load model.

        Runs kept under the same place come first: the local workspace's of another start, which
        had another address, only where there is none.
        """
        mine, plan = (place or result.plan.target.url).rstrip("/"), result.plan
        earlier = [head for head in self.heads() if _comes_before(head, result)]
        for head in sorted(earlier, key=lambda head: head.url != mine):
            if head.url != mine and not _may_be_of(head, plan.target):
                continue
            with contextlib.suppress(LocalFailure):
                found = self.whole(head.run_id)
                same = head.url == mine or found.plan.target.is_same_as(plan.target)
                if same and found.plan.model == plan.model:
                    return found
        return None


VALID = (Verdict.PASSED, Verdict.FAILED, Verdict.INCONCLUSIVE)
"""Such runs measured the target, whatever they are held to."""


def _comes_before(head: LoadHead, result: LoadResult) -> bool:
    """Whether a run may be what a later one is compared with, as far as its head tells."""
    return (
        head.started_at < result.started_at
        and head.verdict in VALID
        and head.scenario == result.plan.scenario.name
    )


def _may_be_of(head: LoadHead, target: LoadTarget) -> bool:
    """Whether a run kept under another place may be of this target: its plan has to be looked at.

    A place that is no address is a connection's.
    """
    told = LoadTarget(url=head.url, environment=head.environment)
    return "://" not in head.url or told.is_same_as(target)


def head_of(result: LoadResult) -> LoadHead:
    """What a list shows of a run."""
    plan, measured = result.plan, result.measured
    response = measured.response if measured else None
    return LoadHead(
        run_id=result.run_id,
        url=plan.target.url.rstrip("/"),
        environment=plan.target.environment,
        by=result.by,
        started_at=result.started_at,
        seconds=result.seconds_run,
        scenario=plan.scenario.name,
        preset=plan.preset,
        users=plan.model.users,
        asked_rate=plan.model.highest_rate,
        stop=result.stop,
        verdict=result.verdict,
        rate=measured.rate if measured else None,
        p50=response.p50 if response else None,
        p95=response.p95 if response else None,
        p99=response.p99 if response else None,
        error_share=measured.error_share if measured else None,
    )


def read_run(path: Path) -> LoadResult:
    """A run from a file that ``evalconsole load --json`` wrote.

    Raises ``OSError``, ``ValueError``, ``msgspec.MsgspecError``.
    """
    if path.stat().st_size > LARGEST:
        raise ValueError("too large")
    return msgspec.json.decode(path.read_bytes(), type=_Written).run


class _Written(msgspec.Struct):
    run: LoadResult
