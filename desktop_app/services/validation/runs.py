"""The runs that were made: one file each in the data folder, the newest kept and those pinned.

A file has two lines of JSON: what a list shows (``RunHead``), then the whole report. It never
holds a secret: ``core.validation.cleaning`` has gone over the report, and does so again here.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from desktop_app.config.json_file import replace_file
from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_
from desktop_app.core.validation.cleaning import Cleaner
from desktop_app.core.validation.report import FORMAT, Stop, ValidationReport
from desktop_app.core.validation.suites import Severity
from desktop_app.core.verdicts import CheckState
from desktop_app.services.whole_file import whole_file

KEPT = 30
"""How many runs of one target are kept, besides those pinned."""

LARGEST = 256 * 1024 * 1024
_LARGEST_HEAD = 256 * 1024
_ENDING = ".run.jsonl"
_ID = re.compile(r"[0-9A-Za-z]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunHead:
    """A run as a list shows it. ``states`` counts checks; ``failed`` those that failed."""

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
    format: int = FORMAT


class RunStore:
    """The runs kept in ``folder``. Every method reads or writes files: call it from a worker.

    ``notices`` tells which files made no sense and were set aside.
    """

    def __init__(self, folder: Path, *, kept: int = KEPT) -> None:
        self._folder = folder
        self._kept = kept
        self.notices: list[LocalFailure] = []

    def keep(self, report: ValidationReport, *, replay: bool = False) -> RunHead:
        """Keep a run, and let the oldest of its target go. Raises ``LocalFailure``."""
        report = Cleaner().report(report)
        head = head_of(report, replay=replay)
        self._write(self._path(head), head, msgspec.json.encode(report, enc_hook=str))
        self._trim(head.url)
        return head

    def heads(self, url: str | None = None) -> tuple[RunHead, ...]:
        """The runs, newest first; those of one target alone where ``url`` is given."""
        found = [head for path in self._paths() if (head := self._head(path)) is not None]
        wanted = [head for head in found if url is None or head.url == url.rstrip("/")]
        return tuple(sorted(wanted, key=lambda head: head.started_at, reverse=True))

    def report(self, run_id: str) -> ValidationReport:
        """A whole run; raises ``LocalFailure`` where it is not there or makes no sense."""
        path = self._find(run_id)
        try:
            return read_run(path)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError, ValueError) as error:
            self._set_aside(path)
            raise LocalFailure(
                what=N_("The run {run} cannot be read: {reason}."),
                advice=N_("It was set aside; choose another one."),
                run=run_id,
                reason=str(error),
            ) from error

    def last(self, url: str, *, before: datetime | None = None) -> ValidationReport | None:
        """The newest whole run of a target that measured something (before a moment)."""
        for head in self.heads(url):
            measured = sum(head.states.get(state, 0) for state in _MEASURED)
            if head.replay or not measured or (before is not None and head.started_at >= before):
                continue
            with contextlib.suppress(LocalFailure):
                return self.report(head.run_id)
        return None

    def pin(self, run_id: str, *, pinned: bool = True) -> RunHead:
        """Keep a run whatever comes after it, or no longer. Raises ``LocalFailure``."""
        path = self._find(run_id)
        head = self._head(path)
        if head is None:
            raise _not_there(run_id)
        head = replace(head, pinned=pinned)
        self._write(path, head, path.read_bytes().partition(b"\n")[2].rstrip(b"\n"))
        return head

    def remove(self, run_id: str) -> None:
        """Forget a run; harmless where it is not there."""
        with contextlib.suppress(LocalFailure), contextlib.suppress(OSError):
            self._find(run_id).unlink(missing_ok=True)

    def _write(self, path: Path, head: RunHead, report: bytes) -> None:
        with whole_file(path) as part:
            part.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(msgspec.json.encode(head) + b"\n" + report + b"\n")

    def _trim(self, url: str) -> None:
        """Let go of the oldest that is not pinned; what is open elsewhere goes next time."""
        for head in [head for head in self.heads(url) if not head.pinned][self._kept :]:
            with contextlib.suppress(OSError):
                self._path(head).unlink(missing_ok=True)

    def _path(self, head: RunHead) -> Path:
        moment = head.started_at.astimezone(UTC).strftime("%Y%m%dT%H%M%S")
        return self._folder / f"{moment}-{head.run_id}{_ENDING}"

    def _paths(self) -> list[Path]:
        return sorted(self._folder.glob(f"*{_ENDING}")) if self._folder.is_dir() else []

    def _find(self, run_id: str) -> Path:
        # An id may come from a file or a command line: it must not lead anywhere else.
        found = (
            list(self._folder.glob(f"*-{run_id}{_ENDING}"))
            if _ID.fullmatch(run_id) and self._folder.is_dir()
            else []
        )
        if not found:
            raise _not_there(run_id)
        return found[0]

    def _head(self, path: Path) -> RunHead | None:
        try:
            with path.open("rb") as file:
                line = file.readline(_LARGEST_HEAD)
            head = msgspec.json.decode(line, type=RunHead)
        except FileNotFoundError:
            return None  # let go of meanwhile
        except OSError:
            return None  # another program has it open: it is there again next time
        except (msgspec.MsgspecError, UnicodeDecodeError):
            self._set_aside(path)
            return None
        if head.format > FORMAT:
            return None  # a newer version of this program wrote it
        if not _ID.fullmatch(head.run_id) or not path.name.endswith(f"-{head.run_id}{_ENDING}"):
            self._set_aside(path)
            return None
        return head

    def _set_aside(self, path: Path) -> None:
        aside = path.with_name(f"{path.name}.damaged")
        with contextlib.suppress(OSError):
            replace_file(path, aside)
        self.notices.append(
            LocalFailure(
                what=N_("“{file}” was damaged and was not used."),
                advice=N_("It is kept as “{aside}”."),
                file=path.name,
                aside=aside.name,
            )
        )


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
    if path.name.endswith(_ENDING):
        return msgspec.json.decode(rest, type=ValidationReport)
    return msgspec.json.decode(content, type=_Written).report


class _Written(msgspec.Struct):
    report: ValidationReport


def _not_there(run_id: str) -> LocalFailure:
    return LocalFailure(
        what=N_("There is no run {run}."),
        advice=N_("It may have been let go of: the newest are kept, and those pinned."),
        run=run_id,
    )
