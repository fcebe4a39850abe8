"""The pages of tokens: given out, shown once, listed, revoked."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Membership, Token
from tests.browsing import hidden

pytestmark = pytest.mark.django_db


def send(client, where, **fields):
    return client.post(where, {**hidden(client.get(where)), **fields})


@pytest.fixture
def filled_in(people, as_):
    with as_(people.administrator):
        membership = Membership.objects.get(person=people.officer_bmc)
    return {"membership": membership.pk, "label": "Figures", "scope": "READ", "days": "90", "program": ""}


def text_on(page):
    content = page.content.decode()
    return content.partition('<code class="k-token" lang="en">')[2].partition("<")[0]


def test_it_is_shown_once_and_then_works(people, client_of, filled_in):
    admin = client_of(people.administrator)
    made = send(admin, reverse("tokens:new"), **filled_in)
    assert made.status_code == 302
    page = admin.get(made["Location"])
    text = text_on(page)
    assert text.startswith("karpea_")
    assert "no-store" in page["Cache-Control"]
    assert text_on(admin.get(made["Location"])) == ""
    assert (
        Client(headers={"authorization": f"Bearer {text}"}).get(reverse("api_case_list")).status_code == 200
    )
    assert "Figures" in admin.get(reverse("tokens:list")).content.decode()


def test_another_administrator_never_sees_it(people, client_of, hire, filled_in):
    hire(people.auditor, "OFFICE", "ADMINISTRATOR")
    made = send(client_of(people.administrator), reverse("tokens:new"), **filled_in)
    page = client_of(people.auditor).get(made["Location"])
    assert (page.status_code, text_on(page)) == (200, "")


def test_the_same_form_sent_twice_gives_one(people, client_of, filled_in, outside):
    admin = client_of(people.administrator)
    sent = {**hidden(admin.get(reverse("tokens:new"))), **filled_in}
    first, second = (admin.post(reverse("tokens:new"), sent) for _time in range(2))
    assert first["Location"] == second["Location"]
    assert outside("SELECT count(*) FROM accounts_token") == [(1,)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("membership", ""),
        ("membership", "x"),
        ("label", " "),
        ("scope", "ALL"),
        ("days", "3650"),
        ("days", ""),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_lost(people, client_of, filled_in, outside, field, value):
    admin = client_of(people.administrator)
    page = send(admin, reverse("tokens:new"), **{**filled_in, "program": "Register", field: value})
    assert page.status_code == 200
    assert "govuk-error-summary" in page.content.decode()
    assert "Register" in page.content.decode()
    assert outside("SELECT count(*) FROM accounts_token") == [(0,)]


def test_an_administrator_cannot_choose_themselves_nor_a_program(people, client_of, filled_in, as_):
    admin = client_of(people.administrator)
    send(admin, reverse("tokens:new"), **{**filled_in, "program": "Register of the office"})
    page = admin.get(reverse("tokens:new")).content.decode()
    with as_(people.administrator):
        program = Token.objects.get().person
        assert str(Membership.objects.get(person=program).pk) not in page
        assert str(Membership.objects.get(person=people.administrator).pk) not in page
    assert str(filled_in["membership"]) in page


def test_revoking_ends_it_and_says_so(people, client_of, filled_in, events):
    admin = client_of(people.administrator)
    made = send(admin, reverse("tokens:new"), **filled_in)
    text = text_on(admin.get(made["Location"]))
    gone = send(admin, f"{made['Location']}revoke/")
    assert gone["Location"] == made["Location"]
    assert _("Revoked") in admin.get(made["Location"]).content.decode()
    assert (
        Client(headers={"authorization": f"Bearer {text}"}).get(reverse("api_case_list")).status_code == 401
    )
    assert [event[0] for event in events() if event[0].startswith("TOKEN")] == [
        "TOKEN_ISSUED",
        "TOKEN_REVOKED",
    ]
    again = send(admin, f"{made['Location']}revoke/")
    assert again.status_code == 302
    assert len(events("TOKEN_REVOKED")) == 1
