"""All sheets of one evaluator as they stand on this computer; what changes goes to the journal.

Used by one thread (the window's); nothing here waits.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from desktop_app.core.evaluations import Draft, Sheet
from desktop_app.core.merge import Side
from desktop_app.services.scoring import records as steps
from desktop_app.services.scoring.journal import Change, Records
from desktop_app.services.scoring.records import Intent, SheetRecord, Trouble
from desktop_app.services.scoring.sync import (
    Closed,
    Gone,
    NotNow,
    Outcome,
    Read,
    Refused,
    Saved,
    Submitted,
)

_log = logging.getLogger(__name__)

_TEXT = "text:"
_ENCODER = msgspec.json.Encoder()
_SHEET = msgspec.json.Decoder(Sheet)
_DRAFTS = msgspec.json.Decoder(tuple[Draft, ...])
_INTENT = msgspec.json.Decoder(Intent)

_PARTS: Mapping[str, Callable[[SheetRecord], object]] = {
    "sheet": lambda record: record.sheet,
    "sent": lambda record: record.sent or None,
    "theirs": lambda record: record.theirs,
    "intent": lambda record: record.intent,
}
"""What of a record is kept besides its texts, by the name in the journal."""


class Desk:
    """Records by sheet id. ``write`` puts changes into the journal and gives their number."""

    def __init__(self, kept: Records, write: Callable[[Iterable[Change]], int]) -> None:
        """``kept`` is what the journal held when it was opened."""
        self._write = write
        self._records: dict[str, SheetRecord] = {}
        self._orphans: dict[str, dict[str, str]] = {}
        self.last_write = 0
        for id_, names in kept.items():
            self._restore(id_, names)

    def __iter__(self) -> Iterator[SheetRecord]:
        return iter(list(self._records.values()))

    def get(self, id_: str) -> SheetRecord | None:
        """The record of a sheet; None when it was never on this computer."""
        return self._records.get(id_)

    def type(self, id_: str, key: str, text: str) -> None:
        """``text`` stands in a field now; it is on its way to the disk when this returns."""
        before = self._records[id_]
        after = steps.typed(before, key, text)
        if after.typed == before.typed:
            return
        self._records[id_] = after
        self._put(Change(id_, _TEXT + key, after.typed.get(key)))

    def sending(self, id_: str, draft: Draft) -> None:
        """``draft`` is about to be sent."""
        self._replace(steps.under_way(self._records[id_], draft))

    def submitting(self, id_: str, intent: Intent) -> None:
        """``intent`` was confirmed and is about to be sent."""
        self._replace(steps.confirmed(self._records[id_], intent))

    def take(self, id_: str, outcome: Outcome) -> SheetRecord | None:
        """What came of an exchange; the record as it is then."""
        record = self._records.get(id_)
        if record is None:
            if isinstance(outcome, Read):
                self._begin(outcome.sheet)
            return self._records.get(id_)
        self._replace(_after(record, outcome))
        return self._records.get(id_)

    def resolve(self, id_: str, choices: Mapping[str, Side | str]) -> SheetRecord:
        """A person decided fields in conflict."""
        self._replace(steps.resolved(self._records[id_], choices))
        return self._records[id_]

    def discard(self, id_: str) -> None:
        """Give up what the server does not have; a sheet that it shows no more is forgotten."""
        record = self._records[id_]
        if record.trouble is Trouble.GONE:
            self._forget(id_)
        else:
            self._replace(steps.discarded(record))

    def seen_listed(self, ids: Iterable[str]) -> None:
        """The server's list holds just these sheets: others are gone, or forgotten if empty."""
        listed = set(ids)
        for record in self:
            if record.id in listed:
                continue
            if record.typed:
                self._replace(steps.troubled(record, Trouble.GONE))
            else:
                self._forget(record.id)

    def _begin(self, sheet: Sheet) -> None:
        id_ = sheet.evaluation.id
        record = SheetRecord(sheet=sheet)
        for key, text in self._orphans.pop(id_, {}).items():
            record = steps.typed(record, key, text)
        self._records[id_] = record
        self._put(*_changes(None, record))

    def _replace(self, record: SheetRecord) -> None:
        changes = _changes(self._records[record.id], record)
        self._records[record.id] = record
        if changes:
            self._put(*changes)

    def _forget(self, id_: str) -> None:
        record = self._records.pop(id_)
        names = [*_PARTS, *(_TEXT + key for key in record.typed)]
        self._put(*(Change(id_, name, None) for name in names))

    def _put(self, *changes: Change) -> None:
        self.last_write = self._write(changes)

    def _restore(self, id_: str, names: Mapping[str, str]) -> None:
        texts = {name[len(_TEXT) :]: text for name, text in names.items() if name.startswith(_TEXT)}
        try:
            record = SheetRecord(
                sheet=_SHEET.decode(names["sheet"]),
                typed=texts,
                sent=_DRAFTS.decode(names["sent"]) if "sent" in names else (),
                theirs=_SHEET.decode(names["theirs"]) if "theirs" in names else None,
                intent=_INTENT.decode(names["intent"]) if "intent" in names else None,
            )
        except (KeyError, msgspec.DecodeError) as error:
            # An older form of the sheet: its texts join it once the server has shown it again.
            _log.info("the sheet %s has to be read anew: %s", id_, error)
            self._orphans[id_] = texts
        else:
            self._records[id_] = record


def _after(record: SheetRecord, outcome: Outcome) -> SheetRecord:
    match outcome:
        case Saved(sheet):
            return steps.saved(record, sheet)
        case Submitted(sheet) | Read(sheet):
            return steps.arrived(record, sheet)
        case Refused(problems, sheet):
            # A submission that is refused may have been kept as the draft.
            later = record if sheet is None else steps.arrived(record, sheet)
            return steps.refused(later, problems)
        case Gone():
            return steps.troubled(record, Trouble.GONE)
        case Closed():
            return steps.troubled(record, Trouble.CLOSED)
        case NotNow():
            return record


def _changes(before: SheetRecord | None, after: SheetRecord) -> list[Change]:
    id_ = after.id
    changes = []
    for name, part in _PARTS.items():
        value = part(after)
        if before is None or part(before) is not value:
            text = None if value is None else _ENCODER.encode(value).decode("utf-8")
            if text is not None or before is not None:
                changes.append(Change(id_, name, text))
    old = {} if before is None else before.typed
    changes += [
        Change(id_, _TEXT + key, after.typed.get(key))
        for key in {**old, **after.typed}
        if old.get(key) != after.typed.get(key)
    ]
    return changes
