"""Where what was typed on a sheet is, in a word, an icon and a colour."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from desktop_app.core.errors import ConsoleError, Unreachable
from desktop_app.core.language import N_, _, ngettext
from desktop_app.services.scoring.records import SheetRecord, Trouble


class SheetState(StrEnum):
    """What is to be said of a sheet; the first that holds, from the worst."""

    NOT_KEPT = "not_kept"
    CONFLICT = "conflict"
    TROUBLE = "trouble"
    REFUSED = "refused"
    OFFLINE = "offline"
    WAITING = "waiting"
    UNFINISHED = "unfinished"
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class Said:
    """A state in words; ``detail`` explains it at length."""

    state: SheetState
    text: str
    icon: str
    token: str
    detail: str = ""


def said_of(
    record: SheetRecord, *, error: ConsoleError | None, disk_error: str, kept: bool
) -> Said:
    """The state of a sheet: ``error`` says why nothing can be sent now, if so."""
    detail = "" if error is None else str(error)
    unsent = bool(record.typed) and not record.finished
    if disk_error and record.typed:
        return Said(
            SheetState.NOT_KEPT,
            _("Not saved on this computer"),
            "error",
            "danger",
            _("The disk refused it: {reason}.").format(reason=disk_error),
        )
    if record.theirs is not None:
        return Said(SheetState.CONFLICT, _("Changed elsewhere too"), "compare", "danger")
    if record.trouble is not None and (record.typed or record.trouble is not Trouble.CLOSED):
        return Said(SheetState.TROUBLE, _("Cannot be sent"), "error", "danger")
    if record.refused:
        return Said(SheetState.REFUSED, _("Refused by the server"), "error", "danger")
    if unsent and error is not None:
        n = len(record.changed_keys)
        if isinstance(error, Unreachable):
            text = ngettext("Offline: {n} change waits", "Offline: {n} changes wait", n)
        else:
            text = ngettext("{n} change waits", "{n} changes wait", n)
        return Said(SheetState.OFFLINE, text.format(n=n), "unlink", "warning", detail)
    if record.to_send is not None:
        if kept:
            return Said(SheetState.WAITING, _("Saved on this computer"), "database", "muted")
        return Said(SheetState.WAITING, _("Being sent"), "upload", "muted")
    if unsent:
        n = len(record.changed_keys)
        text = ngettext("{n} field to correct", "{n} fields to correct", n).format(n=n)
        return Said(SheetState.UNFINISHED, text, "warning", "warning")
    if isinstance(error, Unreachable):
        return Said(SheetState.OFFLINE, _("Offline"), "unlink", "warning", detail)
    return Said(SheetState.SENT, _("Saved on the server"), "ok", "ok")


TROUBLE_TEXTS = {
    Trouble.GONE: N_("This sheet is not yours any more: it was given to someone else, or deleted."),
    Trouble.CLOSED: N_("The project is not active: nothing can be sent."),
    Trouble.SUBMITTED: N_(
        "This sheet was submitted from another computer, without your last changes."
    ),
}
