"""Nobody alone has both halves: whoever printed the slip does not print the sheet, and the database says so too."""

import datetime

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.db.utils import ProgrammingError
from django.test import Client
from django.utils import timezone

from accounts import actions
from accounts.models import Factor, Membership, Slip
from accounts.refusals import Refused
from accounts.roles import Role
from audit.context import acting, system
from tests.browsing import sign_in_by_form
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def _no_tries_before():
    cache.clear()
    yield
    cache.clear()


def slip(person, by):
    with acting(by.as_actor()):
        return actions.print_slip(person=person, by=by)


def sheet(person, by):
    with acting(by.as_actor()):
        return actions.print_sheet(person=person, by=by)


def code_of_refusal(act, *given):
    with pytest.raises(Refused) as refused:
        act(*given)
    return refused.value.code


def raw_sheet(person, by):
    """The row alone, past the action: what the database itself says."""
    with acting(by.as_actor()):
        Factor(person=person, kind="SHEET", maker=by).save(force_insert=True)


def raw_slip(person, by, maker=None):
    with acting(by.as_actor()):
        now = timezone.now()
        Slip(person=person, code_hash="x", made_by=maker or by, created_at=now, expires_at=now + DAY).save(
            force_insert=True
        )


def refused_by_database(act, *given):
    with pytest.raises(ProgrammingError, match="row-level security"):
        act(*given)
    connection.needs_rollback = False
    return True


# --- who may


@pytest.mark.asvs("8.2.1")
def test_colleagues_heads_and_administrators_print_and_nobody_else(people, events):
    me = people.officer_bmc
    for by in (people.officer_bmc_2, people.head_bmc, people.administrator):
        sheet(me, by)
    for by, why in (
        (me, "own-sheet"),
        (people.officer_btb, "no-colleague"),
        (people.ngo_hope, "no-colleague"),
        (people.committee, "no-colleague"),
        (people.auditor, "capability:HAND_OUT_FACTORS"),
        (people.analyst, "capability:HAND_OUT_FACTORS"),
        (people.former, "capability:HAND_OUT_FACTORS"),
    ):
        assert code_of_refusal(sheet, me, by) == why, by
    assert len(events("SHEET_PRINTED")) == 3
    with acting(me.as_actor()):
        assert Factor.objects.live().filter(kind="SHEET").count() == 1


def test_the_database_says_the_same_of_strangers(people):
    me = people.officer_bmc
    for by in (me, people.officer_btb, people.ngo_hope, people.auditor, people.former):
        assert refused_by_database(raw_sheet, me, by), by
    raw_sheet(me, people.officer_bmc_2)


def test_nobody_prints_for_who_has_left_or_is_closed(people, as_):
    assert code_of_refusal(sheet, people.former, people.officer_bmc) == "no-colleague"
    assert refused_by_database(raw_sheet, people.former, people.officer_bmc)
    assert code_of_refusal(sheet, people.disabled, people.head_bmc) == "account-closed"


def test_one_person_of_several_offices_is_everybodys_colleague(people, hire):
    hire(people.officer_bmc, "NGO-HOPE", Role.NGO_WORKER)
    sheet(people.officer_bmc, people.ngo_hope)
    assert code_of_refusal(sheet, people.officer_bmc, people.ngo_river) == "no-colleague"


# --- for whom no subordinate prints


@pytest.mark.asvs("8.2.1")
def test_no_subordinate_prints_for_a_post_of_weight(people, hire, events):
    """Who saw the password of the head would have both halves, and the head's own sheet would be worthless."""
    head = people.head_bmc
    hire(people.committee, "DOSVY-BMC", Role.PROVINCIAL_OFFICER)
    hire(people.former, "DOSVY-BMC", Role.PROVINCIAL_HEAD)
    sheet(head, people.administrator)
    for by in (people.officer_bmc, people.officer_bmc_2, people.committee):
        assert code_of_refusal(sheet, head, by) == "sheet-above", by
        assert refused_by_database(raw_sheet, head, by), by
        with acting(by.as_actor()):
            assert Factor.objects.filter(person=head, kind="SHEET").update(ended_at=timezone.now()) == 0
    sheet(head, people.former)
    sheet(people.officer_bmc, people.officer_bmc_2)
    assert len(events("SHEET_PRINTED")) == 3


@pytest.mark.parametrize(
    ("role", "agency"),
    [
        ("MINISTRY_REVIEWER", "DOSVY-BMC"),
        ("NATIONAL_DESK", "DOSVY-BMC"),
        ("AUDITOR", "DOSVY-BMC"),
        ("ADMINISTRATOR", "DOSVY-BMC"),
        ("PROVINCIAL_HEAD", "DOSVY-BTB"),
    ],
)
def test_every_post_of_weight_counts_also_at_another_agency(people, hire, role, agency):
    me = people.officer_bmc
    sheet(me, people.officer_bmc_2)
    hire(me, agency, role)
    for by in (people.officer_bmc_2, people.head_bmc):
        assert code_of_refusal(sheet, me, by) == "sheet-above"
        assert refused_by_database(raw_sheet, me, by)
    hire(people.head_bmc, agency, role)
    sheet(me, people.head_bmc)


def test_the_list_of_colleagues_leaves_out_for_whom_one_does_not_print(people, client_of):
    listed = lambda who: {one.pk for one in client_of(who).get("/account/colleagues/").context["people"]}  # noqa: E731
    assert people.head_bmc.pk not in listed(people.officer_bmc)
    assert people.officer_bmc_2.pk in listed(people.officer_bmc)
    where = f"/place/people/{people.head_bmc.pk}/sheet/"
    assert client_of(people.officer_bmc).get(where).status_code == 403
    assert client_of(people.administrator).get(where).status_code == 200


def test_whoever_is_signed_in_reads_it_at_once_on_the_first_page(people, client_of):
    head, officer = client_of(people.head_bmc), client_of(people.officer_bmc)
    work = "/"
    assert head.get(work).context["sheets_printed"] == []
    printed = sheet(people.head_bmc, people.administrator)
    (told,) = head.get(work).context["sheets_printed"]
    with acting(people.administrator.as_actor()):
        assert people.administrator.name in told
    assert officer.get(work).context["sheets_printed"] == []
    again = Client()
    assert sign_in_by_form(again, "head_bmc", code=printed.codes[0]).status_code == 302
    assert again.get(work).context["sheets_printed"] == [], "told at the sign-in instead"


# --- never both


@pytest.mark.asvs("2.3.5")
def test_who_printed_the_slip_does_not_print_the_sheet(people):
    me, boss = people.officer_bmc, people.administrator
    slip(me, boss)
    assert code_of_refusal(sheet, me, boss) == "both-papers"
    assert refused_by_database(raw_sheet, me, boss)
    sheet(me, people.head_bmc)
    with acting(boss.as_actor()):
        assert Slip.objects.filter(person=me, ended_at=None).exists(), "the slip is as it was"


@pytest.mark.asvs("2.3.5")
def test_who_printed_the_sheet_does_not_print_the_slip(people):
    me, boss = people.officer_bmc, people.administrator
    sheet(me, boss)
    assert code_of_refusal(slip, me, boss) == "both-papers"
    assert refused_by_database(raw_slip, me, boss)
    sheet(me, people.officer_bmc_2)  # ends the one of the administrator
    slip(me, boss)


def test_a_slip_is_printed_under_ones_own_name_and_never_for_oneself(people):
    boss = people.administrator
    assert refused_by_database(raw_slip, people.officer_bmc, boss, people.auditor)
    assert refused_by_database(raw_slip, boss, boss)
    raw_slip(people.officer_bmc, boss)


def test_a_slip_counts_for_seven_days_and_until_its_person_came(people):
    """Who used a slip in somebody's place, and waits a week, is still who may know the password."""
    me, boss = people.officer_bmc, people.administrator
    now = timezone.now()
    with time_machine.travel(now - 20 * DAY):
        code = slip(me, boss).code
        with acting(system("sign-in")):
            actions.use_slip(sign_in_name="officer_bmc", code=code, password="rain on a tin roof")
    assert code_of_refusal(sheet, me, boss) == "both-papers"
    assert refused_by_database(raw_sheet, me, boss)
    assert sign_in_by_form(Client(), "officer_bmc", "rain on a tin roof").status_code == 302
    sheet(me, boss)


def test_a_slip_that_nobody_used_is_forgotten_after_a_week(people):
    me, boss = people.officer_bmc, people.administrator
    with time_machine.travel(timezone.now() - 8 * DAY):
        slip(me, boss)
    sheet(me, boss)


def test_who_lost_the_role_that_printed_the_slip_still_does_not_print_the_sheet(people, hire, as_):
    """The wall asks for slips that one made, also when one may no longer see those of others."""
    hire(people.officer_bmc_2, "DOSVY-BMC", Role.PROVINCIAL_HEAD)
    slip(people.officer_bmc, people.officer_bmc_2)
    with as_(people.administrator):
        actions.end_membership(
            membership=Membership.objects.get(person=people.officer_bmc_2, role=Role.PROVINCIAL_HEAD),
            at_once=True,
            by=people.administrator,
        )
    assert code_of_refusal(sheet, people.officer_bmc, people.officer_bmc_2) == "both-papers"
    assert refused_by_database(raw_sheet, people.officer_bmc, people.officer_bmc_2)


# --- what does not change


@pytest.mark.asvs("6.4.3")
def test_neither_paper_touches_the_other_half(people, outside):
    me, boss = people.officer_bmc, people.administrator
    code = slip(me, boss).code
    with acting(system("sign-in")):
        actions.use_slip(sign_in_name="officer_bmc", code=code, password="rain on a tin roof")
    assert sign_in_by_form(Client(), "officer_bmc", "rain on a tin roof").status_code == 302, "the app stays"
    before = outside("SELECT password FROM accounts_user WHERE sign_in_name = 'officer_bmc'")
    printed = sheet(me, people.head_bmc)
    assert outside("SELECT password FROM accounts_user WHERE sign_in_name = 'officer_bmc'") == before
    # With only the sheet nobody comes in, and with only the slip neither.
    assert sign_in_by_form(Client(), "officer_bmc", PASSWORD, code=printed.codes[0]).status_code == 200


@pytest.mark.asvs("6.5.2")
def test_the_codes_are_kept_nowhere(people, outside, rows):
    printed = sheet(people.officer_bmc, people.head_bmc)
    for code in printed.codes:
        for shape in (code, code.replace("-", "")):
            for table in ("accounts_factor", "audit_event", "desk_once"):
                assert outside(f"SELECT 1 FROM {table} t WHERE t::text LIKE %s", [f"%{shape}%"]) == []
            like = "SELECT count(*), count(*) FILTER (WHERE c::text LIKE %s) FROM accounts_sheetcode c"
            assert rows(people.officer_bmc, like, [f"%{shape}%"]) == [(3, 0)]


def test_nobody_but_its_person_sees_what_is_left_of_a_sheet(people, rows):
    sheet(people.officer_bmc, people.head_bmc)
    ask = "SELECT count(*) FROM accounts_sheetcode"
    seen = {
        name: rows(getattr(people, name), ask)[0][0] for name in ("officer_bmc", "head_bmc", "administrator")
    }
    assert seen == {"officer_bmc": 3, "head_bmc": 0, "administrator": 0}
    secrets = "SELECT count(*) FROM accounts_factor WHERE sealed IS NOT NULL"
    assert rows(people.officer_bmc_2, secrets) == [(1,)], "the own app alone"
    assert rows(people.officer_bmc, "SELECT count(*) FROM accounts_machineday") == [(0,)]


# --- pages


def test_the_page_prints_in_khmer_and_once(people, client_of):
    client = client_of(people.officer_bmc_2)
    client.cookies["django_language"] = "en"
    where = f"/place/people/{people.officer_bmc.pk}/sheet/"
    listed = client.get("/account/colleagues/").content.decode()
    assert where in listed
    assert str(people.officer_btb.pk) not in listed
    assert "k-codes" not in client.get(where).content.decode()
    page = client.post(where).content.decode()
    assert page.count("k-codes__number") == 3
    assert "មនុស្ស officer_bmc" in page
    assert "strike it out" not in page


def test_the_own_page_tells_what_is_left(people, client_of):
    printed = sheet(people.officer_bmc, people.head_bmc)
    sign_in_by_form(Client(), "officer_bmc", code=printed.codes[0])
    client = client_of(people.officer_bmc)
    client.cookies["django_language"] = "en"
    page = client.get("/account/").content.decode()
    assert "2 codes left" in page
    assert "Few codes are left" in page
    assert "Person head_bmc" in page


def test_the_page_of_a_person_tells_whether_and_not_which(people, client_of):
    client = client_of(people.head_bmc)
    client.cookies["django_language"] = "en"
    where = f"/place/people/{people.officer_bmc.pk}/"
    assert "None: print a code sheet" not in client.get(where).content.decode()
    with acting(people.administrator.as_actor()):
        actions.revoke_factors(person=people.officer_bmc, by=people.administrator)
    page = client.get(where).content.decode()
    assert "None: print a code sheet" in page
    assert f"{where}sheet/" in page
    slip(people.officer_bmc, people.head_bmc)
    page = client.get(where).content.decode()
    assert f"{where}sheet/" not in page
    assert "You printed this person" in page
