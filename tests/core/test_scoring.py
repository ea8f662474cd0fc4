"""The weighted total: exact, rounded half-up, the same everywhere."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.scoring import rounded, weighted_total
from desktop_app.core.templates import Criterion


def criterion(id_: str, weight: float, max_score: float = 100) -> Criterion:
    return Criterion(id=id_, name=id_, weight=weight, max_score=max_score)


def test_the_documents_template_full_marks_are_100() -> None:
    criteria = [criterion(str(n), w) for n, w in enumerate((30, 25, 20, 15, 10))]
    assert weighted_total(criteria, {c.id: 100 for c in criteria}) == Decimal("100.00")


def test_a_middle_is_rounded_up_where_binary_fractions_would_round_down() -> None:
    # 2.675 is below its decimal in binary; round() would give 2.67.
    assert weighted_total([criterion("a", 2.675)], {"a": 100}) == Decimal("2.68")
    # 1/8 of 0.2 percent is exactly 0.025.
    assert weighted_total([criterion("a", 0.2, 8)], {"a": 1}) == Decimal("0.03")


def test_what_is_not_scored_counts_as_nothing() -> None:
    criteria = [criterion("a", 60, 5), criterion("b", 40, 5)]
    assert weighted_total(criteria, {"a": 5, "b": None}) == Decimal("60.00")
    assert weighted_total(criteria, {}) == Decimal("0.00")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Fraction(1, 200), "0.01"),
        (Fraction(-1, 200), "-0.01"),
        (Fraction(1, 201), "0.00"),
        (Fraction(2, 3), "0.67"),
    ],
)
def test_rounding_is_half_up_away_from_zero(value: Fraction, expected: str) -> None:
    assert str(rounded(value)) == expected


_PARTS = st.lists(
    st.tuples(
        st.decimals("0.1", "100", places=1), st.integers(1, 200), st.decimals("0", "1", places=3)
    ),
    min_size=1,
    max_size=40,
)


@given(_PARTS)
def test_totals_agree_with_wide_decimals(parts: list[tuple[Decimal, int, Decimal]]) -> None:
    criteria = [criterion(str(n), float(w), most) for n, (w, most, _) in enumerate(parts)]
    scores = {str(n): float(share * most) for n, (_, most, share) in enumerate(parts)}
    with localcontext() as wide:
        wide.prec = 80
        expected = sum(
            (
                Decimal(str(scores[str(n)])) / Decimal(most) * weight
                for n, (weight, most, _) in enumerate(parts)
            ),
            Decimal(0),
        )
        # A quotient that does not end may stand a hair off a middle.
        wide_expected = (expected + Decimal("1e-60")).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert weighted_total(criteria, scores) == wide_expected


@given(_PARTS, st.randoms(use_true_random=False))
def test_the_order_of_criteria_does_not_matter(
    parts: list[tuple[Decimal, int, Decimal]], random: object
) -> None:
    criteria = [criterion(str(n), float(w), most) for n, (w, most, _) in enumerate(parts)]
    scores = {str(n): float(share * most) for n, (_, most, share) in enumerate(parts)}
    turned = list(criteria)
    random.shuffle(turned)  # type: ignore[attr-defined]
    assert weighted_total(turned, scores) == weighted_total(criteria, scores)
