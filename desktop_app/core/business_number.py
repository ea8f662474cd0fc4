"""Korean business registration numbers (사업자등록번호): ten digits, the last a check digit.

Source of the checksum: National Tax Service, 사업자등록번호 검증 (weights 1 3 7 1 3 7 1 3 5;
the ninth digit times five also adds its tens).
"""

from __future__ import annotations

_WEIGHTS = (1, 3, 7, 1, 3, 7, 1, 3, 5)

SEED_NUMBERS = frozenset({"000-00-00000", "111-11-11111"})
"""The two companies of the initial data (SYSTEM.md §2): allowed as they are."""


def digits_of(text: str) -> str:
    """The ASCII digits of ``text``, in order."""
    return "".join(c for c in text if c in "0123456789")


def formatted(text: str) -> str:
    """``text`` as 000-00-00000, as far as it goes: dashes appear where they belong."""
    digits = digits_of(text)[:10]
    parts = (digits[:3], digits[3:5], digits[5:])
    return "-".join(part for part in parts if part)


def check_digit(nine_digits: str) -> int:
    """The tenth digit that belongs to nine digits."""
    values = [int(d) for d in nine_digits]
    total = sum(v * w for v, w in zip(values, _WEIGHTS, strict=True)) + values[8] * 5 // 10
    return -total % 10


def problem_code(text: str) -> str | None:
    """Why ``text`` is no business number: a code of ``problems.TEXTS``; None when it is one."""
    number = formatted(text)
    if len(digits_of(text)) != 10 or set(text) - set("0123456789- "):
        return "business_number_form"
    if number in SEED_NUMBERS or int(number[-1]) == check_digit(digits_of(number)[:9]):
        return None
    return "business_number_checksum"
