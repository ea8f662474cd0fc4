"""Closing an import in the middle: asked, with what is written and what would be lost."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from desktop_app.core.language import _
from desktop_app.ui.dialogs.confirm import confirm
from desktop_app.ui.imports.job import ImportJob
from desktop_app.ui.imports.outcome_words import rows_count


def ask_before_leaving(
    parent: QWidget, job: ImportJob, *, sheet_open: bool, then: Callable[[], None]
) -> None:
    """Call ``then`` at once when nothing would be lost, else when the person says so.

    ``sheet_open``: a file is chosen and being worked on.
    """
    if job.started and job.busy and job.undone is None:
        _ask_while_writing(parent, job, then)
    elif job.unsaved_passwords:
        confirm(
            parent,
            title=_("One-time passwords are not saved"),
            text=_(
                "{rows} are written. Their one-time passwords are shown nowhere else: without "
                "the file each one must be reset by hand."
            ).format(rows=rows_count(job.written)),
            action=_("Leave without saving them"),
            on_yes=then,
            danger=True,
        )
    elif job.started and job.left and job.undone is None:
        confirm(
            parent,
            title=_("The import is not complete"),
            text=_(
                "{written} are written and stay, {left} are not. “Past imports” can undo what "
                "is written."
            ).format(written=rows_count(job.written), left=rows_count(job.left)),
            action=_("Leave it so"),
            on_yes=then,
        )
    elif sheet_open and not job.started:
        confirm(
            parent,
            title=_("Close the import?"),
            text=_("Nothing is written so far. The columns chosen and cells corrected are lost."),
            action=_("Close without importing"),
            on_yes=then,
        )
    else:
        then()


def _ask_while_writing(parent: QWidget, job: ImportJob, then: Callable[[], None]) -> None:
    def stop_and_leave() -> None:
        if not job.busy:
            then()
            return
        job.after_work(then)
        job.stop()

    confirm(
        parent,
        title=_("Stop the import?"),
        text=_(
            "{written} are written by now and stay; the others will not be. “Past imports” can "
            "undo what is written."
        ).format(written=rows_count(job.written)),
        action=_("Stop and close"),
        cancel=_("Go on importing"),
        on_yes=stop_and_leave,
        danger=True,
    )
