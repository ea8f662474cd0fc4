"""Rounding half-up to 2 decimals, exactly, from fractions to the numbers that are printed."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt


def half_up(value: Fraction) -> float:
    """``value`` rounded half-up (away from zero at the middle) to 2 decimals."""
    magnitude = quotient_half_up(abs(value.numerator), value.denominator)
    return magnitude if value >= 0 else 0.0 - magnitude


def quotient_half_up(numerator: int, denominator: int) -> float:
    """A quotient of whole numbers ≥ 0, rounded half-up to 2 decimals."""
    return (200 * numerator + denominator) // (2 * denominator) / 100


def root_half_up(value: Fraction) -> float:
    """The square root of ``value`` ≥ 0, rounded half-up to 2 decimals, exactly."""
    # ⌊x + ½⌋ = ⌊(⌊2x⌋ + 1) / 2⌋ with x = 100 √value.
    return (isqrt(40_000 * value.numerator // value.denominator) + 1) // 2 / 100
