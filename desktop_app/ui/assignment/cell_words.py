"""A cell of the matrix in whole sentences, for its tooltip and for screen readers."""

from __future__ import annotations

from datetime import datetime

from desktop_app.config.settings import Settings
from desktop_app.core.evaluations import Conflict, Evaluation
from desktop_app.core.language import _
from desktop_app.ui.assignment.cells import LOOKS, Cell, progress_word
from desktop_app.ui.times import local_time, relative_time


def cell_words(cell: Cell, settings: Settings, now: datetime) -> str:
    """Who evaluates whom, how far it is, and what stands in the way; a line each."""
    lines = [cell.name, _(LOOKS[cell.state].meaning)]
    if cell.sheet is not None:
        words = _("{progress} criteria scored")
        lines.append(words.format(progress=progress_word(cell.sheet)))
        lines += history_lines(cell.sheet, settings, now)
    if cell.own:
        lines.append(_("The evaluator belongs to this company."))
    if cell.conflict is not None:
        lines.append(conflict_line(cell.conflict))
    if not cell.evaluator.is_active:
        lines.append(_("The evaluator is deactivated."))
    return "\n".join(lines)


def history_lines(sheet: Evaluation, settings: Settings, now: datetime) -> list[str]:
    """What has happened to a sheet."""
    lines = []
    if sheet.submitted_at is not None:
        lines.append(
            _("Submitted {moment}").format(moment=local_time(sheet.submitted_at, settings))
        )
    if sheet.reopened is not None:
        lines.append(
            _("Reopened by {name}: {reason}").format(
                name=sheet.reopened.by_name, reason=sheet.reopened.reason
            )
        )
    if sheet.reminded_at is not None:
        lines.append(_("Reminded {ago}").format(ago=relative_time(sheet.reminded_at, now)))
    return lines


def conflict_line(conflict: Conflict) -> str:
    """Who declared a conflict of interest, and why."""
    return _("Conflict declared by {name}: {reason}").format(
        name=conflict.declared_by_name, reason=conflict.reason
    )
