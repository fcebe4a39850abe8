"""What people type and paste: Khmer digits, invisible signs, half-known dates, far too much text."""

from datetime import date

import pytest
from django import forms
from django.utils import translation

from accounts.fields import CleanText, NameText, PartialDate, ThreePartDate, WholeNumber, ascii_digits

pytestmark = pytest.mark.usefixtures("_english")


@pytest.fixture
def _english():
    with translation.override("en"):
        yield


def refused(field, value):
    with pytest.raises(forms.ValidationError) as caught:
        field.clean(value)
    return " ".join(caught.value.messages)


def test_khmer_digits_are_digits():
    assert ascii_digits("BMC-២០២៦-០០៤១៧-៧") == "BMC-2026-00417-7"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  សុខ\u200b ចាន់\u200cដា\u200d\ufeff ", "សុខ ចាន់ដា"),
        ("Nguy\u202eễn\u200f", "Nguyễn"),
        ("a\r\nb\tc", "a b c"),
        ("ស្ត្រី 🙂", "ស្ត្រី 🙂"),
        ("\x07bell", "bell"),
    ],
)
def test_text_is_kept_without_what_nobody_sees(typed, kept):
    assert CleanText(max_length=50).clean(typed) == kept


def test_in_a_name_the_zero_width_space_stays_as_a_space():
    assert NameText(max_length=50).clean(" សុខ\u200bចាន់\u200c \u200bដា\u200b") == "សុខ ចាន់ ដា"
    assert NameText(max_length=50, required=False).clean("\u200b") == ""
    assert CleanText(max_length=50).clean("សុខ\u200bចាន់") == "សុខចាន់"


def test_khmer_stays_in_the_order_it_was_typed():
    odd_order = "ស\u17d2រ\u17d2ត\u17b8"
    assert CleanText(max_length=50).clean(odd_order) == odd_order


def test_long_text_keeps_its_lines():
    assert CleanText(max_length=50, multiline=True).clean(" a\r\nb\u2028c ") == "a\nb\nc"


def test_ten_thousand_characters_get_a_sentence_with_both_numbers():
    said = refused(CleanText(max_length=150), "ក" * 10_000)
    assert said == "This is 10000 characters long. Shorten it to 150 or fewer."


def test_a_nul_byte_is_refused_in_words():
    assert "cannot be stored" in refused(CleanText(max_length=50), "a\x00b")


def test_numbers_in_khmer_with_spaces():
    assert WholeNumber(max_value=20_000).clean(" ១២ ០០០ ") == 12_000
    assert WholeNumber(required=False).clean("") is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [("many", "Write a whole number"), ("200", "must be 120 or less"), ("-1", "must be 0 or more")],
)
def test_wrong_numbers_are_explained(typed, said):
    assert said in refused(WholeNumber(min_value=0, max_value=120), typed)


def test_a_whole_date_in_khmer_digits():
    assert ThreePartDate().clean(["២៧", "០៣", "២០០៩"]) == date(2009, 3, 27)


@pytest.mark.parametrize(
    ("boxes", "said"),
    [
        (["", "", ""], "Write the date."),
        (["", "3", "2009"], "Write the day too"),
        (["27", "", "2009"], "Write the month too"),
        (["27", "3", ""], "Write the year too"),
        (["31", "2", "2024"], "only 29 days"),
        (["32", "1", "2024"], "from 1 to 31"),
        (["0", "1", "2024"], "from 1 to 31"),
        (["1", "13", "2024"], "from 1 to 12"),
        (["1", "1", "24"], "four digits"),
        (["1", "1", "2569"], "Buddhist era"),
        (["x", "1", "2024"], "from 1 to 31"),
    ],
)
def test_wrong_dates_are_explained(boxes, said):
    assert said in refused(ThreePartDate(), boxes)


def test_a_date_known_to_the_month_or_year():
    by_year = ThreePartDate(precision="YEAR")
    assert by_year.clean(["", "", "២០០៩"]) == PartialDate(date(2009, 1, 1), "YEAR")
    assert by_year.clean(["", "3", "2009"]) == PartialDate(date(2009, 3, 1), "MONTH")
    assert by_year.clean(["27", "3", "2009"]) == PartialDate(date(2009, 3, 27), "DAY")
    assert "month too" in refused(by_year, ["27", "", "2009"])
    assert "month too" in refused(ThreePartDate(precision="MONTH"), ["", "", "2009"])


@pytest.mark.parametrize(
    ("on", "precision", "last"),
    [
        (date(2024, 1, 1), "YEAR", date(2024, 12, 31)),
        (date(2024, 2, 1), "MONTH", date(2024, 2, 29)),
        (date(2024, 2, 3), "DAY", date(2024, 2, 3)),
    ],
)
def test_the_days_that_a_date_can_mean(on, precision, last):
    assert (PartialDate(on, precision).first_day, PartialDate(on, precision).last_day) == (on, last)


def test_bounds():
    latest = ThreePartDate(latest=lambda: date(2026, 1, 31))
    assert latest.clean(["31", "1", "2026"]) == date(2026, 1, 31)
    assert refused(latest, ["1", "2", "2026"]) == "The date must be 31 January 2026 or earlier."
    earliest = ThreePartDate(precision="YEAR", earliest=date(2009, 6, 1))
    assert earliest.clean(["", "", "2009"]).precision == "YEAR"
    assert "or later" in refused(earliest, ["", "5", "2009"])


def test_boxes_show_what_is_known():
    boxes = ThreePartDate.widget()
    assert boxes.decompress(PartialDate(date(2009, 3, 1), "MONTH")) == [None, 3, 2009]
    assert boxes.decompress(date(2009, 3, 27)) == [27, 3, 2009]
    assert boxes.decompress(None) == [None, None, None]
