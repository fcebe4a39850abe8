"""The pages of tokens: offered, accepted and shown once, listed, revoked."""

import datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership, Token
from tests.browsing import hidden, sign_in_by_form
from tests.people import PASSWORD

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


def calls(text):
    return Client(headers={"authorization": f"Bearer {text}"}).get(reverse("api_case_list")).status_code


def offered(client, filled_in, **more):
    """Where the offer is looked at by whom it is offered to."""
    made = send(client, reverse("tokens:new"), **{**filled_in, **more})
    return f"/tokens/mine/{made['Location'].rstrip('/').rpartition('/')[2]}/", made["Location"]


def test_an_offer_is_accepted_by_its_person_who_alone_sees_the_text_once(people, client_of, filled_in, hire):
    admin, officer = client_of(people.administrator), client_of(people.officer_bmc)
    hire(people.auditor, "OFFICE", "ADMINISTRATOR")
    where, as_admin = offered(admin, filled_in)
    assert text_on(admin.get(as_admin)) == ""
    assert [row["url"] for row in officer.get(reverse("account_own")).context["tokens"]] == [where]
    for other in (admin, client_of(people.auditor), client_of(people.head_bmc)):
        assert other.get(where).status_code == other.post(f"{where}accept/").status_code == 404
        assert other.get(reverse("account_own")).context["tokens"] == []
    assert text_on(officer.get(where)) == ""
    assert send(officer, f"{where}accept/")["Location"] == where
    assert text_on(admin.get(as_admin)) == text_on(admin.get(where)) == ""
    page = officer.get(where)
    text = text_on(page)
    assert text.startswith("karpea_")
    assert "no-store" in page["Cache-Control"]
    assert text_on(officer.get(where)) == ""
    assert calls(text) == 200
    assert send(officer, f"{where}accept/").status_code == 302
    assert text_on(officer.get(where)) == "", "accepted once"
    assert "Figures" in admin.get(reverse("tokens:list")).content.decode()


def test_whom_it_is_offered_to_is_told_at_the_next_sign_in(people, client_of, filled_in):
    officer = Client()
    sign_in_by_form(officer, "officer_bmc", PASSWORD)
    offered(client_of(people.administrator, REMOTE_ADDR="192.0.2.7"), filled_in)
    again, other = Client(), Client()
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=1)):
        sign_in_by_form(again, "officer_bmc", PASSWORD)
        sign_in_by_form(other, "officer_bmc_2", PASSWORD)
    assert "192.0.2.7" in again.get("/").content.decode()
    assert "192.0.2.7" not in other.get("/").content.decode()


@pytest.mark.parametrize("accepted", [True, False])
def test_its_person_declines_or_ends_it(people, client_of, filled_in, events, accepted):
    admin, officer = client_of(people.administrator), client_of(people.officer_bmc)
    where, as_admin = offered(admin, filled_in)
    text = ""
    if accepted:
        send(officer, f"{where}accept/")
        text = text_on(officer.get(where))
        assert calls(text) == 200
    assert send(officer, f"{where}end/")["Location"] == where
    assert calls(text) == 401
    assert admin.get(as_admin).context["line"]["goes_on"] is False
    assert events("TOKEN_REVOKED" if accepted else "TOKEN_DECLINED")[0][2] == str(people.officer_bmc.pk)
    send(officer, f"{where}accept/")
    assert text_on(officer.get(where)) == "", "over is over"


def test_an_offer_lapses_after_a_week_and_can_be_taken_back(people, client_of, filled_in, outside):
    admin, officer = client_of(people.administrator), client_of(people.officer_bmc)
    back, as_admin = offered(admin, filled_in)
    send(admin, f"{as_admin}revoke/")
    now = timezone.now()
    with time_machine.travel(now - datetime.timedelta(days=7, minutes=1)):
        late, _page = offered(client_of(people.administrator), filled_in)
    with time_machine.travel(now - datetime.timedelta(days=6)):
        in_time, _page = offered(client_of(people.administrator), filled_in)
    for where in (back, late, in_time):
        send(officer, f"{where}accept/")
    assert [text_on(officer.get(where)) != "" for where in (back, late, in_time)] == [False, False, True]
    assert outside("SELECT count(*) FROM accounts_token WHERE digest IS NOT NULL") == [(1,)]


def test_a_program_is_accepted_by_who_answers_for_it(people, client_of, filled_in):
    admin, officer = client_of(people.administrator), client_of(people.officer_bmc)
    where, _as_admin = offered(admin, filled_in, program="Register of the office")
    send(officer, f"{where}accept/")
    assert calls(text_on(officer.get(where))) == 200


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
    admin, officer = client_of(people.administrator), client_of(people.officer_bmc)
    where, as_admin = offered(admin, filled_in)
    send(officer, f"{where}accept/")
    text = text_on(officer.get(where))
    gone = send(admin, f"{as_admin}revoke/")
    assert gone["Location"] == as_admin
    assert _("Revoked") in admin.get(as_admin).content.decode()
    assert calls(text) == 401
    assert [event[0] for event in events() if event[0].startswith("TOKEN")] == [
        "TOKEN_OFFERED",
        "TOKEN_ISSUED",
        "TOKEN_REVOKED",
    ]
    again = send(admin, f"{as_admin}revoke/")
    assert again.status_code == 302
    assert len(events("TOKEN_REVOKED")) == 1
