"""One sheet between its evaluator and the server: what was typed, what the server knows of it.

A record is a value; every function here gives the next one. It knows neither disk nor network.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from desktop_app.core.documents import same
from desktop_app.core.evaluations import FINISHED, Draft, Sheet
from desktop_app.core.merge import Merge, Side, three_way
from desktop_app.core.problems import Problem
from desktop_app.core.projects import ProjectStatus
from desktop_app.core.sheet_fields import (
    Value,
    draft_of,
    field_keys,
    field_values,
    problems_of,
    texts_of,
)

_MOST_SENT = 12
"""Drafts without an answer that are remembered; the newest are the likeliest to have arrived."""


class Trouble(StrEnum):
    """Why nothing more can be sent of a sheet, whatever its evaluator types."""

    GONE = "gone"
    """The server does not show it any more: it was deleted, or given to somebody else."""
    CLOSED = "closed"
    """Its project is not active."""
    SUBMITTED = "submitted"
    """It is handed in, from another computer, with less than what was typed here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A submission that was confirmed: the same ``key`` again submits the same only once."""

    key: str
    draft: Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRecord:
    """One sheet of the person's.

    ``sheet`` is the server's word that this builds on. ``typed`` holds, by key, the texts that
    stand in the form otherwise than there. ``sent`` are drafts that may have arrived although no
    answer did. ``theirs`` is a newer word of the server's that contradicts what was typed, until a
    person decides.
    ``refused`` is what the server said of fields of ``rejected``, the draft sent last.
    """

    sheet: Sheet
    typed: Mapping[str, str] = field(default_factory=dict)
    sent: tuple[Draft, ...] = ()
    theirs: Sheet | None = None
    refused: tuple[Problem, ...] = ()
    rejected: Draft | None = None
    trouble: Trouble | None = None
    intent: Intent | None = None

    @property
    def id(self) -> str:
        """The sheet's id."""
        return self.sheet.evaluation.id

    @property
    def finished(self) -> bool:
        """Whether it is handed in."""
        return self.sheet.evaluation.status in FINISHED

    @property
    def texts(self) -> dict[str, str]:
        """What stands in the form."""
        return {**texts_of(self.sheet), **self.typed}

    @property
    def draft(self) -> Draft:
        """What can be sent of it: what breaks a rule stays as the server has it."""
        there, refused = texts_of(self.sheet), {problem.field for problem in self.refused}
        texts = {key: text for key, text in self.typed.items() if key not in refused}
        return draft_of(self.sheet.criteria, {**there, **texts}, self.sheet)

    @property
    def changed_keys(self) -> tuple[str, ...]:
        """The fields that the server does not have as they stand here."""
        mine, theirs = self._values(self.texts), self._values(texts_of(self.sheet))
        return tuple(key for key in mine if not same(mine[key], theirs[key]))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The rules that the texts break, and what the server refused."""
        own = problems_of(self.sheet.criteria, self.texts)
        told = {problem.field for problem in own}
        return (*own, *(problem for problem in self.refused if problem.field not in told))

    @property
    def to_send(self) -> Draft | None:
        """What to send now; None where there is nothing new, or it would be refused."""
        if not self.typed or self.finished or self.theirs or self.trouble:
            return None
        draft = self.draft
        there = draft_of(self.sheet.criteria, texts_of(self.sheet), self.sheet)
        return None if draft in (there, self.rejected) else draft

    @property
    def merge(self) -> Merge | None:
        """Field by field, what both made of the sheet; None where there is nothing to decide."""
        if self.theirs is None:
            return None
        return _merge(self, self.theirs)

    def _values(self, texts: Mapping[str, str]) -> dict[str, Value]:
        return field_values(self.sheet.criteria, texts)


def typed(record: SheetRecord, key: str, text: str) -> SheetRecord:
    """``text`` stands in the field ``key`` now."""
    texts = dict(record.typed)
    if text == texts_of(record.sheet).get(key, ""):
        texts.pop(key, None)
    else:
        texts[key] = text
    refused = tuple(problem for problem in record.refused if problem.field not in ("", key))
    return replace(record, typed=texts, refused=refused)


def under_way(record: SheetRecord, draft: Draft) -> SheetRecord:
    """``draft`` is being sent: from now on the server may have it."""
    others = (other for other in record.sent if other != draft)
    return replace(record, sent=(*others, draft)[-_MOST_SENT:])


def confirmed(record: SheetRecord, intent: Intent) -> SheetRecord:
    """The person confirmed a submission, which is sent now."""
    return replace(under_way(record, intent.draft), intent=intent)


def saved(record: SheetRecord, sheet: Sheet) -> SheetRecord:
    """The server took the draft that was sent, and this is the sheet as it has it now."""
    return _trimmed(replace(record, sheet=sheet, sent=(), trouble=None))


def arrived(record: SheetRecord, sheet: Sheet) -> SheetRecord:
    """The server's word was read: what only one side changed merges, the rest is undecided.

    Also an older version than the one known is its word: its data may have been restored.
    """
    if sheet.evaluation.status in FINISHED:
        return _handed_in(record, sheet)
    active = sheet.evaluation.project_status is ProjectStatus.ACTIVE
    record = replace(record, trouble=None if active else Trouble.CLOSED)
    if _merge(record, sheet).conflicts:
        return replace(record, theirs=sheet)
    return _trimmed(replace(record, sheet=sheet, theirs=None, sent=()))


def resolved(record: SheetRecord, choices: Mapping[str, Side | str]) -> SheetRecord:
    """A person chose a side for fields in conflict; what is undecided still stays so."""
    if record.theirs is None:
        return record
    texts = dict(record.typed)
    undecided = False
    for part in _merge(record, record.theirs).conflicts:
        if part.key not in choices:
            undecided = True
        elif Side(choices[part.key]) is Side.THEIRS:
            texts.pop(part.key, None)
    if undecided:
        return record
    return _trimmed(replace(record, sheet=record.theirs, typed=texts, theirs=None, sent=()))


def refused(record: SheetRecord, problems: tuple[Problem, ...]) -> SheetRecord:
    """The server refused what was sent; what belongs to no field does not hinder the next draft."""
    keys = set(field_keys(record.sheet.criteria))
    of_fields = tuple(p for p in problems if p.field in keys and p.code != "required")
    rejected = record.sent[-1] if record.sent else None
    return replace(record, refused=of_fields, rejected=rejected, sent=(), intent=None)


def troubled(record: SheetRecord, trouble: Trouble | None) -> SheetRecord:
    """Nothing more can be sent, or it can again."""
    return replace(record, trouble=trouble)


def discarded(record: SheetRecord) -> SheetRecord:
    """The person gave up what the server does not have."""
    sheet = record.theirs or record.sheet
    return replace(record, sheet=sheet, typed={}, sent=(), theirs=None, refused=(), trouble=None)


def _handed_in(record: SheetRecord, sheet: Sheet) -> SheetRecord:
    done = replace(record, sheet=sheet, theirs=None, sent=(), refused=(), intent=None)
    done = _trimmed(replace(done, trouble=None))
    return replace(done, trouble=Trouble.SUBMITTED) if done.typed else done


def _trimmed(record: SheetRecord) -> SheetRecord:
    """Without the texts that mean what the server has anyway."""
    if not record.typed:
        return record
    theirs = field_values(record.sheet.criteria, texts_of(record.sheet))
    mine = field_values(record.sheet.criteria, record.texts)
    texts = {
        key: text
        for key, text in record.typed.items()
        # A field that the sheet has no more is kept: somebody typed it.
        if key not in mine or not same(mine[key], theirs[key])
    }
    return replace(record, typed=texts)


def _merge(record: SheetRecord, theirs: Sheet) -> Merge:
    criteria = theirs.criteria
    values = field_values(criteria, texts_of(theirs))
    base = field_values(criteria, texts_of(record.sheet))
    for draft in record.sent:
        # What was sent and had no answer may be what the server has: then it is no contradiction.
        sent = field_values(criteria, texts_of(draft))
        base = {key: sent[key] if same(sent[key], values[key]) else base[key] for key in base}
    mine = field_values(criteria, {**texts_of(record.sheet), **record.typed})
    return three_way(base, mine, values, field_keys(criteria))
