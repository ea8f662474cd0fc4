"""Weights that sum to exactly 100: evening them out and scaling them, in whole hundredths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeGuard

from desktop_app.core.templates import WHOLE_WEIGHT, exact, weight_sum

_HUNDREDTHS = 10_000
"""100 % in hundredths of a percent."""


@dataclass(frozen=True, slots=True)
class WeightSum:
    """What weights sum to, in percent; ``unreadable`` of them are empty or no numbers."""

    total: Decimal
    unreadable: int = 0

    @property
    def missing(self) -> Decimal:
        """What is missing to 100; less than 0 where it is too much."""
        return WHOLE_WEIGHT - self.total

    @property
    def whole(self) -> bool:
        """Whether all weights are there and sum to exactly 100."""
        return not self.unreadable and self.total == WHOLE_WEIGHT


def summed(weights: Sequence[Any]) -> WeightSum:
    """The sum of what people typed as weights; texts and None are unreadable."""
    numbers = [weight for weight in weights if is_number(weight)]
    return WeightSum(weight_sum(numbers), len(weights) - len(numbers))


def is_number(value: Any) -> TypeGuard[float]:
    """Whether ``value`` is a number rather than a text, a flag or nothing."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def distributed(count: int) -> tuple[float, ...]:
    """``count`` weights as equal as hundredths allow, the larger ones first; they sum to 100."""
    return scaled([1] * count)


def scaled(weights: Sequence[float]) -> tuple[float, ...]:
    """``weights`` in the same proportions, summing to exactly 100, each at least 0.01.

    Shares are cut to hundredths and what is left goes to those cut the most (the largest remainder
    method; the first of equals first). Weights that sum to 100 already stay as they are, whatever
    their decimals. All must be more than 0, and at most 10,000 in number.
    """
    if weight_sum(weights) == WHOLE_WEIGHT:
        return tuple(weights)
    exactly = [Fraction(exact(weight)) for weight in weights]
    whole = sum(exactly)
    shares = [share * _HUNDREDTHS / whole for share in exactly]
    units = [max(1, int(share)) for share in shares]
    left = _HUNDREDTHS - sum(units)
    by_remainder = sorted(range(len(units)), key=lambda n: units[n] - shares[n])
    for n in by_remainder[: max(0, left)]:
        units[n] += 1
    for _taken in range(-left):  # the smallest were raised to 0.01: the largest give
        largest = max(range(len(units)), key=units.__getitem__)
        units[largest] -= 1
    return tuple(float(Decimal(unit) / 100) for unit in units)
