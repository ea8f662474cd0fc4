"""Columns of a table, declared: what each shows, sorts by, filters by and exports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from desktop_app.core.fields import Choice, Kind

T = TypeVar("T")


class Align(StrEnum):
    """On which side of its cell a value stands: numbers at the end, all else at the start."""

    START = "start"
    END = "end"


@dataclass(frozen=True, slots=True)
class ChoiceFilter:
    """Keeps the rows whose field has one of the ``choices``' values."""

    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class FlagFilter:
    """Keeps the rows whose flag is set or not; both labels are message ids."""

    yes: str
    no: str


@dataclass(frozen=True, slots=True)
class ReferenceFilter:
    """Keeps the rows that refer to one entry; ``reference`` names the lookup to search it by."""

    reference: str


ColumnFilter = ChoiceFilter | FlagFilter | ReferenceFilter


@dataclass(frozen=True, slots=True)
class Chip:
    """A state in a cell: a word (already translated), an icon's name and a colour token."""

    text: str
    icon: str
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Generic[T]):
    """One column of rows of ``T``.

    ``key`` is the dotted key by which the API sorts; ``filter_key`` the one by which it filters
    (``key`` when empty). ``title`` is a message id, as is ``filter_title`` where the filter is
    called otherwise. ``value`` gives the plain value (exports and
    copies use it), ``text`` what a cell shows where that differs, ``chip`` a state instead.
    ``share`` draws a bar of how much is done, from 0 to 1 (None: no bar), before the text.
    ``width`` is in pixels at 100 %. ``kind`` tells exports how to write the value.
    """

    key: str
    title: str
    value: Callable[[T], Any]
    text: Callable[[T], str] | None = None
    chip: Callable[[T], Chip] | None = None
    share: Callable[[T], float | None] | None = None
    align: Align = Align.START
    width: int = 140
    sortable: bool = True
    filter: ColumnFilter | None = None
    filter_key: str = ""
    filter_title: str = ""
    visible: bool = True
    kind: Kind = Kind.TEXT

    @property
    def filters_by(self) -> str:
        """The key under which this column's filter goes to the server."""
        return self.filter_key or self.key

    def shown(self, item: T) -> str:
        """The cell's text for ``item``, in the language in use."""
        if self.chip is not None:
            return self.chip(item).text
        if self.text is not None:
            return self.text(item)
        value = self.value(item)
        if value is None:
            return ""
        if isinstance(value, datetime):
            return value.isoformat(sep=" ", timespec="minutes")
        return str(value)
