"""What differs between two revisions of a template, told by criterion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any, Protocol

from desktop_app.core.documents import same
from desktop_app.core.templates import CRITERION_FIELDS, Criterion

CONTENT_KEYS = ("name", "category", "description")
"""The plain fields that a revision keeps; a change of one makes a new revision, as of criteria."""


class Content(Protocol):
    """What a revision keeps of a template."""

    @property
    def name(self) -> str:
        """The template's name."""

    @property
    def description(self) -> str | None:
        """What it is for."""

    @property
    def category(self) -> str | None:
        """What kind it is of."""

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """Its criteria, in their order."""


class What(StrEnum):
    """What became of a criterion."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field with another value; ``key`` as in ``TEMPLATE_FIELDS`` or ``CRITERION_FIELDS``."""

    key: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionChange:
    """One criterion that is not as it was.

    ``before`` and ``after`` are None where it is not there; places count from 1. A changed one may
    have ``moved`` too; ``what`` is MOVED for one that did nothing else.
    """

    what: What
    before: Criterion | None = None
    after: Criterion | None = None
    place_before: int | None = None
    place_after: int | None = None
    moved: bool = False
    fields: tuple[FieldChange, ...] = ()

    @property
    def name(self) -> str:
        """What it is called now, or was."""
        criterion = self.after or self.before
        return criterion.name if criterion is not None else ""


@dataclass(frozen=True, slots=True)
class Difference:
    """All differences: ``criteria`` in their new order, those removed where they stood."""

    fields: tuple[FieldChange, ...]
    criteria: tuple[CriterionChange, ...]

    @property
    def empty(self) -> bool:
        """Whether both are the same."""
        return not self.fields and not self.criteria


def difference(before: Content, after: Content) -> Difference:
    """What changed from ``before`` to ``after``; criteria are the same where their ids are.

    Of criteria in another order the fewest are called moved: those outside the longest run of
    criteria that kept their order.
    """
    fields = tuple(
        FieldChange(key, getattr(before, key), getattr(after, key))
        for key in CONTENT_KEYS
        if not same(getattr(before, key), getattr(after, key))
    )
    return Difference(fields, tuple(_criteria(before.criteria, after.criteria)))


def changed_lines(before: str, after: str) -> tuple[str, str]:
    """The lines of two texts that differ, as they were and as they are; "…" for those that stay.

    Texts of a single line are given whole.
    """
    old, new = before.splitlines(), after.splitlines()
    if len(old) < 2 and len(new) < 2:
        return before, after
    was: list[str] = []
    now: list[str] = []
    for kind, old_start, old_end, new_start, new_end in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if kind == "equal":
            was.append("…")
            now.append("…")
        else:
            was += old[old_start:old_end]
            now += new[new_start:new_end]
    return "\n".join(was), "\n".join(now)


def same_content(one: Content, other: Content) -> bool:
    """Whether two revisions say the same."""
    return difference(one, other).empty


def _criteria(old: Sequence[Criterion], new: Sequence[Criterion]) -> list[CriterionChange]:
    old_places = {criterion.id: place for place, criterion in enumerate(old)}
    new_ids = {criterion.id for criterion in new}
    kept = _in_order([old_places[c.id] for c in new if c.id in old_places])
    found: list[CriterionChange] = []
    removed = [(place, c) for place, c in enumerate(old) if c.id not in new_ids]
    for place, criterion in enumerate(new):
        while removed and removed[0][0] <= place:
            found.append(_removed(*removed.pop(0)))
        change = _change(criterion, place, old, old_places, kept)
        if change is not None:
            found.append(change)
    return found + [_removed(place, criterion) for place, criterion in removed]


def _removed(place: int, criterion: Criterion) -> CriterionChange:
    return CriterionChange(what=What.REMOVED, before=criterion, place_before=place + 1)


def _change(
    criterion: Criterion,
    place: int,
    old: Sequence[Criterion],
    old_places: dict[str, int],
    kept: frozenset[int],
) -> CriterionChange | None:
    was = old_places.get(criterion.id)
    if was is None:
        return CriterionChange(what=What.ADDED, after=criterion, place_after=place + 1)
    before = old[was]
    fields = tuple(
        FieldChange(field.key, getattr(before, field.key), getattr(criterion, field.key))
        for field in CRITERION_FIELDS
        if not same(getattr(before, field.key), getattr(criterion, field.key))
    )
    moved = was not in kept
    if not fields and not moved:
        return None
    return CriterionChange(
        what=What.CHANGED if fields else What.MOVED,
        before=before,
        after=criterion,
        place_before=was + 1,
        place_after=place + 1,
        moved=moved,
        fields=fields,
    )


def _in_order(places: Sequence[int]) -> frozenset[int]:
    """The longest increasing subsequence of ``places`` (all different)."""
    best: list[tuple[int, int]] = []  # (length of the run that ends here, the one before it)
    for at, place in enumerate(places):
        runs = [(best[n][0], n) for n in range(at) if places[n] < place]
        length, before = max(runs, default=(0, -1), key=lambda run: run[0])
        best.append((length + 1, before))
    at = max(range(len(best)), default=-1, key=lambda n: best[n][0])
    kept = set()
    while at >= 0:
        kept.add(places[at])
        at = best[at][1]
    return frozenset(kept)
