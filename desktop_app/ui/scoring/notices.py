"""What has to be said above a sheet, and what can be done about it: the most urgent thing only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from desktop_app.core.language import N_, _
from desktop_app.services.scoring.records import SheetRecord, Trouble
from desktop_app.ui.scoring.states import TROUBLE_TEXTS


class Remedy(StrEnum):
    """What the banner's button does."""

    NONE = ""
    DECIDE = "decide"
    COPY = "copy"
    SUBMIT = "submit"


REMEDY_TEXTS = {
    Remedy.DECIDE: N_("Decide…"),
    Remedy.COPY: N_("Copy my text…"),
    Remedy.SUBMIT: N_("Try again"),
}


@dataclass(frozen=True, slots=True)
class Notice:
    """A line for the banner; ``text`` is translated."""

    text: str
    tone: str
    remedy: Remedy = Remedy.NONE


def notice_of(record: SheetRecord) -> Notice | None:
    """What is to be said of a sheet as it stands; None where all is well."""
    one = record.sheet.evaluation
    if record.theirs is not None:
        return Notice(
            _(
                "This sheet was changed on another computer too. Both versions are kept;"
                " decide field by field, then it is sent."
            ),
            "danger",
            Remedy.DECIDE,
        )
    if record.trouble is not None:
        text = _(TROUBLE_TEXTS[record.trouble])
        if not record.typed:
            return Notice(text, "warning")
        kept = _("What you typed is kept here and can be copied.")
        return Notice(f"{text} {kept}", "danger", Remedy.COPY)
    if record.finished:
        return None
    if record.intent is not None and record.intent.draft == record.draft:
        return Notice(
            _("The submission did not reach the server. Your scores are kept: submit again."),
            "danger",
            Remedy.SUBMIT,
        )
    if one.conflict:
        return Notice(
            _(
                "A conflict of interest with this company is declared: the sheet cannot be"
                " submitted until it is withdrawn or the sheet goes to someone else."
            ),
            "danger",
        )
    if one.reopened is not None:
        return Notice(
            _("Reopened by {name}: {reason}").format(
                name=one.reopened.by_name, reason=one.reopened.reason
            ),
            "warning",
        )
    return None


def is_locked(record: SheetRecord) -> bool:
    """Whether nothing may be changed on the sheet."""
    return record.finished or record.trouble in (Trouble.GONE, Trouble.CLOSED)
