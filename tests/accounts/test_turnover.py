"""Somebody leaves: what they hold is told as numbers and goes to colleagues in the act that ends their sight."""

import pytest
from django.urls import reverse
from django.utils.translation import gettext

from accounts import actions, turnover
from accounts.models import Agency, Membership
from accounts.refusals import NotNow, Refused
from accounts.roles import Role
from audit.context import acting, system
from cases import left
from cases.access import visible_cases
from cases.models import Case
from cases.queries import listed
from cases.worker import queries
from desk import drafts
from desk.models import Draft
from tests.factories import give_token, keep_away, make_case

pytestmark = pytest.mark.django_db


def at(name, *args):
    return reverse(f"place:{name}", args=args)


@pytest.fixture
def files(people):
    return [make_case(by=people.officer_bmc) for _ in range(3)]


def post_of(person):
    return Membership.objects.select_related("agency").get(person=person)


def workers(outside):
    return dict(outside("SELECT id, worker_id FROM cases_case"))


def end(people, by, taker=None, **more):
    by = getattr(people, by)
    with acting(by.as_actor()):
        post = post_of(people.officer_bmc)
        takers = {post.agency_id: getattr(people, taker)} if taker else {}
        return actions.end_post(membership=post, takers=takers, by=by, **more)


def test_the_end_of_a_role_hands_all_over_and_ends_sight_at_once(people, files, outside, events):
    before = workers(outside)
    assert end(people, "head_bmc", "officer_bmc_2", at_once=True) == 3
    after = workers(outside)
    assert after.keys() == before.keys(), "nothing is lost"
    assert set(after.values()) == {people.officer_bmc_2.pk}
    with acting(people.officer_bmc.as_actor()):
        assert not visible_cases(people.officer_bmc).exists()
        assert not Case.objects.exists()
    assert outside("SELECT count(*) FROM desk_due WHERE worker_id = %s", [people.officer_bmc.pk]) == [(0,)]
    assert {label for _k, _r, _a, label, _d in events("FILE_HANDED_OVER")} == {one.number for one in files}
    ((_kind, _result, _actor, label, detail),) = events("WORK_HANDED_OVER")
    assert (label, detail["number"]) == (people.officer_bmc.sign_in_name, 3)


def test_what_nobody_takes_falls_to_the_head(people, files, outside):
    assert end(people, "administrator", at_once=True) == 3
    assert set(workers(outside).values()) == {people.head_bmc.pk}


def test_with_a_last_day_it_stays_until_then(people, files, outside):
    assert end(people, "head_bmc") == 0
    assert set(workers(outside).values()) == {people.officer_bmc.pk}


def test_what_the_first_is_kept_away_from_goes_to_the_head(people, files, outside):
    keep_away(files[0], people.officer_bmc_2, by=people.officer_bmc)
    assert end(people, "administrator", "officer_bmc_2", at_once=True) == 3
    found = workers(outside)
    assert found.pop(files[0].pk) == people.head_bmc.pk
    assert set(found.values()) == {people.officer_bmc_2.pk}


def test_without_a_head_they_stand_among_those_without_a_worker(people, as_, client_of):
    case = make_case(by=people.ngo_hope)
    with as_(people.administrator):
        assert actions.close_account(person=people.ngo_hope, takers={}, by=people.administrator) == 0
        ((one),) = turnover.left()
        assert (one.person.pk, one.files) == (people.ngo_hope.pk, 1)
    for name in ("head_bmc", "ngo_hope_2", "auditor"):
        with as_(getattr(people, name)):
            assert queries.left() == [], name
    with as_(people.ngo_hope_2):
        assert listed(people.ngo_hope_2, {"worker": "NOBODY"}).get().pk == case.pk
    home = client_of(people.administrator).get(at("home")).content.decode()
    assert at("person_hand_over", people.ngo_hope.pk) in home
    page = at("person_hand_over", people.ngo_hope.pk)
    sent = {f"take_{case.agency_id.hex}": str(people.ngo_hope_2.pk)}
    assert client_of(people.administrator).post(page, sent).status_code == 302
    with as_(people.administrator):
        assert turnover.left() == []


def test_files_for_named_people_only_are_in_no_number_and_stay_with_the_desk(people, as_, outside):
    hidden = make_case(by=people.officer_bmc, full=True, official_involved="YES")
    for name in ("administrator", "head_bmc"):
        with as_(getattr(people, name)):
            assert turnover.teams_of(people.officer_bmc) == []
    assert end(people, "administrator", at_once=True) == 0
    with as_(people.officer_bmc):
        assert not Case.objects.filter(pk=hidden.pk).exists()
    desk = {person.pk: person for person in (people.desk_1, people.desk_2, people.desk_reviewer)}
    taker = desk[workers(outside)[hidden.pk]]
    with as_(taker):
        assert listed(taker, {"worker": "MINE"}).get().pk == hidden.pk
        assert not listed(taker, {"worker": "NOBODY"}).exists()


def test_of_the_longest_at_the_desk_who_is_there_now(people, as_, outside):
    """Nobody is at the desk: the file stays with whoever left, out of sight, and goes to the first who comes."""
    hidden = make_case(by=people.officer_bmc, full=True, official_involved="YES")
    with as_(people.administrator):
        for post in Membership.objects.filter(role=Role.NATIONAL_DESK):
            actions.end_membership(membership=post, at_once=True, by=people.administrator)
    end(people, "administrator", at_once=True)
    assert workers(outside)[hidden.pk] == people.officer_bmc.pk
    with as_(people.administrator):
        desk = Agency.objects.get(code="NCCT")
        role = Role.NATIONAL_DESK
        actions.start_membership(person=people.committee, agency=desk, role=role, by=people.administrator)
    with acting(system("reconcile")):
        assert left.end_what_was_left() == 1
    assert workers(outside)[hidden.pk] == people.committee.pk


@pytest.mark.parametrize(
    "taker", ["officer_btb", "ngo_hope", "former", "disabled", "nobody", "administrator"]
)
def test_to_somebody_who_cannot_take_them_nothing_changes(people, files, outside, taker):
    with pytest.raises(NotNow):
        end(people, "administrator", taker, at_once=True)
    assert set(workers(outside).values()) == {people.officer_bmc.pk}
    assert outside(
        "SELECT ends_on FROM accounts_membership WHERE person_id = %s", [people.officer_bmc.pk]
    ) == [(None,)]


@pytest.mark.parametrize("name", ["officer_bmc_2", "officer_btb", "ngo_hope", "desk_1", "auditor", "nobody"])
def test_who_does_not_look_after_people_hands_nothing_over(people, as_, files, outside, name):
    person, agency = getattr(people, name), files[0].agency_id
    with as_(person):
        assert turnover.teams_of(people.officer_bmc) == []
        with pytest.raises((Refused, NotNow)):
            actions.hand_work_over(
                person=people.officer_bmc, takers={agency: people.officer_bmc_2}, by=person
            )
    assert set(workers(outside).values()) == {people.officer_bmc.pk}


def test_during_a_long_leave_access_stays(people, files, client_of, outside):
    page, client = at("person_hand_over", people.officer_bmc.pk), client_of(people.head_bmc)
    field = f"take_{files[0].agency_id.hex}"
    assert people.officer_bmc_2.name in client.get(page).content.decode()
    assert client.post(page, {field: ""}).status_code == 200
    assert client.post(page, {field: str(people.ngo_hope.pk)}).status_code == 200
    assert client.post(page, {field: str(people.officer_bmc_2.pk)}).status_code == 302
    assert client.post(page, {field: str(people.officer_bmc_2.pk)}).status_code == 200, "twice at once"
    assert set(workers(outside).values()) == {people.officer_bmc_2.pk}
    with acting(people.officer_bmc.as_actor()):
        assert visible_cases(people.officer_bmc).count() == 3


def test_the_closed_account_loses_sessions_tokens_and_typed_text_and_keeps_its_drafts(
    people, files, client_of, as_
):
    client, administrator = client_of(people.officer_bmc), client_of(people.administrator)
    assert client.get("/").status_code == 200
    with as_(people.officer_bmc):
        drafts.start(by=people.officer_bmc, kind=Draft.Kind.INTAKE, data={"alias": ["ផ្កា"]})
        drafts.carry(user=people.officer_bmc, path="/files/x/note/", data={"text": ["half a note"]})
    _token, shown = give_token(people.officer_bmc, by=people.administrator)
    headers = {"Authorization": f"Bearer {shown}"}
    assert client_of(None).get("/api/v1/cases/", headers=headers).status_code == 200
    page = administrator.get(at("person_disable", people.officer_bmc.pk)).content.decode()
    assert "ផ្កា" not in page
    sent = {f"take_{files[0].agency_id.hex}": str(people.officer_bmc_2.pk)}
    assert administrator.post(at("person_disable", people.officer_bmc.pk), sent).status_code == 302
    assert client.get("/").status_code == 302, "signed out at once"
    assert client_of(None).get("/api/v1/cases/", headers=headers).status_code == 401
    with as_(people.administrator):
        held = {str(one.label): one.number for one in turnover.held_by(people.officer_bmc)}
    assert held[gettext("New case files begun and not sent")] == 1
    with as_(people.officer_bmc):
        assert [one.kind for one in Draft.objects.all()] == [Draft.Kind.INTAKE]


def test_another_role_goes_on(people, files, hire, as_, outside):
    """A second role of the same office: files stay, and sight by other posts goes on."""
    hire(people.officer_bmc, "DOSVY-BMC", Role.PROVINCIAL_HEAD)
    with as_(people.administrator):
        post = Membership.objects.select_related("agency").get(
            person=people.officer_bmc, role=Role.PROVINCIAL_OFFICER
        )
        actions.end_post(membership=post, takers={}, at_once=True, by=people.administrator)
    assert set(workers(outside).values()) == {people.officer_bmc.pk}
    with as_(people.officer_bmc):
        assert visible_cases(people.officer_bmc).count() == 3


def test_an_agency_that_owns_open_files_is_not_switched_off(people, files, as_):
    agency = files[0].agency
    change = {
        "name_km": agency.name_km,
        "name_en": agency.name_en,
        "province": agency.province,
        "takes_referrals": agency.takes_referrals,
        "by": people.administrator,
    }
    with as_(people.administrator):
        with pytest.raises(NotNow, match="3"):
            actions.change_agency(agency=agency, is_active=False, **change)
        other = post_of(people.shelter).agency
        change |= {"name_km": other.name_km, "name_en": other.name_en, "province": other.province}
        assert not actions.change_agency(agency=other, is_active=False, **change).is_active


def test_half_way_nothing_has_changed(people, files, outside, monkeypatch):
    from cases.worker import actions as handing

    def full(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(handing, "record_many", full)
    with pytest.raises(RuntimeError):
        end(people, "administrator", "officer_bmc_2", at_once=True)
    assert set(workers(outside).values()) == {people.officer_bmc.pk}
    ended = "SELECT ends_on FROM accounts_membership WHERE person_id = %s"
    assert outside(ended, [people.officer_bmc.pk]) == [(None,)]
