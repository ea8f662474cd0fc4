"""Sound bodies of new documents, and three of a kind that a list can be asked about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from desktop_app.core.language import N_
from desktop_app.core.validation.findings import say
from desktop_app.engines.validation.bed import TestBed
from desktop_app.engines.validation.bed_data import CRITERIA, company_body, user_body
from desktop_app.engines.validation.context import Blocked
from desktop_app.engines.validation.shared import once

_MAKERS: Mapping[str, Callable[[TestBed, str], dict[str, Any]]] = {
    "users": lambda bed, name: user_body(name, bed.value("company_id")),
    "companies": lambda _bed, name: company_body(name),
    "templates": lambda bed, name: {
        "name": name,
        "company_id": bed.value("company_id"),
        "description": name,
        "criteria": list(CRITERIA),
    },
    "projects": lambda bed, name: {
        "name": name,
        "company_id": bed.value("company_id"),
        "description": name,
    },
}
CREATABLE = tuple(_MAKERS)


def sound_body(bed: TestBed, kind: str, name: str = "") -> dict[str, Any]:
    """What creates a document of this kind, unlike any other, marked in two fields at least.

    So it is known for test data also where a check spoilt one of them.
    """
    return _MAKERS[kind](bed, name or bed.unique())


@dataclass(frozen=True, slots=True)
class Three:
    """Three documents whose names begin alike; in the order of their names."""

    prefix: str
    ids: tuple[str, ...]
    names: tuple[str, ...]


def three(bed: TestBed, kind: str) -> Three:
    """Three of a kind, made once per run, not in the order of their names.

    Raises ``BedProblem`` where they cannot be made.
    """

    def make() -> Three:
        prefix = bed.unique()
        made = {
            name: bed.create(kind, sound_body(bed, kind, name), name=name)
            for name in (f"{prefix}-{letter}" for letter in "bca")
        }
        names = tuple(sorted(made))
        return Three(prefix, tuple(made[name] for name in names), names)

    return once(bed, f"three {kind}", make)


def control(bed: TestBed, kind: str) -> str:
    """The id of a document that a sound body made, once per run; raises ``BedProblem``.

    A server that refuses everything proves nothing by refusing what is broken.
    """

    def make() -> str:
        name = bed.unique()
        return bed.create(kind, sound_body(bed, kind, name), name=name)

    return once(bed, f"sound {kind}", make)


def named(found: Any, kind: str) -> list[dict[str, Any]]:
    """The documents of a list's answer; raises ``Blocked`` where there is no list."""
    entries = found.get(kind) if isinstance(found, dict) else None
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        raise Blocked(say(N_("The answer holds no list of {kind}."), kind=kind))
    return entries
