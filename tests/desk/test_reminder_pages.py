"""The pages of reminders: what is due, what was told, and the deadlines behind it."""

import re

import pytest
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.refusals import Refused
from audit.context import acting
from cases.answers import Answer
from desk.models import DeadlinePolicy, Holiday
from desk.reminders import actions, queries
from tests.browsing import hidden
from tests.factories import make_case, make_referral

from .due import ask, later, told

pytestmark = pytest.mark.django_db
CHILD = {"is_child": Answer.YES}
NUMBER = re.compile(r"[A-Z]{3}-\d{4}-\d{5}-\d")


def text_of(response):
    assert response.status_code == 200
    return response.content.decode()


def numbers(client, where):
    return set(NUMBER.findall(text_of(client.get(where))))


@pytest.fixture
def overdue(people):
    """A file each that is long over: of the officer, a colleague, another province, an organisation."""
    made = {
        name: make_case(by=getattr(people, name), **CHILD).number
        for name in ("officer_bmc", "officer_bmc_2", "officer_btb", "ngo_hope")
    }
    later(days=3)
    told()
    return made


def test_everybody_sees_what_is_theirs_to_do_and_what_is_in_their_province(client_of, people, overdue):
    mine, office = "/due/", "/due/?show=office"
    home = {overdue["officer_bmc"], overdue["officer_bmc_2"]}
    assert numbers(client_of(people.officer_bmc), mine) == {overdue["officer_bmc"]}
    assert numbers(client_of(people.officer_bmc), office) == home
    assert numbers(client_of(people.officer_btb), office) == {overdue["officer_btb"]}
    # The head was told of everything in the province that is overdue, an organisation's file among it.
    assert numbers(client_of(people.head_bmc), office) == {*home, overdue["ngo_hope"]}
    assert numbers(client_of(people.reviewer), office) == set(), "who sees it all has nothing to do there"
    assert numbers(client_of(people.shelter), office) == set()


def test_the_bell_counts_what_was_not_read(client_of, people, overdue):
    client = client_of(people.officer_bmc)
    bell = re.compile(r'class="k-bar__button k-bell".*?<span>(\d+)</span>', re.DOTALL)
    assert bell.search(text_of(client.get("/files/")))[1] == "1"
    assert bell.search(text_of(client_of(people.auditor).get("/trail/"))) is None
    sent = hidden(client.get("/due/"))
    assert client.post("/due/read/", sent).status_code == 303
    page = text_of(client.get("/due/"))
    assert bell.search(page) is None
    assert overdue["officer_bmc"] in page, "it is still due"


def test_nobody_marks_the_reminders_of_others(client_of, people, overdue, as_, events):
    ids = [str(pk) for (pk,) in ask("SELECT id FROM desk_due")]
    assert client_of(people.officer_bmc).post("/due/read/", {"due": [*ids, "x", ""]}).status_code == 303
    with as_(people.head_bmc):
        assert queries.unread(people.head_bmc) == 3
    (event,) = events("NOTICES_READ")
    assert (event[2], event[4]) == (str(people.officer_bmc.pk), {"rows": 1})


def test_a_list_of_what_is_due_is_on_the_trail(client_of, people, overdue, events):
    before = len(events("FILE_LISTED"))
    client_of(people.officer_bmc).get("/due/")
    assert len(events("FILE_LISTED")) > before
    assert events("FILE_LISTED")[-1][4]["rows"] == 1


def test_the_page_of_a_file_says_the_next_deadline_and_that_it_is_a_proposal(client_of, people):
    case = make_case(by=people.officer_bmc)
    page = text_of(client_of(people.officer_bmc).get(f"/files/{case.number}/"))
    assert _("proposal, not confirmed") in page
    assert _("shown only, nobody is reminded") in page
    with acting(people.administrator.as_actor()):
        DeadlinePolicy.objects.update(confirmed=True, legal_ref="Circular", mode="SENT")
    page = text_of(client_of(people.officer_bmc).get(f"/files/{case.number}/"))
    assert _("proposal, not confirmed") not in page
    assert _("shown only, nobody is reminded") not in page


def test_danger_is_said_to_those_alone_who_may_see_the_risk(client_of, people):
    case = make_case(by=people.ngo_hope, full=True, danger_now=Answer.YES)
    later(hours=5)
    told()
    with translation.override("km"):
        danger = f'k-tag--warn">{_("In danger now")}<'
    for name, is_told in (("ngo_hope", True), ("head_bmc", False)):
        page = text_of(client_of(getattr(people, name)).get("/due/?show=office"))
        assert case.number in page
        assert (danger in page) == is_told, name


def test_an_agency_sees_the_answers_that_it_owes_without_the_number_of_the_file(client_of, people):
    case = make_case(by=people.officer_bmc, full=True)
    referral = make_referral(case, to="NGO-HOPE", status="APPROVED")
    page = text_of(client_of(people.ngo_hope).get("/due/"))
    assert f"/referrals/{referral.pk}/" in page
    assert case.number not in page
    assert f"/referrals/{referral.pk}/" not in text_of(client_of(people.ngo_river).get("/due/"))
    # Who asked for it finds it beside the own files.
    assert f"/referrals/{referral.pk}/" in text_of(client_of(people.officer_bmc).get("/due/?show=office"))


def test_my_work_marks_what_is_overdue(client_of, people, overdue):
    page = text_of(client_of(people.officer_bmc).get("/"))
    assert page.count("k-due--late") == 2
    assert _("overdue since") in page


def test_an_address_is_kept_and_taken_back(client_of, people, outside):
    client = client_of(people.officer_bmc)
    assert client.post("/due/mail/", {"address": "not an address"}).status_code == 200
    assert client.post("/due/mail/", {"address": "me@example.org"}).status_code == 303
    assert "me@example.org" in text_of(client.get("/due/mail/"))
    assert "me@example.org" not in text_of(client_of(people.officer_bmc_2).get("/due/mail/"))
    assert client.post("/due/mail/", {"address": ""}).status_code == 303
    assert "me@example.org" not in text_of(client.get("/due/mail/"))


# --- the administrator


def form_of(policy, **more):
    kept = {name: getattr(policy, name) for name in ("amount", "unit", "remind_before", "mode", "version")}
    return {**kept, "escalate_after": "", "legal_ref": "", **more}


@pytest.fixture
def deadline(people, as_):
    with as_(people.administrator):
        return DeadlinePolicy.objects.get(what="CASE", step="REPORTED", level="ANY", child_only=False)


def test_a_deadline_is_changed_with_history_and_an_event(client_of, people, deadline, outside, events, as_):
    client, where = client_of(people.administrator), f"/due/deadlines/{deadline.pk}/"
    sent = form_of(deadline, amount="៤៨", mode="SENT", legal_ref="Circular 5", confirmed="on")
    assert client.post(where, sent).status_code == 303
    with as_(people.administrator):
        changed = DeadlinePolicy.objects.get(pk=deadline.pk)
    assert (changed.amount, changed.mode, changed.confirmed, changed.version) == (48, "SENT", True, 2)
    (event,) = events("DEADLINE_CHANGED")
    assert event[2:4] == (str(people.administrator.pk), "CASE REPORTED ANY")
    sql = "SELECT amount, history_actor FROM desk_historicaldeadlinepolicy WHERE id = %s ORDER BY history_id"
    kept = outside(sql, [deadline.pk])
    assert kept[-1] == (48, str(people.administrator.pk))
    case = make_case(by=people.officer_bmc)
    (hours,) = ask(
        "SELECT extract(epoch FROM due_at - since) / 3600 FROM desk_due WHERE case_id = %s", [case.pk]
    )
    assert int(hours[0]) == 48


def test_an_older_form_is_refused(client_of, people, deadline):
    client, where = client_of(people.administrator), f"/due/deadlines/{deadline.pk}/"
    assert client.post(where, form_of(deadline, amount=30)).status_code == 303
    assert client.post(where, form_of(deadline, amount=40)).status_code == 409


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"amount": "0"}, "amount"),
        ({"amount": "soon"}, "amount"),
        ({"amount": "5", "remind_before": "6"}, "remind_before"),
        ({"confirmed": "on"}, "legal_ref"),
        ({"mode": "SHOUTED"}, "mode"),
    ],
)
def test_bad_input_is_told_by_its_field_and_nothing_is_lost(client_of, people, deadline, as_, wrong, field):
    client = client_of(people.administrator)
    response = client.post(f"/due/deadlines/{deadline.pk}/", form_of(deadline, **{"legal_ref": "", **wrong}))
    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    with as_(people.administrator):
        assert DeadlinePolicy.objects.get(pk=deadline.pk).version == 1


def test_a_holiday_is_added_changed_and_removed(client_of, people, as_, events, outside):
    client = client_of(people.administrator)
    day = {
        "on_day": "31",
        "on_month": "12",
        "on_year": "2027",
        "name_km": "ថ្ងៃ",
        "name_en": "A day",
        "source": "",
    }
    assert client.post("/due/holidays/", day).status_code == 303
    assert client.post("/due/holidays/", day).status_code == 200, "this day is one already"
    with as_(people.administrator):
        holiday = Holiday.objects.get(on="2027-12-31")
    where = f"/due/holidays/{holiday.pk}/"
    assert client.post(where, {**day, "on_day": "30", "version": 1}).status_code == 303
    assert client.post(where, {**day, "on_day": "30", "version": 1}).status_code == 409
    assert client.post(where, {"remove": "yes"}).status_code == 303
    assert client.get(where).status_code == 404
    assert [event[4]["act"] for event in events("HOLIDAY_CHANGED")] == ["ADDED", "CHANGED", "REMOVED"]
    types = outside(
        "SELECT history_type FROM desk_historicalholiday WHERE id = %s ORDER BY history_id", [holiday.pk]
    )
    assert [kind for (kind,) in types] == ["+", "~", "-"]


def test_nobody_else_changes_deadlines(people, deadline, as_):
    for name in ("head_bmc", "auditor", "reviewer"):
        person = getattr(people, name)
        with pytest.raises(Refused), as_(person):
            actions.change_policy(policy=deadline, values={}, by=person)
        with as_(person):
            assert DeadlinePolicy.objects.filter(pk=deadline.pk).update(amount=99) == 0, (
                "the wall holds it too"
            )


def test_everything_loaded_is_a_proposal(people, as_):
    with as_(people.officer_bmc):
        assert DeadlinePolicy.objects.count() > 30
        assert not DeadlinePolicy.objects.filter(confirmed=True).exists()
        assert not Holiday.objects.filter(confirmed=True).exists()
        # Nothing goes up by itself but the reviews of emergencies and of exclusions, which nobody may sit out.
        up = DeadlinePolicy.objects.exclude(escalate_after=None).values_list("what", flat=True)
        assert set(up) == {"GLASS", "EXCLUDED"}
        speaking = DeadlinePolicy.objects.filter(mode="SENT")
        assert {(one.what, one.level, one.child_only) for one in speaking} == {
            ("CASE", "DANGER", False),
            ("CASE", "ANY", True),
            *(("REFERRAL", level, False) for level in ("HIGH", "MEDIUM", "LOW")),
            ("REPORT", "ANY", False),
            ("EXCLUDED", "ANY", False),
            ("GLASS", "ANY", False),
            ("OPENED", "ANY", False),
        }
