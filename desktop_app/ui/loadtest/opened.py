"""A run as it is opened on screen: its result and charts, beside another one."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_app.core.load.result import LoadResult
from desktop_app.services.loadtest.comparison import LoadComparison, compare
from desktop_app.services.loadtest.desk import LoadDesk
from desktop_app.services.loadtest.runs import LoadHead
from desktop_app.ui.loadtest.timeline import Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedRun:
    """``before`` is what it is compared with. ``head`` None: the run is not kept."""

    result: LoadResult
    timeline: Timeline
    head: LoadHead | None = None
    before: LoadResult | None = None
    before_timeline: Timeline | None = None
    comparison: LoadComparison | None = None


def opened(
    desk: LoadDesk, result: LoadResult, before: LoadResult | None = None, *, alone: bool = False
) -> OpenedRun:
    """Look at a run; ``before`` is what to compare it with, else the one like it before it.

    ``alone``: compare it with none. Reads files and reckons: call it from a worker.
    """
    if before is None and not alone and result.measured is not None:
        before = desk.baseline(result)
    if before is not None and before.run_id == result.run_id:
        before = None
    head = next((one for one in desk.runs.heads() if one.run_id == result.run_id), None)
    return OpenedRun(
        result=result,
        timeline=_timeline(result),
        head=head,
        before=before,
        before_timeline=_timeline(before) if before is not None else None,
        comparison=compare(before, result) if before is not None else None,
    )


def by_id(desk: LoadDesk, run_id: str, before_id: str = "") -> OpenedRun:
    """A kept run, compared with another kept one; raises ``LocalFailure``."""
    before = desk.runs.whole(before_id) if before_id else None
    return opened(desk, desk.runs.whole(run_id), before)


def _timeline(result: LoadResult) -> Timeline:
    made = Timeline(None)
    made.add(result.seconds)
    return made
