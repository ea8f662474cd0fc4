import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core import business_number as bn

NINE = st.text("0123456789", min_size=9, max_size=9)


@pytest.mark.parametrize("number", ["124-81-00998", "1248100998", "220-81-62517", "120-81-47521"])
def test_real_numbers_pass(number: str) -> None:
    assert bn.problem_code(number) is None


@pytest.mark.parametrize("number", sorted(bn.SEED_NUMBERS))
def test_the_seed_numbers_pass_as_they_are(number: str) -> None:
    assert bn.problem_code(number) is None


@pytest.mark.parametrize(
    "text", ["", "124-81-0099", "124-81-009988", "12a-81-00998", "１２４8100998"]
)
def test_anything_but_ten_digits_is_no_number(text: str) -> None:
    assert bn.problem_code(text) == "business_number_form"


@given(NINE)
def test_exactly_one_check_digit_fits(nine: str) -> None:
    fitting = [d for d in range(10) if bn.problem_code(f"{nine}{d}") is None]
    assert bn.check_digit(nine) in fitting
    assert len(fitting) == 1 or bn.formatted(nine + "0")[:6] in ("000-00", "111-11")


@given(NINE, st.integers(0, 7), st.integers(1, 9))
def test_a_mistyped_digit_is_found(nine: str, place: int, by: int) -> None:
    number = nine + str(bn.check_digit(nine))
    wrong = str((int(number[place]) + by) % 10)
    typed = number[:place] + wrong + number[place + 1 :]
    # Weights 1, 3 and 7 have no factor in common with 10.
    assert bn.problem_code(typed) is not None or bn.formatted(typed) in bn.SEED_NUMBERS


@given(st.text(max_size=20))
def test_formatting_is_stable_and_keeps_digits(text: str) -> None:
    once = bn.formatted(text)
    assert bn.formatted(once) == once
    assert bn.digits_of(once) == bn.digits_of(text)[:10]
