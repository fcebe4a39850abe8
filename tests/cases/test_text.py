"""Names and numbers as people type them: what is the same to a reader is the same to the search."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import text, vault


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("សុខ សុភា", "សុខ\u200bសុភា"),  # a zero-width space instead of a space
        ("ស្រី", "ស្រី"),
        ("ចាន់ ធី", "លោកស្រី ចាន់ ធី"),  # an honorific
        ("ចាន់ ធី", "កញ្ញា ចាន់  ធី"),
        ("Sok Dara", "dara SOK"),  # order and case
        ("Sok Dara", "Mr. Sok  Dara"),
        ("Nguyễn Thị", "nguyen thi"),
        ("José", "JOSE"),
    ],
)
def test_two_spellings_of_one_name_give_one_key(one, other):
    assert text.search_name(one) == text.search_name(other) != ""
    assert vault.question_keys(one) == vault.question_keys(other)


def test_khmer_signs_typed_in_another_order_are_one_name():
    """The same letters on the screen, typed as coeng + vowel or vowel + coeng."""
    assert text.search_name("ស្ត្រី") == text.search_name("ស្រ្តី")


@pytest.mark.parametrize("typed", ["សុខ\u200bស្រីមុំ", "សុខ ស្រីមុំ", " សុខ \u200b ស្រីមុំ"])
def test_the_zero_width_space_of_khmer_keyboards_parts_words(typed):
    assert text.search_words(typed) == text.search_words("ស្រីមុំ សុខ")
    assert len(text.search_words("សុខស្រីមុំ")) == 1


@pytest.mark.parametrize(("one", "other"), [("សុខ", "សុខា"), ("Dara", "Sara"), ("ចាន់", "ចន្ទ")])
def test_two_names_stay_two(one, other):
    assert text.search_name(one) != text.search_name(other)


@pytest.mark.parametrize(
    "typed",
    ["012 345 678", "០១២ ៣៤៥ ៦៧៨", "+855 12 345 678", "012-345-678", "85512345678", "\u200e012345678"],
)
def test_a_phone_is_one_phone(typed):
    assert text.search_number(typed) == "12345678"


def test_a_document_number_keeps_its_letters():
    assert text.search_number("n 0123-4567") == "N01234567"


@given(st.text())
def test_any_text_can_be_searched(typed):
    assert "  " not in text.search_name(typed)
    assert all(len(word) > 1 for word in text.search_words(typed))
    text.search_number(typed)
    vault.question_keys(typed)


@given(st.text())
def test_visible_text_has_no_invisible_signs(typed):
    shown = text.visible(typed)
    assert not set(shown) & set("\u200b\u200c\u200d\u200e\u200f\u202a\u202e\u2066\u2069\ufeff\u00ad")
    assert text.visible(shown) == shown
