"""Case numbers: said on the phone, written on paper; a slip is noticed, and nobody's spelling is refused."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import numbers
from tests.factories import make_case

digits = st.text("0123456789", min_size=11, max_size=12)


@given(digits)
def test_every_single_wrong_digit_is_noticed(text):
    check = numbers.check_digit(text)
    for place in range(len(text)):
        for wrong in "0123456789":
            if wrong != text[place]:
                assert numbers.check_digit(text[:place] + wrong + text[place + 1 :]) != check


@given(digits)
def test_the_check_digit_is_one_digit(text):
    assert 0 <= numbers.check_digit(text) <= 9


@pytest.mark.django_db
def test_a_number_carries_the_check_digit_of_its_province_year_and_counter(people):
    number = make_case(by=people.officer_bmc).number
    letters, year, counter, check = number.split("-")
    assert letters == "BMC"
    assert re.fullmatch(r"\d{5}", counter)
    assert numbers.check_digit(f"01{year}{counter}") == int(check)


@pytest.mark.parametrize(
    "typed",
    [
        "BMC-2026-00417-7",
        "bmc-2026-00417-7",
        "BMC2026004177",
        " BMC 2026 00417 7 ",
        "BMC-២០២៦-០០៤១៧-៧",
        "bmc.2026.00417.7",
    ],
)
def test_a_number_is_known_however_it_is_typed(typed):
    assert numbers.as_typed(typed) == "BMC-2026-00417-7"


@pytest.mark.parametrize(
    "typed",
    ["", "BMC", "2026", "សុខ", "BMC-2026-417-7", "BMC-2026-00417", "BMC-2026-00417-7\n; DROP", "ក" * 10_000],
)
def test_what_is_no_number_is_none(typed):
    assert numbers.as_typed(typed) is None


def test_a_counter_past_99999_still_fits():
    assert numbers.as_typed("PNH-2026-100000-1") == "PNH-2026-100000-1"
