"""The three sides in the browser's own words: pages, refusals, forms."""

import datetime
import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape

from accounts import codes
from accounts.models import Agency
from accounts.models.codes import CodeList
from audit.context import acting
from referrals import actions, lifecycle, words
from referrals.models import Referral
from tests.factories import STORY, CaseFactory
from tests.referrals import made


def filled(**changes):
    hope = Agency.objects.get(code="NGO-HOPE") if "to" not in changes else None
    return {
        "to": str(hope.pk) if hope else "",
        "services": ["SHEL.ST", "LEG"],
        "reason": "ADDITIONAL_SERVICES",
        "urgency": "HIGH",
        "summary": made.WORDS,
        "parts": ["8", "32"],
        "identity": "NO",
        "consent": "GIVEN",
        "consent_how": "SIGNED",
        "consent_on_day": "៣",
        "consent_on_month": "1",
        "consent_on_year": "2026",
        **changes,
    }


def answer(people, data):
    with acting(people.officer_bmc.as_actor()):
        return filled(**data)


def test_an_officer_refers_a_file_and_the_three_sides_see_each_step(case, people, client_of):
    officer, reviewer, ngo = (client_of(p) for p in (people.officer_bmc, people.reviewer, people.ngo_hope))
    new = f"/referrals/new/{case.number}/"
    assert officer.get(new).status_code == 200
    sent = officer.post(new, answer(people, {}))
    assert sent.status_code == 302, re.findall(r"error-message.*?</p>", sent.content.decode(), re.DOTALL)
    address = sent["Location"]

    assert officer.get("/referrals/?show=sent").content.decode().count(address) == 1
    assert address in reviewer.get("/referrals/review/").content.decode()
    assert address not in ngo.get("/referrals/?show=inbox").content.decode()
    assert ngo.get(address).status_code == 404

    shown = reviewer.get(address + "approve/").content.decode()
    version = re.search(r'name="version" value="(\d+)"', shown)[1]
    assert reviewer.post(address + "approve/", {"version": version, "words": ""}).status_code == 302

    page = ngo.get(address).content.decode()
    assert made.WORDS in page
    assert case.number not in page
    assert ngo.get(f"/files/{case.number}/").status_code == 404
    shown = ngo.get(address + "accept/").content.decode()
    version = re.search(r'name="version" value="(\d+)"', shown)[1]
    assert ngo.post(address + "accept/", {"version": version, "words": ""}).status_code == 302
    assert case.number in ngo.get(address).content.decode()
    file = ngo.get(f"/files/{case.number}/")
    assert file.status_code == 200


PAGES = ("", "approve/", "return/", "edit/", "accept/", "decline/", "start/", "complete/", "withdraw/")


@pytest.mark.parametrize(
    ("name", "status", "expected"),
    [
        ("officer_bmc", "SUBMITTED", (200, 403, 403, 302, 403, 403, 403, 403, 200)),
        ("officer_bmc", "RETURNED", (200, 403, 403, 200, 403, 403, 403, 403, 200)),
        ("reviewer", "SUBMITTED", (200, 200, 200, 403, 403, 403, 403, 403, 403)),
        ("reviewer", "APPROVED", (200, 302, 302, 403, 403, 403, 403, 403, 403)),
        ("ngo_hope", "SUBMITTED", (404,) * 9),
        ("ngo_hope", "APPROVED", (200, 403, 403, 403, 200, 200, 302, 302, 403)),
        ("ngo_hope", "IN_SERVICE", (200, 403, 403, 403, 302, 302, 302, 200, 403)),
        ("ngo_river", "APPROVED", (404,) * 9),
        ("officer_btb", "SUBMITTED", (404,) * 9),
        ("analyst", "SUBMITTED", (404,) * 9),
        ("auditor", "APPROVED", (404,) * 9),
        (None, "APPROVED", (302,) * 9),
    ],
)
def test_each_page_for_each_side(referral, people, client_of, name, status, expected):
    made.bring(referral, status, people)
    client = client_of(getattr(people, name) if name else None)
    assert tuple(client.get(f"/referrals/{referral.pk}/{page}").status_code for page in PAGES) == expected


@pytest.mark.parametrize(
    ("name", "list_", "review", "new"),
    [
        ("officer_bmc", 200, 403, 200),
        ("reviewer", 200, 200, 403),
        ("ngo_hope", 200, 403, 404),
        ("police_bmc", 200, 403, 404),
        ("analyst", 403, 403, 404),
        ("auditor", 403, 403, 404),
        ("former", 403, 403, 404),
    ],
)
def test_lists_and_the_form(referral, case, people, client_of, name, list_, review, new):
    client = client_of(getattr(people, name))
    pages = ("/referrals/", "/referrals/review/", f"/referrals/new/{case.number}/")
    assert [client.get(page).status_code for page in pages] == [list_, review, new]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"to": "00000000-0000-0000-0000-000000000000"}, "to"),
        ({"services": []}, "services"),
        ({"services": ["NO_SUCH"]}, "services"),
        ({"reason": ""}, "reason"),
        ({"urgency": ""}, "urgency"),
        ({"summary": ""}, "summary"),
        ({"summary": "\u200b\u200b"}, "summary"),
        ({"summary": "ក" * 1501}, "summary"),
        ({"summary": "a\x00b"}, "summary"),
        ({"parts": ["64"]}, "parts"),
        ({"identity": ""}, "identity"),
        ({"consent": ""}, "consent"),
        ({"consent": "REFUSED"}, "consent"),
        ({"consent": "NOT_YET"}, "consent"),
        ({"consent_how": ""}, "consent_how"),
        ({"consent_on_day": ""}, "consent_on"),
        ({"consent_on_day": "31", "consent_on_month": "2"}, "consent_on"),
        ({"consent_on_year": "2100"}, "consent_on"),
        ({"consent": "EMERGENCY"}, "justification"),
        ({"consent": "EMERGENCY", "consent_on_day": "31", "consent_on_month": "2"}, "justification"),
        ({"consent": "EMERGENCY", "justification": "គ្រោះថ្នាក់", "urgency": "LOW"}, "urgency"),
    ],
)
def test_a_wrong_answer_gets_a_sentence_by_its_field_and_writes_nothing(
    case, people, client_of, wrong, field
):
    client = client_of(people.officer_bmc)
    answered = client.post(f"/referrals/new/{case.number}/", answer(people, wrong))
    assert answered.status_code == 200
    assert list(answered.context["form"].errors) == [field]
    with acting(people.officer_bmc.as_actor()):
        assert Referral.objects.count() == 0


def test_the_day_of_consent_is_asked_below_yes_and_of_nobody_else(case, people, client_of):
    page = client_of(people.officer_bmc).get(f"/referrals/new/{case.number}/").content.decode()
    below_yes, _emergency, below_emergency = page.partition('value="EMERGENCY"')
    assert 'name="consent_on_day"' in below_yes.partition('id="id_consent_0_more"')[2]
    assert 'name="consent_on_day"' not in below_emergency
    assert page.count('name="consent_on_day"') == 1


def test_an_emergency_is_marked_for_the_ministry(case, people, client_of):
    urgent = {"consent": "EMERGENCY", "justification": "គ្រោះថ្នាក់ដល់ជីវិត"}
    sent = client_of(people.officer_bmc).post(f"/referrals/new/{case.number}/", answer(people, urgent))
    reviewer = client_of(people.reviewer)
    assert "k-tag--warn" in reviewer.get("/referrals/review/").content.decode()
    page = reviewer.get(sent["Location"]).content.decode()
    assert "k-warning" in page
    assert "គ្រោះថ្នាក់ដល់ជីវិត" in page


def test_a_second_sending_of_one_form_has_one_effect(case, people, client_of):
    client = client_of(people.officer_bmc)
    data = answer(people, {"once": "0123456789abcdef"})
    first, second = (client.post(f"/referrals/new/{case.number}/", data) for _ in range(2))
    assert first["Location"] == second["Location"]
    with acting(people.officer_bmc.as_actor()):
        assert Referral.objects.count() == 1


def test_an_older_form_is_refused_and_its_text_kept(referral, people, client_of):
    made.act("send_back", referral, people.reviewer)
    with acting(people.officer_bmc.as_actor()):
        actions.resubmit(referral=referral, packet=made.packet(summary="ថ្មី"), by=people.officer_bmc)
    client = client_of(people.reviewer)
    address = f"/referrals/{referral.pk}/approve/"
    assert client.post(address, {"version": 1, "words": "យល់ព្រម"}).status_code == 409
    assert "យល់ព្រម" in client.get(address).content.decode()


def test_who_comes_too_late_is_told_what_stands(referral, people, client_of, hire):
    made.act("approve", referral, people.reviewer)
    late = client_of(hire(people.nobody, "NGO-HOPE", "NGO_WORKER"))
    shown = late.get(f"/referrals/{referral.pk}/accept/").context["form"]["version"].value()
    made.act("accept", referral, people.ngo_hope)
    posted = {"version": shown, "words": "យើងទទួល", "once": "0123456789abcdef"}
    answered = late.post(f"/referrals/{referral.pk}/accept/", posted)
    assert (answered.status_code, answered["Location"]) == (302, f"/referrals/{referral.pk}/")
    page = late.get(answered["Location"]).content.decode()
    assert escape(str(lifecycle.STANDS["ACCEPTED"])) in page
    assert "យើងទទួល" in page, "what was typed is there to be copied."
    assert "/accept/" not in page, "and nothing offers what can no longer be done."
    with acting(people.nobody.as_actor()):
        assert made.fresh(referral, people.nobody).answered_by_id == people.ngo_hope.pk
    assert "យើងទទួល" not in client_of(people.ngo_hope).get(answered["Location"]).content.decode()
    assert "យើងទទួល" in late.get(answered["Location"]).content.decode(), "looking deletes nothing."
    with time_machine.travel(timezone.now() + datetime.timedelta(days=1, minutes=1)):
        late = client_of(people.nobody)
        assert "យើងទទួល" not in late.get(answered["Location"]).content.decode()


def test_a_wrong_form_that_comes_too_late_leads_back_as_well(referral, people, client_of):
    """Nobody mends a field only to learn that a colleague has returned the referral meanwhile."""
    client = client_of(people.reviewer)
    made.act("send_back", referral, people.reviewer)
    address = f"/referrals/{referral.pk}/return/"
    assert client.post(address, {"version": 1, "reason": "", "words": ""}).status_code == 302
    officer = client_of(people.officer_bmc)
    shown = officer.get(f"/referrals/{referral.pk}/edit/").context["form"]["version"].value()
    with acting(people.officer_bmc_2.as_actor()):
        actions.resubmit(referral=referral, packet=made.packet(), by=people.officer_bmc_2)
    data = answer(people, {"version": shown, "summary": "ខ្ញុំសរសេរយូរហើយ"})
    late = officer.post(f"/referrals/{referral.pk}/edit/", data)
    assert late["Location"] == f"/referrals/{referral.pk}/"
    page = officer.get(late["Location"]).content.decode()
    assert escape(str(lifecycle.STANDS["SUBMITTED"])) in page
    assert "ខ្ញុំសរសេរយូរហើយ" in page


def test_the_ministrys_reason_and_words_stand_above_the_form(referral, people, client_of):
    officer = client_of(people.officer_bmc)
    made.act("send_back", referral, people.reviewer)
    page = officer.get(f"/referrals/{referral.pk}/edit/").content.decode()
    reason = escape(codes.label(CodeList.RETURN_REASON, "INSUFFICIENT_INFORMATION"))
    above = page.partition('<form id="main-form"')[0]
    assert reason in above
    assert made.GIVEN["send_back"]["words"] in above
    new = officer.get(f"/referrals/new/{referral.case.number}/").content.decode()
    assert made.GIVEN["send_back"]["words"] not in new


def test_reads_and_lists_are_on_the_trail(referral, people, client_of, events):
    client = client_of(people.reviewer)
    client.get(f"/referrals/{referral.pk}/")
    client.get("/referrals/review/")
    assert [(e[2], e[4]["page"]) for e in events("REFERRAL_READ")] == [(str(people.reviewer.pk), "referral")]
    assert [e[4] for e in events("REFERRAL_LISTED")] == [
        {"list": "review", "rows": 1, "ids": [str(referral.pk)]}
    ]
    client_of(people.ngo_hope).get(f"/referrals/{referral.pk}/")
    assert [e[4]["status"] for e in events("REFUSED")] == [404]


def test_an_emergency_comes_before_every_risk_in_the_queue_and_in_the_inbox(people, client_of):
    """Of unknown risk, asked for last: first all the same."""
    ordinary = made.submit(CaseFactory(by=people.officer_bmc, **STORY), people.officer_bmc)
    urgent = made.submit(
        CaseFactory(by=people.officer_bmc), people.officer_bmc, basis="EMERGENCY", justification="គ្រោះថ្នាក់"
    )
    expected = [f"/referrals/{referral.pk}/" for referral in (urgent, ordinary)]

    def in_order(name, address):
        page = client_of(getattr(people, name)).get(address).context["page"]
        return [line.url for line in page.object_list]

    assert in_order("reviewer", "/referrals/review/") == expected
    for referral in (ordinary, urgent):
        made.act("approve", referral, people.reviewer)
    assert in_order("ngo_hope", "/referrals/?show=inbox") == expected


def test_the_queue_is_by_risk_then_age(people, client_of):
    made_ = {
        risk: made.submit(
            CaseFactory(by=people.officer_bmc, **{**STORY, "risk_level": risk}), people.officer_bmc
        )
        for risk in ("LOW", "MEDIUM", "HIGH")
    }
    older = made.submit(CaseFactory(by=people.officer_bmc, **STORY), people.officer_bmc)
    page = client_of(people.reviewer).get("/referrals/review/").context["page"]
    in_order = [made_["HIGH"], older, made_["MEDIUM"], made_["LOW"]]
    assert [line.url for line in page.object_list] == [f"/referrals/{r.pk}/" for r in in_order]


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("reviewer", "/referrals/review/"),
        ("officer_bmc", "/referrals/?show=sent"),
        ("officer_bmc", "/referrals/?show=all"),
        ("ngo_hope", "/referrals/?show=inbox"),
        ("ngo_hope", "/"),
        ("reviewer", "/"),
        ("officer_bmc", "/"),
    ],
)
def test_lists_cost_the_same_with_one_and_three(people, client_of, django_assert_num_queries, name, address):
    def another():
        referral = made.submit(CaseFactory(by=people.officer_bmc, **STORY), people.officer_bmc)
        return made.act("approve", referral, people.reviewer) if name == "ngo_hope" else referral

    client = client_of(getattr(people, name))
    another()
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    another()
    another()
    with django_assert_num_queries(len(one)):
        shown = client.get(address).content.decode()
    assert shown.count('<tr class="govuk-table__row">') >= 4


@pytest.mark.parametrize(("child", "how"), [("YES", "SPOKEN"), ("YES", "GUARDIAN"), ("NO", "SPOKEN")])
def test_a_child_who_agreed_alone_is_asked_about_wherever_somebody_decides(people, client_of, child, how):
    """At the form for every child; afterwards where no guardian agreed, until the agency has answered."""
    case = CaseFactory(by=people.officer_bmc, **{**STORY, "is_child": child})
    officer, reviewer, ngo = (client_of(p) for p in (people.officer_bmc, people.reviewer, people.ngo_hope))
    form = officer.get(f"/referrals/new/{case.number}/").content.decode()
    assert ("k-warning" in form) == (child == "YES")

    referral = made.submit(case, people.officer_bmc, consent_how=how)
    warned, address = (child, how) == ("YES", "SPOKEN"), f"/referrals/{referral.pk}/"
    for page in ("", "approve/"):
        assert ("k-warning" in reviewer.get(address + page).content.decode()) == warned, page
    made.act("approve", referral, people.reviewer)
    for page in ("", "accept/"):
        assert ("k-warning" in ngo.get(address + page).content.decode()) == warned, page
    made.act("accept", referral, people.ngo_hope)
    assert "k-warning" not in ngo.get(address).content.decode()


@pytest.mark.parametrize(
    ("name", "status", "page", "sees_the_file"),
    [
        ("reviewer", "SUBMITTED", "approve", True),
        ("reviewer", "SUBMITTED", "return", True),
        ("ngo_hope", "APPROVED", "accept", False),
        ("ngo_hope", "APPROVED", "decline", False),
        ("ngo_hope", "ACCEPTED", "start", True),
        ("ngo_hope", "IN_SERVICE", "complete", True),
        ("officer_bmc", "APPROVED", "withdraw", True),
    ],
)
def test_the_page_of_an_act_says_on_what(
    referral, case, people, client_of, name, status, page, sees_the_file
):
    """Whom, which services, between whom; the number for those alone who see the file."""
    made.bring(referral, status, people)
    shown = client_of(getattr(people, name)).get(f"/referrals/{referral.pk}/{page}/").content.decode()
    about = re.search(r'<section class="k-identity".*?</section>', shown, re.DOTALL)[0]
    with acting(people.officer_bmc.as_actor()):
        now = made.fresh(referral, people.officer_bmc)
        told = [words.person(now), words.services(now), now.from_agency.name, now.to_agency.name]
    assert all(escape(text) in about for text in told)
    assert (case.number in about, case.number in shown) == (sees_the_file, sees_the_file)
