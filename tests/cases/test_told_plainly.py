"""What a form refuses is said in a plain sentence: what is allowed, what to do, and never what was sent."""

import datetime
from importlib import import_module

import pytest
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from accounts.fields import PlainForm, ThreePartDate
from accounts.models import Agency
from accounts.roles import Role
from audit.context import acting
from cases.models import Case
from cases.states import Status
from tests.factories import keep_away, make_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(people):
    return make_case(by=people.officer_bmc, full=True)


def said(answer, field=None):
    """The one sentence of a field, or of the whole form."""
    form = answer.context["form"]
    (sentence,) = form.errors[field] if field else form.non_field_errors()
    return sentence


def text(sentence):
    with translation.override("km"):
        return gettext(sentence)


def test_nothing_that_was_sent_is_repeated(people, case, client_of):
    """To whom a file is handed, and to which agency it is referred: on the page."""
    stranger = str(people.officer_btb.pk)
    for url in (reverse("cases:hand_over", args=[case.number]), reverse("referrals:new", args=[case.number])):
        answer = client_of(people.officer_bmc).post(url, {"to": stranger, "version": case.version})
        assert answer.status_code == 200
        assert said(answer, "to") == text(_("Choose one from the list."))
        assert stranger not in answer.context["form"].errors.as_json()


def test_every_form_of_the_site_says_it_plainly():
    """What is not on a list, and what nobody types: in the words of PlainForm."""
    import_module(settings.ROOT_URLCONF)

    def below(cls):
        return [cls, *(one for sub in cls.__subclasses__() for one in below(sub))]

    own = {"accounts", "cases", "desk", "referrals", "reports"}
    found = {one for one in below(forms.Form) if one.__module__.split(".")[0] in own}
    assert len(found) > 30
    # That of the library asks for a name and a password, and has neither lists nor hidden fields.
    assert {one.__qualname__ for one in found if not issubclass(one, PlainForm)} == {"SignInForm"}


def test_a_page_without_its_hidden_part_is_loaded_again(people, case, client_of):
    client, again = (
        client_of(people.officer_bmc),
        _("A part of this page is missing. Load the page again, then repeat this."),
    )
    url = reverse("cases:move", args=[case.number, "start-screening"])
    for version in ({}, {"version": "x"}):
        answer = client.post(url, {"reason": "", **version})
        assert said(answer, "version") == text(again)
        label = answer.context["form"]["version"].label
        assert f"<b>{label}</b>" not in answer.content.decode()


def test_a_decision_that_was_not_chosen(people, case, client_of):
    exclusion = keep_away(case, people.ngo_hope, by=people.officer_bmc)
    answer = client_of(people.head_bmc).post(
        reverse("cases:exclusion", args=[exclusion.pk]), {"words": "So."}
    )
    assert said(answer, "outcome") == text(_("Choose what you decide."))


def test_a_share_says_until_when_it_may_last(people, case, client_of):
    """Neither too late nor too early is told as a date in the past."""
    with acting(people.officer_bmc.as_actor()):
        agency = Agency.objects.get(code="DOSVY-BTB")
    url = reverse("cases:share", args=[case.number]) + f"?agency={agency.pk}"
    first, last = timezone.localdate(), timezone.localdate() + datetime.timedelta(days=365)
    with translation.override("km"):
        bounds = {"first": date_format(first), "last": date_format(last), "date": date_format(first)}
        late = gettext("The date must be between %(first)s and %(last)s.") % bounds
        early = gettext("The date must be %(date)s or later.") % bounds
    for day, sentence in (
        (last.replace(year=2036, day=1), late),
        (first - datetime.timedelta(days=1), early),
    ):
        sent = {"to": str(people.officer_btb.pk), "reason": "HELP"}
        sent |= {"until_day": day.day, "until_month": day.month, "until_year": day.year}
        assert said(client_of(people.officer_bmc).post(url, sent), "until") == sentence
    with translation.override("km"), pytest.raises(ValidationError) as no:
        ThreePartDate(latest=timezone.localdate).clean([str(last.day), str(last.month), str(last.year)])
    assert no.value.code == "today"


def test_a_closure_of_one_s_own_is_the_sentence_alone(people, client_of, hire):
    """Also where it is sent all the same; what was typed is there."""
    case = make_case(by=people.officer_bmc, status=Status.CLOSURE_REVIEW)
    with acting(people.head_bmc.as_actor()):
        asked_by = case.status_by
    person = hire(asked_by, "DOSVY-BMC", Role.PROVINCIAL_HEAD)
    client, url = client_of(person), reverse("cases:move", args=[case.number, "close"])
    shown = client.get(url)
    assert shown.context["is_closed"] is True
    sent = {"closure": case.closure, "reason": "She is well.", "version": case.version}
    answer = client.post(url, sent)
    assert (answer.status_code, answer.context["is_closed"]) == (200, True)
    page = answer.content.decode()
    assert "main-form" not in page
    assert "govuk-error-summary" not in page
    assert "She is well." in page
    with acting(person.as_actor()):
        assert Case.objects.get(pk=case.pk).status == Status.CLOSURE_REVIEW
