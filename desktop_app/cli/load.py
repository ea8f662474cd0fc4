"""``evalconsole load``: a load run without a window, for scripts and CI."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from desktop_app.cli import exits, load_arguments
from desktop_app.cli.interruption import interruptible
from desktop_app.cli.load_arguments import Asked, asked_for
from desktop_app.cli.paper import write_pdf
from desktop_app.config.catalogues import use_language
from desktop_app.core.errors import ConsoleError
from desktop_app.core.language import _
from desktop_app.core.load.control import Control
from desktop_app.core.load.distribution import Distribution, joined_at
from desktop_app.core.load.events import RunEnded
from desktop_app.core.load.permission import is_loopback
from desktop_app.core.load.result import LoadResult, StopReason, Verdict
from desktop_app.core.tasks import TaskContext
from desktop_app.services.loadtest import reports, words
from desktop_app.services.loadtest.comparison import LoadComparison, compare
from desktop_app.services.loadtest.lines import line_of
from desktop_app.services.report_document import (
    ReportDocument,
    as_html,
    as_markdown,
    write_text,
)

configure = load_arguments.configure

_CODES = {
    Verdict.PASSED: exits.PASSED,
    Verdict.FAILED: exits.GATE_FAILED,
    Verdict.INVALID: exits.UNREACHABLE,
    Verdict.NOT_MEASURED: exits.UNREACHABLE,
}
_STOPPED = (StopReason.STOPPED, StopReason.STOPPED_AT_ONCE)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """A run with what it was compared with."""

    result: LoadResult
    comparison: LoadComparison | None


def run(arguments: argparse.Namespace) -> int:
    """Run and report; the exit code."""
    if arguments.language:
        use_language(arguments.language)
    try:
        asked = asked_for(arguments)
    except ConsoleError as error:
        _say(str(error))
        return exits.WRONG_USAGE
    context = TaskContext()
    with interruptible(context):
        if asked.rehearse:
            return _rehearse(asked, context)
        result = _follow(asked, context)
        outcome = _Outcome(result, _comparison(asked, result))
        _write(asked, outcome)
    _sum_up(asked, outcome)
    if result.stop is StopReason.REFUSED:
        return exits.WRONG_USAGE
    return exits.INTERRUPTED if result.stop in _STOPPED else _CODES[result.verdict]


def _follow(asked: Asked, context: TaskContext) -> LoadResult:
    """Tell on stderr what happens; returns the result."""
    result: LoadResult | None = None
    if asked.order.distribution is not None:
        _invite(asked.order.distribution, new_code=asked.new_code)
    for event in asked.desk.run(asked.order, context, Control()):
        if isinstance(event, RunEnded):
            result = event.result
        elif line := line_of(event):
            _say(line)
    assert result is not None
    return result


def _invite(distribution: Distribution, *, new_code: bool) -> None:
    """Say how workers join, and what an open port means."""
    address = joined_at(distribution.address, distribution.port)
    _say(_("Workers join by: evalconsole load-worker --master {address}").format(address=address))
    if new_code:
        _say(_("Join code: {code}").format(code=distribution.code))
    if not is_loopback(distribution.address):
        _say(
            _(
                "The master is open to the network at {address}: use a network that you trust. "
                "Plan and sign-ins go out sealed with the join code; Locust's own messages do not."
            ).format(address=address)
        )


def _rehearse(asked: Asked, context: TaskContext) -> int:
    """One round of everything; passed if every step was in order."""
    failed = False
    for step in asked.desk.rehearse(asked.order, context):
        said = _("in order")
        if step.failure is not None:
            failed = True
            said = f"{_(words.FAILURES[step.failure])}: {step.text}"
        status = step.exchange.status or "–"
        _say(f"{step.flow or _('setup')} · {step.step}: {status}, {said}")
    return exits.GATE_FAILED if failed else exits.PASSED


def _comparison(asked: Asked, result: LoadResult) -> LoadComparison | None:
    before = asked.desk.baseline(result) if asked.compare_last else asked.before
    if asked.compare_last and before is None:
        _say(_("There is no earlier run to compare with."))
    return compare(before, result) if before is not None else None


def _write(asked: Asked, outcome: _Outcome) -> None:
    """Write the result where it was asked for."""
    if asked.json == "-":
        sys.stdout.write(_as_json(outcome))
        sys.stdout.flush()
    elif asked.json:
        write_text(Path(asked.json), _as_json(outcome))
    for path in asked.reports:
        _WRITERS[path.suffix.lower()](path, outcome)


def _as_json(outcome: _Outcome) -> str:
    made = reports.plain(outcome.result, outcome.comparison)
    return json.dumps(made, ensure_ascii=False, indent=2) + "\n"


def _document(outcome: _Outcome) -> ReportDocument:
    return reports.report_of(outcome.result, outcome.comparison)


_WRITERS: Mapping[str, Callable[[Path, _Outcome], object]] = {
    ".html": lambda path, outcome: write_text(path, as_html(_document(outcome))),
    ".md": lambda path, outcome: write_text(path, as_markdown(_document(outcome))),
    ".json": lambda path, outcome: write_text(path, _as_json(outcome)),
    ".csv": lambda path, outcome: write_text(path, reports.as_csv(outcome.result)),
    ".pdf": lambda path, outcome: write_pdf(path, _document(outcome)),
}


def _sum_up(asked: Asked, outcome: _Outcome) -> None:
    """What a person should know at the end, the verdict last."""
    result = outcome.result
    if asked.desk.not_kept is not None:
        _say(str(asked.desk.not_kept))
    for warning in result.warnings:
        _say(warning.text())
    if outcome.comparison is not None:
        table = reports.comparison_table(outcome.comparison)
        _say(f"{table.title}:")
        for row in table.rows:
            _say("  " + " · ".join(row))
    for gate in result.gates:
        _say(f"  {words.gate_text(gate)}")
    _say(words.verdict_text(result))


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
