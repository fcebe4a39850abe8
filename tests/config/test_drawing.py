"""A field on the page: label, hint and error wired together, what was typed still there."""

import re
from datetime import date

import pytest
from django import forms
from django.template.loader import render_to_string
from django.utils import translation

from accounts.fields import CleanText, ThreePartDate


class Note(forms.Form):
    mark_optional = True
    alias = CleanText(max_length=60, label="Alias", help_text="One name is enough.")
    text = CleanText(max_length=200, multiline=True, required=False, label="Text")
    born = ThreePartDate(latest=date.today, label="Born", help_text="Day, month, year.")
    consent = forms.ChoiceField(
        widget=forms.RadioSelect, choices=[("GIVEN", "Given"), ("REFUSED", "Refused")], label="Consent"
    )
    by = CleanText(max_length=60, required=False, label="Heard by")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["consent"].reveals = {"GIVEN": ("by", "born")}
        self.fields["consent"].option_hints = {"REFUSED": "No name is kept."}


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def test_a_text_field_ties_hint_and_error_to_its_box():
    html = Note({"alias": ""})["alias"].as_field_group()
    assert 'for="id_alias"' in html
    assert 'aria-describedby="id_alias_helptext id_alias_error"' in html
    assert 'id="id_alias_helptext"' in html
    assert 'id="id_alias_error"' in html
    assert 'aria-invalid="true"' in html


def test_nothing_is_cut_silently():
    html = Note()["alias"].as_field_group() + Note()["text"].as_field_group()
    assert " maxlength=" not in html
    assert 'data-maxlength="200"' in html
    assert 'aria-describedby="id_text-info"' in html


def test_a_date_shows_again_what_was_typed():
    html = Note({"born_day": "៣១", "born_month": "2", "born_year": "2009"})["born"].as_field_group()
    assert 'value="៣១"' in html
    assert html.count('aria-invalid="true"') == 3
    assert 'aria-describedby="id_born_helptext id_born_error"' in html
    assert re.findall(r'name="(born_\w+)"', html) == ["born_day", "born_month", "born_year"]


def test_a_radio_reveals_its_question_and_carries_its_hint():
    html = Note({"consent": "GIVEN"})["consent"].as_field_group()
    assert 'name="by"' in html
    assert 'name="born_day"' in html
    assert 'data-reveals="id_consent_0_more"' in html
    assert "govuk-radios__conditional--hidden" not in html
    assert 'aria-describedby="id_consent_1_hint"' in html
    assert "govuk-radios__conditional--hidden" in Note({"consent": "REFUSED"})["consent"].as_field_group()


def test_the_summary_leads_to_the_first_box_of_each_error():
    html = render_to_string("forms/error_summary.html", {"form": Note({})})
    assert re.findall(r'href="#(\w+)"', html) == ["id_alias", "id_born_0", "id_consent_0"]
    assert render_to_string("forms/error_summary.html", {"form": Note()}).strip() == ""


@pytest.mark.parametrize(
    ("day", "month", "year", "box"),
    [("40", "1", "2026", 0), ("4", "13", "2026", 1), ("4", "", "2026", 1), ("4", "1", "26", 2), ("4", "1", "", 2),
     ("4", "1", "2569", 2), ("4", "1", "1700", 2), ("", "", "", 0)],
)  # fmt: skip
def test_the_summary_leads_to_the_box_of_the_date_that_is_wrong(day, month, year, box):
    form = Note({"alias": "x", "consent": "GIVEN", "born_day": day, "born_month": month, "born_year": year})
    html = render_to_string("forms/error_summary.html", {"form": form})
    assert re.findall(r'href="#(\w+)"', html) == [f"id_born_{box}"]


def test_a_year_of_long_ago_is_not_told_to_have_four_digits():
    early = Note({"born_day": "1", "born_month": "1", "born_year": "1700"}).errors["born"]
    short = Note({"born_day": "1", "born_month": "1", "born_year": "70"}).errors["born"]
    assert ("1850" in early[0], "four digits" in early[0]) == (True, False)
    assert ("1850" in short[0], "four digits" in short[0]) == (False, True)


def test_the_summary_says_what_became_of_the_text():
    words = "Nothing has been saved yet"
    said = {
        how: render_to_string("forms/error_summary.html", {"form": Note({}), how: True})
        for how in ("act", "kept", "asks")
    }
    assert [words in said[how] for how in ("act", "kept", "asks")] == [True, False, False]
    assert "kept in your draft" in said["kept"]


@pytest.mark.asvs("1.2.1")
def test_what_people_type_is_shown_as_text():
    html = Note({"alias": '"><script>alert(1)</script>'})["alias"].as_field_group()
    assert "<script>" not in html


def test_optional_is_said_in_words():
    assert "(optional)" in Note()["text"].as_field_group()
    assert "(optional)" not in Note()["alias"].as_field_group()
