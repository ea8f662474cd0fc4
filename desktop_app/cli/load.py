"""``evalconsole load``: a load run without a window, for scripts and CI."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent

from desktop_app.cli import exits, load_arguments
from desktop_app.cli.interruption import interruptible
from desktop_app.cli.load_arguments import Asked, asked_for
from desktop_app.cli.paper import write_pdf
from desktop_app.cli.results import write_results
from desktop_app.cli.telling import say
from desktop_app.config.catalogues import use_language
from desktop_app.core.errors import ConsoleError
from desktop_app.core.language import _
from desktop_app.core.load.control import Control
from desktop_app.core.load.distribution import Distribution, joined_at
from desktop_app.core.load.events import RunEnded, Stopping, Warned
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
from desktop_app.services.validation import evidence

configure = load_arguments.configure

VERDICT_CODES = {
    Verdict.PASSED: exits.PASSED,
    Verdict.FAILED: exits.GATE_FAILED,
    Verdict.INCONCLUSIVE: exits.UNREACHABLE,
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
        say(str(error))
        return exits.WRONG_USAGE
    say(asked.remark)
    context, control = TaskContext(), Control()
    if asked.rehearse:
        with interruptible(context):
            return _rehearse(asked, context)
    with interruptible(context, control.stop):
        result = _follow(asked, context, control)
        outcome = _Outcome(result, _comparison(asked, result))
        unwritten = write_results(outcome, asked.json, asked.reports, _WRITERS, _as_json)
    _sum_up(asked, outcome)
    for problem in unwritten:
        say(str(problem))
    code = _code(result)
    # Who asked for a report and has none has no result to rely on.
    return exits.UNREACHABLE if unwritten and code == exits.PASSED else code


def _code(result: LoadResult) -> int:
    if result.stop is StopReason.REFUSED:
        return exits.WRONG_USAGE
    return exits.INTERRUPTED if result.stop in _STOPPED else VERDICT_CODES[result.verdict]


def _follow(asked: Asked, context: TaskContext, control: Control) -> LoadResult:
    """Tell on stderr what happens; returns the result."""
    result: LoadResult | None = None
    if asked.order.distribution is not None:
        _invite(asked.order.distribution, new_code=asked.new_code)
    for event in asked.desk.run(asked.order, context, control):
        if isinstance(event, RunEnded):
            result = event.result
        elif not asked.quiet or isinstance(event, Warned):
            say(line_of(event))
        if isinstance(event, Stopping) and event.reason is StopReason.STOPPED:
            say(_("Press Ctrl+C once more to stop without waiting."))
    assert result is not None
    return result


def _invite(distribution: Distribution, *, new_code: bool) -> None:
    """Say how workers join, and what an open port means."""
    address = joined_at(distribution.address, distribution.port)
    say(_("Workers join by: evalconsole load-worker --master {address}").format(address=address))
    if new_code:
        say(_("Join code: {code}").format(code=distribution.code))
    if not is_loopback(distribution.address):
        say(
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
            said = step.obstacle.text() if step.obstacle else _(words.FAILURES[step.failure])
        status = step.exchange.status or "–"
        say(f"{step.flow or _('setup')} · {step.step}: {status}, {said}")
        if step.failure is not None:
            say(indent(evidence.request_text(step.exchange), "  > "))
            say(indent(evidence.answer_text(step.exchange), "  < "))
    return exits.GATE_FAILED if failed else exits.PASSED


def _comparison(asked: Asked, result: LoadResult) -> LoadComparison | None:
    before = asked.desk.baseline(result) if asked.compare_last else asked.before
    if asked.compare_last and before is None:
        say(_("There is no earlier run to compare with."))
    return compare(before, result) if before is not None else None


def _as_json(outcome: _Outcome) -> str:
    made = reports.plain(outcome.result, outcome.comparison)
    return json.dumps(made, ensure_ascii=False, indent=2) + "\n"


def _document(outcome: _Outcome) -> ReportDocument:
    return reports.report_of(outcome.result, outcome.comparison)


_WRITERS: Mapping[str, Callable[[Path, _Outcome], object]] = {
    ".html": lambda path, outcome: write_text(path, as_html(_document(outcome))),
    ".md": lambda path, outcome: write_text(path, as_markdown(_document(outcome))),
    ".json": lambda path, outcome: write_text(path, _as_json(outcome)),
    ".hlog": lambda path, outcome: write_text(path, reports.as_hlog(outcome.result)),
    ".csv": lambda path, outcome: write_text(path, reports.as_csv(outcome.result)),
    ".pdf": lambda path, outcome: write_pdf(path, _document(outcome)),
}


def _sum_up(asked: Asked, outcome: _Outcome) -> None:
    """What a person should know at the end, the verdict last."""
    result = outcome.result
    if asked.desk.not_kept is not None:
        say(str(asked.desk.not_kept))
    if not asked.quiet:
        _say_more(outcome)
    if advice := words.advice_text(result):
        say(advice)
    say(words.verdict_text(result))


def _say_more(outcome: _Outcome) -> None:
    """What stands beside the verdict."""
    for warning in outcome.result.warnings:
        say(warning.text())
    if outcome.comparison is not None:
        table = reports.comparison_table(outcome.comparison)
        say(f"{table.title}:")
        for row in table.rows:
            say("  " + " · ".join(row))
    for gate in outcome.result.gates:
        say(f"  {words.gate_text(gate)}")
