"""``evalconsole validate``: the checks of an API without a window, for scripts and CI."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from desktop_app.cli import exits, validate_arguments
from desktop_app.cli.data_folder import data_folder
from desktop_app.cli.interruption import interruptible
from desktop_app.cli.paper import write_pdf
from desktop_app.cli.results import write_results
from desktop_app.cli.telling import say
from desktop_app.cli.validate_arguments import Asked, asked_for
from desktop_app.config.catalogues import use_language
from desktop_app.core.errors import ConsoleError
from desktop_app.core.language import _
from desktop_app.core.tasks import TaskContext
from desktop_app.core.validation.comparison import Comparison, compare
from desktop_app.core.validation.events import CleaningUp, Pulse, RunEnded
from desktop_app.core.validation.gate import Outcome
from desktop_app.core.validation.report import ValidationReport
from desktop_app.services.report_document import as_html, as_markdown, write_text
from desktop_app.services.validation import words
from desktop_app.services.validation.junit import as_junit
from desktop_app.services.validation.lines import line_of
from desktop_app.services.validation.report_json import as_json
from desktop_app.services.validation.reports import Reported, validation_report
from desktop_app.services.validation.shelf import Shelf, open_shelf

configure = validate_arguments.configure

_TELL_S = 2.0
"""How often figures are told: a log is read by people."""
_TELL_WAITING_S = 10.0
"""How often it is told that nothing happens, after the first time."""

_CODES = {
    Outcome.PASSED: exits.PASSED,
    Outcome.NOT_PASSED: exits.GATE_FAILED,
    Outcome.REFUSED: exits.WRONG_USAGE,
    Outcome.NOT_MEASURED: exits.UNREACHABLE,
    Outcome.INTERRUPTED: exits.INTERRUPTED,
}


def run(arguments: argparse.Namespace) -> int:
    """List, or run and report; the exit code."""
    if arguments.language:
        use_language(arguments.language)
    if arguments.list:
        return _list(arguments)
    try:
        asked = asked_for(arguments)
    except ConsoleError as error:
        say(str(error))
        return exits.WRONG_USAGE
    for failure in asked.desk.shelf().broken:
        say(str(failure))
    context = TaskContext()
    with interruptible(context):
        report = _follow(asked, context)
        reported = _reported(asked, report)
        unwritten = write_results(reported, asked.json, asked.reports, _WRITERS, as_json)
    _sum_up(asked, reported)
    for problem in unwritten:
        say(str(problem))
    code = _CODES[reported.judgement.outcome]
    # Who asked for a report and has none has no result to rely on.
    return exits.UNREACHABLE if unwritten and code == exits.PASSED else code


def _follow(asked: Asked, context: TaskContext) -> ValidationReport:
    """Tell on stderr what happens; returns the report."""
    shelf = asked.desk.shelf()
    told, waited = time.monotonic(), False
    report: ValidationReport | None = None
    for event in asked.desk.run(asked.order, context):
        now = time.monotonic()
        if isinstance(event, Pulse | CleaningUp):
            waits = isinstance(event, Pulse) and event.waiting_s > 0
            pause_s = _TELL_S if not waits else _TELL_WAITING_S if waited else 0.0
            if now - told < pause_s:
                continue
            told, waited = now, waits
        if not asked.quiet:
            say(line_of(event, shelf))
        if isinstance(event, RunEnded):
            report = event.report
    assert report is not None
    return report


def _reported(asked: Asked, report: ValidationReport) -> Reported:
    today = datetime.now(UTC).astimezone().date()
    return Reported(
        report=report,
        shelf=asked.desk.shelf(),
        weighed=asked.desk.weigh(report, asked.baseline, today),
        comparison=_comparison(asked, report),
        strict=asked.strict,
    )


def _comparison(asked: Asked, report: ValidationReport) -> Comparison | None:
    if asked.compare_last:
        found = asked.desk.compared(report)
        if found is None:
            say(_("There is no earlier run to compare with."))
        return found
    return compare(asked.before, report) if asked.before is not None else None


_WRITERS: Mapping[str, Callable[[Path, Reported], object]] = {
    ".html": lambda path, reported: write_text(path, as_html(validation_report(reported))),
    ".md": lambda path, reported: write_text(path, as_markdown(validation_report(reported))),
    ".xml": lambda path, reported: write_text(path, as_junit(reported)),
    ".json": lambda path, reported: write_text(path, as_json(reported)),
    ".pdf": lambda path, reported: write_pdf(path, validation_report(reported)),
}


def _sum_up(asked: Asked, reported: Reported) -> None:
    """What a person should know at the end, the verdict last."""
    if asked.desk.not_kept is not None:
        say(str(asked.desk.not_kept))
    for one in reported.report.left_behind:
        say(_("Left behind: {kind} {name} ({id})").format(kind=one.kind, name=one.name, id=one.id))
    if not asked.quiet:
        _say_more(reported)
    say(words.verdict(reported.judgement))


def _say_more(reported: Reported) -> None:
    """What stands beside the verdict."""
    report, weighed = reported.report, reported.weighed
    for known in weighed.unknown:
        say(_("The baseline knows {key}, but no check has this name.").format(key=known.key))
    for known in weighed.unneeded:
        say(_("The baseline's {key} was not found any more: it can go.").format(key=known.key))
    if (compared := reported.comparison) is not None:
        say(
            _("New {new}, fixed {fixed}, still there {still}, not observed {unseen}").format(
                new=len(compared.new),
                fixed=len(compared.fixed),
                still=len(compared.still),
                unseen=len(compared.not_observed),
            )
        )
    say(_("Measured: {coverage}").format(coverage=words.coverage(report)))
    if beside := words.beside(reported.judgement):
        say(beside)


def _list(arguments: argparse.Namespace) -> int:
    folder = data_folder() / validate_arguments.FOLDER / "suites"
    shelf = open_shelf(arguments.suites_dir or folder)
    for failure in shelf.broken:
        say(str(failure))
    if arguments.json:
        text = json.dumps(_listed(shelf), ensure_ascii=False, indent=2) + "\n"
    else:
        text = "".join(f"{line}\n" for line in _list_lines(shelf))
    if arguments.json in (None, "-"):
        sys.stdout.write(text)
        sys.stdout.flush()
    else:
        write_text(Path(arguments.json), text)
    return exits.PASSED


def _list_lines(shelf: Shelf) -> list[str]:
    lines: list[str] = []
    for suite in shelf.suites:
        lines.append(f"{suite.id}  {suite.title.text()} ({words.checks(len(suite.checks))})")
        lines += [
            f"  {check.id:<32} {_(words.SEVERITIES[check.severity]):<10} "
            f"{_(words.RISKS[check.risk]):<18} {check.title.text()}"
            for check in suite.checks
        ]
    return lines


def _listed(shelf: Shelf) -> list[dict[str, object]]:
    return [
        {
            "id": suite.id,
            "version": suite.version,
            "title": suite.title.text(),
            "optional": suite.optional,
            "checks": [
                {
                    "id": check.id,
                    "category": check.category,
                    "severity": check.severity.value,
                    "risk": check.risk.value,
                    "title": check.title.text(),
                    "reference": check.reference,
                    "requests": check.costs,
                }
                for check in suite.checks
            ],
        }
        for suite in shelf.suites
    ]
