"""Numbers as people wrote them, as whole numbers of one common unit: exact, and quick to sum."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from desktop_app.core.templates import exact


@dataclass(frozen=True, slots=True)
class WholeUnits:
    """``of[number]`` is ``number × unit``, whole; None counts nothing."""

    unit: int
    of: dict[float | None, int]

    @classmethod
    def covering(cls, numbers: Iterable[float]) -> WholeUnits:
        """The unit that makes all of ``numbers`` whole (33.3 is 333 tenths)."""
        fractions = {number: Fraction(exact(number)) for number in set(numbers)}
        unit = lcm(*(value.denominator for value in fractions.values()))
        whole: dict[float | None, int] = {n: int(v * unit) for n, v in fractions.items()}
        return cls(unit, whole | {None: 0})
