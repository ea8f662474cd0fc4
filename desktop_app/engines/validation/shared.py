"""What several checks of one run stand on, made once: kept as long as the run's test bed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from desktop_app.engines.validation.bed import TestBed

T = TypeVar("T")


def once(bed: TestBed, name: str, make: Callable[[], T]) -> T:
    """What ``make`` gave when this was first asked for in the run; its exceptions pass."""
    if name not in bed.kept:
        bed.kept[name] = make()
    made: T = bed.kept[name]
    return made


def known(bed: TestBed, name: str) -> Any:
    """What ``once`` keeps under a name; None where it was not asked for."""
    return bed.kept.get(name)
