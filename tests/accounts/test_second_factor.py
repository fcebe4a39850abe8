"""The second half of signing in: asked once a day at each machine, of everybody, by every door; nothing works twice."""

import datetime

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts import actions, machines
from accounts.actions.factors import MOST
from accounts.door import MARK
from accounts.factors import code_at, step_now
from accounts.models import Factor, MachineDay, SheetCode
from accounts.refusals import NotNow, Refused
from audit.context import acting, system
from tests.browsing import code_of, sign_in_by_form
from tests.people import PASSWORD, secret_of

DOOR, SECOND = "/sign-in/", "/sign-in/second/"
pytestmark = pytest.mark.django_db


def password(client, name="officer_bmc", given=PASSWORD):
    return client.post(DOOR, {"login": name, "password": given})


def is_in(client):
    return client.get("/").status_code == 200


def sheet_for(person, by):
    with acting(by.as_actor()):
        return actions.print_sheet(person=person, by=by)


def without_app(person):
    with acting(system("sign-in")):
        Factor.objects.filter(person=person, kind="APP").update(ended_at=timezone.now(), sealed=None)


# --- who comes in


@pytest.mark.asvs("6.3.3", "6.3.4")
def test_the_password_alone_opens_nothing(people, events):
    client = Client()
    assert password(client)["Location"] == SECOND
    assert not is_in(client)
    assert client.get("/api/v1/agencies/").status_code == 401
    assert events("SIGN_IN") == []
    assert client.post(SECOND, {"code": code_of("officer_bmc")}).status_code == 302
    assert is_in(client)
    assert [event[4] for event in events("SIGN_IN")] == [{"factor": "APP"}]


@pytest.mark.asvs("6.3.4")
def test_a_session_from_any_other_door_is_nobodys(people):
    """What Django itself calls signed in opens neither a page nor the interface, until it is marked for this person."""
    client = Client()
    with acting(system("sign-in")):
        client.force_login(people.officer_bmc)
    statuses = [
        client.get(path).status_code for path in ("/", "/account/", "/files/", "/stay/", "/api/v1/agencies/")
    ]
    assert statuses == [302, 302, 302, 401, 401]
    session = client.session
    session[MARK] = str(people.officer_bmc_2.pk)
    session.save()
    assert not is_in(client), "another one's mark"
    session[MARK] = str(people.officer_bmc.pk)
    session.save()
    assert is_in(client)


def test_the_second_page_needs_a_right_password_of_these_minutes(people):
    stranger = Client()
    assert stranger.get(SECOND)["Location"] == DOOR
    assert stranger.post(SECOND, {"code": code_of("officer_bmc")})["Location"] == DOOR
    client = Client()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        password(client)
        assert client.get(SECOND).status_code == 200
        clock.shift(16 * 60)
        assert client.get(SECOND)["Location"] == DOOR
        password(client)
        with acting(people.administrator.as_actor()):
            actions.disable_person(person=people.officer_bmc, by=people.administrator)
        assert client.post(SECOND, {"code": code_of("officer_bmc")})["Location"] == DOOR


def test_whoever_sets_another_password_ends_what_began_with_the_old_one(people):
    client = Client()
    password(client)
    with acting(people.officer_bmc.as_actor()):
        actions.change_password(
            person=people.officer_bmc, password="rain on a tin roof", by=people.officer_bmc
        )
    assert client.post(SECOND, {"code": code_of("officer_bmc")})["Location"] == DOOR
    assert not is_in(client)


def test_the_page_leads_on_to_where_somebody_wanted_to_go(people):
    client = Client()
    client.post(f"{DOOR}?next=/files/", {"login": "officer_bmc", "password": PASSWORD, "next": "/files/"})
    assert client.post(SECOND, {"code": code_of("officer_bmc")})["Location"] == "/files/"


@pytest.mark.asvs("6.3.8")
def test_whatever_is_wrong_gets_one_answer(people, events):
    """Wrong, used, of another person, of no sheet: word for word the same."""
    printed = sheet_for(people.officer_bmc_2, people.head_bmc)
    pages = set()
    for code in ("000000", code_of("officer_btb"), "WRNG-WRNG", printed.codes[0]):
        client = Client()
        password(client)
        answer = client.post(SECOND, {"code": code})
        assert answer.status_code == 200
        pages.add(answer.context["form"].errors.as_json())
    assert len(pages) == 1
    assert [event[1:4] for event in events("FACTOR_FAILED")] == [
        ("REFUSED", "system:sign-in", "officer_bmc")
    ] * 4
    assert printed.codes[0] not in str(events())


@pytest.mark.asvs("6.3.1")
def test_five_wrong_codes_close_the_second_door_for_a_while(people, events):
    client = Client()
    password(client)
    assert [client.post(SECOND, {"code": "000000"}).status_code for _try in range(6)] == [200] * 5 + [429]
    assert client.post(SECOND, {"code": code_of("officer_bmc")}).status_code == 429, (
        "also with the right code"
    )
    assert [event[4] for event in events("FACTOR_FAILED")] == [{}] * 5 + [{"why": "LIMIT"}]
    assert sign_in_by_form(Client(), "officer_btb").status_code == 302, "nobody else is kept out"


# --- nothing twice


@pytest.mark.asvs("6.5.1", "6.5.5")
def test_a_code_of_an_app_works_once_and_for_a_minute(people):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        code = code_of("officer_bmc")
        assert sign_in_by_form(Client(), "officer_bmc", code=code).status_code == 302
        assert sign_in_by_form(Client(), "officer_bmc", code=code).status_code == 200
        assert sign_in_by_form(Client(), "officer_bmc", later=-1).status_code == 200, "nor an older one"
        assert sign_in_by_form(Client(), "officer_bmc", later=1).status_code == 302, "half a minute early"
        clock.shift(300)
        assert sign_in_by_form(Client(), "officer_bmc", later=-2).status_code == 200, "a minute late"
        assert sign_in_by_form(Client(), "officer_bmc", later=-1).status_code == 302


@pytest.mark.asvs("6.5.1", "6.5.2")
def test_codes_of_a_sheet_work_once_in_their_order(people, events, rows):
    without_app(people.officer_bmc)
    printed = sheet_for(people.officer_bmc, people.officer_bmc_2)
    client = Client()
    password(client)
    assert client.get(SECOND).context["number"] == 1
    assert client.post(SECOND, {"code": printed.codes[1]}).status_code == 200, "not the one that is asked for"
    assert client.post(SECOND, {"code": printed.codes[0].lower().replace("-", " ")}).status_code == 302
    assert is_in(client)
    assert sign_in_by_form(Client(), "officer_bmc", code=printed.codes[0]).status_code == 200, "used"
    assert sign_in_by_form(Client(), "officer_bmc", code=printed.codes[1]).status_code == 302
    assert [(event[2], event[4]["sheet"]) for event in events("SHEET_CODE_USED")] == [
        (str(people.officer_bmc.pk), str(printed.sheet.pk))
    ] * 2
    hashes = rows(people.officer_bmc, "SELECT code_hash FROM accounts_sheetcode")
    assert all(one.startswith("argon2sheet$argon2id$v=19$m=47104,t=1,p=1$") for (one,) in hashes)
    assert len({one for (one,) in hashes}) == 3


def test_a_used_up_sheet_opens_nothing_and_says_whom_to_ask(people):
    without_app(people.officer_bmc)
    printed = sheet_for(people.officer_bmc, people.head_bmc)
    for code in printed.codes:
        assert sign_in_by_form(Client(), "officer_bmc", code=code).status_code == 302
    client = Client()
    password(client)
    page = client.get(SECOND)
    assert page.context["has_any"] is False
    assert 'name="code"' not in page.content.decode()


def test_of_a_sheet_of_the_product_are_thirty_codes(people, monkeypatch):
    monkeypatch.setattr("accounts.actions.factors.CODES", 30)
    printed = sheet_for(people.officer_bmc, people.head_bmc)
    assert len(set(printed.codes)) == 30
    with acting(people.officer_bmc.as_actor()):
        assert SheetCode.objects.count() == 30


# --- once a person, a machine and a day


@pytest.mark.asvs("3.3.4")
def test_a_machine_asks_once_a_day(people, events):
    here, elsewhere = Client(), Client()
    with time_machine.travel(datetime.datetime(2026, 11, 26, 1, 0, tzinfo=datetime.UTC), tick=False) as clock:
        sign_in_by_form(here, "officer_bmc")
        cookie = here.cookies[machines.cookie_name(people.officer_bmc)]
        assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 16 * 3600)
        here.post("/sign-out/")
        assert not is_in(here)
        assert password(here)["Location"] == "/"
        assert is_in(here)
        assert password(elsewhere)["Location"] == SECOND
        here.post("/sign-out/")
        clock.shift(16 * 3600 + 1)  # midnight in Phnom Penh
        assert password(here)["Location"] == SECOND
    assert [event[4]["factor"] for event in events("SIGN_IN")] == ["APP", "MACHINE"]


@pytest.mark.asvs("3.3.1", "3.3.3")
def test_behind_https_the_cookie_of_a_machine_is_the_hosts_alone(people, settings):
    settings.HTTPS = True
    client = Client()
    sign_in_by_form(client, "officer_bmc")
    name = machines.cookie_name(people.officer_bmc)
    assert name.startswith("__Host-")
    assert (client.cookies[name]["secure"], client.cookies[name]["path"], client.cookies[name]["domain"]) == (
        True,
        "/",
        "",
    )
    assert "officer" not in name


def test_a_kept_cookie_is_worth_nothing_the_next_day(people):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = Client()
        sign_in_by_form(client, "officer_bmc")
        text = client.cookies[machines.cookie_name(people.officer_bmc)].value
        clock.shift(24 * 3600)
        later = Client()
        later.cookies[machines.cookie_name(people.officer_bmc)] = text
        assert password(later)["Location"] == SECOND


def test_several_people_at_one_machine_each_have_their_own(people):
    machine = Client()
    sign_in_by_form(machine, "officer_bmc")
    machine.post("/sign-out/")
    assert sign_in_by_form(machine, "officer_bmc_2").status_code == 302
    machine.post("/sign-out/")
    for name in ("officer_bmc", "officer_bmc_2"):
        assert password(machine, name)["Location"] == "/"
        machine.post("/sign-out/")
    assert password(machine, "head_bmc")["Location"] == SECOND


def test_one_cannot_bring_another_ones_machine(people):
    machine = Client()
    sign_in_by_form(machine, "officer_bmc")
    text = machine.cookies[machines.cookie_name(people.officer_bmc)].value
    thief = Client()
    thief.cookies[machines.cookie_name(people.officer_bmc_2)] = text
    assert password(thief, "officer_bmc_2")["Location"] == SECOND


@pytest.mark.parametrize("what", ["password", "slip", "sessions", "closed", "revoked", "removed", "sheet"])
@pytest.mark.asvs("6.4.3", "6.5.6")
def test_a_machine_is_forgotten_with_what_it_rests_on(people, what):
    me, machine = people.officer_bmc, Client()
    if what == "sheet":
        without_app(me)
        sign_in_by_form(machine, "officer_bmc", code=sheet_for(me, people.officer_bmc_2).codes[0])
    else:
        sheet_for(me, people.officer_bmc_2)
        sign_in_by_form(machine, "officer_bmc")
    machine.post("/sign-out/")
    assert password(machine)["Location"] == "/", "before"
    new, boss = "rain on a tin roof", people.administrator
    with acting(me.as_actor()):
        if what == "password":
            actions.change_password(person=me, password=new, by=me)
        elif what == "sessions":
            actions.end_other_sessions(person=me, by=me)
        elif what == "removed":
            actions.remove_factor(factor=Factor.objects.get(person=me, kind="APP"), by=me)
    with acting(boss.as_actor()):
        if what == "closed":
            actions.enable_person(person=actions.disable_person(person=me, by=boss), by=boss)
        elif what == "revoked":
            actions.revoke_factors(person=me, by=boss)
        elif what == "slip":
            code = actions.print_slip(person=me, by=boss).code
    if what == "slip":
        with acting(system("sign-in")):
            actions.use_slip(sign_in_name="officer_bmc", code=code, password=new)
    if what == "sheet":
        sheet_for(me, people.head_bmc)
    assert not is_in(machine) or what == "sheet"
    machine.post("/sign-out/")
    assert password(machine, given=new if what in ("password", "slip") else PASSWORD)["Location"] == SECOND


def test_days_that_are_over_are_swept(people):
    with acting(system("sign-in")):
        from django.http import HttpResponse

        factor = Factor.objects.get(person=people.officer_bmc)
        with time_machine.travel(timezone.now() - datetime.timedelta(days=1)):
            machines.remember(HttpResponse(), people.officer_bmc, factor)
        machines.remember(HttpResponse(), people.officer_bmc, factor)
        assert [row.day for row in MachineDay.objects.all()] == [timezone.localdate()]


# --- the own page


@pytest.mark.asvs("7.5.1")
def test_an_app_is_added_with_a_code_of_its_own(people, client_of, events, outside):
    client = client_of(people.officer_bmc)
    secret = client.get("/account/app/").context["secret"].replace(" ", "")
    assert secret not in str(dict(client.session)), "it waits sealed"
    assert client.post("/account/app/", {"code": "000000"}).status_code == 200
    assert client.get("/account/app/").context["secret"].replace(" ", "") == secret
    code = code_at(secret, step_now())
    assert client.post("/account/app/", {"code": code, "label": "ទូរស័ព្ទ"})["Location"] == "/account/"
    assert "ទូរស័ព្ទ" in client.get("/account/").content.decode()
    assert [event[4]["factor"] for event in events("FACTOR_ADDED")] == ["APP"]
    assert sign_in_by_form(Client(), "officer_bmc", code=code).status_code == 200, "spent by adding it"
    assert sign_in_by_form(Client(), "officer_bmc", code=code_at(secret, step_now() + 1)).status_code == 302
    assert outside("SELECT 1 FROM accounts_factor f WHERE f::text LIKE %s", [f"%{secret}%"]) == []


def test_the_last_factor_stays(people, client_of, events):
    client, app = client_of(people.officer_bmc), "/account/factors/{}/"
    with acting(people.officer_bmc.as_actor()):
        only = Factor.objects.get(person=people.officer_bmc)
    assert client.post(app.format(only.pk))["Location"] == "/account/"
    assert sign_in_by_form(Client(), "officer_bmc").status_code == 302
    sheet_for(people.officer_bmc, people.head_bmc)
    other = client_of(people.officer_bmc)
    assert client.get(app.format(only.pk)).status_code == 200
    assert client.post(app.format(only.pk)).status_code == 302
    assert (is_in(client), is_in(other)) == (True, False)
    assert [event[4]["factor"] for event in events("FACTOR_REMOVED")] == ["APP"]
    with acting(people.officer_bmc.as_actor()):
        gone = Factor.objects.get(pk=only.pk)
        assert (gone.sealed, gone.ender_id) == (None, people.officer_bmc.pk)


def test_a_sheet_without_codes_does_not_count_as_one(people):
    printed = sheet_for(people.officer_bmc, people.head_bmc)
    with acting(system("sign-in")):
        SheetCode.objects.filter(sheet=printed.sheet).update(used_at=timezone.now())
    with acting(people.officer_bmc.as_actor()):
        app = Factor.objects.get(person=people.officer_bmc, kind="APP")
        with pytest.raises(NotNow):
            actions.remove_factor(factor=app, by=people.officer_bmc)


def test_there_is_an_end_to_how_many(people, as_):
    me = people.officer_bmc
    with as_(me):
        for _number in range(MOST - 1):
            actions.add_app(person=me, secret=secret_of("x"), step=-1, label="", by=me)
        with pytest.raises(NotNow):
            actions.add_app(person=me, secret=secret_of("x"), step=-1, label="", by=me)
        with pytest.raises(Refused):
            actions.add_app(person=people.officer_btb, secret=secret_of("x"), step=-1, label="", by=me)


# --- others


@pytest.mark.asvs("6.5.6", "7.4.5")
def test_an_administrator_revokes_all_and_the_person_is_told(people, client_of, events):
    session = client_of(people.officer_bmc)
    where = f"/place/people/{people.officer_bmc.pk}/factors/"
    assert client_of(people.officer_bmc_2).post(where).status_code == 403
    assert client_of(people.administrator).post(where).status_code == 302
    assert not is_in(session)
    assert sign_in_by_form(Client(), "officer_bmc").status_code == 200
    assert [event[2:4] for event in events("FACTORS_REVOKED")] == [
        (str(people.administrator.pk), "officer_bmc")
    ]
    client = Client()
    client.cookies["django_language"] = "en"
    sign_in_by_form(client, "officer_bmc", code=sheet_for(people.officer_bmc, people.head_bmc).codes[0])
    page = client.get("/").content.decode()
    assert "Person administrator revoked your second factors" in page
    assert "Person head_bmc printed a new code sheet for you" in page
    assert "revoked your second factors" not in client.get("/").content.decode()


def test_nobody_is_told_twice_or_of_what_they_did(people, client_of):
    sheet_for(people.officer_bmc, people.head_bmc)
    client_of(people.officer_bmc)  # a sign-in after it was printed
    client = Client()
    client.cookies["django_language"] = "en"
    sign_in_by_form(client, "officer_bmc")
    assert "printed a new code sheet" not in client.get("/").content.decode()
    with acting(people.officer_bmc.as_actor()):
        actions.add_app(
            person=people.officer_bmc, secret=secret_of("x"), step=-1, label="", by=people.officer_bmc
        )
    again = Client()
    again.cookies["django_language"] = "en"
    sign_in_by_form(again, "officer_bmc", later=1)
    assert "second factors" not in again.get("/").content.decode()
