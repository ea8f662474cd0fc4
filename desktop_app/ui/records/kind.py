"""A kind of record as its screen needs it: its fields, its names, its words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from desktop_app.core.fields import Field
from desktop_app.core.language import N_, NN_, _, ngettext
from desktop_app.core.problems import Problem

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordWords:
    """What the screen of a kind says; all are message ids.

    ``deletions``, ``deactivations`` and ``activations`` are pairs for one and for ``{n}``.
    """

    title: str
    purpose: str
    new: str
    new_title: str
    edit_title: str
    create: str
    import_title: str
    nothing_yet: str
    search_hint: str
    deletions: tuple[str, str]
    deactivations: tuple[str, str]
    activations: tuple[str, str]
    deactivation_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """How entries are put aside and brought back.

    ``stop`` and ``start`` name the operations in ``core.permissions`` and the methods of the
    kind's resource, which take an id and a version; the labels are message ids.
    """

    stop: str = "deactivate"
    start: str = "activate"
    stop_label: str = N_("Deactivate")
    start_label: str = N_("Activate")
    stop_icon: str = "stop"
    start_icon: str = "play"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordKind(Generic[T]):
    """One kind of record: ``name`` is its resource in the API and in ``core.permissions``.

    ``check`` takes all flat values, and as ``only`` the keys to tell of; ``labels_of`` takes flat
    values and names the entries they refer to, by field key. ``is_active``: it has not been put
    aside. ``creation`` is the verb of the operation that makes one.
    """

    name: str
    fields: tuple[Field, ...]
    check: Callable[..., tuple[Problem, ...]]
    name_of: Callable[[T], str]
    is_active: Callable[[T], bool]
    labels_of: Callable[[Mapping[str, Any]], Mapping[str, str]]
    words: RecordWords
    activity: Activity = Activity()
    creation: str = "create"

    def operation(self, verb: str) -> str:
        """The id of an operation on this kind, as in ``core.permissions``."""
        return f"{self.name}.{verb}"


def counted(pair: tuple[str, str], n: int) -> str:
    """The form of a pair of message ids that fits ``n``, with the number in its place."""
    return ngettext(pair[0], pair[1], n).format(n=n)


RESOURCE_NAMES: Mapping[str, tuple[str, str]] = {
    "users": NN_("{n} user", "{n} users"),
    "companies": NN_("{n} company", "{n} companies"),
    "projects": NN_("{n} project", "{n} projects"),
    "templates": NN_("{n} template", "{n} templates"),
    "evaluations": NN_("{n} evaluation", "{n} evaluations"),
    "files": NN_("{n} file", "{n} files"),
}


def usage_text(usage: Mapping[str, int]) -> str:
    """What uses an entry, in words: "3 evaluations, 1 project"."""
    parts = [
        counted(RESOURCE_NAMES[name], n) if name in RESOURCE_NAMES else f"{name}: {n}"
        for name, n in usage.items()
        if n
    ]
    return ", ".join(parts) or _("nothing")
