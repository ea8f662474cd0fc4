"""Where a command's result goes, and the earlier one it is compared with."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from desktop_app.cli.usage import WrongUsage
from desktop_app.cli.values import report_path
from desktop_app.core.errors import ConsoleError, LocalFailure
from desktop_app.core.language import N_, _
from desktop_app.services.report_document import write_text

R = TypeVar("R")

LAST = "last"


def declare_results(parser: argparse.ArgumentParser, suffixes: tuple[str, ...]) -> None:
    """What to compare with, what to write where, in which language, and how much to tell.

    ``suffixes`` are those that reports may end in.
    """
    result = parser.add_argument_group(_("result"))
    result.add_argument(
        "--compare", metavar="FILE|last", help=_("compare with that JSON report, or the last run")
    )
    result.add_argument("--by", default="", metavar="NAME", help=_("who acts, for the history"))
    result.add_argument(
        "--json", metavar="FILE", help=_("write the result as JSON there; - for standard output")
    )
    result.add_argument(
        "--report",
        type=report_path(suffixes),
        action="append",
        default=[],
        metavar="FILE",
        help=_("write a report: {endings}; may be repeated").format(endings=", ".join(suffixes)),
    )
    result.add_argument(
        "--language", choices=("ko", "en"), metavar="ko|en", help=_("the report's language")
    )
    result.add_argument(
        "--quiet", action="store_true", help=_("say only the verdict, and what went wrong")
    )


def earlier(compare: str | None, read: Callable[[Path], R]) -> R | None:
    """The run to compare with, where a file names it; raises ``WrongUsage``."""
    if compare is None or compare == LAST:
        return None
    try:
        return read(Path(compare))
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        raise WrongUsage(reason=no_report(Path(compare), error)) from error


def no_report(path: Path, error: Exception) -> str:
    """Why a file cannot be read as a report."""
    return _("“{file}” is no report of a run: {reason}.").format(
        file=path, reason=getattr(error, "strerror", None) or error
    )


def write_results(
    made: R,
    json: str | None,
    reports: Iterable[Path],
    writers: Mapping[str, Callable[[Path, R], object]],
    as_json: Callable[[R], str],
) -> list[ConsoleError]:
    """Write the result wherever it was asked for; what could not be written.

    ``writers`` by how a report's name ends.
    """
    places = [(path, writers[path.suffix.lower()]) for path in reports]
    if json == "-":
        places.insert(0, (Path(json), lambda _path, result: _print(as_json(result))))
    elif json:
        places.append((Path(json), lambda path, result: write_text(path, as_json(result))))
    failures: list[ConsoleError] = []
    for path, write in places:
        try:
            write(path, made)
        except ConsoleError as failure:
            failures.append(failure)
    return failures


def _print(text: str) -> None:
    """Write to standard output; raises ``LocalFailure`` where its reader is gone, its disk full."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        with contextlib.suppress(OSError):  # what is left would be tried once more at the end
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise LocalFailure(
            what=N_("Standard output cannot be written: {reason}."),
            advice=N_("Choose another place."),
            reason=error.strerror or str(error),
        ) from error
