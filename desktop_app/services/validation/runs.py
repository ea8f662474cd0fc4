"""The runs that were made: one file each in the data folder, the newest kept and those pinned.

A file never holds a secret: ``core.validation.cleaning`` has gone over the report, and does so
again here.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import msgspec

from desktop_app.core.errors import LocalFailure
from desktop_app.core.validation.cleaning import Cleaner
from desktop_app.core.validation.gate import Outcome
from desktop_app.core.validation.report import FORMAT, Stop, ValidationReport
from desktop_app.core.validation.suites import Severity
from desktop_app.core.verdicts import CheckState
from desktop_app.services.kept_runs import KEPT, LARGEST, ROOM, KeptRuns, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class RunHead:
    """A run as a list shows it. ``states`` counts checks; ``failed`` those that failed.

    ``outcome`` is what it came to by the baseline with the stamp ``weighed_by``: None where it was
    not judged.
    """

    run_id: str
    url: str
    environment: str
    by: str
    started_at: datetime
    seconds: float
    stop: Stop
    suites: Mapping[str, str] = field(default_factory=dict)
    states: Mapping[CheckState, int] = field(default_factory=dict)
    failed: Mapping[Severity, int] = field(default_factory=dict)
    checks: int = 0
    requests: int = 0
    replay: bool = False
    """Only some checks or subjects were looked at again."""
    pinned: bool = False
    outcome: Outcome | None = None
    weighed_by: str = ""
    format: int = FORMAT


KIND = Kind(ending=".run.jsonl", head=RunHead, run=ValidationReport, format=FORMAT, revised=replace)


class RunStore(KeptRuns[RunHead, ValidationReport]):
    """The runs of validation kept in ``folder``; none holds a secret."""

    def __init__(self, folder: Path, *, kept: int = KEPT, room: int = ROOM) -> None:
        super().__init__(folder, KIND, kept=kept, room=room)

    def keep(self, report: ValidationReport, *, replay: bool = False, place: str = "") -> RunHead:
        """Keep a run, and let the oldest of its target go. Raises ``LocalFailure``.

        ``place`` is what its target is found by, where that is not its address.
        """
        report = Cleaner().report(report)
        head = head_of(report, replay=replay)
        if place:
            head = replace(head, url=place)
        self.add(head, report)
        return head

    def report(self, run_id: str) -> ValidationReport:
        """A whole run; raises ``LocalFailure`` where it is not there or makes no sense."""
        return self.whole(run_id)

    def last(self, url: str, *, before: datetime | None = None) -> ValidationReport | None:
        """The newest whole run of a target that measured something (before a moment)."""
        for head in self.heads(url):
            measured = sum(head.states.get(state, 0) for state in _MEASURED)
            if head.replay or not measured or (before is not None and head.started_at >= before):
                continue
            with contextlib.suppress(LocalFailure):
                return self.report(head.run_id)
        return None


_MEASURED = (CheckState.PASS, CheckState.WARN, CheckState.FAIL)


def head_of(report: ValidationReport, *, replay: bool = False) -> RunHead:
    """What a list shows of a run."""
    states = {state: count for state in CheckState if (count := report.count(state))}
    failed = [one.severity for one in report.results if one.state is CheckState.FAIL]
    return RunHead(
        run_id=report.run_id,
        url=report.target.url,
        environment=report.target.environment,
        by=report.by,
        started_at=report.started_at,
        seconds=report.seconds,
        stop=report.stop,
        suites=report.suites,
        states=states,
        failed={severity: failed.count(severity) for severity in Severity if severity in failed},
        checks=len(report.results),
        requests=report.requests,
        replay=replay,
    )


def read_run(path: Path) -> ValidationReport:
    """A report from a file of the store, or from one that ``evalconsole validate --json`` wrote.

    Raises ``OSError``, ``ValueError``, ``msgspec.MsgspecError``.
    """
    if path.stat().st_size > LARGEST:
        raise ValueError("too large")
    content = path.read_bytes()
    _first, _newline, rest = content.partition(b"\n")
    if path.name.endswith(KIND.ending):
        return msgspec.json.decode(rest, type=ValidationReport)
    return msgspec.json.decode(content, type=_Written).report


class _Written(msgspec.Struct):
    report: ValidationReport
