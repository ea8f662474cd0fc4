"""What an import would do, is doing or has done, in words."""

from __future__ import annotations

from collections.abc import Mapping

from desktop_app.core.imports import UndoResult, Verdict
from desktop_app.core.language import NN_, _, ngettext
from desktop_app.core.problems import Problem
from desktop_app.ui.imports.draft import BAD
from desktop_app.ui.imports.words import UNCHECKED, State
from desktop_app.ui.records.kind import RESOURCE_NAMES


def count_of(resource: str, n: int) -> str:
    """``n`` entries of ``resource``, as in "193 users"."""
    pair = RESOURCE_NAMES.get(resource, NN_("{n} entry", "{n} entries"))
    return ngettext(*pair, n).format(n=f"{n:,}")


def rows_count(n: int) -> str:
    """``n`` rows."""
    return ngettext("{n} row", "{n} rows", n).format(n=f"{n:,}")


def action_text(resource: str, n: int) -> str:
    """What the button of step 4 does."""
    return _("Import {entries}").format(entries=count_of(resource, n))


def plan_lines(resource: str, counts: Mapping[State, int]) -> tuple[str, ...]:
    """What writing would do, one line per kind of row."""
    lines = []
    if n := counts.get(Verdict.CREATE, 0):
        lines.append(_("{entries} will be created.").format(entries=count_of(resource, n)))
    if n := counts.get(Verdict.UPDATE, 0):
        lines.append(_("{entries} will be changed.").format(entries=count_of(resource, n)))
    if n := counts.get(Verdict.UNCHANGED, 0):
        lines.append(_("{rows}: nothing to change.").format(rows=rows_count(n)))
    if n := sum(counts.get(state, 0) for state in BAD):
        lines.append(_("{rows} left out because of problems.").format(rows=rows_count(n)))
    return tuple(lines)


def outcome_lines(resource: str, counts: Mapping[State, int]) -> tuple[str, ...]:
    """What is written and what is not, one line per kind of row."""
    lines = []
    if n := counts.get(Verdict.CREATE, 0):
        lines.append(_("{entries} created.").format(entries=count_of(resource, n)))
    if n := counts.get(Verdict.UPDATE, 0):
        lines.append(_("{entries} changed.").format(entries=count_of(resource, n)))
    if n := counts.get(Verdict.UNCHANGED, 0):
        lines.append(_("{rows} were the same already.").format(rows=rows_count(n)))
    if n := sum(counts.get(state, 0) for state in BAD):
        lines.append(_("{rows} not imported because of problems.").format(rows=rows_count(n)))
    if n := counts.get(UNCHECKED, 0):
        lines.append(_("{rows} not written yet.").format(rows=rows_count(n)))
    return tuple(lines) or (_("Nothing is written."),)


def undo_lines(resource: str, result: UndoResult) -> tuple[str, ...]:
    """What taking back an import did, and what it kept."""
    lines = [
        _("{entries} deleted, {n} restored.").format(
            entries=count_of(resource, result.deleted), n=f"{result.restored:,}"
        )
    ]
    if result.kept:
        lines.append(_("{rows} kept:").format(rows=rows_count(len(result.kept))))
    return (*lines, *(kept_text(problem) for problem in result.kept))


def kept_text(problem: Problem) -> str:
    """Why one row was kept when its import was taken back; ``problem.field`` is its number."""
    reasons = {
        "changed_since": _("changed since the import"),
        "in_use": _("in use by now"),
        "own_account": _("your own account"),
        "duplicate": _("another one has the former value by now"),
    }
    reason = reasons.get(problem.code) or problem.text()
    return _("Row {row}: {reason}").format(row=problem.field, reason=reason)
