"""A sheet that was changed on two computers, in the dialog that every conflict is decided in."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop_app.core.fields import Field, Kind
from desktop_app.core.language import _
from desktop_app.core.merge import FieldMerge
from desktop_app.core.sheet_fields import GENERAL_COMMENT, comment_key, score_key, written
from desktop_app.services.scoring.records import SheetRecord
from desktop_app.ui.dialogs.conflict_dialog import ANOTHER_COMPUTER, ConflictDialog, SideLabels


def merge_dialog(record: SheetRecord, parent: QWidget) -> ConflictDialog | None:
    """The dialog that decides a sheet's conflicts; None where there are none."""
    merge = record.merge
    if merge is None or record.theirs is None:
        return None
    fields = [Field(key=GENERAL_COMMENT, kind=Kind.MULTILINE, label=_("Comment on the whole"))]
    for criterion in record.theirs.criteria:
        label = _("Comment on {criterion}").format(criterion=criterion.name)
        fields += [
            Field(key=score_key(criterion), kind=Kind.TEXT, label=criterion.name),
            Field(key=comment_key(criterion), kind=Kind.MULTILINE, label=label),
        ]
    labels = SideLabels(
        base={part.key: _text(part.base) for part in merge.fields},
        mine={part.key: _mine(part, record) for part in merge.fields},
        theirs={part.key: _text(part.theirs) for part in merge.fields},
    )
    name = record.sheet.evaluation.company_name or "–"
    return ConflictDialog(name, merge, fields, labels, parent, words=ANOTHER_COMPUTER)


def _text(value: object) -> str:
    return written(value) if isinstance(value, float) else str(value or "")


def _mine(part: FieldMerge, record: SheetRecord) -> str:
    return record.typed.get(part.key, _text(part.mine))
