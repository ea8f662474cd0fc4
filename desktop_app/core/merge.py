"""Three-way merge of a document's flat values, field by field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from desktop_app.core.documents import same


class Outcome(StrEnum):
    """What became of one field."""

    UNCHANGED = "unchanged"
    MINE = "mine"
    THEIRS = "theirs"
    SAME = "same"
    CONFLICT = "conflict"


class Side(StrEnum):
    """Whose value is taken where both changed it."""

    MINE = "mine"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldMerge:
    """One field: what it was, what both made of it, and the outcome."""

    key: str
    base: Any
    mine: Any
    theirs: Any
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Merge:
    """The merge of a document, in the order of the keys asked for."""

    fields: tuple[FieldMerge, ...]

    @property
    def conflicts(self) -> tuple[FieldMerge, ...]:
        """The fields that a person has to decide."""
        return tuple(field for field in self.fields if field.outcome is Outcome.CONFLICT)

    def resolved(self, choices: Mapping[str, Side | str]) -> dict[str, Any]:
        """The merged document: every key with its value.

        ``choices`` maps each key in conflict to "mine" or "theirs"; it may decide other keys too.
        Raises ``ValueError`` naming the keys in conflict that are not decided.
        """
        open_keys = [field.key for field in self.conflicts if field.key not in choices]
        if open_keys:
            raise ValueError(f"undecided: {', '.join(open_keys)}")
        return {field.key: _value(field, choices) for field in self.fields}

    def changes(self, choices: Mapping[str, Side | str]) -> dict[str, Any]:
        """What to send so that their document becomes the merged one; empty where it is already."""
        merged = self.resolved(choices)
        return {
            field.key: merged[field.key]
            for field in self.fields
            if not same(merged[field.key], field.theirs)
        }


def three_way(
    base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any], keys: Iterable[str]
) -> Merge:
    """Merge two versions that both come from ``base``.

    All are flat values by dotted key; a key that is missing counts as empty (None), except in
    ``mine``, where it means unchanged. None and "" are alike.
    """
    return Merge(tuple(_merge_field(key, base, mine, theirs) for key in keys))


def _merge_field(
    key: str, base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]
) -> FieldMerge:
    was, yours = base.get(key), theirs.get(key)
    own = mine.get(key, was)
    return FieldMerge(key=key, base=was, mine=own, theirs=yours, outcome=_outcome(was, own, yours))


def _outcome(base: Any, mine: Any, theirs: Any) -> Outcome:
    if same(mine, theirs):
        return Outcome.UNCHANGED if same(base, mine) else Outcome.SAME
    if same(base, theirs):
        return Outcome.MINE
    return Outcome.THEIRS if same(base, mine) else Outcome.CONFLICT


def _value(field: FieldMerge, choices: Mapping[str, Side | str]) -> Any:
    side = choices.get(field.key)
    if side is None:
        side = Side.THEIRS if field.outcome is Outcome.THEIRS else Side.MINE
    return field.mine if Side(side) is Side.MINE else field.theirs
