"""Every defect against every check: what notices it, and what does so without a reason.

Each process has a MongoDB and servers of its own, and takes one defect after another.
"""

from __future__ import annotations

import csv
import logging
import multiprocessing
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass, field
from multiprocessing.util import Finalize
from pathlib import Path

from desktop_app.core.validation.suites import Suite
from desktop_app.core.verdicts import CheckState
from desktop_app.engines.validation.suite_files import shipped
from tests.defects.examining import examine, judge
from tests.defects.lighter import lighter
from tests.defects.registry import Defect, defects
from tests.defects.server import DefectServer
from tests.defects.serving import fresh_server

_NOTICED = (CheckState.FAIL, CheckState.WARN)


@dataclass(frozen=True, kw_only=True)
class Row:
    """What became of one defect."""

    defect: str
    does: str
    noticed: tuple[str, ...]
    """The checks that failed or warned."""
    problems: tuple[str, ...]
    """What the registry does not say: checks that missed it, and surprises."""
    seconds: float


@dataclass
class _Servers:
    """The servers of one process, each started when first needed."""

    stack: ExitStack = field(default_factory=ExitStack)
    running: dict[bool, DefectServer] = field(default_factory=dict)

    def of(self, defect: Defect) -> DefectServer:
        if defect.secure not in self.running:
            server = fresh_server(secure=defect.secure, quick=True)
            self.running[defect.secure] = self.stack.enter_context(server)
        return self.running[defect.secure]


_SERVERS = _Servers()


def _begin() -> None:
    """Prepare a process: it says nothing, and its servers end with it."""
    logging.disable(logging.CRITICAL)
    Finalize(None, _SERVERS.stack.close, exitpriority=10)


def suites_for(defect: Defect, suites: Sequence[Suite]) -> tuple[Suite, ...]:
    """All suites; an optional one only where it is what must notice the defect."""
    return tuple(
        suite
        for suite in suites
        if not suite.optional or any(check.id in defect.checks for check in suite.checks)
    )


def row_of(name: str, checks: frozenset[str] = frozenset()) -> Row:
    """Run all checks (or those of ``checks`` and the defect's own) with one defect."""
    defect, began = defects()[name], time.monotonic()
    server = _SERVERS.of(defect)
    suites = suites_for(defect, lighter(shipped()))
    with server.broken_by(defect):
        report = examine(server, suites, checks | defect.checks if checks else ())
    judgement = judge(defect, report)
    return Row(
        defect=name,
        does=defect.does,
        noticed=tuple(result.check for result in report.results if result.state in _NOTICED),
        problems=tuple(judgement.text().splitlines()),
        seconds=time.monotonic() - began,
    )


def run(
    names: Sequence[str],
    *,
    jobs: int,
    told: Callable[[Row, int], object],
    checks: frozenset[str] = frozenset(),
) -> list[Row]:
    """A row for each defect, in the order of ``names``; ``told`` hears of each when it is done."""
    rows: dict[str, Row] = {}
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=spawn, initializer=_begin) as pool:
        futures = [pool.submit(row_of, name, checks) for name in names]
        try:
            for done in as_completed(futures):
                row = done.result()
                rows[row.defect] = row
                told(row, len(names) - len(rows))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [rows[name] for name in names]


def write(rows: Sequence[Row], file: Path) -> None:
    """The table as CSV: a line for each defect."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8-sig", newline="") as opened:
        table = csv.writer(opened)
        table.writerow(("defect", "does", "noticed by", "not as the registry says", "seconds"))
        for row in rows:
            table.writerow(
                (
                    row.defect,
                    row.does,
                    " ".join(row.noticed),
                    "\n".join(row.problems),
                    f"{row.seconds:.1f}",
                )
            )
